"""
What people do about alerts, one or many at once: each change is one statement and one line of the ledger for each.

An alert that has closed by itself meanwhile is left out, and the answer says how many were. So is one that somebody has
acted on since whoever acts saw it, or the later of two people would undo what the earlier did and never know: `seen` is
the number of the last act on each alert (queries/alert_ledger.py) that they had before them. One that is not in it is
acted on however it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from casetracker.extensions import db
from casetracker.models import Alert, AlertAction, AlertEntryKind, User
from casetracker.queries import alert_ledger
from casetracker.services.alerts import ledger
from casetracker.services.alerts.run import Run, changed

LONGEST_SNOOZE = timedelta(days=28)
LONGEST_ACTION = timedelta(weeks=12)
"""How far ahead an action can be promised: longer would take a missed limit out of sight for a school term."""
LONGEST_WORDS = 2_000


Seen = Mapping[int, int]
NOTHING_SEEN: Seen = {}


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of it."""

    done: int
    left_out: int
    """Alerts that had closed meanwhile, or that there are none of."""
    acted_on: frozenset[int] = frozenset()
    """Alerts left as they are, because somebody has acted on them since they were seen."""


def acknowledge(
    *,
    alert_ids: Iterable[int],
    action_code: AlertAction,
    words: str,
    owner_id: int,
    due_on: date,
    by: User,
    today: date,
    at: datetime,
    seen: Seen = NOTHING_SEEN,
) -> Acted:
    """
    Record what will be done about alerts, by whom and by when; a later answer stands in place of an earlier.

    They are out of the way until the day is over, and come back if they still stand then.

    :raises NotPossible: if the day is over or more than 12 weeks off, or nothing is said
    """
    _need(words, "Say what will be done")
    if due_on < today:
        raise NotPossible("The day it will be done by cannot be in the past")
    if due_on > today + LONGEST_ACTION:
        raise NotPossible("Choose a day within the next 12 weeks: the alert comes back if it passes")
    values = {
        "acknowledged_at": at,
        "acknowledged_by_id": by.id,
        "action_code": action_code,
        "action": words,
        "action_by_id": owner_id,
        "action_due_on": due_on,
        **_set_aside(due_on + timedelta(days=1)),
        **_NOT_SNOOZED,
    }
    entry = {"code": action_code.value, "words": words, "to_id": owner_id, "until": due_on}
    return _act(alert_ids, AlertEntryKind.ACKNOWLEDGED, values, entry, by=by, today=today, at=at, seen=seen)


def snooze(
    *,
    alert_ids: Iterable[int],
    until: date,
    reason: str,
    by: User,
    today: date,
    at: datetime,
    seen: Seen = NOTHING_SEEN,
) -> Acted:
    """
    Set alerts aside until a day, on which they are back among those to act on.

    :raises NotPossible: if the day is not to come or more than 28 days off, or no reason is given
    """
    _need(reason, "Say why it can wait")
    if until <= today:
        raise NotPossible("The day it comes back must be in the future")
    if until > today + LONGEST_SNOOZE:
        raise NotPossible("Choose a day within the next 28 days")
    values = {"snoozed_at": at, "snooze_reason": reason, **_set_aside(until), **_NOT_ACKNOWLEDGED}
    entry = {"words": reason, "until": until}
    return _act(alert_ids, AlertEntryKind.SNOOZED, values, entry, by=by, today=today, at=at, seen=seen)


def escalate(
    *, alert_ids: Iterable[int], to_id: int, why: str, by: User, today: date, at: datetime, seen: Seen = NOTHING_SEEN
) -> Acted:
    """
    Put alerts before somebody else. They are among those to act on at once, whatever was promised.

    :raises NotPossible: if it is nobody else, or no reason is given
    """
    if to_id == by.id:
        raise NotPossible("Choose somebody else: it cannot be escalated to yourself")
    _need(why, "Say why it is escalated")
    values = {"escalated_at": at, "escalated_to_id": to_id, "back_on": None, "waits_since": today}
    entry = {"words": why, "to_id": to_id}
    return _act(alert_ids, AlertEntryKind.ESCALATED, values, entry, by=by, today=today, at=at, seen=seen)


