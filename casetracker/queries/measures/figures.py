"""A measure's figures: by period, or as things stood on a day, with the knowledge of any day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, extract, func, select

from casetracker.extensions import db
from casetracker.measures import parts
from casetracker.measures.definition import Count, Over, Unit
from casetracker.measures.figures import Figure, Tally, figure_of, total
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE
from casetracker.periods import Period, Span, month_of, period_of
from casetracker.queries.measures.expressions import Counted, counted
from casetracker.queries.measures.known import Asked, facts
from casetracker.queries.remembered import until_the_caseload_changes


@until_the_caseload_changes
def by_month(asked: Asked, first: date, last: date) -> Mapping[int, Tally]:
    """Return the tally of each month that has one, by YYYYMM, from the day `first` to the day `last`."""
    found = facts(asked)
    what = counted(asked, found.c)
    anchor: Any = what.anchor
    query = _grouped(what, anchor).where(what.denominator, anchor.between(first, min(last, asked.day)))
    tallies: dict[int, list[Tally]] = {}
    for row in db.session.execute(query):
        month, tally = _read(row, of_days=what.days is not None)
        tallies.setdefault(month, []).append(tally)
    return {month: total(parts) for month, parts in sorted(tallies.items())}


def _grouped(what: Counted, anchor: Any) -> Select[Any]:
    """Days are grouped as they are kept, which an index gives in order; a spread of days is grouped by month."""
    if what.days is None:
        by_day: Any = select(anchor, func.count().filter(what.numerator), func.count()).group_by(anchor)
        return by_day  # type: ignore[no-any-return]
    month = cast(extract("year", anchor) * 100 + extract("month", anchor), Integer)
    by_length: Any = select(month, what.days, func.count()).group_by(month, what.days)
    return by_length  # type: ignore[no-any-return]


def _read(row: Any, *, of_days: bool) -> tuple[int, Tally]:
    if of_days:
        return int(row[0]), Tally(days={int(row[1]): row[2]})
    return _month(row[0]), Tally(row[1], row[2])


def over_periods(asked: Asked, periods: Iterable[Period]) -> dict[Period, Figure]:
    """Return the figure of each period of whole months, from one reading of the months they are made of."""
    wanted = list(periods)
    if asked.measure.over is Over.DAY:
        return {period: on_day(at_the_end_of(period, asked)) for period in wanted}
    if not wanted:
        return {}
    months = by_month(asked, min(p.starts_on for p in wanted), max(p.ends_on for p in wanted))
    return {period: figure_of(asked.measure, _sum(months, period)) for period in wanted}


def judged_beside(asked: Asked) -> list[Asked]:
    """Return the same question of each measure beside which this one's figures are judged before they leave."""
    return [replace(asked, measure=BY_KEY[key]) for key in parts.before(asked.measure.key)]


def _sum(months: Mapping[int, Tally], period: Period) -> Tally:
    return total(
        tally for month, tally in months.items() if _month(period.starts_on) <= month <= _month(period.ends_on)
    )


def at_the_end_of(period: Period, asked: Asked) -> Asked:
    """What stood at the end of a period is asked with the knowledge of that day."""
    return replace(asked, known_on=min(period.ends_on, asked.day), as_at=None)


def for_period(asked: Asked, period: Period) -> Figure:
    """Return the figure of one period; of a measure of a day, as it stood at the end of it."""
    return over_periods(asked, [period])[period]


@dataclass(frozen=True, slots=True)
class Latest:
    """A measure now, and before: in this calendar year so far, the last whole month and the last calendar year."""

    now: Figure
    last_month: Figure
    last_year: Figure


@until_the_caseload_changes
def latest(*, today: date, counts_reopened: bool) -> Mapping[str, Latest]:
    """
    Return every measure that the tracker counts, by key, now and before.

    Of a measure of a day: at the close of today, of the last day of last month and of the last day of last year.
    """
    year = period_of(today, Span.CALENDAR)
    month = month_of(today.replace(day=1) - timedelta(days=1))
    before = period_of(year.starts_on - timedelta(days=1), Span.CALENDAR)
    found = {}
    for measure in KNOWN_HERE:
        figures = over_periods(Asked(measure, today, today, counts_reopened), (year, month, before))
        found[measure.key] = Latest(figures[year], figures[month], figures[before])
    return found


@until_the_caseload_changes
def on_day(asked: Asked) -> Figure:
    """Return how things stood at the close of the day asked about."""
    found = facts(asked)
    what = counted(asked, found.c)
    if asked.measure.unit is not Unit.DAYS:
        query = select(func.count().filter(what.numerator), func.count()).where(what.denominator)
        return figure_of(asked.measure, Tally(*db.session.execute(query).one()))
    started = found.c.clock_started_on
    query = select(started, func.count()).where(what.denominator).group_by(started)
    rows: Any = db.session.execute(query)
    days = Counter({(asked.day - on).days: times for on, times in rows})
    return figure_of(asked.measure, Tally(days=days))


_FIRST_DAY = {Count.CASES: "received_on", Count.ADVICE: "asked_on", Count.DISPUTES: "began_on"}
"""Of what stands on a day: when there first was any."""


@until_the_caseload_changes
def first_and_last(asked: Asked) -> tuple[date, date] | None:
    """Return the first and last day on which anything counted happened, or None where nothing did."""
    found = facts(asked)
    what = counted(asked, found.c)
    day = what.anchor if what.anchor is not None else found.c[_FIRST_DAY[asked.measure.count]]
    happened = day.is_not(None) if what.anchor is None else and_(what.denominator, day <= asked.day)
    first, last = db.session.execute(select(func.min(day), func.max(day)).where(happened)).one()
    return (first, last) if first and last else None


def _month(day: date) -> int:
    return day.year * 100 + day.month
