"""`casetracker verify`: whether every case is what its history says."""

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from casetracker import jobs
from casetracker.plurals import counted


@click.command()
@click.option("--sample", type=click.IntRange(1), help="Check so many cases, chosen by chance (default: all).")
@click.option("--mend", is_flag=True, help="First write every row anew from its history, as after an upgrade.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def verify(sample: int | None, mend: bool, as_json: bool) -> None:
    """Replay the histories and report every row that differs. Exits with 1 when one does."""
    if mend:
        click.echo(f"{counted(jobs.mend(), 'case')} brought into line with their histories.", err=True)
    report = jobs.verify(sample=sample)
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        checked = f"{counted(report.cases, 'case')} and {counted(report.entries, 'entry', 'entries')} checked"
        click.echo(f"{checked}: {counted(report.found, 'difference')}.")
        for difference in report.differences:
            click.echo(
                f"  {difference.case}: {difference.what} is {difference.stored}, should be {difference.should_be}"
            )
    if report.found:
        raise SystemExit(1)
