"""
What each measure counts: for a period, the day that puts a fact in it; then two conditions, or a number of days.

Every expression is over the facts alone (`queries.measures.known`), so a figure, its breakdown and the list of its
cases are the same rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, cast, func, literal, or_, select, true

from casetracker.extensions import db
from casetracker.models import DisputeKind
from casetracker.queries.measures.known import Asked, facts
from casetracker.queries.timeliness import OVER_52_WEEKS, WITHIN_20_WEEKS
from casetracker.statute.openings import AGAINST_THE_FAMILY
from casetracker.statute.reviews import GOOD_GRADES

SIX_WEEKS, SIXTEEN_WEEKS = 42, 112
Columns = Any
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a measure counts, over the columns of the facts."""

    denominator: Condition
    """What is in the lower number; of a plain count, what is counted."""
    numerator: Condition
    anchor: ColumnElement[Any] | None = None
    """The day that puts a fact in a period; None for how things stand on a day."""
    days: ColumnElement[int] | None = None
    """For a measure in days: how many."""


def counted(asked: Asked, c: Columns) -> Counted:
    """Return what a measure counts, given the columns of its facts."""
    return _EXPRESSIONS[asked.measure.key](asked, c)


def days_between(first: Any, last: Any) -> ColumnElement[int]:
    """Return the number of days from one day to another, on either database."""
    if db.engine.dialect.name == "postgresql":
        return cast(last - first, Integer)
    return cast(func.julianday(last) - func.julianday(first), Integer)


def _plan_counts(asked: Asked, c: Columns) -> Condition:
    on_the_first_clock: Condition = c.counts_for_timeliness.is_(True)
    return or_(on_the_first_clock, c.reopened.is_(True)) if asked.counts_reopened else on_the_first_clock


def _within_20(asked: Asked, c: Columns) -> Counted:
    denominator = and_(_plan_counts(asked, c), c.exceptions_apply.is_(False))
    return Counted(denominator, c.days_to_plan <= WITHIN_20_WEEKS, c.final_plan_on)


def _of_all_plans(numerator: Callable[[Columns], Condition]) -> Callable[[Asked, Columns], Counted]:
    return lambda asked, c: Counted(_plan_counts(asked, c), numerator(c), c.final_plan_on)


def _assessments_agreed(asked: Asked, c: Columns) -> Counted:
    return Counted(c.decided_on.is_not(None), c.decided_to_assess.is_(True), c.decided_on)


def _decisions_within_6(asked: Asked, c: Columns) -> Counted:
    return Counted(c.days_to_decision.is_not(None), c.days_to_decision <= SIX_WEEKS, c.decided_on)


def _no_plan_within_16(asked: Asked, c: Columns) -> Counted:
    return Counted(c.days_to_no_plan.is_not(None), c.days_to_no_plan <= SIXTEEN_WEEKS, c.no_plan_on)


def _advice_within_6(asked: Asked, c: Columns) -> Counted:
    """As `queries.advice_timeliness` counts: in time, of in time, late and missing."""

    def not_yet(day: Any) -> Condition:
        return or_(day.is_(None), day > asked.day)

    received = c.first_received_on <= asked.day
    missing = and_(not_yet(c.first_received_on), not_yet(c.not_known_on), c.due_on < asked.day)
    in_time = and_(received, or_(c.due_on.is_(None), c.first_received_on <= c.due_on))
    return Counted(and_(not_yet(c.not_needed_on), or_(received, missing)), in_time, c.asked_on)


def _happened(day: str) -> Callable[[Asked, Columns], Counted]:
    return lambda asked, c: Counted(c[day].is_not(None), true(), c[day])


def _days_to_plan(asked: Asked, c: Columns) -> Counted:
    denominator = and_(_plan_counts(asked, c), c.days_to_plan.is_not(None))
    return Counted(denominator, true(), c.final_plan_on, c.days_to_plan)


def _disputes_begun(kind: DisputeKind) -> Callable[[Asked, Columns], Counted]:
    return lambda asked, c: Counted(c.kind == kind, true(), c.began_on)


def _appeals_that_changed(asked: Asked, c: Columns) -> Counted:
    ended = and_(c.kind == DisputeKind.APPEAL, c.ended_on.is_not(None))
    return Counted(ended, c.outcome.not_in(AGAINST_THE_FAMILY), c.ended_on)


