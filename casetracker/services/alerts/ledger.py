"""Writing the alert ledger: what happened to whole sets of alerts, in one statement each, and each thing once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from casetracker.extensions import db
from casetracker.models import Alert, AlertEntry, AlertEntryKind
from casetracker.services.alerts.scope import Scope, changed

_COLUMNS = ("alert_id", "kind", "on_day", "at", "by_id", "code", "words", "to_id", "until", "detail", "once")


def enter(entries: Iterable[Mapping[str, Any]]) -> None:
    """Enter lines one by one, given whole but for what is empty."""
    empty: dict[str, Any] = {"code": "", "words": "", "to_id": None, "until": None, "detail": {}, "once": None}
    if rows := [{**empty, **entry} for entry in entries]:
        db.session.execute(insert(AlertEntry), rows)


def enter_for_all(
    kind: AlertEntryKind,
    which: ColumnElement[bool],
    *,
    once: ColumnElement[str] | str | None,
    on: date,
    at: datetime,
    **values: Any,
) -> int:
    """
    Enter a line for every alert that a condition holds for and that has none yet by this `once`; return how many.

    `values` are columns of the entry, as expressions on `Alert` or as they are.
    """
    key: ColumnElement[Any] = literal(once, AlertEntry.once.type) if isinstance(once, str | None) else once
    written: dict[str, Any] = {
        "alert_id": Alert.id,
        "kind": kind,
        "on_day": on,
        "at": at,
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
    found = select(*chosen).where(which, ~there)
    dialects: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    into = dialects.get(db.engine.dialect.name, insert)(AlertEntry)
    return changed(into.from_select(list(written), found, include_defaults=False).on_conflict_do_nothing())


def _as_expression(column: str, value: Any) -> Any:
    of_the_alert = isinstance(value, ColumnElement | InstrumentedAttribute)
    return value if of_the_alert else literal(value, AlertEntry.__table__.c[column].type)


def enter_raised(scope: Scope, *, on: date, at: datetime) -> int:
    """Enter the alerts that were raised on a day, with their words and figures."""
    which = and_(Alert.raised_on == on, scope.holds(Alert.case_id))
    return enter_for_all(
        AlertEntryKind.RAISED,
        which,
        once="raised",
        on=on,
        at=at,
        code=Alert.code,
        words=Alert.words,
        detail=Alert.figures,
    )


def enter_closed(scope: Scope, *, on: date, at: datetime) -> int:
    """Enter the alerts that were closed on a day, with the reason."""
    which = and_(Alert.closed_on == on, scope.holds(Alert.case_id))
    return enter_for_all(AlertEntryKind.CLOSED, which, once="closed", on=on, at=at, code=Alert.closed_because)


def enter_returned(scope: Scope, *, on: date, at: datetime) -> int:
    """Enter the alerts that were set aside until a day that has come, each once for that day."""
    which = and_(Alert.closed_on.is_(None), Alert.back_on.is_not(None), Alert.back_on <= on, scope.holds(Alert.case_id))
    once = literal("returned:") + cast(Alert.back_on, String)
    return enter_for_all(AlertEntryKind.RETURNED, which, once=once, on=on, at=at, until=Alert.back_on)
