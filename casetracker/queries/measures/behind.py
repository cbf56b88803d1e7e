"""The cases behind a number: what a figure counted, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, null, select

from casetracker.extensions import db
from casetracker.measures.definition import Count, Over
from casetracker.models import Case, Person
from casetracker.periods import Period
from casetracker.queries.measures.expressions import counted
from casetracker.queries.measures.figures import at_the_end_of
from casetracker.queries.measures.known import Asked, facts

PAGE = 50


_BEGAN = {Count.CASES: "clock_started_on", Count.ADVICE: "asked_on", Count.DISPUTES: "began_on"}
"""Of what stands on a day: the day it began."""


class Part(StrEnum):
    """Which of a figure's numbers."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    REST = "rest"
    """In the lower number and not in the upper."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A case, or a piece of advice of a case, that a number counts."""

    case_id: int
    reference: str
    name: str
    what: str
    """The kind of advice, for a piece of it."""
    on: date | None
    """The day that puts it in the period; of a measure of a day, the day its clock started."""
    days: int | None
    in_numerator: bool


def members(asked: Asked, period: Period) -> Select[Any]:
    """
    Return what a figure counts: `case_id`, `what`, `on_day`, `days`, and whether it is in the upper number (`hit`, 0 or
    1). A measure of a day is asked as it stood at the end of the period.
    """
    if asked.measure.over is Over.DAY:
        asked = at_the_end_of(period, asked)
    found = facts(asked)
    what = counted(asked, found.c)
    of_a_case = asked.measure.count is Count.CASES
    anchor: Any = what.anchor
    query: Any = select(
        found.c.case_id,
        (null() if of_a_case else found.c.kind).label("what"),
        (found.c[_BEGAN[asked.measure.count]] if anchor is None else anchor).label("on_day"),
        _days(what.days, found.c, asked).label("days"),
        case((what.numerator, 1), else_=0).label("hit"),
    ).where(what.denominator)
    if anchor is not None:
        query = query.where(anchor.between(period.starts_on, min(period.ends_on, asked.day)))
    return query  # type: ignore[no-any-return]


_LENGTHS = {"final_plan_on": "days_to_plan", "decided_on": "days_to_decision", "no_plan_on": "days_to_no_plan"}
"""The number of days that is worth showing beside the day a measure goes by."""


def _days(days: ColumnElement[int] | None, c: Any, asked: Asked) -> Any:
    if days is not None:
        return days
    anchor = counted(asked, c).anchor
    name = _LENGTHS.get(getattr(anchor, "name", ""))
    return c[name] if name else null()


def _of(part: Part, found: Any) -> ColumnElement[bool]:
    conditions: dict[Part, ColumnElement[bool]] = {
        Part.NUMERATOR: found.c.hit == 1,
        Part.REST: found.c.hit == 0,
        Part.DENOMINATOR: found.c.hit >= 0,
    }
    return conditions[part]


def cases(asked: Asked, period: Period, part: Part, *, page: int | None = 1) -> Sequence[Behind]:
    """Return a page of what a number counts and one more, longest first; `page` of None gives all of it."""
    found = members(asked, period).subquery("found")
    query: Any = (
        select(
            found.c.case_id,
            Case.reference,
            Person.forename,
            Person.surname,
            found.c.what,
            found.c.on_day,
            found.c.days,
            found.c.hit,
        )
        .join(Case, Case.id == found.c.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(_of(part, found))
        .order_by(found.c.days.desc().nulls_last(), found.c.on_day, found.c.case_id, found.c.what)
    )
    if page is not None:
        query = query.limit(PAGE + 1).offset((page - 1) * PAGE)
    return [
        Behind(r.case_id, r.reference, f"{r.forename} {r.surname}".strip(), r.what or "", r.on_day, r.days, bool(r.hit))
        for r in db.session.execute(query)
    ]


def number(asked: Asked, period: Period, part: Part) -> int:
    """Return how long the list behind a number is."""
    found = members(asked, period).subquery("found")
    return db.session.scalar(select(func.count()).select_from(found).where(_of(part, found))) or 0


def weights(asked: Asked, period: Period) -> Select[Any]:
    """Return, by case, what it adds to the two numbers: `upper` and `lower`; for days, the days and one."""
    found = members(asked, period).subquery("found")
    in_days = asked.measure.average is not None
    upper = found.c.days if in_days else found.c.hit
    sums = func.sum(upper).cast(Integer).label("upper"), func.count().label("lower")
    return select(found.c.case_id, *sums).group_by(found.c.case_id)
