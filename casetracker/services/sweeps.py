"""
The sweep: what the passing of a day does to the whole caseload, in a handful of statements.

SQL compares stored days with the day it is given and never works one out. A test shows that it agrees with
`statute.history.replay`. It may be run for any day, twice, at once with another, or for a night that was missed: what
a later sweep has established stands.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select, text, union_all, update

from casetracker.extensions import db
from casetracker.models import AlertLevel, Case, MilestoneRow
from casetracker.services import alerts, escalation
from casetracker.services.alerts.scope import EVERY_CASE, Scope, changed
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
    scope = EVERY_CASE if first_id is None and last_id is None else Scope(first_id, last_id)
    if db.engine.dialect.name == "postgresql":
        _take_turns(scope)
        _hold_cases(scope, on)
    windows = _close_windows(scope, on)
    passed_on = _pass_on_moves(scope)
    marked = _mark_overdue(scope, on)
    # Nothing from here on waits for a case: whoever records holds the case, and may wait for its alerts.
    found = alerts.sweep(on=on, at=at, scope=scope, reading=reading)
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
        escalated=escalation.escalate_due(on=on, at=at, scope=scope),
    )


def parts(*, size: int = PART) -> list[tuple[int, int]]:
    """Return the caseload cut into ranges of ids, always the same for as long as no case is added."""
    last = db.session.scalar(select(func.max(Case.id))) or 0
    return [(first, first + size - 1) for first in range(1, last + 1, size)]


def _take_turns(scope: Scope) -> None:
    """
    Wait for another sweep of the same cases to end.

    A sweep of every case goes alone; those of ranges go beside one another, each range once. The database is told not
    to compile the statements: that takes it a second or two for each, which running them does not.
    """
    db.session.execute(text("SET LOCAL jit = off"))
    if scope == EVERY_CASE:
        db.session.execute(select(func.pg_advisory_xact_lock(_SWEEPS)))
        return
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_SWEEPS)))
    db.session.execute(select(func.pg_advisory_xact_lock(literal(_SWEEPS), literal(scope.first_id or 0))))


def _hold_cases(scope: Scope, on: date) -> None:
    """
    Hold the cases about to change, in the order of their ids.

    `histories.append` holds its case before it writes anything of it, so that neither of the two can come to wait for
    a row of the other's while the other waits for one of its own.
    """
    changing = union_all(
        select(MilestoneRow.case_id).where(scope.holds(MilestoneRow.case_id), _is_a_window_that_has_passed(on)),
        select(MilestoneRow.case_id).where(scope.holds(MilestoneRow.case_id), _is_newly_overdue(on)),
    )
    held = select(Case.id).where(Case.id.in_(changing)).order_by(Case.id).with_for_update(key_share=True)
    db.session.execute(select(func.count()).select_from(held.subquery()))


def _is_a_window_that_has_passed(on: date) -> ColumnElement[bool]:
    return and_(MilestoneRow.is_open, MilestoneRow.duty == Duty.REPRESENTATIONS_WINDOW, MilestoneRow.due_on < on)


def _close_windows(scope: Scope, on: date) -> int:
    """Close the family's 15 days where the last of them has passed with nothing said."""
    passed = and_(scope.holds(MilestoneRow.case_id), _is_a_window_that_has_passed(on))
    return changed(update(MilestoneRow).where(passed).values(done_on=MilestoneRow.due_on, is_open=False))


def _pass_on_moves(scope: Scope) -> int:
    """Hand the move on from the family whose 15 days are over."""

    def waits(duty: Duty) -> ColumnElement[bool]:
        return exists().where(MilestoneRow.case_id == Case.id, MilestoneRow.is_open, MilestoneRow.duty == duty)

    return changed(
        update(Case)
        .where(
            scope.holds(Case.id),
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


def _mark_overdue(scope: Scope, on: date) -> int:
    overdue = and_(scope.holds(MilestoneRow.case_id), _is_newly_overdue(on))
    return changed(update(MilestoneRow).where(overdue).values(marked_overdue_on=on))
