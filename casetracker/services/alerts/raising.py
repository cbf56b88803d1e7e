"""Raising alerts: one statement for each level, over every milestone that calls for one."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import WORST_FIRST, Alert, AlertLevel, AlertThreshold, Case, Forecast, MilestoneRow, Person
from casetracker.services.alerts import remedies
from casetracker.services.alerts.calling import Rules
from casetracker.services.alerts.scope import Scope, changed

_earlier = aliased(Alert)


def raise_all(level: AlertLevel, scope: Scope, rules: Rules) -> int:
    """
    Raise an alert of this level for every milestone that calls for one, and return how many are new.

    On one milestone only the worst stands: none is raised beside a worse one. What a later sweep has said stands too:
    nothing is raised for a past day about a milestone that has had an alert raised since, or one of this level closed
    since.
    """
    return sum(_raise(level, way, scope, rules) for way in rules.call_for(level))


def _raise(level: AlertLevel, way: ColumnElement[bool], scope: Scope, rules: Rules) -> int:
    values = _values(level, rules)
    found = (
        select(*values.values())
        .select_from(MilestoneRow)
        .join(Case, Case.id == MilestoneRow.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Forecast, rules.forecast())
        .outerjoin(AlertThreshold, AlertThreshold.team_id == Case.team_id)
        .where(scope.holds(MilestoneRow.case_id), way, ~_known(level, rules.on), ~_worse(level, rules.on))
    )
    # Two sweeps at once may both find it; the index of open alerts lets one of them in.
    dialects: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    into = dialects.get(db.engine.dialect.name, insert)(Alert).from_select(list(values), found, include_defaults=False)
    return changed(into.on_conflict_do_nothing())


def _values(level: AlertLevel, rules: Rules) -> dict[str, Any]:
    row = MilestoneRow
    return {
        "case_id": row.case_id,
        "milestone_key": row.key,
        "duty": row.duty,
        "subject": row.subject,
        "level": literal(level, Alert.level.type),
        "due_on": row.due_on,
        "episode": _times_before(level) + 1,
        "at_stake": rules.at_stake(),
        "raised_on": literal(rules.on),
        "waits_since": literal(rules.on),
        "code": rules.code(level),
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


def _known(level: AlertLevel, on: date) -> ColumnElement[bool]:
    earlier = _earlier
    return exists().where(
        earlier.case_id == MilestoneRow.case_id,
        earlier.milestone_key == MilestoneRow.key,
        or_(
            earlier.raised_on > on,
            and_(earlier.level == level, or_(earlier.closed_on.is_(None), earlier.closed_on > on)),
        ),
    )


def _worse(level: AlertLevel, on: date) -> ColumnElement[bool]:
    worse = _earlier
    return exists().where(
        worse.case_id == MilestoneRow.case_id,
        worse.milestone_key == MilestoneRow.key,
        worse.level.in_(WORST_FIRST[: WORST_FIRST.index(level)]),
        worse.raised_on <= on,
        or_(worse.closed_on.is_(None), worse.closed_on > on),
    )
