"""What became of the limit at stake: whether the warning came true."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select, true, update
from sqlalchemy.orm import aliased

from casetracker.models import Alert, AlertEntry, AlertEntryKind, AlertOutcome, MilestoneRow
from casetracker.services.alerts import ledger
from casetracker.services.alerts.run import TODAY, Run, Shape

_row = aliased(MilestoneRow)


def settle(run: Run, *, again: bool = False) -> int:
    """
    Note what became of the limits at stake that are settled by the day of the run, and return how many alerts that was.

    `again` looks anew at what was settled before, as when an entry of the case has been corrected or an exception to
    the limit recorded late.
    """
    run.changed(_enter, again)
    return run.changed(_settle, again)


@cache
def _enter(shape: Shape, again: bool) -> Any:
    which = shape.free(_is_news(shape, again))
    once = None if again else "outcome"
    return ledger.entry(shape, AlertEntryKind.OUTCOME, which, once=once, code=func.coalesce(_outcome(), ""))


@cache
def _settle(shape: Shape, again: bool) -> Any:
    entered = true() if again else _is_entered()
    which = and_(_is_news(shape, again), entered)
    return update(Alert).where(which).values(outcome=_outcome(), outcome_on=_day())


def _is_news(shape: Shape, again: bool) -> ColumnElement[bool]:
    outcome = _outcome()
    is_news = Alert.outcome.is_distinct_from(outcome) if again else and_(Alert.outcome.is_(None), outcome.is_not(None))
    return and_(shape.holds(Alert.case_id), Alert.raised_on <= TODAY, is_news)


def _is_entered() -> ColumnElement[bool]:
    """Return whether the ledger has it: an alert that came free only now waits for the next sweep."""
    return exists().where(AlertEntry.alert_id == Alert.id, AlertEntry.once == "outcome")


def _of_the_limit(value: ColumnElement[Any], otherwise: Any) -> ColumnElement[Any]:
    """Return a value of the limit at stake; of one that the case no longer has, another once the alert has closed."""
    its_own = and_(_row.case_id == Alert.case_id, _row.key == Alert.at_stake)
    found = select(value).where(its_own).correlate(Alert).scalar_subquery()
    has_gone = and_(~exists().where(its_own), Alert.closed_on.is_not(None))
    return case((has_gone, otherwise), else_=found)


def _outcome() -> ColumnElement[Any]:
    """Return what became of the limit at stake; nothing while it is open and ahead."""
    missed = case((_row.excused_by != "", AlertOutcome.EXCUSED.value), else_=AlertOutcome.BREACHED.value)
    became = case(
        (and_(_row.done_on <= TODAY, _row.done_on <= _row.due_on), AlertOutcome.MET.value),
        (and_(_row.lapsed_on <= TODAY, _row.lapsed_on <= _row.due_on), AlertOutcome.NOT_NEEDED.value),
        (_row.due_on < TODAY, missed),
    )
    return _of_the_limit(became, AlertOutcome.NOT_NEEDED.value)


def _day() -> ColumnElement[Any]:
    """Return the day on which that was so."""
    day = case(
        (and_(_row.done_on <= TODAY, _row.done_on <= _row.due_on), _row.done_on),
        (and_(_row.lapsed_on <= TODAY, _row.lapsed_on <= _row.due_on), _row.lapsed_on),
        (_row.due_on < TODAY, _row.due_on),
    )
    return _of_the_limit(day, Alert.closed_on)
