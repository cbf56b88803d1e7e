"""The virus scanner: clamd, over its own protocol (INSTREAM)."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHUNK = 64 * 1024
SECONDS = 60


class ScannerAway(Exception):
    """The scanner did not answer, or not in a way we understand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner found; `virus` is empty for a clean file."""

    virus: str = ""


class Scanner(Protocol):
    """Something that looks for viruses."""

    def scan(self, file: Path) -> Verdict:
        """
        Look through a file.

        :raises ScannerAway: if it could not be looked through
        """


class Clamd:
    """A clamd at a Unix socket (`/run/clamav/clamd.ctl`) or at `host:port`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def scan(self, file: Path) -> Verdict:
        """Send the file to clamd and return what it says."""
        try:
            with self._connected() as connection, file.open("rb") as stream:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(CHUNK):
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
                said = b""
                while part := connection.recv(4096):
                    said += part
        except OSError as error:
            raise ScannerAway(str(error)) from None
        return _verdict(said.rstrip(b"\0\n").decode(errors="replace"))

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            target: str | tuple[str, int] = self.address
        else:
            connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            host, _, port = self.address.rpartition(":")
            target = (host, int(port))
        with connection:
            connection.settimeout(SECONDS)
            connection.connect(target)
            yield connection


def _verdict(said: str) -> Verdict:
    if said == "stream: OK":
        return Verdict()
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(said.removeprefix("stream: ").removesuffix(" FOUND"))
    raise ScannerAway(said or "clamd said nothing")


def scanner_of(address: str) -> Scanner | None:
    """Return the scanner at an address, or None where none is configured."""
    return Clamd(address) if address else None
