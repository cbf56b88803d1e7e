"""What became of the limit at stake: whether the warning came true."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select, true, update
from sqlalchemy.orm import aliased

from casetracker.models import Alert, AlertEntry, AlertEntryKind, AlertOutcome, MilestoneRow
from casetracker.services.alerts import ledger
from casetracker.services.alerts.scope import Scope, changed, free


def settle(scope: Scope, *, on: date, at: datetime, again: bool = False) -> int:
    """
    Note what became of the limits at stake that are settled by the day `on`, and return how many alerts that was.

    `again` looks anew at what was settled before, as when an entry of the case has been corrected or an exception to
    the limit recorded late.
    """
    row = aliased(MilestoneRow)
    outcome, day = outcome_of(row, on), _settled_on(row, on)
    differs: ColumnElement[bool] = Alert.outcome.is_distinct_from(outcome) if again else Alert.outcome.is_(None)
    is_due = true() if again else outcome.is_not(None)
    found = (
        select(Alert.id, outcome.label("outcome"), day.label("day"))
        .join(row, and_(row.case_id == Alert.case_id, row.key == Alert.at_stake))
        .where(free(and_(scope.holds(Alert.case_id), Alert.raised_on <= on)), differs, is_due)
    )
    settled = found.subquery("settled")
    once = None if again else "outcome"
    code = select(func.coalesce(settled.c.outcome, "")).where(settled.c.id == Alert.id).scalar_subquery()
    ledger.enter_for_all(AlertEntryKind.OUTCOME, Alert.id.in_(select(settled.c.id)), once=once, on=on, at=at, code=code)
    entered = true() if again else _is_entered()
    statement = update(Alert).where(Alert.id == settled.c.id, entered)
    return changed(statement.values(outcome=settled.c.outcome, outcome_on=settled.c.day))


def _is_entered() -> ColumnElement[bool]:
    """Return whether the ledger has it: an alert that came free only now waits for the next sweep."""
    return exists().where(AlertEntry.alert_id == Alert.id, AlertEntry.once == "outcome")


def outcome_of(row: Any, on: date) -> ColumnElement[Any]:
    """Return what became of a limit by the day `on`; nothing while it is open and ahead."""
    excused = row.excused_by != ""
    missed = case((excused, AlertOutcome.EXCUSED.value), else_=AlertOutcome.BREACHED.value)
    return case(
        (and_(row.done_on <= on, row.done_on <= row.due_on), AlertOutcome.MET.value),
        (and_(row.lapsed_on <= on, row.lapsed_on <= row.due_on), AlertOutcome.NOT_NEEDED.value),
        (row.due_on < on, missed),
        else_=literal(None, Alert.outcome.type),
    )


def _settled_on(row: Any, on: date) -> ColumnElement[Any]:
    return case(
        (and_(row.done_on <= on, row.done_on <= row.due_on), row.done_on),
        (and_(row.lapsed_on <= on, row.lapsed_on <= row.due_on), row.lapsed_on),
        (row.due_on < on, row.due_on),
        else_=literal(None, Alert.outcome_on.type),
    )
