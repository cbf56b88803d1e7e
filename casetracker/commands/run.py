"""`casetracker run`: everything under one command, for a trial or a small authority. And `demo reset`, its undoing."""

import contextlib
import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import config
from casetracker import clock, jobs
from casetracker.commands import demo, faults
from casetracker.demonstration import load as demonstration
from casetracker.demonstration.county import CASES
from casetracker.extensions import db
from casetracker.models import User
from casetracker.queries.jobs import sweep_warning
from casetracker.supervisor import Program, Supervisor


@click.command()
@click.option("--port", envvar="PORT", default="8000", show_default=True, help="Where the pages answer (or PORT).")
@click.option("--host", envvar="CASETRACKER_HOST", default="127.0.0.1", show_default=True, help="0.0.0.0 for all.")
@click.pass_context
@with_appcontext
def run(context: click.Context, port: str, host: str) -> None:
    """Prepare the database, then run the web server, the worker and the clock of jobs until Ctrl-C."""
    number = _free_port(host, port)
    data = Path(current_app.config["DATA_FOLDER"])
    with _only_one(data):
        _prepare_database()
        if current_app.config["ENVIRONMENT"] == config.DEVELOPMENT and not _has_users():
            context.invoke(demo.load, if_empty=True, cases=CASES)
        if sweep_warning(at=clock.now()) is not None:
            click.echo("Bringing the caseload to today ...")
            jobs.sweep()
        shows = _shows_the_demonstration()
        welcome = _welcome(host, number, shows=shows)
        environ = environment_of_programs(current_app.config, os.environ)
        if shows:
            environ.setdefault("COUNCIL_NAME", demonstration.COUNCIL)
        db.session.remove()
        db.engine.dispose()
        click.echo("Starting the web server, the worker and the clock of jobs ...")
        supervisor = Supervisor(
            programs(host=host, port=number),
            environ=environ,
            folder=config.ROOT,
            ready=lambda: answers(host, number),
            on_ready=lambda: click.echo(welcome),
        )
        status = supervisor.run()
    context.exit(status)


@demo.demo.command("reset")
@click.option("--cases", default=CASES, show_default=True, type=click.IntRange(1, 100_000), help="How many to make up.")
@click.pass_context
@with_appcontext
def reset(context: click.Context, cases: int) -> None:
    """Put the database file aside and load the demonstration afresh."""
    if current_app.config["ENVIRONMENT"] == config.PRODUCTION:
        raise click.ClickException("The demonstration is not for production, and nothing was touched.")
    file = config.sqlite_file(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if file is None:
        raise click.ClickException(
            "DATABASE_URL names a database server, and nothing was touched: make an empty database there instead."
        )
    with _only_one(Path(current_app.config["DATA_FOLDER"])):
        if file.exists() and _holds_more_than_the_demonstration():
            raise click.ClickException(
                f"{file} holds more than the demonstration, and nothing was touched: move it away yourself."
            )
        aside = _put_aside(file)
        if aside is not None:
            click.echo(f"The old database is kept in {aside}.")
        _prepare_database()
        context.invoke(demo.load, if_empty=False, cases=cases)


def programs(*, host: str, port: int) -> list[Program]:
    """Return the three programs that make a whole tracker."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "casetracker.worker"]
    web = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--workers", "2", "--threads", "4"]
    return [
        Program("web", [*web, "--log-level", "warning", "--graceful-timeout", "10", "wsgi:app"], stops_within=15),
        Program(
            "worker",
            [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2", "--without-gossip", "--without-mingle"],
            stops_within=20,
        ),
        # No pid file: the lock on the data folder says who runs, and a file left by a crash would stop the restart.
        Program("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="], stops_within=10),
    ]


def environment_of_programs(settings: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment the programs are started in: this one, with what was relative to this folder whole."""
    quiet = "ignore:::celery.platforms"  # it warns at each start by root; a trial in a container is one, and is no risk
    warnings = [environ["PYTHONWARNINGS"]] if environ.get("PYTHONWARNINGS") else []
    return {
        **environ,
        "DATABASE_URL": settings["SQLALCHEMY_DATABASE_URI"],
        "CASETRACKER_DATA": settings["DATA_FOLDER"],
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": ",".join([*warnings, quiet]),
    }


def answers(host: str, port: int) -> bool:
    """Return whether the pages answer yet."""
    connection = http.client.HTTPConnection(_reached_at(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reached_at(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)


def _free_port(host: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65_536:
        raise click.ClickException(f"PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except PermissionError:
            raise click.ClickException(f"Port {port} is not yours to use: choose one above 1024, PORT=8000.") from None
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}): "
                f"stop what uses it or choose another, such as PORT={min(port + 1, 65_535)}."
            ) from None
    return port


@contextlib.contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the data folder's lock: two clocks of jobs, or a reset under a running tracker, would be wrong."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "running.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                f"casetracker runs already with the data in {data}: stop it first, or set CASETRACKER_DATA."
            ) from None
        yield


def _prepare_database() -> None:
    """Open the database and bring its tables up to date, or say in one line why that cannot be done."""
    shown = db.engine.url.render_as_string(hide_password=True)
    try:
        with db.engine.connect():
            pass
        click.echo(f"Preparing the database {shown} ...")
        upgrade()
        jobs.count_sums()
    except faults.FAULTS as fault:
        raise faults.in_words(fault, database=shown) from None


def _holds_more_than_the_demonstration() -> bool:
    """Return whether anybody not of the demonstration may sign in, or there are cases without a demonstration."""
    try:
        others = db.session.scalar(select(User.id).where(User.active, ~User.demonstration).limit(1))
        demonstrates = db.session.scalar(select(User.id).where(User.demonstration).limit(1))
        return others is not None or (demonstrates is None and not demonstration.is_empty())
    except OperationalError:  # not the tables of a tracker: it is put aside like any other file
        return False


def _put_aside(file: Path) -> Path | None:
    """Rename the database, with its journal, to a name that nothing has had, so that a reset can be undone."""
    if not file.exists():
        return None
    db.session.remove()
    db.engine.dispose()
    moment = f"{clock.now():%Y%m%d-%H%M%S-%f}"
    aside = file.with_name(f"{file.stem}-before-{moment}{file.suffix}")
    for ending in ("", "-wal", "-shm"):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _has_users() -> bool:
    return db.session.scalar(select(User.id).limit(1)) is not None


def _somebody_signs_in() -> bool:
    signs_in = select(User.id).where(User.active, User.password_hash.is_not(None))
    return db.session.scalar(signs_in.limit(1)) is not None


def _shows_the_demonstration() -> bool:
    return db.session.scalar(select(User.id).where(User.demonstration, User.active).limit(1)) is not None


def _welcome(host: str, port: int, *, shows: bool) -> str:
    """Return what to say once the pages answer: where, and who can sign in."""
    at = _reached_at(host)
    kept = f"Your data is kept in {db.engine.url.render_as_string(hide_password=True)}. Ctrl-C stops everything"
    if shows:
        who, kept = demo.sign_ins(), f"{kept}; `make demo-reset` starts the demonstration afresh"
    else:
        who = [] if _somebody_signs_in() else ["Nobody can sign in yet: add somebody with `casetracker users add`."]
    address = f"casetracker is ready: http://{f'[{at}]' if ':' in at else at}:{port}/"
    return "\n".join(["", address, *who, f"{kept}.", ""])
