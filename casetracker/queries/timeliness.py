"""
Timeliness: of the plans first issued in a period, the share issued within 20 weeks of the request.

As the DfE defines it (sen2.md 2.6 and 2.7). Plans to which an exception applied leave both the top and the bottom of
the headline figure; plans on a re-opened clock are not counted unless the authority's setting says so; a plan whose
request has no known day of receipt is in the bottom and never in the top.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, true

from casetracker.extensions import db
from casetracker.london import day_of
from casetracker.models import Case, CaseEvent, CaseFacts, Person, Tallied, Tally
from casetracker.periods import Period
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.statute.happenings import Happening

DEFINITION = "DfE-2025-1"
"""The version of this definition, kept with every figure."""
IN_WORDS = (
    "Of the education, health and care plans issued for the first time in the period, the share that were issued "
    "within 20 weeks (140 days) of the day the request was received. Plans to which a statutory exception applied are "
    "left out of both numbers of the headline. Plans that followed mediation or an appeal about the request or the "
    "assessment are not counted."
)
SOURCE = "Department for Education, “Education, health and care plans”: data guidance for timeliness"
WITHIN_20_WEEKS = 140
OVER_52_WEEKS = 365
REOPENED = "reopened"
"""How the kept sums mark plans on a re-opened clock, or after a dispute."""


class Bucket(StrEnum):
    """A number on the page, and so a list of cases."""

    ALL = "all"
    WITHOUT_EXCEPTION = "without_exception"
    EXCEPTION = "exception"
    WITHIN = "within_20_weeks"
    WITHIN_WITHOUT_EXCEPTION = "within_20_weeks_without_exception"
    OVER_20 = "over_20_to_52_weeks"
    OVER_52 = "over_52_weeks"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Timeliness:
    """The figures of one period. The names with `_ex` leave out plans to which an exception applied."""

    plans_issued: int = 0
    plans_issued_ex: int = 0
    within_20_weeks: int = 0
    within_20_weeks_ex: int = 0
    over_20_to_52_weeks: int = 0
    over_52_weeks: int = 0
    not_known: int = 0
    """Plans whose request has no known day of receipt."""

    @property
    def percent(self) -> Decimal | None:
        """Including plans with exceptions."""
        return percentage(self.within_20_weeks, self.plans_issued)

    @property
    def percent_ex(self) -> Decimal | None:
        """The headline."""
        return percentage(self.within_20_weeks_ex, self.plans_issued_ex)

    @property
    def exceptions(self) -> int:
        """Plans to which an exception applied."""
        return self.plans_issued - self.plans_issued_ex

    def number(self, bucket: Bucket) -> int:
        """Return the number that a bucket's list of cases must be as long as."""
        return {
            Bucket.ALL: self.plans_issued,
            Bucket.WITHOUT_EXCEPTION: self.plans_issued_ex,
            Bucket.EXCEPTION: self.exceptions,
            Bucket.WITHIN: self.within_20_weeks,
            Bucket.WITHIN_WITHOUT_EXCEPTION: self.within_20_weeks_ex,
            Bucket.OVER_20: self.over_20_to_52_weeks,
            Bucket.OVER_52: self.over_52_weeks,
            Bucket.NOT_KNOWN: self.not_known,
        }[bucket]


@dataclass(frozen=True, slots=True)
class CaseBehind:
    """A case that a number is made of."""

    id: int
    reference: str
    name: str
    received_on: date | None
    final_plan_on: date
    days_to_plan: int | None
    exceptions_apply: bool


