"""`casetracker digest`: the morning's mails to staff, by hand."""

import click
from flask.cli import with_appcontext

from casetracker import clock, digesting
from casetracker.commands.accounts import known
from casetracker.services.chasing import is_a_day_for_mail


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would go out, whatever the hour; make nothing.")
@click.option("--for", "email", metavar="EMAIL", help="Make it for this person alone.")
@with_appcontext
def digest(dry_run: bool, email: str | None) -> None:
    """Make the digests and weekly summaries whose hour has come and that are not made yet."""
    if email is not None:
        known(email)
    today = clock.today()
    if not is_a_day_for_mail(today):
        click.echo(f"Nothing goes out today: {today:%A %-d %B %Y} is not a working day.")
        return
    if not dry_run:
        click.echo(f"Made: {len(digesting.make_due(only=email))}")
        return
    made = digesting.would_make(only=email)
    for one in made:
        click.echo(f"To {one.email}: {one.subject}\n\n{one.body}\n" if one.subject else f"To {one.email}: nothing new")
    if not made:
        whom = email or "anybody"
        click.echo(
            f"Nothing is left to go out to {whom} today: it was made already, is switched off, or is not for them."
        )
