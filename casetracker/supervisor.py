"""
One process that keeps others running: it labels what they say, starts a fallen one again, and stops all or none.

Each program runs in a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then
stops them in good order. A guard, a tiny process holding the other end of a pipe, sees the supervisor die, however
it dies, and ends what it left behind: nothing is orphaned even by `kill -9`.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

STEADY_AFTER = 30.0
"""Seconds a program has to run before its falling counts as the first again."""
LONGEST_WAIT = 30.0
"""Seconds: the longest pause before a program that keeps falling is tried again."""
LISTEN_EVERY = 0.25
"""Seconds between looks at what is due: a restart, a program that does not stop, whether all are ready."""
LONGEST_LINE = 65_536
"""Bytes: what is said without a line's end is passed on when it is longer."""
SAME_WISH_WITHIN = 1.0
"""Seconds: signals that come closer together than this are one."""
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Program:
    """Something to keep running: its name in the log, its command, and how many seconds it may take to stop."""

    name: str
    command: Sequence[str]
    stops_within: float = 20.0


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: int = 0
    restart_at: float | None = None
    unfinished: bytearray = field(default_factory=bytearray)

    @property
    def is_running(self) -> bool:
        return self.process is not None


class Supervisor:
    """
    Runs programs until told to stop by SIGINT, SIGTERM or SIGHUP; a second such signal ends them at once.

    `ready` is asked now and then until it says yes, and then `on_ready` is called once.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environ: Mapping[str, str],
        folder: Path,
        out: IO[str] | None = None,
        ready: Callable[[], bool] = lambda: True,
        on_ready: Callable[[], None] = lambda: None,
        first_wait: float = 1.0,
    ) -> None:
        self._children = [_Child(program) for program in programs]
        self._environ, self._folder = dict(environ), folder
        self._out = out or sys.stdout
        self._ready: Callable[[], bool] | None = ready
        self._on_ready = on_ready
        self._first_wait = first_wait
        self._width = max(len("casetracker"), *(len(program.name) for program in programs))
        self._selector = selectors.DefaultSelector()
        self._signals = 0
        self._signalled_at = float("-inf")
        self._guard: IO[bytes] | None = None

    def run(self) -> int:
        """Keep them all running until told to stop, then stop them; return the exit status (0)."""
        with self._heeding_signals(), self._guarded():
            for child in self._children:
                self._start(child)
            while not self._signals:
                self._listen()
                self._look_after()
            self.say("Stopping ...")
            self._stop()
        self.say("Stopped.")
        return 0

    def say(self, text: str, *, name: str = "casetracker") -> None:
        """Print a line (or several) with the name of who says it."""
        for line in text.splitlines():
            # A reader that has gone away (a closed terminal, `| head`) must not bring the programs down unstopped.
            with contextlib.suppress(OSError, ValueError):
                print(f"{name:<{self._width}} | {line}", file=self._out, flush=True)

    def _start(self, child: _Child) -> None:
        child.restart_at = None
        child.started_at = time.monotonic()
        try:
            process = subprocess.Popen(
                child.program.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environ,
                cwd=self._folder,
                start_new_session=True,
            )
        except OSError as error:
            self.say(f"cannot be started: {error.strerror}", name=child.program.name)
            self._plan_restart(child)
            return
        child.process = process
        self._tell_guard(f"+{process.pid}")
        output = self._output(child)
        os.set_blocking(output.fileno(), False)
        self._selector.register(output, selectors.EVENT_READ, child)

    def _listen(self) -> None:
        """Pass on what the programs say, for as long as one look lasts."""
        for key, _ in self._selector.select(LISTEN_EVERY):
            if isinstance(key.data, _Child):
                self._pass_on(key.data)
            else:
                os.read(key.fd, 64)  # a signal came: the handler has counted it

    def _pass_on(self, child: _Child) -> bool:
        """Print what a program has said by now; return whether it may have said more."""
        output = self._output(child)
        try:
            said = os.read(output.fileno(), LONGEST_LINE)
        except BlockingIOError:
            return False
        if not said:
            self._selector.unregister(output)
        child.unfinished += said
        *lines, rest = child.unfinished.split(b"\n")
        if rest and (not said or len(rest) > LONGEST_LINE):
            lines, rest = [*lines, rest], bytearray()
        child.unfinished = rest
        for line in lines:
            self.say(line.decode("utf-8", errors="replace") or " ", name=child.program.name)
        return bool(said)

    def _look_after(self) -> None:
        """Notice who has fallen, start again who has waited long enough, and say once that all is ready."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._has_fallen(child, child.process.returncode)
            elif child.restart_at is not None and time.monotonic() >= child.restart_at:
                self._start(child)
        if self._ready is not None and self._ready():
            self._ready = None
            self._on_ready()

    def _has_fallen(self, child: _Child, status: int) -> None:
        lived = time.monotonic() - child.started_at
        child.falls = 0 if lived > STEADY_AFTER else child.falls
        self._clear_away(child)
        self.say(f"{child.program.name} ended ({_in_words(status)})")
        self._plan_restart(child)

    def _plan_restart(self, child: _Child) -> None:
        wait = min(LONGEST_WAIT, self._first_wait * 2**child.falls)
        child.restart_at = time.monotonic() + wait
        child.falls = min(child.falls + 1, 10)
        self.say(f"starting {child.program.name} again in {wait:.0f} s")

    def _clear_away(self, child: _Child) -> None:
        """End whatever is left of a program that has ended, its own children too, and pass on its last words."""
        if child.process is None:
            return
        _signal_group(child.process.pid, signal.SIGKILL)
        output = self._output(child)
        while output in self._selector.get_map() and self._pass_on(child):
            pass
        if output in self._selector.get_map():  # something that left the group holds it open still
            self._selector.unregister(output)
        output.close()
        child.unfinished.clear()
        self._tell_guard(f"-{child.process.pid}")
        child.process = None

    def _stop(self) -> None:
        """Ask every program to finish; end those that take longer than they may, or all at a second signal."""
        asked_at = time.monotonic()
        for child in self._children:
            if child.process is not None:
                child.process.terminate()
        while any(child.is_running for child in self._children):
            self._listen()
            waited = time.monotonic() - asked_at
            for child in self._children:
                self._see_stopped(child, impatient=self._signals > 1 or waited > child.program.stops_within)

    def _see_stopped(self, child: _Child, *, impatient: bool) -> None:
        if child.process is None:
            return
        if impatient and child.process.poll() is None:
            self.say(f"{child.program.name} did not stop by itself: ending it")
            _signal_group(child.process.pid, signal.SIGKILL)
            child.process.wait()
        if child.process.poll() is not None:
            self._clear_away(child)

    @staticmethod
    def _output(child: _Child) -> IO[bytes]:
        if child.process is None or child.process.stdout is None:
            raise ValueError(f"{child.program.name} is not running")
        return child.process.stdout

    @contextlib.contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """Count the signals to stop, and let each of them wake whoever is listening."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        wakes_before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        heeded = [number for number in STOPPING if not _is_under_nohup(number)]
        handlers = {number: signal.signal(number, self._count_signal) for number in heeded}
        self._selector.register(reader, selectors.EVENT_READ)
        try:
            yield
        finally:
            self._selector.unregister(reader)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakes_before)
            os.close(reader)
            os.close(writer)
            self._selector.close()

    def _count_signal(self, _number: int, _frame: object) -> None:
        # One wish to stop may come twice at once: to the whole process group, and passed on again by make.
        if time.monotonic() - self._signalled_at > SAME_WISH_WITHIN:
            self._signals += 1
            self._signalled_at = time.monotonic()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Keep a guard for as long as this lasts. It ends the programs if this process dies without stopping them."""
        grace = max(child.program.stops_within for child in self._children)
        with subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(grace)],
            stdin=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        ) as guard:
            self._guard = guard.stdin
            try:
                yield
            finally:
                self._tell_guard("end")
                self._guard = None

    def _tell_guard(self, text: str) -> None:
        if self._guard is not None:
            with contextlib.suppress(OSError):
                self._guard.write(f"{text}\n".encode())
                self._guard.flush()


def _is_under_nohup(number: signal.Signals) -> bool:
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN


def _in_words(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def guard(lines: IO[str], *, grace: float) -> None:
    """
    Keep a list of process groups (`+pid`, `-pid`) until told `end`; at the end of `lines` without it, end them all.

    They are asked first (SIGTERM to the leader, as the supervisor would) and ended after `grace` seconds.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    running: set[int] = set()
    for line in lines:
        text = line.strip()
        if text == "end":
            return
        change = running.add if text.startswith("+") else running.discard
        change(int(text[1:]))
    for pid in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    patience = time.monotonic() + grace
    while time.monotonic() < patience and any(_is_alive(pid) for pid in running):
        time.sleep(0.1)
    for pid in running:
        _signal_group(pid, signal.SIGKILL)


if __name__ == "__main__":
    guard(sys.stdin, grace=float(sys.argv[1]))