def reopen(
    *, alert_ids: Iterable[int], why: str, by: User, today: date, at: datetime, seen: Seen = NOTHING_SEEN
) -> Acted:
    """
    Take alerts back from being in hand, snoozed or escalated: they are to be acted on as if nobody had.

    :raises NotPossible: if no reason is given
    """
    _need(why, "Say why it is taken back")
    not_escalated = {"escalated_at": None, "escalated_to_id": None}
    values = {"back_on": None, "waits_since": today, **_NOT_ACKNOWLEDGED, **_NOT_SNOOZED, **not_escalated}
    return _act(alert_ids, AlertEntryKind.REOPENED, values, {"words": why}, by=by, today=today, at=at, seen=seen)


def comment(*, alert_ids: Iterable[int], words: str, by: User, today: date, at: datetime) -> Acted:
    """
    Add a comment; nothing else changes. An alert that has closed can be commented on too.

    :raises NotPossible: if nothing is said
    """
    _need(words, "Enter a comment")
    wanted = set(alert_ids)
    there = db.session.scalars(select(Alert.id).where(Alert.id.in_(wanted)).order_by(Alert.id)).all()
    _enter(there, AlertEntryKind.COMMENTED, {"words": words}, by=by, today=today, at=at)
    return Acted(len(there), len(wanted) - len(there))


def see(*, alert_ids: Iterable[int], by: User, today: date, at: datetime) -> int:
    """Note that somebody has seen alerts, each the first time that they do; return how many were new to them."""
    which = Alert.id.in_(set(alert_ids))
    once = f"seen:{by.id}"
    run = Run(today, at)
    return changed(ledger.entry(run.shape, AlertEntryKind.SEEN, which, once=once, by_id=by.id), run.told)


_NOT_ACKNOWLEDGED: dict[str, Any] = {
    "acknowledged_at": None,
    "acknowledged_by_id": None,
    "action_code": None,
    "action": None,
    "action_by_id": None,
    "action_due_on": None,
}
_NOT_SNOOZED: dict[str, Any] = {"snoozed_at": None, "snooze_reason": ""}


def _set_aside(back_on: date) -> dict[str, Any]:
    return {"back_on": back_on, "waits_since": back_on}


def _need(words: str, otherwise: str) -> None:
    if not words.strip():
        raise NotPossible(otherwise)
    if len(words) > LONGEST_WORDS:
        raise NotPossible(f"Use {LONGEST_WORDS:,} characters or fewer")


def _act(
    alert_ids: Iterable[int],
    kind: AlertEntryKind,
    values: dict[str, Any],
    entry: dict[str, Any],
    *,
    by: User,
    today: date,
    at: datetime,
    seen: Seen,
) -> Acted:
    wanted = set(alert_ids)
    stand = _held(wanted)
    last = alert_ledger.last_acts(stand) if seen else {}  # once they are held, so that none comes in between
    acted_on = frozenset(one for one in stand if last.get(one, 0) > seen.get(one, last.get(one, 0)))
    left = [one for one in stand if one not in acted_on]
    if left:
        changed(update(Alert).where(Alert.id.in_(left)).values(values))
        _enter(left, kind, entry, by=by, today=today, at=at)
    return Acted(len(left), len(wanted) - len(stand), acted_on)


def _held(wanted: set[int]) -> Sequence[int]:
    """Hold those of the alerts that stand, in the order of their ids, and return them."""
    if db.engine.dialect.name == "sqlite":  # where rows cannot be held, writing lets nobody else write meanwhile
        changed(update(Alert).where(Alert.id.in_(wanted)).values(case_id=Alert.case_id))
    stand = select(Alert.id).where(Alert.id.in_(wanted), Alert.closed_on.is_(None)).order_by(Alert.id)
    return db.session.scalars(stand.with_for_update(key_share=True)).all()


def _enter(
    alert_ids: Sequence[int], kind: AlertEntryKind, entry: dict[str, Any], *, by: User, today: date, at: datetime
) -> None:
    ledger.enter(
        {"alert_id": alert_id, "kind": kind, "on_day": today, "at": at, "by_id": by.id, **entry}
        for alert_id in alert_ids
    )
