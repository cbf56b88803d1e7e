"""What became of the limit at stake: whether the warning came true."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select, true, update
from sqlalchemy.orm import aliased

from casetracker.models import Alert, AlertEntry, AlertEntryKind, AlertOutcome, MilestoneRow
from casetracker.services.alerts import ledger
from casetracker.services.alerts.scope import Scope, changed, free

_row = aliased(MilestoneRow)


def settle(scope: Scope, *, on: date, at: datetime, again: bool = False) -> int:
    """
    Note what became of the limits at stake that are settled by the day `on`, and return how many alerts that was.

    `again` looks anew at what was settled before, as when an entry of the case has been corrected or an exception to
    the limit recorded late.
    """
    outcome, day = _of_the_limit(_outcome(on), AlertOutcome.NOT_NEEDED.value), _of_the_limit(_day(on), Alert.closed_on)
    is_news = Alert.outcome.is_distinct_from(outcome) if again else and_(Alert.outcome.is_(None), outcome.is_not(None))
    which = and_(scope.holds(Alert.case_id), Alert.raised_on <= on, is_news)
    once = None if again else "outcome"
    code = func.coalesce(outcome, "")
    ledger.enter_for_all(AlertEntryKind.OUTCOME, free(which), once=once, on=on, at=at, code=code)
    entered = true() if again else _is_entered()
    return changed(update(Alert).where(which, entered).values(outcome=outcome, outcome_on=day))


def _is_entered() -> ColumnElement[bool]:
    """Return whether the ledger has it: an alert that came free only now waits for the next sweep."""
    return exists().where(AlertEntry.alert_id == Alert.id, AlertEntry.once == "outcome")


def _of_the_limit(value: ColumnElement[Any], otherwise: Any) -> ColumnElement[Any]:
    """Return a value of the limit at stake; of one that the case no longer has, another once the alert has closed."""
    its_own = and_(_row.case_id == Alert.case_id, _row.key == Alert.at_stake)
    found = select(value).where(its_own).correlate(Alert).scalar_subquery()
    has_gone = and_(~exists().where(its_own), Alert.closed_on.is_not(None))
    return case((has_gone, otherwise), else_=found)


def _outcome(on: date) -> ColumnElement[Any]:
    """Return what became of a limit by the day `on`; nothing while it is open and ahead."""
    missed = case((_row.excused_by != "", AlertOutcome.EXCUSED.value), else_=AlertOutcome.BREACHED.value)
    return case(
        (and_(_row.done_on <= on, _row.done_on <= _row.due_on), AlertOutcome.MET.value),
        (and_(_row.lapsed_on <= on, _row.lapsed_on <= _row.due_on), AlertOutcome.NOT_NEEDED.value),
        (_row.due_on < on, missed),
    )


def _day(on: date) -> ColumnElement[Any]:
    """Return the day on which that was so."""
    return case(
        (and_(_row.done_on <= on, _row.done_on <= _row.due_on), _row.done_on),
        (and_(_row.lapsed_on <= on, _row.lapsed_on <= _row.due_on), _row.lapsed_on),
        (_row.due_on < on, _row.due_on),
    )
