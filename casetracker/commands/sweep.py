"""`casetracker sweep`: the nightly job, for tonight or for a night that was missed."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from casetracker import jobs


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Sweep as though it were this day (default: today).")
@with_appcontext
def sweep(on: datetime | None) -> None:
    """Mark what is overdue, raise and close alerts, and freeze the timeliness figures."""
    day = on.date() if on else None
    try:
        counts = jobs.sweep(on=day)
    except jobs.DayToCome as refusal:
        raise click.BadParameter(f"{refusal}: give today or a day before it.", param_hint="--on") from None
    jobs.snapshot(on=day)
    for name, number in counts.items():
        click.echo(f"{name.replace('_', ' '):<18}{number:>9,}")
