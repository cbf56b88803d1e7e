"""
What the alert ledger tells: the story of one alert, what became of others like it, and how often the warnings were
right.

A warning is an alert that says a limit will be missed while it is still ahead: `will_breach` and `likely`. What counts
is the first of them for a case and limit; what became of it is the outcome of the limit.
"""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select
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
    MilestoneRow,
    Remedy,
    RetiredLevel,
    User,
)
from casetracker.statute.timetable import Duty, Force

WARNINGS = (AlertLevel.WILL_BREACH, AlertLevel.LIKELY)
WARNED_OF = (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)
"""The limits that there are warnings of."""
_WEEK, _YEAR = timedelta(weeks=1), timedelta(days=365)


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
    actor, given = aliased(User), aliased(User)
    query = (
        select(
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
        )
        .join(Alert, Alert.id == AlertEntry.alert_id)
        .outerjoin(actor, actor.id == AlertEntry.by_id)
        .outerjoin(given, given.id == AlertEntry.to_id)
        .where(Alert.case_id == case_id, Alert.milestone_key == milestone_key)
        .order_by(AlertEntry.at.desc(), AlertEntry.id.desc())
    )
    return [Line(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Similar:
    """What became of past alerts like one."""

    closed: int
    breached: int
    saved: int
    """Acted on, and the limit then met in time."""
    met_untouched: int
    """Met in time with nobody having acted on the alert."""
    by_action: Mapping[AlertAction, tuple[int, int]]
    """For each action: how often it was taken, and how often the limit was then met in time."""


def similar(alert_id: int, *, on: date) -> Similar:
    """
    Return what became of the alerts of the same level and remedy that closed in the 12 months up to a day.

    Where advice is to be chased, they are those of the same kind of advice, from the same service if it is known. Those
    whose limit is not settled yet are counted as closed and nothing more.

    :raises sqlalchemy.exc.NoResultFound: if there is no such alert
    """
    like = db.session.get_one(Alert, alert_id)
    chosen = [
        Alert.id != like.id,
        Alert.level == like.level,
        Alert.remedy == like.remedy,
        Alert.remedy_subject == like.remedy_subject,
        Alert.closed_on.between(on - _YEAR, on),
        *_of_the_same_service(like),
    ]
    met = Alert.outcome == AlertOutcome.MET
    counts = db.session.execute(
        select(
            func.count(),
            func.count().filter(Alert.outcome == AlertOutcome.BREACHED),
            func.count().filter(met, _was_acted_on()),
            func.count().filter(met, ~_was_acted_on()),
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


@dataclass(frozen=True, slots=True)
class Week:
    """How right the warnings of one week were, and how many of the breaches of that week had been warned of."""

    starts_on: date
    """A Monday."""
    flagged: int
    """Limits warned of for the first time in this week."""
    settled: int
    """Those of them whose outcome is known by now."""
    breached: int
    """Those of them that were missed."""
    saved: int
    """Those of them that somebody acted on, and that were then met in time."""
    breaches: int
    """Limits whose last day was in this week and that were missed with no exception on record."""
    breaches_flagged: int
    """Those of them that had been warned of by then."""
    median_days_before: float | None
    """How long before the last day, half of those at least; None where there were none."""

    @property
    def precision(self) -> float | None:
        """The share of the settled warnings that came true."""
        return self.breached / self.settled if self.settled else None

    @property
    def recall(self) -> float | None:
        """The share of the breaches that had been warned of."""
        return self.breaches_flagged / self.breaches if self.breaches else None


def were_we_right(*, today: date, weeks: int = 26) -> Sequence[Week]:
    """
    Return how right the warnings were, week by week, the newest first.

    It goes no further back than the week of the first warning there ever was: before that nobody could be warned.
    """
    first = db.session.scalar(select(func.min(Alert.raised_on)).where(Alert.level.in_(WARNINGS)))
    if first is None:
        return []
    since = max(_monday(first), _monday(today) - (weeks - 1) * _WEEK)
    warned = _first_warnings().subquery("warned")
    flagged = _flagged_by_week(warned, since)
    before = _days_before_by_week(warned, since, today)
    mondays = [since + number * _WEEK for number in range((_monday(today) - since) // _WEEK + 1)]
    return [
        _week(monday, flagged.get(monday, Counter()), before.get(monday, Counter())) for monday in reversed(mondays)
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_warnings() -> Any:
    """Return the first warning of each case and limit, what became of the limit, and whether anybody acted in time."""
    acted = exists().where(
        AlertEntry.alert_id == Alert.id,
        AlertEntry.kind == AlertEntryKind.ACKNOWLEDGED,
        or_(Alert.outcome_on.is_(None), AlertEntry.on_day <= Alert.outcome_on),
    )
    return (
        select(
            Alert.case_id,
            Alert.milestone_key,
            func.min(Alert.raised_on).label("first_on"),
            func.max(Alert.outcome).label("outcome"),
            func.max(case((acted, 1), else_=0)).label("acted"),
        )
        .where(Alert.level.in_(WARNINGS))
        .group_by(Alert.case_id, Alert.milestone_key)
    )


def _flagged_by_week(warned: Subquery, since: date) -> dict[date, Counter[str]]:
    query = (
        select(warned.c.first_on, warned.c.outcome, warned.c.acted, func.count())
        .where(warned.c.first_on >= since)
        .group_by(warned.c.first_on, warned.c.outcome, warned.c.acted)
    )
    weeks: dict[date, Counter[str]] = {}
    for first_on, outcome, acted, number in db.session.execute(query):
        names = ["flagged"] + ["settled"] * (outcome is not None)
        names += ["breached"] * (outcome == AlertOutcome.BREACHED) + ["saved"] * (outcome == AlertOutcome.MET and acted)
        weeks.setdefault(_monday(first_on), Counter()).update(dict.fromkeys(names, number))
    return weeks


def _days_before_by_week(warned: Subquery, since: date, today: date) -> dict[date, Counter[int | None]]:
    """Return, by the week of the last day, how many breaches had so many days' warning; None for those with none."""
    row = MilestoneRow
    missed = or_(row.is_open, row.done_on > row.due_on, row.lapsed_on > row.due_on)
    query = (
        select(row.due_on, warned.c.first_on, func.count())
        .outerjoin(
            warned,
            and_(warned.c.case_id == row.case_id, warned.c.milestone_key == row.key, warned.c.first_on <= row.due_on),
        )
        .where(
            row.duty.in_(WARNED_OF),
            row.force == Force.STATUTORY,
            row.excused_by == "",
            row.due_on >= since,
            row.due_on < today,
            missed,
        )
        .group_by(row.due_on, warned.c.first_on)
    )
    weeks: dict[date, Counter[int | None]] = {}
    for due_on, first_on, number in db.session.execute(query):
        days = (due_on - first_on).days if first_on is not None else None
        weeks.setdefault(_monday(due_on), Counter())[days] += number
    return weeks


def _week(monday: date, flagged: Counter[str], before: Counter[int | None]) -> Week:
    warned = sorted(days for days in before.elements() if days is not None)
    return Week(
        starts_on=monday,
        flagged=flagged["flagged"],
        settled=flagged["settled"],
        breached=flagged["breached"],
        saved=flagged["saved"],
        breaches=before.total(),
        breaches_flagged=len(warned),
        median_days_before=statistics.median(warned) if warned else None,
    )
