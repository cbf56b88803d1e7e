"""The supervisor with small programs in place of the real three. Each test runs it in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services import ROOT

PATIENCE = 20.0
STEADY = "import signal, time\nprint('steady', flush=True)\nwhile True: time.sleep(0.1)\n"
FALLING = "import os\nopen('falls', 'a').write('x')\nprint('falling', flush=True)\nos._exit(3)\n"
STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('stubborn', flush=True)\nwhile True: time.sleep(0.1)\n"
)
PARENT = "import subprocess, sys, time\nsubprocess.Popen([sys.executable, 'steady.py'])\nwhile True: time.sleep(0.1)\n"
TALKATIVE = "import sys, time\nsys.stdout.write('line\\n' * 50000 + 'last words')\nsys.stdout.flush()\ntime.sleep(60)\n"
SUPERVISE = """
import json, os, sys
from pathlib import Path
from casetracker.supervisor import Program, Supervisor
programs = [Program(name, [sys.executable, f"{name}.py"], stops_within=2.0) for name in json.loads(sys.argv[1])]
supervisor = Supervisor(
    programs, environ=os.environ, folder=Path.cwd(), first_wait=0.1, on_ready=lambda: print("ready", flush=True)
)
sys.exit(supervisor.run())
"""


class Running:
    """A supervisor under test: what it has said, and the processes that stand under it."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.said = folder / "said"
        self.marker = str(folder)
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISE, json.dumps(names)],
                cwd=folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "SUPERVISED_IN": self.marker},
            )

    @property
    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def descendants(self, script: str = "") -> list[int]:
        """Return every living process below the supervisor (its guard too), or those that run this script."""
        mark = f"SUPERVISED_IN={self.marker}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                has_mark = mark in (folder / "environ").read_bytes().split(b"\0")
                is_zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                command = (folder / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if has_mark and not is_zombie and script in command and int(folder.name) != self.process.pid:
                found.append(int(folder.name))
        return found


def wait_until(happened: Callable[[], object], what: str) -> None:
    """Wait for something to happen, or fail saying what did not."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, f"{what}: not within {PATIENCE} s"
        time.sleep(0.05)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a supervisor over programs by name; whatever is left at the end of the test is ended."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are counted through /proc, which this system does not have")
    scripts = {
        "steady": STEADY,
        "falling": FALLING,
        "stubborn": STUBBORN,
        "parent": PARENT,
        "talkative": TALKATIVE,
    }
    for name, script in scripts.items():
        (tmp_path / f"{name}.py").write_text(script, encoding="utf-8")
    started: list[Running] = []

    def start(*names: str) -> Running:
        started.append(Running(tmp_path, list(names)))
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.wait()
        for pid in running.descendants():
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_stops_every_program_and_leaves_nothing(
    supervise: Callable[..., Running], number: signal.Signals
) -> None:
    running = supervise("steady", "parent")
    wait_until(lambda: running.text.count("steady") >= 2, "both started")
    running.process.send_signal(number)
    assert running.process.wait(PATIENCE) == 0
    assert running.text.rstrip().endswith("casetracker | Stopped.")
    assert running.descendants() == []


def test_each_line_carries_the_name_of_who_said_it(supervise: Callable[..., Running]) -> None:
    running = supervise("steady", "stubborn")
    wait_until(lambda: "stubborn    | stubborn" in running.text, "the stubborn one spoke")
    wait_until(lambda: "steady      | steady" in running.text, "the steady one spoke")


def test_readiness_is_told_once(supervise: Callable[..., Running]) -> None:
    running = supervise("steady", "falling")
    wait_until(lambda: running.text.count("falling     | falling") >= 3, "three falls")
    assert running.text.splitlines().count("ready") == 1


def test_a_program_that_falls_is_started_again_each_time_later(supervise: Callable[..., Running]) -> None:
    running = supervise("steady", "falling")
    began = time.monotonic()
    wait_until(lambda: running.text.count("falling ended (status 3)") >= 4, "four falls")
    assert time.monotonic() - began > 0.1 + 0.2 + 0.4
    assert running.text.count("steady      | steady") == 1, "the other one was left alone"


def test_a_program_killed_from_outside_is_started_again_without_its_orphans(supervise: Callable[..., Running]) -> None:
    running = supervise("parent")
    wait_until(lambda: len(running.descendants("steady.py")) == 1, "the child of the parent")
    [parent], [orphan] = running.descendants("parent.py"), running.descendants("steady.py")
    os.kill(parent, signal.SIGKILL)
    wait_until(lambda: "parent ended (SIGKILL)" in running.text, "its end was noticed")
    wait_until(lambda: len(running.descendants("steady.py")) == 1, "a parent and its child again")
    assert running.descendants("parent.py") != [parent]
    assert running.descendants("steady.py") != [orphan]


def test_a_program_that_will_not_stop_is_ended_when_its_time_is_up(supervise: Callable[..., Running]) -> None:
    running = supervise("stubborn")
    wait_until(lambda: "stubborn    | stubborn" in running.text, "it started")
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0
    assert "stubborn did not stop by itself: ending it" in running.text
    assert running.descendants() == []


def test_no_program_outlives_a_supervisor_that_is_killed(supervise: Callable[..., Running]) -> None:
    running = supervise("steady", "parent", "stubborn")
    wait_until(
        lambda: "| stubborn" in running.text and len(running.descendants()) == 4 + 1,
        "three programs, one of them with a child, and the guard",
    )
    running.process.kill()
    wait_until(lambda: running.descendants() == [], "the guard ended what was left")


def test_a_program_that_is_not_there_is_said_and_does_not_stop_the_others(tmp_path: Path) -> None:
    script = SUPERVISE.replace('[sys.executable, f"{name}.py"]', '["/nowhere/at/all"]')
    process = subprocess.Popen(
        [sys.executable, "-c", script, '["web"]'],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert process.stdout is not None
    assert "cannot be started: No such file or directory" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert rest.rstrip().endswith("Stopped.")


def test_all_that_was_said_is_passed_on_even_at_the_end(supervise: Callable[..., Running]) -> None:
    running = supervise("talkative")
    wait_until(lambda: running.text.count("| line") == 50_000, "every line")
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0
    assert "talkative   | last words" in running.text