def percentage(part: int, whole: int) -> Decimal | None:
    """Return a percentage to one decimal, half away from zero; None of nothing."""
    if not whole:
        return None
    return (Decimal(part * 100) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@until_the_caseload_changes
def for_period(start: date, end: date, *, counts_reopened: bool = False) -> Timeliness:
    """Return the figures for the plans issued from `start` to `end`, both included."""
    found = db.session.execute(_figures().where(_in(start, end), _counted(counts_reopened))).one()
    return _timeliness(found)


@until_the_caseload_changes
def recorded_since(moment: datetime, start: date, end: date, *, counts_reopened: bool = False) -> Timeliness:
    """Return the figures for the plans issued from `start` to `end` that nobody had recorded as issued by a moment."""
    known = exists().where(
        CaseEvent.case_id == Case.id,
        CaseEvent.happening == Happening.FINAL_PLAN_ISSUED,
        CaseEvent.recorded_at <= moment,
    )
    # Its facts have changed since: which leaves few to look at, however many plans the period has.
    lately = select(CaseFacts.case_id).where(
        CaseFacts.known_from >= day_of(moment), CaseFacts.final_plan_on.between(start, end)
    )
    query = _figures().where(Case.id.in_(lately), _in(start, end), _counted(counts_reopened), ~known)
    found = db.session.execute(query).one()
    return _timeliness(found)


@until_the_caseload_changes
def by_month(start: date, end: date, *, counts_reopened: bool = False) -> dict[int, Timeliness]:
    """Return the figures of each month that has any, by YYYYMM, for the months `start` and `end` are in."""
    query = (
        _summed()
        .where(Tally.month.between(_month(start), _month(end)), *_kept(counts_reopened))
        .group_by(Tally.month)
        .having(func.sum(Tally.number) != 0)
        .order_by(Tally.month)
    )
    return {row.month: _timeliness(row) for row in db.session.execute(query)}


def over_periods(periods: Iterable[Period], *, counts_reopened: bool = False) -> dict[Period, Timeliness]:
    """Return the figures of each period of whole months, from one reading of the months they are made of."""
    wanted = list(periods)
    if not wanted:
        return {}
    months = by_month(min(p.starts_on for p in wanted), max(p.ends_on for p in wanted), counts_reopened=counts_reopened)
    return {
        period: total(f for m, f in months.items() if _month(period.starts_on) <= m <= _month(period.ends_on))
        for period in wanted
    }


def total(figures: Iterable[Timeliness]) -> Timeliness:
    """Return the sum of figures for periods that do not overlap."""
    listed = list(figures)
    return Timeliness(*(sum(getattr(figure, field.name) for figure in listed) for field in fields(Timeliness)))


@until_the_caseload_changes
def first_and_last(*, counts_reopened: bool = False) -> tuple[date, date] | None:
    """Return the first day of the first and of the last month with a counted plan, or None where there is none."""
    months = select(Tally.month).where(*_kept(counts_reopened)).group_by(Tally.month)
    some = months.having(func.sum(Tally.number) != 0).subquery()
    first, last = db.session.execute(select(func.min(some.c.month), func.max(some.c.month))).one()
    return (_first_day(first), _first_day(last)) if first and last else None


def cases_behind(
    start: date, end: date, bucket: Bucket, *, counts_reopened: bool = False, page: int = 1, per_page: int | None = 50
) -> Sequence[CaseBehind]:
    """Return the cases that a number is made of, latest to be late first; `per_page` of None gives them all."""
    query = (
        select(
            Case.id,
            Case.reference,
            Person.forename,
            Person.surname,
            Case.received_on,
            Case.final_plan_on,
            Case.days_to_plan,
            Case.exceptions_apply,
        )
        .join(Person, Person.id == Case.person_id)
        .where(_in(start, end), _counted(counts_reopened), *_of(bucket))
        .order_by(Case.days_to_plan.desc().nulls_last(), Case.id)
    )
    if per_page is not None:
        query = query.limit(per_page).offset((page - 1) * per_page)
    return [
        CaseBehind(
            r.id,
            r.reference,
            f"{r.forename} {r.surname}",
            r.received_on,
            r.final_plan_on,
            r.days_to_plan,
            r.exceptions_apply,
        )
        for r in db.session.execute(query)
    ]


def _figures() -> Select[Any]:
    within = Case.days_to_plan <= WITHIN_20_WEEKS
    no_exception = Case.exceptions_apply.is_(False)
    columns: list[Any] = [
        func.count().label("plans_issued"),
        func.count().filter(no_exception).label("plans_issued_ex"),
        func.count().filter(within).label("within_20_weeks"),
        func.count().filter(within, no_exception).label("within_20_weeks_ex"),
        func.count().filter(_between_20_and_52()).label("over_20_to_52_weeks"),
        func.count().filter(Case.days_to_plan >= OVER_52_WEEKS).label("over_52_weeks"),
        func.count().filter(Case.days_to_plan.is_(None)).label("not_known"),
    ]
    return select(*columns)


def _summed() -> Select[Any]:
    """Return the same figures as `_figures` from the kept sums, month by month."""
    no_exception, within = Tally.is_so.is_(False), Tally.word == Bucket.WITHIN
    sums: dict[str, ColumnElement[bool]] = {
        "plans_issued": true(),
        "plans_issued_ex": no_exception,
        "within_20_weeks": within,
        "within_20_weeks_ex": and_(within, no_exception),
        "over_20_to_52_weeks": Tally.word == Bucket.OVER_20,
        "over_52_weeks": Tally.word == Bucket.OVER_52,
        "not_known": Tally.word == Bucket.NOT_KNOWN,
    }
    number = func.sum(Tally.number)
    columns: list[Any] = [func.coalesce(number.filter(which), 0).label(name) for name, which in sums.items()]
    return select(Tally.month, *columns)


def _kept(counts_reopened: bool) -> list[ColumnElement[bool]]:
    plans = [Tally.of == Tallied.PLANS]
    return plans if counts_reopened else [*plans, Tally.also == ""]


def bucket_of(days: Any) -> ColumnElement[str]:
    """Return the bucket of a number of days to a plan, of those that hold each plan once."""
    return case(
        (days <= WITHIN_20_WEEKS, Bucket.WITHIN.value),
        (days < OVER_52_WEEKS, Bucket.OVER_20.value),
        (days >= OVER_52_WEEKS, Bucket.OVER_52.value),
        else_=Bucket.NOT_KNOWN.value,
    )


def _timeliness(row: Row[Any]) -> Timeliness:
    return Timeliness(*(getattr(row, field.name) for field in fields(Timeliness)))


def _between_20_and_52() -> ColumnElement[bool]:
    return and_(Case.days_to_plan > WITHIN_20_WEEKS, Case.days_to_plan < OVER_52_WEEKS)


def _counted(counts_reopened: bool) -> ColumnElement[bool]:
    on_the_first_clock = Case.counts_for_timeliness.is_(True)
    return or_(on_the_first_clock, Case.reopened.is_(True)) if counts_reopened else on_the_first_clock


def _in(start: date, end: date) -> ColumnElement[bool]:
    """Return the plans issued in a period: the month narrows it by the index, the day settles it."""
    return and_(Case.final_plan_month.between(_month(start), _month(end)), Case.final_plan_on.between(start, end))


def _of(bucket: Bucket) -> list[ColumnElement[bool]]:
    within = Case.days_to_plan <= WITHIN_20_WEEKS
    no_exception = Case.exceptions_apply.is_(False)
    conditions: dict[Bucket, list[ColumnElement[bool]]] = {
        Bucket.ALL: [],
        Bucket.WITHOUT_EXCEPTION: [no_exception],
        Bucket.EXCEPTION: [Case.exceptions_apply.is_(True)],
        Bucket.WITHIN: [within],
        Bucket.WITHIN_WITHOUT_EXCEPTION: [within, no_exception],
        Bucket.OVER_20: [_between_20_and_52()],
        Bucket.OVER_52: [Case.days_to_plan >= OVER_52_WEEKS],
        Bucket.NOT_KNOWN: [Case.days_to_plan.is_(None)],
    }
    return conditions[bucket]


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)
