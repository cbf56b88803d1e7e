"""`casetracker forecast`: fit it, score the open cases, hold it against what came, choose among its fits."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from casetracker import clock, jobs, law
from casetracker.extensions import db
from casetracker.forecast import backtest as backtests
from casetracker.forecast.keeping import OtherForm
from casetracker.models import Case
from casetracker.plurals import counted
from casetracker.queries import forecasting, forecasts
from casetracker.services import forecasts as services
from casetracker.transactions import unit_of_work

ON = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As though it were this day (default: today).")


@click.group()
def forecast() -> None:
    """How likely each open case is to be late, and how often that was right."""


@forecast.command()
@ON
@with_appcontext
def fit(on: datetime | None) -> None:
    """Learn from the histories, and use what was learned unless it is worse."""
    before = forecasts.fit_in_use()
    made = forecasts.one_fit(_refusing_days_to_come(jobs.fit_forecast, on=on.date() if on else None)["fit"])
    if before is not None and made.id == before.id:
        click.echo(
            f"Nothing is new since fit {made.id} of {_day(made.for_day)} was made: it stands, and no other is kept."
        )
        return
    click.echo(f"Fit {made.id} ({made.state.value.replace('_', ' ')}). {made.reason}")


@forecast.command()
@ON
@with_appcontext
def score(on: datetime | None) -> None:
    """Score every open case with the fit in use."""
    day = on.date() if on else None
    ranges = jobs.ranges_to_score()
    scored = 0
    for first_id, last_id in ranges:
        scored += _refusing_days_to_come(jobs.score_forecasts, on=day, first_id=first_id, last_id=last_id)["cases"]
    click.echo(f"Scored {counted(scored, 'open case')}.")


def _refusing_days_to_come(job: Callable[..., dict[str, Any]], **given: Any) -> dict[str, Any]:
    try:
        return job(**given)
    except jobs.DayToCome as refusal:
        raise click.BadParameter(f"{refusal}: give today or a day before it.", param_hint="--on") from None


@forecast.command()
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day forecasts are made on.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="The last day forecasts are made on.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_appcontext
def backtest(first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """Make the forecasts that would have been made, and hold them against what came."""
    begins, ends = (day.date() if day else None for day in (first, last))
    if begins and begins > clock.today():
        raise click.BadParameter("that day has not come yet: give today or a day before it.", param_hint="--from")
    if begins and ends and ends < begins:
        raise click.BadParameter("the last day is before the first.", param_hint="--to")
    with _progress() as told:
        histories = forecasting.histories(told=lambda done: told("read", done))
        report = backtests.run(
            histories,
            as_at=clock.today(),
            first=begins,
            last=ends,
            reading=law.reading(),
            calendar=forecasting.calendar(),
            told=told,
        )
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    for line in _lines(report):
        click.echo(line)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Show how far it is, on a terminal and on stderr alone: what is printed is the answer and nothing else."""
    done: dict[str, int] = {"cases": db.session.scalar(select(func.count(Case.id))) or 0}
    shown = sys.stderr.isatty()

    def told(what: str, number: int) -> None:
        done[what] = done.get(what, 0) + number
        if shown:
            click.echo("\r" + _how_far(done).ljust(72), nl=False, err=True)

    yield told
    if shown:
        click.echo("\r" + " " * 72 + "\r", nl=False, err=True)


def _how_far(done: dict[str, int]) -> str:
    if "scored" in done:
        return f"Scoring: {done['scored']:,} forecasts"
    if "looks" in done:
        return f"Rehearsing: {done.get('rehearsed', 0):,} of {done['looks']:,} forecasts"
    return f"Reading: {done.get('read', 0):,} of at most {done['cases']:,} cases"


def _lines(report: backtests.Report) -> Iterator[str]:
    yield f"Forecasts made from {_day(report.first)} to {_day(report.last)}; {report.closed_cases:,} closed cases"
    yield f"{'week':>4}{'cases':>8}{'late':>8}{'Brier':>8}{'skill':>8}{'AUC':>8}{'days left':>11}{'behind':>8}"
    for week, found in report.weeks.items():
        yield (
            f"{week:>4}{found.n:>8,}{found.base_rate:>8.1%}{found.brier:>8.3f}{found.skill:>8.3f}{found.auc:>8.3f}"
            f"{found.rule_days_left_auc:>11.3f}{found.rule_behind_auc:>8.3f}"
        )
    yield f"80% intervals that held: {report.interval_80_coverage:.1%}"
    if report.on_priors:
        yield f"{report.on_priors:,} of these forecasts rest on what is shipped: too few cases had closed by then."


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


@forecast.command("list")
@with_appcontext
def list_fits() -> None:
    """List the fits, the newest first."""
    for one in forecasts.fits():
        click.echo(f"{one.id:>5}  {one.for_day}  {one.closed_cases:>7,}  {one.state.value:<10}  {one.reason}")


@forecast.command("use")
@click.argument("fit_id", metavar="ID", type=click.IntRange(min=1, max=2**31 - 1))
@with_appcontext
def use_fit(fit_id: int) -> None:
    """Use the fit with this number, an earlier one or one that was not put in use."""
    try:
        with unit_of_work():
            services.use(fit_id=fit_id, by=None, at=clock.now())
    except NoResultFound:
        raise click.BadParameter(
            "there is no such fit: `casetracker forecast list` lists them.", param_hint="ID"
        ) from None
    except OtherForm as refusal:
        raise click.ClickException(f"Fit {fit_id} cannot be used: {refusal}.") from None
    click.echo(f"Fit {fit_id} is in use.")
