"""
`make run` as somebody at a terminal meets it: started, signed in to, interrupted, and nothing left behind.

Run by `.ci/run` as `python -m tests.smoke`. It is no pytest test, because it is about the very command that
installs what pytest needs.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from tests.services import ROOT

READY_WITHIN, STOPPED_WITHIN = 240.0, 40.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SIGN_IN = re.compile(
    r"^ +manager +(?P<email>\S+@\S+)$.*?^ +password for all of them: (?P<password>\S+)$", re.MULTILINE | re.DOTALL
)


class Trouble(Exception):
    """The smoke test failed; says at what."""


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def started(*, data: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """Start `make run` in a process group of its own, as a shell does for a command typed at a terminal."""
    environ = {**os.environ, "CASETRACKER_DATA": str(data), "PORT": str(port)}
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CASETRACKER_ENVIRONMENT"):
        environ.pop(name, None)
    # Started by `&` in a script, a program is told to ignore Ctrl-C, and so would be all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("wb") as out:
        return subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT, process_group=0
        )


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers with 200."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Trouble(f"make run ended by itself with status {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  (our own address)
                if answer.status == 200:
                    return
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.5)
    raise Trouble(f"{address} did not answer within {READY_WITHIN:.0f} s")


def sign_in(base: str, said: str) -> None:
    """Sign in as the manager whose address and password were printed, and open the first page."""
    printed = SIGN_IN.search(said)
    if printed is None:
        raise Trouble("the demonstration sign-ins were not printed")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{base}/sign-in", timeout=20).read().decode()
    token = TOKEN.search(page)
    if token is None:
        raise Trouble("the sign-in page has no CSRF token")
    fields = {"email": printed["email"], "password": printed["password"], "csrf_token": token[1]}
    answer = browser.open(f"{base}/sign-in", data=urlencode(fields).encode(), timeout=60)
    if answer.status != 200 or "/sign-in" in answer.geturl() or "Sign out" not in answer.read().decode():
        raise Trouble(f"signing in as {printed['email']} led to {answer.geturl()}")


def left_over(data: Path) -> list[str]:
    """Return the commands of living processes that were started for this data folder."""
    mark = f"CASETRACKER_DATA={data}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip())
        except OSError:
            continue
    return [command for command in found if command]


def interrupt(process: subprocess.Popen[bytes], *, data: Path, port: int, log: Path) -> None:
    """Press Ctrl-C: the whole group in front of the terminal hears it."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        raise Trouble(f"it did not stop within {STOPPED_WITHIN:.0f} s of Ctrl-C") from None
    until = time.monotonic() + 5
    while (commands := left_over(data)) and time.monotonic() < until:
        time.sleep(0.2)
    if commands:
        raise Trouble(f"left running after Ctrl-C: {'; '.join(commands)}")
    if "casetracker | Stopped." not in log.read_text(errors="replace"):
        raise Trouble("it did not say that it had stopped")
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind(("127.0.0.1", port))


def smoke(folder: Path) -> None:
    """Run it twice: a fresh start, and a second start that finds the data of the first."""
    data, log, port = folder / "var", folder / "log", free_port()
    for again in (False, True):
        process = started(data=data, port=port, log=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            wait_for(f"http://127.0.0.1:{port}/sign-in", process)
            until = time.monotonic() + 10
            while not SIGN_IN.search(log.read_text(errors="replace")) and time.monotonic() < until:
                time.sleep(0.2)
            said = log.read_text(errors="replace")
            sign_in(f"http://127.0.0.1:{port}", said)
            if ("Making up" in said) is again:
                raise Trouble("the demonstration caseload was loaded twice" if again else "it was not loaded")
            interrupt(process, data=data, port=port, log=log)
        except Trouble:
            sys.stdout.write(log.read_text(errors="replace"))
            raise
        finally:
            if process.poll() is None:
                process.kill()


def main() -> int:
    """Run the smoke test; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            smoke(Path(folder))
        except Trouble as trouble:
            sys.stdout.write(f"make run: {trouble}\n0 passed, 1 failed\n")
            return 1
    sys.stdout.write("make run: started, signed in to, interrupted, twice, and nothing was left running\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
