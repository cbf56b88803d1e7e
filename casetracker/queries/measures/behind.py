"""What a figure counts, one by one: the rows behind every number, breakdown, list and comparison."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, case, func, literal, null, select

from casetracker.measures.definition import Count, Over
from casetracker.periods import Period
from casetracker.queries.measures.expressions import OVERDUE, counted, days_between
from casetracker.queries.measures.figures import at_the_end_of
from casetracker.queries.measures.known import Asked, facts

_BEGAN = {Count.CASES: "clock_started_on", Count.ADVICE: "asked_on", Count.DISPUTES: "began_on"}
"""Of what stands on a day: the day it began."""


_WHAT = {Count.ADVICE: "kind", Count.DISPUTES: "kind", Count.REVIEWS: "outcome", Count.AUDITS: "grade"}
_ABOUT = {
    Count.CASES: "exceptions",
    Count.ADVICE: "giver",
    Count.DISPUTES: "outcome",
    Count.REVIEWS: "outcome",
    Count.AUDITS: "audited_by",
}


def members(asked: Asked, period: Period) -> Select[Any]:
    """
    Return what a figure counts: `case_id`, `key` (of a thing of a case), `what` kind of thing it is, what
    there is to say `about` it, `on_day`, `days`, and whether it is in the upper number (`hit`, 0 or 1). A measure of a
    day is asked as it stood at the end of the period.
    """
    if asked.measure.over is Over.DAY:
        asked = at_the_end_of(period, asked)
    found = facts(asked)
    what = counted(asked, found.c)
    of_a_case = asked.measure.count is Count.CASES
    anchor: Any = what.anchor
    query: Any = select(
        found.c.case_id,
        (null() if of_a_case else found.c.key).label("key"),
        (null() if of_a_case else found.c[_WHAT[asked.measure.count]]).label("what"),
        found.c[_ABOUT[asked.measure.count]].label("about"),
        (found.c[_BEGAN[asked.measure.count]] if anchor is None else anchor).label("on_day"),
        _days(what.days, found.c, asked).label("days"),
        case((what.numerator, 1), else_=0).label("hit"),
    ).where(what.denominator)
    if anchor is not None:
        query = query.where(anchor.between(period.starts_on, min(period.ends_on, asked.day)))
    return query  # type: ignore[no-any-return]


_LENGTHS = {
    "final_plan_on": "days_to_plan",
    "decided_on": "days_to_decision",
    "no_plan_on": "days_to_no_plan",
    "finished_on": "days_to_tell",
}
"""The number of days that is worth showing beside the day a measure goes by."""


def _days(days: ColumnElement[int] | None, c: Any, asked: Asked) -> Any:
    if days is not None:
        return days
    day = day_beside(asked)
    if asked.measure.over is Over.DAY:
        since = c.final_due_on if asked.measure.key in OVERDUE else c[day]
        return days_between(since, literal(asked.day, Date))
    return c[_LENGTHS[day]] if day in _LENGTHS else null()


def day_beside(asked: Asked) -> str:
    """Return the name of the fact whose day stands beside each thing that is counted."""
    anchor = counted(asked, facts(asked).c).anchor
    return _BEGAN[asked.measure.count] if anchor is None else str(anchor.name)


def weights(asked: Asked, period: Period) -> Select[Any]:
    """Return, by case, what it adds to the two numbers: `upper` and `lower`; for days, the days and one."""
    found = members(asked, period).subquery("found")
    in_days = asked.measure.average is not None
    upper = found.c.days if in_days else found.c.hit
    sums = func.sum(upper).cast(Integer).label("upper"), func.count().label("lower")
    return select(found.c.case_id, *sums).group_by(found.c.case_id)
