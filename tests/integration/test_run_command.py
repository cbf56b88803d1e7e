"""`casetracker run` and `casetracker demo reset`: what they refuse in one line before anything starts."""

import fcntl
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from casetracker.commands.run import environment_of_programs, programs
from tests.services import ROOT


def casetracker(*arguments: str, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell would, with a data folder of the test's own."""
    settings = {"CASETRACKER_DATA": str(data), "PYTHONPATH": str(ROOT), **environ}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from casetracker.commands import main; main()", *arguments],
        cwd=data.parent,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def only_line(answer: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of a refusal."""
    assert answer.returncode == 1, answer.stdout + answer.stderr
    [line] = answer.stderr.splitlines()
    return line


def test_a_taken_port_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = only_line(casetracker("run", data=tmp_path / "var", PORT=str(port)))
    assert line.startswith(f"Error: Port {port} on 127.0.0.1 cannot be used")
    assert f"PORT={min(port + 1, 65_535)}" in line


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8000.5"])
def test_a_port_that_is_none_is_said(tmp_path: Path, port: str) -> None:
    line = only_line(casetracker("run", data=tmp_path / "var", PORT=port))
    assert line == f"Error: PORT must be a number from 1 to 65535, not {port!r}."


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all/tracker.db", "postgresql://tracker:hush@127.0.0.1:1/tracker"],
    ids=["no such folder", "nobody answers"],
)
def test_a_database_that_cannot_be_opened_is_said_in_one_line(tmp_path: Path, url: str) -> None:
    line = only_line(casetracker("run", data=tmp_path / "var", PORT=free_port(), DATABASE_URL=url))
    assert line.startswith("Error: The database ")
    assert "cannot be opened (" in line
    assert line.endswith("check DATABASE_URL, and that you may write there.")
    assert "hush" not in line


def test_a_file_that_is_no_database_is_said_in_one_line_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear parent, " * 400, encoding="utf-8")
    line = only_line(casetracker("run", data=tmp_path / "var", PORT=free_port(), DATABASE_URL=f"sqlite:///{file}"))
    assert "file is not a database" in line
    assert file.read_text(encoding="utf-8") == "Dear parent, " * 400


@pytest.mark.parametrize("command", [("run",), ("demo", "reset")], ids=["a second run", "a reset"])
def test_what_runs_already_is_not_disturbed(tmp_path: Path, command: tuple[str, ...]) -> None:
    data = tmp_path / "var"
    data.mkdir()
    with (data / "running.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        line = only_line(casetracker(*command, data=data, PORT=free_port()))
    assert line.startswith(f"Error: casetracker runs already with the data in {data}")


def test_settings_that_cannot_be_understood_are_said_in_one_line(tmp_path: Path) -> None:
    line = only_line(casetracker("run", data=tmp_path / "var", LOCAL_AUTHORITY_CODE="Oxon"))
    assert line == "Error: LOCAL_AUTHORITY_CODE must be three digits, such as 931, not 'Oxon'"


def test_a_reset_keeps_the_old_database_aside_and_loads_a_new_one(tmp_path: Path) -> None:
    data = tmp_path / "var"
    data.mkdir()
    with sqlite3.connect(data / "casetracker.db") as connection:
        connection.execute("CREATE TABLE precious (word TEXT)")
        connection.execute("INSERT INTO precious VALUES ('kept')")
    connection.close()
    answer = casetracker("demo", "reset", "--cases", "60", data=data)
    assert answer.returncode == 0, answer.stderr
    [kept] = data.glob("casetracker-before-*.db")
    with sqlite3.connect(kept) as aside:
        assert aside.execute("SELECT word FROM precious").fetchone() == ("kept",)
    aside.close()
    with sqlite3.connect(data / "casetracker.db") as fresh:
        assert fresh.execute("SELECT count(*) FROM cases").fetchone() == (60,)
    fresh.close()

    assert casetracker("demo", "reset", "--cases", "60", data=data).returncode == 0
    assert len(list(data.glob("casetracker-before-*.db"))) == 2 and kept.exists()


def test_a_reset_does_not_touch_a_past_that_is_not_the_demonstration(tmp_path: Path) -> None:
    data = tmp_path / "var"
    assert casetracker("db", "upgrade", data=data).returncode == 0
    files = tmp_path / "cases.csv", tmp_path / "events.csv"
    files[0].write_text("case_reference,person_reference,received_on\nC1,P1,2026-01-05\n", encoding="utf-8")
    files[1].write_text("case_reference,event,occurred_on\n", encoding="utf-8")
    assert casetracker("import", "history", *map(str, files), data=data).returncode == 0
    line = only_line(casetracker("demo", "reset", data=data))
    assert "holds more than the demonstration, and nothing was touched" in line
    assert [path.name for path in data.glob("*.db")] == ["casetracker.db"]
    line = only_line(casetracker("demo", "sign-ins", data=data))
    assert line.startswith("Error: The demonstration is not in this database")


def test_a_reset_does_not_touch_a_database_that_somebody_signs_in_to(tmp_path: Path) -> None:
    data = tmp_path / "var"
    assert casetracker("db", "upgrade", data=data).returncode == 0
    new = ("--email", "a@b.example", "--name", "Ada", "--role", "manager", "--password", "a long password")
    assert casetracker("users", "add", *new, data=data).returncode == 0
    assert "holds more than the demonstration" in only_line(casetracker("demo", "reset", data=data))


@pytest.mark.parametrize("command", [("timeliness", "--year", "2023"), ("verify",), ("sweep",), ("users", "list")])
def test_a_database_without_its_tables_is_said_with_what_to_do(tmp_path: Path, command: tuple[str, ...]) -> None:
    line = only_line(casetracker(*command, data=tmp_path / "var"))
    assert line.endswith("has not the tables of this version: run `casetracker db upgrade` first.")


def test_an_upgrade_of_a_database_that_cannot_be_opened_is_said_in_one_line(tmp_path: Path) -> None:
    url = "sqlite:////nowhere/at/all/tracker.db"
    line = casetracker("db", "upgrade", data=tmp_path / "var", DATABASE_URL=url).stderr.splitlines()[-1]
    assert line.startswith("Error: The database sqlite:////nowhere/at/all/tracker.db cannot be opened (")


@pytest.mark.parametrize(
    ("email", "name", "says"),
    [("notanemail", "Ada", "'notanemail' is not an email address."), ("a@b.example", " ", "Give the person's name")],
)
def test_somebody_who_could_not_sign_in_or_has_no_name_is_not_added(tmp_path, email, name, says) -> None:
    more = ("--email", email, "--name", name, "--role", "manager", "--password", "a long password")
    assert says in only_line(casetracker("users", "add", *more, data=tmp_path / "var"))


def test_people_are_listed_and_stopped(tmp_path: Path) -> None:
    data = tmp_path / "var"
    casetracker("db", "upgrade", data=data)
    new = ("--email", "A@b.example", "--name", "Ada", "--role", "manager", "--password", "a long password")
    casetracker("users", "add", *new, data=data)
    assert "Ada" in casetracker("users", "list", data=data).stdout
    assert casetracker("users", "stop", "--email", "a@b.example", data=data).returncode == 0
    assert "(cannot sign in)" in casetracker("users", "list", data=data).stdout


def test_a_year_without_plans_says_so(tmp_path: Path) -> None:
    casetracker("db", "upgrade", data=tmp_path / "var")
    said = casetracker("timeliness", "--year", "2022", data=tmp_path / "var").stdout
    assert "0 of 0 = no plans" in said and "None" not in said


def test_a_reset_does_not_touch_a_database_server(tmp_path: Path) -> None:
    line = only_line(
        casetracker("demo", "reset", data=tmp_path / "var", DATABASE_URL="postgresql://127.0.0.1:1/tracker")
    )
    assert line.startswith("Error: DATABASE_URL names a database server, and nothing was touched")


def test_the_programs_are_the_web_server_the_worker_and_one_clock() -> None:
    three = programs(host="127.0.0.1", port=8000)
    assert [program.name for program in three] == ["web", "worker", "beat"]
    assert all(program.command[0] == sys.executable for program in three)


def test_the_programs_find_the_same_database_and_data_from_another_folder() -> None:
    settings = {"SQLALCHEMY_DATABASE_URI": "sqlite:////srv/t.db", "DATA_FOLDER": "/srv/var"}
    environ = environment_of_programs(settings, {"DATABASE_URL": "sqlite:///t.db", "PYTHONWARNINGS": "default"})
    assert environ["DATABASE_URL"] == "sqlite:////srv/t.db"
    assert environ["CASETRACKER_DATA"] == "/srv/var"
    assert environ["PYTHONWARNINGS"].startswith("default,")


def free_port() -> str:
    """Return a port that nothing listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])
