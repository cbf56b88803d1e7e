"""The cases behind a number, as a list: all of a figure's, one number of it, or those of one group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from casetracker.extensions import db
from casetracker.models import Case, Person
from casetracker.periods import Period
from casetracker.queries.measures.behind import members
from casetracker.queries.measures.breakdowns import dimension_of, joined
from casetracker.queries.measures.known import Asked

PAGE = 50


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the things a figure counts are to be listed."""

    asked: Asked
    period: Period
    part: Part
    dimension: str = ""
    """With `group`: only those of one group of a breakdown."""
    group: str = ""


def cases(wanted: Wanted, *, page: int | None = 1) -> Sequence[Behind]:
    """Return a page of what a number counts and one more, longest (or else earliest) first; all for no `page`."""
    found = members(wanted.asked, wanted.period).subquery("found")
    c = found.c
    columns = select(c.case_id, Case.reference, Person.forename, Person.surname, c.what, c.on_day, c.days, c.hit)
    query = _narrowed(wanted, found, columns)
    query = query.order_by(c.days.desc().nulls_last(), c.on_day, c.case_id, c.what)
    if page is not None:
        query = query.limit(PAGE + 1).offset((page - 1) * PAGE)
    return [
        Behind(r.case_id, r.reference, f"{r.forename} {r.surname}".strip(), r.what or "", r.on_day, r.days, bool(r.hit))
        for r in db.session.execute(query)
    ]


def number(wanted: Wanted) -> int:
    """Return how long the list behind a number is."""
    found = members(wanted.asked, wanted.period).subquery("found")
    return db.session.scalar(_narrowed(wanted, found, select(func.count()))) or 0


def _narrowed(wanted: Wanted, found: Any, columns: Any) -> Select[Any]:
    query: Select[Any] = joined(columns, found, wanted.asked.measure).where(_of(wanted.part, found))
    return query if not wanted.dimension else query.where(_in_group(wanted, found))


def _of(part: Part, found: Any) -> ColumnElement[bool]:
    conditions: dict[Part, ColumnElement[bool]] = {
        Part.NUMERATOR: found.c.hit == 1,
        Part.REST: found.c.hit == 0,
        Part.DENOMINATOR: found.c.hit >= 0,
    }
    return conditions[part]


def _in_group(wanted: Wanted, found: Any) -> ColumnElement[bool]:
    """Return the condition of a group: the values that go by its name, looked up in what there is."""
    dimension = dimension_of(wanted.asked, wanted.period, wanted.dimension)
    value = dimension.column(found)
    there = db.session.scalars(joined(select(value).distinct(), found, wanted.asked.measure)).all()
    named = [one for one in there if wanted.group in dimension.names(one)]
    condition: ColumnElement[bool] = value.in_([one for one in named if one is not None])
    return or_(condition, value.is_(None)) if None in named else condition
