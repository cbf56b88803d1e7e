"""What the alert ledger tells: the story of one alert, and what became of others like it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import (
    Advice,
    Alert,
    AlertAction,
    AlertEntry,
    AlertEntryKind,
    AlertLevel,
    AlertOutcome,
    Remedy,
    RetiredLevel,
    User,
)

THRESHOLD_RAISED = "threshold_raised"
"""Why an alert closed that would still stand under the threshold it was raised by."""
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story of an alert."""

    alert_id: int
    level: AlertLevel | RetiredLevel
    episode: int
    kind: AlertEntryKind
    on_day: date
    at: datetime
    by: str
    """Empty for what the tracker did itself."""
    code: str
    words: str
    to: str
    until: date | None


def story(*, case_id: int, milestone_key: str) -> Sequence[Line]:
    """Return all that happened to the alerts there have been on one milestone of a case, newest first."""
    query = _lines().where(Alert.case_id == case_id, Alert.milestone_key == milestone_key)
    return [Line(*row) for row in db.session.execute(query.order_by(AlertEntry.at.desc(), AlertEntry.id.desc()))]


def last_acts(alert_ids: Collection[int]) -> dict[int, int]:
    """Return the number of the last thing that somebody did about each alert; nothing for one nobody has acted on."""
    query = select(AlertEntry.alert_id, func.max(AlertEntry.id)).where(AlertEntry.alert_id.in_(alert_ids), _is_act())
    found: dict[int, int] = dict(iter(db.session.execute(query.group_by(AlertEntry.alert_id))))
    return found


def acts_since(seen: Mapping[int, int], alert_ids: Collection[int]) -> Sequence[Line]:
    """Return what people did about alerts after the acts of these numbers, the newest first."""
    query = _lines().add_columns(AlertEntry.id).where(AlertEntry.alert_id.in_(alert_ids), _is_act())
    rows = db.session.execute(query.order_by(AlertEntry.id.desc())).all()
    return [Line(*row[:-1]) for row in rows if row[-1] > seen.get(row.alert_id, 0)]


def _is_act() -> ColumnElement[bool]:
    """Return whether a line is of what somebody did that changed how an alert stands, which a comment does not."""
    kinds = (
        AlertEntryKind.ACKNOWLEDGED,
        AlertEntryKind.SNOOZED,
        AlertEntryKind.ESCALATED,
        AlertEntryKind.REOPENED,
    )
    return and_(AlertEntry.by_id.is_not(None), AlertEntry.kind.in_(kinds))


def _lines() -> Select[Any]:
    actor, given = aliased(User), aliased(User)
    columns: list[Any] = [
        AlertEntry.alert_id,
        Alert.level,
        Alert.episode,
        AlertEntry.kind,
        AlertEntry.on_day,
        AlertEntry.at,
        func.coalesce(actor.name, ""),
        AlertEntry.code,
        AlertEntry.words,
        func.coalesce(given.name, ""),
        AlertEntry.until,
    ]
    return (
        select(*columns)
        .join(Alert, Alert.id == AlertEntry.alert_id)
        .outerjoin(actor, actor.id == AlertEntry.by_id)
        .outerjoin(given, given.id == AlertEntry.to_id)
    )


@dataclass(frozen=True, slots=True)
class Similar:
    """What became of past alerts like one."""

    closed: int
    breached: int
    saved: int
    """Acted on, and the limit then met in time."""
    met_untouched: int
    """Met in time with nobody having acted on the alert."""
    excused: int
    not_needed: int
    """The case ended, or the duty fell away, with the limit not missed."""
    not_known: int
    """The alert closed before its limit was missed, met or fell away."""
    by_action: Mapping[AlertAction, tuple[int, int]]
    """For each action: how often it was taken, and how often the limit was then met in time."""


def similar(alert_id: int, *, on: date) -> Similar:
    """
    Return what became of the alerts of the same level and remedy that closed in the 12 months up to a day.

    Where advice is to be chased, they are those of the same kind of advice, from the same service if it is known. Those
    whose limit is not settled yet are counted as closed and nothing more. One that closed only since the threshold was
    raised is left out: nobody was warned to the end, so how its case went on says nothing of a warning.

    :raises sqlalchemy.exc.NoResultFound: if there is no such alert
    """
    like = db.session.get_one(Alert, alert_id)
    chosen = [
        Alert.id != like.id,
        Alert.level == like.level,
        Alert.remedy == like.remedy,
        Alert.remedy_subject == like.remedy_subject,
        Alert.closed_on.between(on - _YEAR, on),
        Alert.closed_because != THRESHOLD_RAISED,
        *_of_the_same_service(like),
    ]
    met = Alert.outcome == AlertOutcome.MET
    counts = db.session.execute(
        select(
            func.count(),
            func.count().filter(Alert.outcome == AlertOutcome.BREACHED),
            func.count().filter(met, _was_acted_on()),
            func.count().filter(met, ~_was_acted_on()),
            func.count().filter(Alert.outcome == AlertOutcome.EXCUSED),
            func.count().filter(Alert.outcome == AlertOutcome.NOT_NEEDED),
            func.count().filter(Alert.outcome.is_(None)),
        ).where(*chosen)
    ).one()
    taken = (
        select(AlertEntry.code, func.count(Alert.id.distinct()), func.count(Alert.id.distinct()).filter(met))
        .join(Alert, Alert.id == AlertEntry.alert_id)
        .where(AlertEntry.kind == AlertEntryKind.ACKNOWLEDGED, *chosen)
        .group_by(AlertEntry.code)
        .order_by(AlertEntry.code)
    )
    by_action = {AlertAction(code): (number, saved) for code, number, saved in db.session.execute(taken)}
    return Similar(*counts, by_action=by_action)


def _of_the_same_service(like: Alert) -> Iterator[ColumnElement[bool]]:
    if like.remedy is not Remedy.CHASE_ADVICE or not like.remedy_subject:
        return
    kind = Advice.kind == like.remedy_subject
    service = db.session.scalar(
        select(Advice.service_id)
        .where(Advice.case_id == like.case_id, kind, Advice.service_id.is_not(None))
        .order_by(Advice.is_outstanding.desc(), Advice.id.desc())
        .limit(1)
    )
    if service is not None:
        yield exists().where(Advice.case_id == Alert.case_id, kind, Advice.service_id == service)


def _was_acted_on() -> ColumnElement[bool]:
    return exists().where(AlertEntry.alert_id == Alert.id, AlertEntry.kind == AlertEntryKind.ACKNOWLEDGED)
