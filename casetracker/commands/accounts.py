"""`casetracker users`: adding the people who may sign in, before single sign-on."""

import re

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import User
from casetracker.roles import Role
from casetracker.services import accounts
from casetracker.transactions import commits

SHORTEST_PASSWORD = 12
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@click.group()
def users() -> None:
    """People who may sign in."""


@users.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.password_option(help="Asked for when left out.")
@with_appcontext
@commits
def add(email: str, name: str, role: str, password: str) -> None:
    """Add somebody who may sign in."""
    _refuse_short(password)
    if not _ADDRESS.fullmatch(email.strip()):
        raise click.ClickException(f"{email!r} is not an email address.")
    if not name.strip():
        raise click.ClickException("Give the person's name: it stands beside all that they record.")
    try:
        accounts.create_user(email=email, name=name.strip(), role=Role(role), password=password)
    except accounts.AccountExists as taken:
        raise click.ClickException(f"There is an account for {taken} already.") from None
    click.echo(f"{name} may sign in as {email}.")


@users.command("password")
@click.option("--email", required=True)
@click.password_option(help="Asked for when left out.")
@with_appcontext
@commits
def change_password(email: str, password: str) -> None:
    """Give somebody a new password; the sessions they have end."""
    _refuse_short(password)
    user = known(email)
    accounts.set_password(user=user, password=password)
    click.echo(f"{user.name} has a new password.")


@users.command("head")
@click.option("--email", required=True)
@click.option("--no-longer", is_flag=True, help="They head it no more.")
@with_appcontext
@commits
def head(email: str, no_longer: bool) -> None:
    """Say that somebody heads the service: they get its weekly summary, and what is escalated to its head."""
    user = known(email)
    accounts.name_head(user=user, heads=not no_longer)
    click.echo(f"{user.name} {'no longer heads' if no_longer else 'heads'} the service.")


@users.command("stop")
@click.option("--email", required=True)
@with_appcontext
@commits
def stop(email: str) -> None:
    """Let somebody sign in no more, and end the sessions they have. What they recorded stays theirs."""
    user = known(email)
    user.active = False
    accounts.end_sessions(user)
    click.echo(f"{user.name} can no longer sign in. Cases they hold stay in their name until they are handed over.")


@users.command("list")
@with_appcontext
def show() -> None:
    """List who there is, and who heads the service."""
    for user in db.session.scalars(select(User).order_by(User.active.desc(), User.name)):
        heads = "  (heads the service)" if user.head_of_service else ""
        state = "" if user.active and user.password_hash else "  (cannot sign in)"
        click.echo(f"{user.email:<40}{user.role.value:<15}{user.name}{heads}{state}")


def known(email: str) -> User:
    """
    Return who has this e-mail address.

    :raises click.ClickException: if nobody has
    """
    user = db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    if user is None:
        raise click.ClickException(f"There is no account for {email}.")
    return user


def _refuse_short(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(f"A password needs {SHORTEST_PASSWORD} characters or more.")
