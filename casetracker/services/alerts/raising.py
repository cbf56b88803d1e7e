"""Raising alerts: one statement for each level and way to look it up, over every milestone that calls for one."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from casetracker.models import WORST_FIRST, Alert, AlertLevel, AlertThreshold, Case, Forecast, MilestoneRow, Person
from casetracker.services.alerts import remedies
from casetracker.services.alerts.calling import Rules, its_forecast
from casetracker.services.alerts.run import TODAY, Run, Shape

_earlier = aliased(Alert)
_RULES = Rules(MilestoneRow)


def raise_all(level: AlertLevel, run: Run) -> int:
    """
    Raise an alert of this level for every milestone that calls for one, and return how many are new.

    On one milestone only the worst stands: none is raised beside a worse one. What a later sweep has said stands too:
    nothing is raised for a past day about a milestone that has had an alert raised since, or one of this level closed
    since.
    """
    return sum(run.changed(_raise, level, way) for way in range(len(_ways(level))))


@cache
def _ways(level: AlertLevel) -> tuple[ColumnElement[bool], ...]:
    return _RULES.call_for(level)


@cache
def _raise(shape: Shape, level: AlertLevel, way: int) -> Any:
    values = _values(level)
    found = (
        select(*values.values())
        .select_from(MilestoneRow)
        .join(Case, Case.id == MilestoneRow.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Forecast, its_forecast())
        .outerjoin(AlertThreshold, AlertThreshold.team_id == Case.team_id)
        .where(shape.holds(MilestoneRow.case_id), _ways(level)[way], ~_known(level), ~_worse(level))
    )
    # Two sweeps at once may both find it; the index of open alerts lets one of them in.
    return shape.insert_into(Alert, values, found)


def _values(level: AlertLevel) -> dict[str, Any]:
    row = MilestoneRow
    return {
        "case_id": row.case_id,
        "milestone_key": row.key,
        "duty": row.duty,
        "subject": row.subject,
        "level": literal(level, Alert.level.type),
        "due_on": row.due_on,
        "episode": _times_before(level) + 1,
        "at_stake": _RULES.at_stake(),
        "raised_on": TODAY,
        "waits_since": TODAY,
        "code": _RULES.code(level),
        "words": literal(""),
        "figures": literal({}, Alert.figures.type),
        "probability": remedies.probability(literal(level, Alert.level.type), row.duty),
        "remedy": remedies.remedy(row.duty),
        "remedy_subject": remedies.remedy_subject(row.duty, row.subject),
        "harm": remedies.harm(),
        "snooze_reason": literal(""),
    }


def _times_before(level: AlertLevel) -> ColumnElement[int]:
    earlier = _earlier
    return (
        select(func.count())
        .select_from(earlier)
        .where(
            earlier.case_id == MilestoneRow.case_id,
            earlier.milestone_key == MilestoneRow.key,
            earlier.level == level,
        )
        .correlate(MilestoneRow)
        .scalar_subquery()
    )


def _known(level: AlertLevel) -> ColumnElement[bool]:
    earlier = _earlier
    return exists().where(
        earlier.case_id == MilestoneRow.case_id,
        earlier.milestone_key == MilestoneRow.key,
        or_(
            earlier.raised_on > TODAY,
            and_(earlier.level == level, or_(earlier.closed_on.is_(None), earlier.closed_on > TODAY)),
        ),
    )


def _worse(level: AlertLevel) -> ColumnElement[bool]:
    worse = _earlier
    return exists().where(
        worse.case_id == MilestoneRow.case_id,
        worse.milestone_key == MilestoneRow.key,
        worse.level.in_(WORST_FIRST[: WORST_FIRST.index(level)]),
        worse.raised_on <= TODAY,
        or_(worse.closed_on.is_(None), worse.closed_on > TODAY),
    )
