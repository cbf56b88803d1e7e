"""
Breach alerts: which milestones call for one, raising them, closing them with the reason, and what was done about them.

Whole caseloads are raised and closed in one statement each (services/sweeps.py); one case's are closed as soon as its
history says that they are settled (services/histories.py).
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import Alert, AlertLevel, Case, MilestoneRow, User
from casetracker.statute.timetable import Duty, Force


class AlreadyClosed(Exception):
    """The alert closed itself before anybody could act on it: the case has moved."""


def changed(statement: Any) -> int:
    """Run one statement over many rows, and return how many it wrote."""
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result: Any = db.session.execute(statement, execution_options=options)
    return int(result.rowcount)


def raise_all(level: AlertLevel, *, on: date, soon: date) -> int:
    """
    Raise an alert of this level for every milestone that calls for one on the day `on`; return how many are new.

    `soon` is the last day that counts as soon. What a later sweep has said stands: nothing is raised for a past day
    about a milestone that has had an alert raised since, or one of this level closed since.
    """
    earlier = aliased(Alert)
    known = exists().where(
        earlier.case_id == MilestoneRow.case_id,
        earlier.milestone_key == MilestoneRow.key,
        or_(
            earlier.raised_on > on,
            and_(earlier.level == level, or_(earlier.closed_on.is_(None), earlier.closed_on > on)),
        ),
    )
    found = select(
        MilestoneRow.case_id,
        MilestoneRow.key,
        MilestoneRow.duty,
        MilestoneRow.subject,
        literal(level, Alert.level.type),
        MilestoneRow.due_on,
        literal(on),
    ).where(_calls_for(level, MilestoneRow, on=on, soon=soon), ~known)
    columns = ["case_id", "milestone_key", "duty", "subject", "level", "due_on", "raised_on"]
    # Two sweeps at once may both find it; the index of open alerts lets one of them in.
    dialects: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    into = dialects.get(db.engine.dialect.name, insert)(Alert).from_select(columns, found, include_defaults=False)
    return changed(into.on_conflict_do_nothing())


def _calls_for(level: AlertLevel, row: type[MilestoneRow], *, on: date, soon: date) -> ColumnElement[bool]:
    """Return when a milestone calls for an alert of this level on the day `on`."""
    rules: dict[AlertLevel, Callable[[], ColumnElement[bool]]] = {
        AlertLevel.DUE_SOON: lambda: and_(_binds_the_authority(row), row.due_on >= on, row.due_on <= soon),
        AlertLevel.OVERDUE: lambda: and_(_feeds_the_plan(row), row.due_on < on),
        AlertLevel.BREACHED: lambda: and_(_binds_the_authority(row), row.due_on < on),
    }
    return and_(row.is_open, row.excused_by == "", rules[level]())


def _binds_the_authority(row: type[MilestoneRow]) -> ColumnElement[bool]:
    return and_(row.force == Force.STATUTORY, row.duty != Duty.RECEIVE_ADVICE)


def _feeds_the_plan(row: type[MilestoneRow]) -> ColumnElement[bool]:
    return or_(row.duty == Duty.RECEIVE_ADVICE, row.force.in_([Force.GUIDANCE, Force.INTERNAL]))


def close_all(*, on: date) -> int:
    """Close every alert whose reason has gone by the day `on`, or that the day has carried on to the next level."""
    return changed(update(Alert).where(is_to_close(on=on)).values(closed_on=on, closed_because=_why_it_closes(on)))


def close_settled(*, case_id: int, on: date) -> int:
    """Close the alerts of one case that its history has settled: called whenever an entry is added."""
    settled = and_(Alert.case_id == case_id, _has_lost_its_reason(on))
    return changed(update(Alert).where(settled).values(closed_on=on, closed_because=_why_it_closes(on)))


def is_to_close(*, on: date) -> ColumnElement[bool]:
    """Return when an open alert has lost its reason, or the day has carried it on to the next level."""
    became_worse = and_(_stood(on), Alert.level == AlertLevel.DUE_SOON, Alert.due_on < on)
    return or_(_has_lost_its_reason(on), became_worse)


def _stood(on: date) -> ColumnElement[bool]:
    return and_(Alert.closed_on.is_(None), Alert.raised_on <= on)


def _has_lost_its_reason(on: date) -> ColumnElement[bool]:
    row = aliased(MilestoneRow)
    still_so = exists().where(
        row.case_id == Alert.case_id,
        row.key == Alert.milestone_key,
        row.excused_by == "",
        row.due_on == Alert.due_on,
        or_(row.is_open, func.coalesce(row.done_on, row.lapsed_on) > on),
    )
    return and_(_stood(on), ~still_so)


def _why_it_closes(on: date) -> ColumnElement[str]:
    row, its_case = aliased(MilestoneRow), aliased(Case)
    reason = case(
        (and_(row.done_on <= on, row.done_on > row.due_on), "done_late"),
        (row.done_on <= on, "done"),
        (and_(row.lapsed_on <= on, its_case.is_open.is_(False)), "case_ended"),
        (row.lapsed_on <= on, "no_longer_applies"),
        (row.excused_by != "", "excused"),
        (row.due_on != Alert.due_on, "date_corrected"),
        (row.due_on < on, "became_breach"),
        else_="no_longer_applies",
    )
    found = (
        select(reason)
        .join(its_case, its_case.id == row.case_id)
        .where(row.case_id == Alert.case_id, row.key == Alert.milestone_key)
        .scalar_subquery()
    )
    return func.coalesce(found, "no_longer_applies")


def acknowledge(*, alert_id: int, by: User, action: str, action_by_id: int, action_due_on: date, at: datetime) -> Alert:
    """
    Record what will be done about an alert, by whom and by when; a later answer stands in place of an earlier.

    :raises AlreadyClosed: if it has closed since it was shown
    :raises sqlalchemy.exc.NoResultFound: if there is no such alert
    """
    held = select(Alert).where(Alert.id == alert_id).with_for_update(key_share=True)
    alert = db.session.scalars(held, execution_options={"populate_existing": True}).one()
    if alert.closed_on is not None:
        raise AlreadyClosed
    alert.acknowledged_at, alert.acknowledged_by_id = at, by.id
    alert.action, alert.action_by_id, alert.action_due_on = action, action_by_id, action_due_on
    return alert
