"""`casetracker demo`: the demonstration county."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from casetracker import clock, jobs
from casetracker.demonstration import load as demonstration
from casetracker.demonstration.county import CASES
from casetracker.extensions import db
from casetracker.models import User
from casetracker.plurals import counted
from casetracker.transactions import unit_of_work


@click.group()
def demo() -> None:
    """A made-up county, for trying the tracker."""


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing where there are cases already.")
@click.option("--cases", default=CASES, show_default=True, type=click.IntRange(1, 100_000), help="How many to make up.")
@with_appcontext
def load(if_empty: bool, cases: int) -> None:
    """Load it, with its sign-ins, and sweep it."""
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("The demonstration caseload is not for production: its sign-ins are known to all.")
    if not demonstration.is_empty():
        if if_empty:
            return
        raise click.ClickException("There are cases in this database already; the demonstration needs an empty one.")
    today, now = clock.today(), clock.now()
    click.echo(f"Making up {counted(cases, 'case')} of a demonstration county …")
    with unit_of_work():
        stored = demonstration.load(today=today, now=now, cases=cases)
    jobs.sweep()
    jobs.snapshot()
    jobs.board()
    click.echo(f"Loaded {counted(stored, 'case')}.")
    for line in sign_ins():
        click.echo(line)


@demo.command("sign-ins")
@with_appcontext
def show_sign_ins() -> None:
    """Print who can sign in to the demonstration."""
    if db.session.scalar(select(User.id).where(User.demonstration, User.active).limit(1)) is None:
        raise click.ClickException("The demonstration is not in this database: nobody can sign in with its password.")
    for line in sign_ins():
        click.echo(line)


def sign_ins() -> list[str]:
    """Return the lines that say how to sign in to the demonstration."""
    people = [
        f"  {role.value.replace('_', ' '):<14}{part}@{demonstration.DOMAIN}" for part, _, role in demonstration.SIGN_INS
    ]
    return ["Sign in as one of these:", *people, f"  password for all of them: {demonstration.PASSWORD}"]
