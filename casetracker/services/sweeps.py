"""
The sweep: what the passing of a day does to the whole caseload, in a handful of statements.

SQL compares stored days with the day it is given and never works one out. A test shows that it agrees with
`statute.history.replay`. It may be run for any day, twice, at once with another, or for a night that was missed: what
a later sweep has established stands.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, select, union_all, update

from casetracker.extensions import db
from casetracker.models import Alert, AlertLevel, Case, MilestoneRow
from casetracker.services import alerts
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Duty, Force

_ONE_SWEEP_AT_A_TIME = 20_140_901
"""The number of PostgreSQL's advisory lock for sweeps; nothing else here uses such locks."""


@dataclass(frozen=True, slots=True)
class SweepCounts:
    """What one sweep changed."""

    windows_closed: int
    moves_passed_on: int
    marked_overdue: int
    due_soon: int
    overdue: int
    breached: int
    closed: int


def sweep(*, on: date, at: datetime) -> SweepCounts:
    """Bring stored standings and alerts to the day `on`, and return what changed."""
    del at  # the day decides everything; when it was done is the job's to record
    if db.engine.dialect.name == "postgresql":
        _take_turns(on)
    windows = _close_windows(on)
    passed_on = _pass_on_moves()
    marked = _mark_overdue(on)
    closed = alerts.close_all(on=on)
    soon = last_day_that_is_soon(on)
    raised = {level: alerts.raise_all(level, on=on, soon=soon) for level in AlertLevel}
    return SweepCounts(
        windows_closed=windows,
        moves_passed_on=passed_on,
        marked_overdue=marked,
        due_soon=raised[AlertLevel.DUE_SOON],
        overdue=raised[AlertLevel.OVERDUE],
        breached=raised[AlertLevel.BREACHED],
        closed=closed,
    )


def _take_turns(on: date) -> None:
    """
    Wait for another sweep to end, then hold the cases about to change, in the order of their ids.

    `histories.append` holds its case before it writes anything of it, so that neither of the two can come to wait for
    a row of the other's while the other waits for one of its own.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(_ONE_SWEEP_AT_A_TIME)))
    changing = union_all(
        select(MilestoneRow.case_id).where(_is_a_window_that_has_passed(on)),
        select(MilestoneRow.case_id).where(_is_newly_overdue(on)),
        select(Alert.case_id).where(alerts.is_to_close(on=on)),
    )
    held = select(Case.id).where(Case.id.in_(changing)).order_by(Case.id).with_for_update(key_share=True)
    db.session.execute(select(func.count()).select_from(held.subquery()))


def _is_a_window_that_has_passed(on: date) -> ColumnElement[bool]:
    return and_(MilestoneRow.is_open, MilestoneRow.duty == Duty.REPRESENTATIONS_WINDOW, MilestoneRow.due_on < on)


def _close_windows(on: date) -> int:
    """Close the family's 15 days where the last of them has passed with nothing said."""
    return alerts.changed(
        update(MilestoneRow).where(_is_a_window_that_has_passed(on)).values(done_on=MilestoneRow.due_on, is_open=False)
    )


def _pass_on_moves() -> int:
    """Hand the move on from the family whose 15 days are over."""

    def waits(duty: Duty) -> ColumnElement[bool]:
        return exists().where(MilestoneRow.case_id == Case.id, MilestoneRow.is_open, MilestoneRow.duty == duty)

    return alerts.changed(
        update(Case)
        .where(
            Case.is_open,
            Case.stage == Stage.CONSULTING,
            Case.whose_move == Party.FAMILY,
            Case.awaits_information.is_(False),
            ~waits(Duty.REPRESENTATIONS_WINDOW),
        )
        .values(whose_move=case((waits(Duty.SETTING_REPLY), Party.SETTING.value), else_=Party.AUTHORITY.value))
    )


def _is_newly_overdue(on: date) -> ColumnElement[bool]:
    return and_(
        MilestoneRow.is_open,
        MilestoneRow.due_on < on,
        MilestoneRow.excused_by == "",
        MilestoneRow.force != Force.RIGHT,
        MilestoneRow.marked_overdue_on.is_(None),
    )


def _mark_overdue(on: date) -> int:
    return alerts.changed(update(MilestoneRow).where(_is_newly_overdue(on)).values(marked_overdue_on=on))
