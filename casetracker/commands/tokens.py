"""`casetracker tokens`: for programs, such as Power BI, that read figures and nothing else."""

from datetime import date, timedelta

import click
from flask.cli import with_appcontext

from casetracker import clock
from casetracker.services import tokens as keeping
from casetracker.transactions import commits


@click.group()
def tokens() -> None:
    """Tokens for programs that read figures."""


@tokens.command("add")
@click.option("--name", required=True, help="Which program it is for.")
@click.option("--days", default=keeping.DAYS, show_default=True, type=click.IntRange(1, keeping.MOST_DAYS))
@with_appcontext
@commits
def add(name: str, days: int) -> None:
    """Make a token and print it. It cannot be seen again."""
    last: date = clock.today() + timedelta(days=days)
    try:
        token = keeping.make(name=name, last_day_on=last, at=clock.now())
    except keeping.NotPossible as refused:
        raise click.BadParameter(f"{refused}.", param_hint="--name") from None
    click.echo(token)
    click.echo(
        f"It works until {last:%-d %B %Y}. Keep it where the program reads it; it cannot be shown again.", err=True
    )


@tokens.command("list")
@with_appcontext
def list_() -> None:
    """List the tokens there have been."""
    for one in keeping.listed():
        state = "stopped" if one.stopped_at else f"until {one.last_day_on:%-d %B %Y}"
        used = f"last used on {one.last_used_on:%-d %B %Y}" if one.last_used_on else "never used"
        click.echo(f"{one.name}: {state}, {used}")


@tokens.command("stop")
@click.option("--name", required=True)
@with_appcontext
@commits
def stop(name: str) -> None:
    """Stop a token for good."""
    if not keeping.stop(name=name, at=clock.now()):
        raise click.ClickException(f"There is no token called {name!r} that works")
    click.echo(f"{name} opens nothing any more")
