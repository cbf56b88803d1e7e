"""Writing the alert ledger: what happened to whole sets of alerts, in one statement each, and each thing once."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from casetracker.extensions import db
from casetracker.models import Alert, AlertEntry, AlertEntryKind
from casetracker.services.alerts.run import NOW, TODAY, Run, Shape


def enter(entries: Iterable[Mapping[str, Any]]) -> None:
    """Enter lines one by one, given whole but for what is empty."""
    empty: dict[str, Any] = {"code": "", "words": "", "to_id": None, "until": None, "detail": {}, "once": None}
    if rows := [{**empty, **entry} for entry in entries]:
        db.session.execute(insert(AlertEntry), rows)


def entry(
    shape: Shape,
    kind: AlertEntryKind,
    which: ColumnElement[bool],
    *,
    once: ColumnElement[str] | str | None,
    **values: Any,
) -> Any:
    """
    Return the statement that enters a line for every alert that a condition holds for and that has none by this `once`.

    `values` are columns of the entry, as expressions on `Alert` or as they are.
    """
    key: ColumnElement[Any] = literal(once, AlertEntry.once.type) if isinstance(once, str | None) else once
    written: dict[str, Any] = {
        "alert_id": Alert.id,
        "kind": kind,
        "on_day": TODAY,
        "at": NOW,
        "by_id": None,
        "code": "",
        "words": "",
        "to_id": None,
        "until": None,
        "detail": {},
        "once": key,
        **values,
    }
    chosen = [_as_expression(name, value) for name, value in written.items()]
    there = exists().where(AlertEntry.alert_id == Alert.id, AlertEntry.once == key)
    return shape.insert_into(AlertEntry, written, select(*chosen).where(which, ~there))


def _as_expression(column: str, value: Any) -> Any:
    of_the_alert = isinstance(value, ColumnElement | InstrumentedAttribute)
    return value if of_the_alert else literal(value, AlertEntry.__table__.c[column].type)


def enter_raised(run: Run) -> int:
    """Enter the alerts that were raised on the day of the run, with their words and figures."""
    return run.changed(_raised)


def enter_closed(run: Run) -> int:
    """Enter the alerts that were closed on the day of the run, with the reason."""
    return run.changed(_closed)


def enter_returned(run: Run) -> int:
    """Enter the alerts that were set aside until a day that has come, each once for that day."""
    return run.changed(_returned)


@cache
def _raised(shape: Shape) -> Any:
    which = and_(Alert.raised_on == TODAY, shape.holds(Alert.case_id))
    said = {"code": Alert.code, "words": Alert.words, "detail": Alert.figures}
    return entry(shape, AlertEntryKind.RAISED, which, once="raised", **said)


@cache
def _closed(shape: Shape) -> Any:
    which = and_(Alert.closed_on == TODAY, shape.holds(Alert.case_id))
    return entry(shape, AlertEntryKind.CLOSED, which, once="closed", code=Alert.closed_because)


@cache
def _returned(shape: Shape) -> Any:
    has_come = and_(Alert.closed_on.is_(None), Alert.back_on.is_not(None), Alert.back_on <= TODAY)
    once = literal("returned:") + cast(Alert.back_on, String)
    which = and_(has_come, shape.holds(Alert.case_id))
    return entry(shape, AlertEntryKind.RETURNED, which, once=once, until=Alert.back_on)
