"""`casetracker outlook`: tonight's outlook, from the forecasts that have been made."""

import click
from flask.cli import with_appcontext

from casetracker import jobs


@click.command()
@with_appcontext
def outlook() -> None:
    """Gather what the scored cases add up to, and keep where timeliness is foreseen to end."""
    kept = jobs.outlook()["cones"]
    click.echo(f"{kept} periods foreseen." if kept else "Nothing to do: all that has been scored today is in it.")
