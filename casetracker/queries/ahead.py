"""Looking ahead, as it was kept: the newest outlook, the cones and how right they were, saved plans and staff."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.forecast.dial import Order
from casetracker.models import BacklogPlan, KpiCone, Outlook, StaffFigures
from casetracker.periods import Period, Span, month_of, period_of
from casetracker.queries import timeliness
from casetracker.queries.days import days_between

WEEKS_BEFORE = (1, 2, 4, 8, 12, 26)
"""How long before a period's end its forecasts are held against what happened."""
SCORED_OVER = timedelta(days=730)
MOST_PLANS = 12


@dataclass(frozen=True, slots=True)
class Gathered:
    """The newest outlook (models/outlooks.py)."""

    day: date
    recorded_at: datetime
    cases: int
    open_cases: int
    on_priors: bool
    requests: list[list[int]]
    days_to_plan: list[tuple[int, int]]
    facts: dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class KeptCone:
    """A period's timeliness as foreseen on a day."""

    day: date
    span: str
    starts_on: date
    ends_on: date
    issued_in_time: int
    issued_late: int
    expected_in_time: float
    expected_late: float
    from_backlog: float
    from_newcomers: float
    best_in_time: float
    best_late: float
    worst_in_time: float
    worst_late: float
    percent: float | None
    low: float | None
    high: float | None
    on_priors: bool
    recorded_at: datetime

    @property
    def period(self) -> Period:
        """The period it is of."""
        return Period(Span(self.span), self.starts_on, self.ends_on)

    @property
    def so_far(self) -> float | None:
        """The figure of the plans issued by that day, in hundredths."""
        return _percent(self.issued_in_time, self.issued_late)

    @property
    def best(self) -> float | None:
        """The best that could still be reached."""
        return _percent(self.best_in_time, self.best_late)

    @property
    def worst(self) -> float | None:
        """The worst that it could still come to."""
        return _percent(self.worst_in_time, self.worst_late)


@dataclass(frozen=True, slots=True)
class Scored:
    """A forecast held against what happened."""

    period: Period
    weeks_before: int
    percent: float
    low: float
    high: float
    actual: float

    @property
    def inside(self) -> bool:
        """Whether what happened, to one decimal, lay in the interval."""
        return round(self.low, 1) <= self.actual <= round(self.high, 1)


@dataclass(frozen=True, slots=True)
class PlanAndDone:
    """A saved plan beside what was done by its last day, or so far."""

    made_on: date
    made_by: str
    ends_on: date
    number: int
    taken_first: Order
    expected: dict[str, Any]
    issued: int | None
    """Plans issued out of time in the month, and recorded once the plan had been made; None where it was replaced."""
    month: float | None
    """The month's timeliness, in hundredths."""
    is_over: bool
    replaced_on: date | None
    """When a later plan for the month was saved in its place."""


def newest() -> Gathered | None:
    """Return the newest outlook, or None before the first."""
    row = db.session.scalars(select(Outlook).order_by(Outlook.day.desc()).limit(1)).first()
    if row is None:
        return None
    days = [(day, number) for day, number in row.days_to_plan]
    return Gathered(row.day, row.recorded_at, row.cases, row.open_cases, row.on_priors, row.requests, days, row.facts)


def current(*, today: date) -> dict[Span, KeptCone]:
    """Return the newest cone of each period that today is in, by its kind."""
    periods = [period_of(today, span) for span in Span]
    here = or_(*(and_(KpiCone.span == p.span.value, KpiCone.starts_on == p.starts_on) for p in periods))
    newest_day = select(KpiCone.span, func.max(KpiCone.day).label("day")).where(here).group_by(KpiCone.span).subquery()
    query = select(*_COLUMNS).join(newest_day, and_(KpiCone.span == newest_day.c.span, KpiCone.day == newest_day.c.day))
    found = {Span(row.span): KeptCone(*row) for row in db.session.execute(query)}
    return {span: found[span] for span in Span if span in found}


def course(period: Period) -> Sequence[KeptCone]:
    """Return a period's cones, the earliest first."""
    query = select(*_COLUMNS).where(KpiCone.span == period.span.value, KpiCone.starts_on == period.starts_on)
    return [KeptCone(*row) for row in db.session.execute(query.order_by(KpiCone.day))]


def scored(*, today: date, counts_reopened: bool = False) -> list[Scored]:
    """Return the forecasts made so many weeks before periods that are over, the newest period first."""
    weeks = days_between(KpiCone.day, KpiCone.ends_on)
    query = (
        select(*_COLUMNS, weeks.label("before"))
        .where(
            KpiCone.ends_on < today,
            KpiCone.ends_on >= today - SCORED_OVER,
            KpiCone.percent.is_not(None),
            weeks.in_([7 * number for number in WEEKS_BEFORE]),
        )
        .order_by(KpiCone.ends_on.desc(), KpiCone.span, KpiCone.day.desc())
    )
    kept = [(KeptCone(*row[:-1]), row.before // 7) for row in db.session.execute(query)]
    figures = timeliness.over_periods({one.period for one, _ in kept}, counts_reopened=counts_reopened)
    return [
        Scored(one.period, before, one.percent, one.low, one.high, float(actual))
        for one, before in kept
        if (actual := figures[one.period].percent_ex) is not None
        and one.percent is not None
        and one.low is not None
        and one.high is not None
    ]


def plans(*, today: date, counts_reopened: bool = False) -> list[PlanAndDone]:
    """Return the newest saved plans with what was done, the newest first: of each month, the first is its plan."""
    saved_later = func.lag(BacklogPlan.made_on, type_=BacklogPlan.made_on.type)
    replaced_on = saved_later.over(partition_by=BacklogPlan.ends_on, order_by=BacklogPlan.id.desc())
    query = select(BacklogPlan, replaced_on).options(joinedload(BacklogPlan.made_by)).order_by(BacklogPlan.id.desc())
    rows = db.session.execute(query.limit(MOST_PLANS)).all()
    months = timeliness.over_periods({month_of(row.ends_on) for row, _ in rows}, counts_reopened=counts_reopened)
    return [
        PlanAndDone(
            made_on=row.made_on,
            made_by=row.made_by.name,
            ends_on=row.ends_on,
            number=row.number,
            taken_first=row.taken_first,
            expected=row.figures,
            issued=None
            if replaced
            else late_since(row.made_at, month_of(row.ends_on), counts_reopened=counts_reopened),
            month=None if (percent := months[month_of(row.ends_on)].percent_ex) is None else float(percent),
            is_over=row.ends_on < today,
            replaced_on=replaced,
        )
        for row, replaced in rows
    ]


def late_since(moment: datetime, period: Period, *, counts_reopened: bool = False) -> int:
    """Return how many plans were issued out of time in a period, of those that nobody had recorded by a moment."""
    found = timeliness.recorded_since(moment, period.starts_on, period.ends_on, counts_reopened=counts_reopened)
    return found.plans_issued_ex - found.within_20_weeks_ex


def staff() -> StaffFigures | None:
    """Return the people and hours last saved, with who saved them; None where nobody has."""
    query = select(StaffFigures).options(joinedload(StaffFigures.saved_by)).order_by(StaffFigures.id.desc())
    return db.session.scalars(query.limit(1)).first()


def _percent(in_time: float, late: float) -> float | None:
    return 100 * in_time / (in_time + late) if in_time + late > 0 else None


_COLUMNS = tuple(getattr(KpiCone, field.name) for field in fields(KeptCone))
