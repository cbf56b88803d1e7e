"""`casetracker board`: the board's figures, worked out now as each night does it."""

import click
from flask.cli import with_appcontext

from casetracker import jobs
from casetracker.plurals import counted


@click.command()
@with_appcontext
def board() -> None:
    """Work out the board's figures, as after bringing in a past."""
    click.echo(f"Worked out {counted(jobs.board()['figures'], 'figure')}")
