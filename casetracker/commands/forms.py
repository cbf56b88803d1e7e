"""`casetracker forms`: the forms that come with the tracker."""

import click
from flask.cli import with_appcontext

from casetracker import clock
from casetracker.plurals import counted
from casetracker.services import agreed_forms
from casetracker.transactions import commits


@click.group()
def forms() -> None:
    """Forms for advice."""


@forms.command("install")
@with_appcontext
@commits
def install() -> None:
    """Put the forms that come with the tracker in use, where there is no form of that name yet."""
    number = agreed_forms.install_shipped(at=clock.now(), today=clock.today())
    click.echo(f"{counted(number, 'form')} put in use." if number else "They are there already.")
