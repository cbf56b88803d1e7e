"""The alerts that stand, worst first: those to act on, and apart from them those that somebody is acting on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import WORST_FIRST, Alert, AlertLevel, Case, Person, User
from casetracker.statute.timetable import Duty

PER_PAGE = 50
MOST_COUNTED = 2_000
"""Beyond so many of a level the page says "more than", so that counting stays quick."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts to show; None means any."""

    level: AlertLevel | None = None
    worker_id: int | None = None
    team_id: int | None = None
    acknowledged: bool = False
    """Those set aside, because somebody is acting on them or for a while, instead of those to act on."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A line of the alerts page."""

    id: int
    level: AlertLevel
    case_id: int
    reference: str
    name: str
    worker: str
    duty: Duty
    subject: str
    due_on: date
    raised_on: date
    words: str
    closed_on: date | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    action: str
    action_by_id: int | None
    action_by: str
    action_due_on: date | None
    back_on: date | None
    """The day it is, or was, among those to act on again."""
    snooze_reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of alerts."""

    rows: Sequence[AlertRow]
    total: int
    """How many there are, of each level counted no further than `MOST_COUNTED`."""
    there_are_more: bool


def standing(wanted: Wanted, *, today: date, number: int = 1) -> Page:
    """
    Return a page of the open alerts, worst first and of each level the longest overdue first.

    An alert whose action was to be done by a day that has passed is back among those to act on.
    """
    levels = [wanted.level] if wanted.level is not None else WORST_FIRST
    counts = {level: _count(wanted, level, today) for level in levels}
    rows: list[AlertRow] = []
    skipped = (number - 1) * PER_PAGE
    for level in levels:  # level by level, because each is in order in its index
        if len(rows) < PER_PAGE and skipped < counts[level]:
            rows += _of_level(wanted, level, today, first=skipped, number=PER_PAGE - len(rows))
        skipped = max(0, skipped - counts[level])
    return Page(rows, sum(counts.values()), any(count == MOST_COUNTED for count in counts.values()))


def _count(wanted: Wanted, level: AlertLevel, today: date) -> int:
    some = _chosen(select(Alert.id), wanted, level, today).limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _of_level(wanted: Wanted, level: AlertLevel, today: date, *, first: int, number: int) -> Iterator[AlertRow]:
    ids = _chosen(select(Alert.id), wanted, level, today).order_by(Alert.due_on, Alert.id).limit(number).offset(first)
    query = _lines().where(Alert.id.in_(db.session.scalars(ids).all())).order_by(Alert.due_on, Alert.id)
    return (AlertRow(*row) for row in db.session.execute(query))


def one(alert_id: int) -> AlertRow:
    """
    Return an alert, whether it stands or has closed.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return AlertRow(*db.session.execute(_lines().where(Alert.id == alert_id)).one())


def _chosen(query: Select[Any], wanted: Wanted, level: AlertLevel, today: date) -> Select[Any]:
    query = query.where(Alert.closed_on.is_(None), Alert.level == level)
    query = query.where(Alert.back_on > today if wanted.acknowledged else is_to_act_on(today))
    held = []
    if wanted.worker_id is not None:
        held.append(Case.named_worker_id == wanted.worker_id)
    if wanted.team_id is not None:
        held.append(Case.team_id == wanted.team_id)
    return query.join(Case, Case.id == Alert.case_id).where(*held) if held else query


def is_to_act_on(today: date) -> ColumnElement[bool]:
    """Return the condition that nobody has an alert in hand on a day, and it is not snoozed."""
    return or_(Alert.back_on.is_(None), Alert.back_on <= today)


def _lines() -> Select[Any]:
    holder, acknowledger, actor = aliased(User), aliased(User), aliased(User)
    columns: list[Any] = [
        Alert.id,
        Alert.level,
        Alert.case_id,
        Case.reference,
        Person.forename + " " + Person.surname,
        func.coalesce(holder.name, ""),
        Alert.duty,
        Alert.subject,
        Alert.due_on,
        Alert.raised_on,
        Alert.words,
        Alert.closed_on,
        Alert.acknowledged_at,
        func.coalesce(acknowledger.name, ""),
        func.coalesce(Alert.action, ""),
        Alert.action_by_id,
        func.coalesce(actor.name, ""),
        Alert.action_due_on,
        Alert.back_on,
        Alert.snooze_reason,
    ]
    return (
        select(*columns)
        .join(Case, Case.id == Alert.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(holder, holder.id == Case.named_worker_id)
        .outerjoin(acknowledger, acknowledger.id == Alert.acknowledged_by_id)
        .outerjoin(actor, actor.id == Alert.action_by_id)
    )
