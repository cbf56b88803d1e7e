"""
How often the warnings were right, week by week, and the cases behind each number.

A warning is an alert that says a limit will be missed while it is still ahead: `will_breach` and `likely`. What counts
is the first of them for a case and limit; what became of it is the outcome of the limit.
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, or_, select, true

from casetracker.extensions import db
from casetracker.models import Alert, AlertEntry, AlertEntryKind, AlertLevel, AlertOutcome, Case, MilestoneRow, Person
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.statute.timetable import Duty, Force

WARNINGS = (AlertLevel.WILL_BREACH, AlertLevel.LIKELY)
WARNED_OF = (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)
"""The limits that there are warnings of."""
PER_PAGE = 50
_WEEK = timedelta(weeks=1)


class Judged(StrEnum):
    """What is counted of a week: warnings by the week they were given, breaches by the week of their last day."""

    FLAGGED = "flagged"
    """Limits warned of for the first time in this week."""
    SETTLED = "settled"
    """Those of them whose outcome is known by now."""
    BREACHED = "breached"
    """Those of them that were missed."""
    SAVED = "saved"
    """Those of them that somebody acted on, and that were then met in time."""
    BREACHES = "breaches"
    """Limits whose last day was in this week and that were missed with no exception on record."""
    BREACHES_FLAGGED = "breaches_flagged"
    """Those of them that had been warned of by then."""


@dataclass(frozen=True, slots=True)
class Week:
    """How right the warnings of one week were, and how many of the breaches of that week had been warned of."""

    starts_on: date
    """A Monday."""
    number: Mapping[Judged, int]
    median_days_before: float | None
    """How long before the last day, half of the breaches that had been warned of at least; None without any."""

    @property
    def precision(self) -> float | None:
        """The share of the settled warnings that came true."""
        settled = self.number[Judged.SETTLED]
        return self.number[Judged.BREACHED] / settled if settled else None

    @property
    def recall(self) -> float | None:
        """The share of the breaches that had been warned of."""
        breaches = self.number[Judged.BREACHES]
        return self.number[Judged.BREACHES_FLAGGED] / breaches if breaches else None


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A limit of a case that is behind a number of a week."""

    case_id: int
    reference: str
    name: str
    duty: Duty
    due_on: date
    warned_on: date | None
    """The day of the first warning; None where there was none by the last day."""
    alert_id: int | None
    """The first warning."""
    outcome: AlertOutcome | None
    """What became of the limit, as far as it is known; of one that was not warned of, that it was missed."""


def were_we_right(*, today: date, weeks: int = 26) -> Sequence[Week]:
    """
    Return how right the warnings were, week by week, the newest first.

    It goes no further back than the first warning there ever was: of what was missed before that day nobody could be
    warned.
    """
    return _by_week(today, weeks, db.session.scalar(select(func.max(AlertEntry.id))))


@until_the_caseload_changes
def _by_week(today: date, weeks: int, _newest: int | None) -> Sequence[Week]:
    """Return them. The last argument says of what state of the ledger the answer is."""
    first = _first_warned_on()
    if first is None:
        return []
    since = max(_monday(first), _monday(today) - (weeks - 1) * _WEEK)
    warned = _first_warnings().subquery("warned")
    flagged = _flagged_by_week(warned, since)
    before = _days_before_by_week(warned, max(since, first), today)
    mondays = [since + number * _WEEK for number in range((_monday(today) - since) // _WEEK + 1)]
    return [
        _week(monday, flagged.get(monday, Counter()), before.get(monday, Counter())) for monday in reversed(mondays)
    ]


def behind(what: Judged, *, week_of: date, today: date, number: int = 1) -> tuple[Sequence[JudgedRow], int]:
    """Return a page of the limits behind one number of the week that a day is in, and how many there are in all."""
    warned, monday = _first_warnings().subquery("warned"), _monday(week_of)
    if what in (Judged.BREACHES, Judged.BREACHES_FLAGGED):
        query = _breaches(warned, max(monday, _first_warned_on() or monday), min(monday + _WEEK, today))
        due_on, duty, was = MilestoneRow.due_on, MilestoneRow.duty, literal(AlertOutcome.BREACHED, Alert.outcome.type)
        of_case = MilestoneRow.case_id
        query = query.where(warned.c.first_on.is_not(None)) if what is Judged.BREACHES_FLAGGED else query
    else:
        in_the_week = and_(warned.c.first_on >= monday, warned.c.first_on < monday + _WEEK)
        query = select().select_from(warned).where(in_the_week, _holds(what, warned))
        due_on, duty, was, of_case = warned.c.due_on, warned.c.duty, warned.c.outcome, warned.c.case_id
    name = Person.forename + " " + Person.surname
    columns = (Case.id, Case.reference, name, duty, due_on, warned.c.first_on, warned.c.first_id, was)
    rows = query.join(Case, Case.id == of_case).join(Person, Person.id == Case.person_id).add_columns(*columns)
    page = rows.order_by(due_on, Case.id, duty).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    total = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    return [JudgedRow(*row) for row in db.session.execute(page)], total


def _first_warned_on() -> date | None:
    """Return the day of the first warning there ever was; None where none was given."""
    return db.session.scalar(select(func.min(Alert.raised_on)).where(Alert.level.in_(WARNINGS)))


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
            func.min(Alert.id).label("first_id"),
            func.min(Alert.raised_on).label("first_on"),
            func.max(Alert.outcome, type_=Alert.outcome.type).label("outcome"),
            func.max(case((acted, 1), else_=0)).label("acted"),
            func.max(Alert.due_on).label("due_on"),
            func.min(Alert.duty, type_=Alert.duty.type).label("duty"),
        )
        .where(Alert.level.in_(WARNINGS))
        .group_by(Alert.case_id, Alert.milestone_key)
    )


