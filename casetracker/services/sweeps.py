"""
The sweep: what the passing of a day does to the whole caseload, in a handful of statements.

SQL compares stored days with the day it is given and never works one out. A test shows that it agrees with
`statute.history.replay`. It may be run for any day, twice, at once with another, or for a night that was missed: what
a later sweep has established stands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select, union_all, update

from casetracker.extensions import db
from casetracker.models import AlertLevel, Case, MilestoneRow, Tallied
from casetracker.services import alerts, escalation, tallies
from casetracker.services.alerts.run import TODAY, Run, Shape
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Duty, Force

_SWEEPS = 20_140_901
"""The number of PostgreSQL's advisory lock for sweeps; nothing else here uses such locks."""


PART = 50_000
"""How many ids one part of a sweep goes over."""


@dataclass(frozen=True, slots=True)
class SweepCounts:
    """What one sweep changed."""

    windows_closed: int
    moves_passed_on: int
    marked_overdue: int
    breached: int
    will_breach: int
    likely: int
    behind: int
    closed: int
    returned: int
    settled: int
    put_in_order: int
    escalated: int


def sweep(
    *,
    on: date,
    at: datetime,
    first_id: int | None = None,
    last_id: int | None = None,
    reading: Reading = ORDINARY_READING,
) -> SweepCounts:
    """
    Bring stored standings and alerts to the day `on`, and return what changed.

    `first_id` and `last_id` make it a sweep of the cases from the one to the other: any number of those may run at
    once, so long as the same range is always cut the same.
    """
    run = Run(on, at, first_id, last_id, reading)
    if run.shape.dialect == "postgresql":
        _take_turns(run)
        db.session.execute(_hold_cases(run.shape), run.told)
    marked = run.changed(_mark_overdue)  # first, because on SQLite a statement that writes holds everything
    with tallies.kept(db.session.scalars(_with_windows(run.shape), run.told).all(), {Tallied.OVERDUE}):
        windows = run.changed(_close_windows)
    passed_on = run.changed(_pass_on_moves)
    # Nothing from here on waits for a case: whoever records holds the case, and may wait for its alerts.
    found = alerts.sweep(run)
    return SweepCounts(
        windows_closed=windows,
        moves_passed_on=passed_on,
        marked_overdue=marked,
        breached=found.raised[AlertLevel.BREACHED],
        will_breach=found.raised[AlertLevel.WILL_BREACH],
        likely=found.raised[AlertLevel.LIKELY],
        behind=found.raised[AlertLevel.BEHIND],
        closed=found.closed,
        returned=found.returned,
        settled=found.settled,
        put_in_order=found.put_in_order,
        escalated=escalation.escalate_due(run),
    )


def parts(*, size: int = PART) -> list[tuple[int, int]]:
    """Return the caseload cut into ranges of ids, always the same for as long as no case is added."""
    last = db.session.scalar(select(func.max(Case.id))) or 0
    return [(first, first + size - 1) for first in range(1, last + 1, size)]


def _take_turns(run: Run) -> None:
    """Wait for another sweep of the same cases: one of all goes alone, those of ranges beside one another."""
    if not run.shape.is_ranged:
        db.session.execute(select(func.pg_advisory_xact_lock(_SWEEPS)))
        return
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_SWEEPS)))
    db.session.execute(select(func.pg_advisory_xact_lock(literal(_SWEEPS), literal(run.first_id or 0))))


@cache
def _hold_cases(shape: Shape) -> Any:
    """
    Hold the cases about to change, in the order of their ids.

    `histories.append` holds its case before it writes anything of it, so that neither of the two can come to wait for
    a row of the other's while the other waits for one of its own.
    """
    changing = union_all(
        select(MilestoneRow.case_id).where(_is_a_window_that_has_passed(shape)),
        select(MilestoneRow.case_id).where(_is_newly_overdue(shape)),
    )
    held = select(Case.id).where(Case.id.in_(changing)).order_by(Case.id).with_for_update(key_share=True)
    return select(func.count()).select_from(held.subquery())


@cache
def _with_windows(shape: Shape) -> Any:
    """Find the cases of which `_close_windows` closes some."""
    return select(MilestoneRow.case_id).where(_is_a_window_that_has_passed(shape)).distinct()


@cache
def _close_windows(shape: Shape) -> Any:
    """Close the family's 15 days where the last of them has passed with nothing said."""
    passed = _is_a_window_that_has_passed(shape)
    return update(MilestoneRow).where(passed).values(done_on=MilestoneRow.due_on, is_open=False)


@cache
def _pass_on_moves(shape: Shape) -> Any:
    """Hand the move on from the family whose 15 days are over."""

    def waits(duty: Duty) -> ColumnElement[bool]:
        return exists().where(MilestoneRow.case_id == Case.id, MilestoneRow.is_open, MilestoneRow.duty == duty)

    return (
        update(Case)
        .where(
            shape.holds(Case.id),
            Case.is_open,
            Case.stage == Stage.CONSULTING,
            Case.whose_move == Party.FAMILY,
            Case.awaits_information.is_(False),
            ~waits(Duty.REPRESENTATIONS_WINDOW),
        )
        .values(whose_move=case((waits(Duty.SETTING_REPLY), Party.SETTING.value), else_=Party.AUTHORITY.value))
    )


@cache
def _mark_overdue(shape: Shape) -> Any:
    return update(MilestoneRow).where(_is_newly_overdue(shape)).values(marked_overdue_on=TODAY)


def _is_a_window_that_has_passed(shape: Shape) -> ColumnElement[bool]:
    return and_(
        shape.holds(MilestoneRow.case_id),
        MilestoneRow.is_open,
        MilestoneRow.duty == Duty.REPRESENTATIONS_WINDOW,
        MilestoneRow.due_on < TODAY,
    )


def _is_newly_overdue(shape: Shape) -> ColumnElement[bool]:
    return and_(
        shape.holds(MilestoneRow.case_id),
        MilestoneRow.is_open,
        MilestoneRow.due_on < TODAY,
        MilestoneRow.excused_by == "",
        MilestoneRow.force != Force.RIGHT,
        MilestoneRow.marked_overdue_on.is_(None),
    )
