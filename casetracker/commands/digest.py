"""`casetracker digest`: the morning's mails to staff, by hand."""

import click
from flask.cli import with_appcontext

from casetracker import digesting


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would go out, whatever the hour; make nothing.")
@click.option("--for", "email", metavar="EMAIL", help="Make it for this person alone.")
@with_appcontext
def digest(dry_run: bool, email: str | None) -> None:
    """Make the digests and weekly summaries whose hour has come and that are not made yet."""
    if not dry_run:
        click.echo(f"Made: {len(digesting.make_due(only=email))}")
        return
    for one in digesting.would_make(only=email):
        click.echo(f"To {one.email}: {one.subject}\n\n{one.body}\n" if one.subject else f"To {one.email}: nothing new")
