"""`casetracker timeliness`: the published figure for a year, from the cases in the tracker."""

import json
from datetime import date

import click
from flask import current_app
from flask.cli import with_appcontext

from casetracker.queries import timeliness as figures


@click.command()
@click.option(
    "--year", required=True, type=click.IntRange(1990, 2100), help="The calendar year the plans were issued in."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_appcontext
def timeliness(year: int, as_json: bool) -> None:
    """Print how many of a year's plans were issued within 20 weeks."""
    found = figures.for_period(
        date(year, 1, 1), date(year, 12, 31), counts_reopened=current_app.config["TIMELINESS_COUNTS_REOPENED"]
    )
    percent, percent_ex = (None if p is None else float(p) for p in (found.percent, found.percent_ex))
    if as_json:
        answer = {
            "year": year,
            "plans_issued": found.plans_issued,
            "plans_issued_ex": found.plans_issued_ex,
            "within_20_weeks": found.within_20_weeks,
            "within_20_weeks_ex": found.within_20_weeks_ex,
            "percent": percent,
            "percent_ex": percent_ex,
            "over_20_to_52_weeks": found.over_20_to_52_weeks,
            "over_52_weeks": found.over_52_weeks,
        }
        click.echo(json.dumps(answer))
        return
    click.echo(f"Plans issued in {year}: {found.plans_issued:,} ({found.exceptions:,} with an exception)")
    for plans, within, of, share in (
        ("no exception", found.within_20_weeks_ex, found.plans_issued_ex, percent_ex),
        ("all plans", found.within_20_weeks, found.plans_issued, percent),
    ):
        click.echo(f"  within 20 weeks, {plans}: {within:,} of {of:,} = {'no plans' if share is None else f'{share}%'}")
    click.echo(f"  20 to 52 weeks: {found.over_20_to_52_weeks:,}; over 52 weeks: {found.over_52_weeks:,}")
    if found.not_known:
        click.echo(f"  day of receipt not known: {found.not_known:,}")