def _holds(what: Judged, warned: Subquery) -> ColumnElement[bool]:
    """Return when a first warning counts as this."""
    conditions: dict[Judged, ColumnElement[bool]] = {
        Judged.FLAGGED: true(),
        Judged.SETTLED: warned.c.outcome.is_not(None),
        Judged.BREACHED: warned.c.outcome == AlertOutcome.BREACHED,
        Judged.SAVED: and_(warned.c.outcome == AlertOutcome.MET, warned.c.acted == 1),
    }
    return conditions[what]


_OF_WARNINGS = (Judged.FLAGGED, Judged.SETTLED, Judged.BREACHED, Judged.SAVED)


def _flagged_by_week(warned: Subquery, since: date) -> dict[date, Counter[Judged]]:
    counts = [func.count().filter(_holds(what, warned)) for what in _OF_WARNINGS]
    query = select(warned.c.first_on, *counts).where(warned.c.first_on >= since).group_by(warned.c.first_on)
    weeks: dict[date, Counter[Judged]] = {}
    for first_on, *numbers in db.session.execute(query):
        weeks.setdefault(_monday(first_on), Counter()).update(dict(zip(_OF_WARNINGS, numbers, strict=True)))
    return weeks


def _breaches(warned: Subquery, since: date, until: date) -> Select[Any]:
    """Return the limits missed, with no exception, whose last day is from one day to before another; no columns yet."""
    row = MilestoneRow
    missed = or_(row.is_open, row.done_on > row.due_on, row.lapsed_on > row.due_on)
    by_then = and_(warned.c.case_id == row.case_id, warned.c.milestone_key == row.key, warned.c.first_on <= row.due_on)
    return (
        select()
        .select_from(row)
        .outerjoin(warned, by_then)
        .where(
            row.duty.in_(WARNED_OF),
            row.force == Force.STATUTORY,
            row.excused_by == "",
            row.due_on >= since,
            row.due_on < until,
            missed,
        )
    )


def _days_before_by_week(warned: Subquery, since: date, today: date) -> dict[date, Counter[int | None]]:
    """Return, by the week of the last day, how many breaches had so many days' warning; None for those with none."""
    days = (MilestoneRow.due_on, warned.c.first_on)
    query = _breaches(warned, since, today).add_columns(*days, func.count()).group_by(*days)
    weeks: dict[date, Counter[int | None]] = {}
    for due_on, first_on, number in db.session.execute(query):
        before = (due_on - first_on).days if first_on is not None else None
        weeks.setdefault(_monday(due_on), Counter())[before] += number
    return weeks


def _week(monday: date, flagged: Counter[Judged], before: Counter[int | None]) -> Week:
    warned = sorted(days for days in before.elements() if days is not None)
    of_breaches = {Judged.BREACHES: before.total(), Judged.BREACHES_FLAGGED: len(warned)}
    number = {what: flagged[what] for what in _OF_WARNINGS} | of_breaches
    return Week(monday, number, statistics.median(warned) if warned else None)
