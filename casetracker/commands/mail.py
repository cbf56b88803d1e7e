"""`casetracker mail` and `casetracker chase`: the post, by hand."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from casetracker import bounces, clock, jobs, mailing
from casetracker.plurals import counted
from casetracker.queries import mail as queries
from casetracker.services import chasing


@click.group()
def mail() -> None:
    """The outbox."""


@mail.command("send")
@with_appcontext
def send() -> None:
    """Send what is due now."""
    click.echo(f"{counted(mailing.send_waiting(current_app.config['MAIL']), 'mail')} sent")


@mail.command("list")
@with_appcontext
def list_() -> None:
    """Print how many mails there are in each state, and those that need a person."""
    for state, number in sorted(queries.counts().items()):
        click.echo(f"{state}: {number}")
    for one in queries.troubles():
        click.echo(f"  {one.id}: {one.subject} to {one.to_address}: {one.bounce_reason or one.last_error}")


@mail.command("bounces")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def take_bounces(folder: Path) -> None:
    """Read notices of non-delivery (.eml files) from FOLDER, and mark the mails that came back."""
    click.echo(f"{counted(bounces.take_notices(folder), 'mail')} came back")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only list what would go out today.")
@with_appcontext
def chase(dry_run: bool) -> None:
    """Send the reminders that are due today."""
    if not dry_run:
        click.echo(f"{counted(jobs.chase()['sent'], 'reminder')} put in the outbox")
        return
    for one in chasing.due(today=clock.today()):
        click.echo(f"case {one.advice.case_id}, {one.advice.kind}: {one.step.rung.name} to {one.to_address}")
