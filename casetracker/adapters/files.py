"""Files on disk, outside the web root, under random names."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024


class TooLarge(Exception):
    """More came than was allowed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was written."""

    name: str
    size: int
    sha256: str


class Store:
    """A folder of files that only this program reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Return where a file is; the first letters of its name are its folder."""
        return self.folder / name[:2] / name

    def put(self, stream: BinaryIO, *, most: int) -> Stored:
        """
        Write a stream to disk, whole or not at all, never holding it in memory.

        :raises TooLarge: as soon as more than `most` bytes have come
        """
        name = secrets.token_hex(24)
        target = self.path(name)
        for folder in (self.folder, target.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_suffix(".part")
        size, digest = 0, hashlib.sha256()
        try:
            with part.open("xb") as file:
                part.chmod(0o600)
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise TooLarge
                    digest.update(chunk)
                    file.write(chunk)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return Stored(name, size, digest.hexdigest())

    def remove(self, name: str) -> None:
        """Take a file away."""
        self.path(name).unlink(missing_ok=True)