def _reviews_in_time(asked: Asked, c: Columns) -> Counted:
    """Until a review is on record, reviews are kept elsewhere: what fell due before tells nothing of how they went."""
    known = facts(asked)
    first_on_record = select(func.min(known.c.finished_on)).scalar_subquery()
    finished = c.finished_on <= asked.day
    missing = and_(or_(c.finished_on.is_(None), c.finished_on > asked.day), c.due_on < asked.day)
    return Counted(and_(c.due_on >= first_on_record, or_(finished, missing)), c.finished_on <= c.due_on, c.due_on)


def _review_decisions(asked: Asked, c: Columns) -> Counted:
    return Counted(c.decide_by.is_not(None), c.finished_on <= c.decide_by, c.finished_on)


def _audits(asked: Asked, c: Columns) -> Counted:
    return Counted(c.audited_on.is_not(None), c.grade.in_(GOOD_GRADES), c.audited_on)


def _open_cases(asked: Asked, c: Columns) -> Counted:
    return Counted(c.is_open, true())


def _days_run(asked: Asked, c: Columns) -> ColumnElement[int]:
    return days_between(c.clock_started_on, literal(asked.day, Date))


def _open_over_20(asked: Asked, c: Columns) -> Counted:
    return Counted(c.is_open, _days_run(asked, c) > WITHIN_20_WEEKS)


def _open_waits(asked: Asked, c: Columns) -> Counted:
    return Counted(and_(c.is_open, c.clock_started_on.is_not(None)), true(), days=_days_run(asked, c))


def _overdue(asked: Asked, c: Columns) -> Condition:
    return c.final_due_on < asked.day  # type: ignore[no-any-return]


def _plans_overdue(asked: Asked, c: Columns) -> Counted:
    return Counted(and_(c.is_open, c.final_due_on.is_not(None)), _overdue(asked, c))


OVERDUE = frozenset({"plans_overdue", "overdue_with_psychology_ready", "overdue_awaiting_psychology"})
"""The measures of how long plans have been due, and not of how long their clocks have run."""


def _of_the_overdue(column: str) -> Callable[[Asked, Columns], Counted]:
    return lambda asked, c: Counted(and_(c.is_open, _overdue(asked, c)), c[column].is_(True))


_EXPRESSIONS: dict[str, Callable[[Asked, Columns], Counted]] = {
    "plans_within_20_weeks": _within_20,
    "plans_within_20_weeks_including_exceptions": _of_all_plans(lambda c: c.days_to_plan <= WITHIN_20_WEEKS),
    "plans_with_an_exception": _of_all_plans(lambda c: c.exceptions_apply.is_(True)),
    "plans_20_to_52_weeks": _of_all_plans(
        lambda c: and_(c.days_to_plan > WITHIN_20_WEEKS, c.days_to_plan < OVER_52_WEEKS)
    ),
    "plans_over_52_weeks": _of_all_plans(lambda c: c.days_to_plan >= OVER_52_WEEKS),
    "assessments_agreed": _assessments_agreed,
    "decisions_within_6_weeks": _decisions_within_6,
    "no_plan_within_16_weeks": _no_plan_within_16,
    "advice_within_6_weeks": _advice_within_6,
    "wait_for_a_plan_median": _days_to_plan,
    "wait_for_a_plan_mean": _days_to_plan,
    "wait_for_a_plan_longest": _days_to_plan,
    "requests": _happened("received_on"),
    "assessments": _happened("assessed_from"),
    "plans": _happened("final_plan_on"),
    "mediations": _disputes_begun(DisputeKind.MEDIATION),
    "appeals": _disputes_begun(DisputeKind.APPEAL),
    "appeals_that_changed_the_decision": _appeals_that_changed,
    "active_appeals": lambda asked, c: Counted(and_(c.kind == DisputeKind.APPEAL, c.is_open), true()),
    "annual_reviews_in_time": _reviews_in_time,
    "review_decisions_within_4_weeks": _review_decisions,
    "plans_good_or_outstanding": _audits,
    "open_cases": _open_cases,
    "open_over_20_weeks": _open_over_20,
    "open_wait_median": _open_waits,
    "open_wait_mean": _open_waits,
    "open_wait_longest": _open_waits,
    "plans_overdue": _plans_overdue,
    "overdue_with_psychology_ready": _of_the_overdue("psychology_ready"),
    "overdue_awaiting_psychology": _of_the_overdue("psychology_awaited"),
}
