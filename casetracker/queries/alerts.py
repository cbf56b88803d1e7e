"""The review queue: the alerts that stand, worst first and then in the order asked for; and how many of what to do."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.forecast.steps import Step
from casetracker.models import WORST_FIRST, Alert, AlertAction, AlertLevel, Case, Forecast, Person, Remedy, User
from casetracker.statute.advice import AdviceKind
from casetracker.statute.timetable import Duty

PER_PAGE = 50
MOST_COUNTED = 2_000
"""Beyond so many of a level, or of one thing to do, the page says "more than", so that counting stays quick."""

BY_STEP = {
    Step.DECIDE: Remedy.DECIDE_AT_PANEL,
    Step.ASK: Remedy.ASK_FOR_ADVICE,
    Step.ADVICE: Remedy.CHASE_ADVICE,
    Step.PLAN: Remedy.DECIDE_PLAN,
    Step.DRAFT: Remedy.DRAFT,
}
"""What is to be done where the rest waits for a step; after the draft it is one of two things."""


class State(StrEnum):
    """Whether anybody has an alert in hand."""

    TO_ACT_ON = "to_act_on"
    IN_HAND = "in_hand"
    """Somebody said what they will do, by a day that has not passed."""
    SNOOZED = "snoozed"
    ANY = "any"
    """Every alert that stands."""


class Order(StrEnum):
    """What comes first among alerts of one level."""

    DAYS = "days"
    """The longest overdue, or the soonest due."""
    PROBABILITY = "probability"
    HARM = "harm"
    """A child out of school first, then the youngest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts to show, and in what order; None, or nothing, means any."""

    level: AlertLevel | None = None
    worker_ids: frozenset[int] = frozenset()
    """Named workers, whoever is to do what was promised about an alert, or whoever it was escalated to."""
    team_id: int | None = None
    remedy: Remedy | None = None
    subject: str = ""
    state: State = State.TO_ACT_ON
    order: Order = Order.DAYS


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A line of the queue."""

    id: int
    level: AlertLevel
    case_id: int
    reference: str
    name: str
    born_on: date | None
    out_of_school: bool
    worker: str
    duty: Duty
    subject: str
    milestone_key: str
    due_on: date
    raised_on: date
    episode: int
    words: str
    probability: float | None
    remedy: Remedy
    remedy_subject: str
    holder: str
    """Who can do it, as the forecast of the case as it now is has it; empty where that speaks of another step."""
    latest_safe_on: date | None
    """The last safe day for it, likewise."""
    closed_on: date | None
    closed_because: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    action_code: AlertAction | None
    action: str
    action_by_id: int | None
    action_by: str
    action_due_on: date | None
    back_on: date | None
    """The day it is, or was, among those to act on again."""
    snooze_reason: str
    escalated_to: str
    clock_started_on: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of alerts."""

    rows: Sequence[AlertRow]
    number: int
    """Which page it is: the last where one past it was asked for."""
    total: int
    """How many there are, of each level counted no further than `MOST_COUNTED`."""
    there_are_more: bool

    @property
    def pages(self) -> int:
        """How many pages there are; 1 of nothing."""
        return _pages(self.total)


@dataclass(frozen=True, slots=True)
class Group:
    """So many alerts that one thing is to be done about."""

    remedy: Remedy
    subject: str
    """The kind of advice, for advice to be chased."""
    number: int
    """Counted no further than `MOST_COUNTED` + 1."""


def standing(wanted: Wanted, *, today: date, number: int = 1) -> Page:
    """
    Return a page of the open alerts, worst first and of each level in the order asked for.

    An alert whose action was to be done by a day that has passed is back among those to act on.
    """
    runs = [
        run for level in ([wanted.level] if wanted.level is not None else WORST_FIRST) for run in _runs(wanted, level)
    ]
    counts = [_count(wanted, run, today) for run in runs]
    total = sum(min(count, MOST_COUNTED) for count in counts)
    number = min(number, _pages(total))
    rows: list[AlertRow] = []
    skipped = (number - 1) * PER_PAGE
    for run, count in zip(runs, counts, strict=True):
        if len(rows) < PER_PAGE and skipped < count:
            rows += _of_run(wanted, run, today, first=skipped, number=PER_PAGE - len(rows))
        skipped = max(0, skipped - count)
    return Page(rows, number, total, any(count > MOST_COUNTED for count in counts))


@dataclass(frozen=True, slots=True)
class _Run:
    """Alerts of one level that are in order in an index."""

    alerts: ColumnElement[bool]
    order: Order


def _runs(wanted: Wanted, level: AlertLevel) -> list[_Run]:
    """
    Return the alerts of a level in runs: by probability, those that have none come last, by their days.

    All that are breached go by their days too: each is certain, and that says nothing of which comes first.
    """
    of_level = Alert.level == level
    if wanted.order is not Order.PROBABILITY:
        return [_Run(of_level, wanted.order)]
    if level is AlertLevel.BREACHED:
        return [_Run(of_level, Order.DAYS)]
    return [
        _Run(and_(of_level, Alert.probability.is_not(None)), Order.PROBABILITY),
        _Run(and_(of_level, Alert.probability.is_(None)), Order.DAYS),
    ]


def _pages(total: int) -> int:
    return max(1, -(-total // PER_PAGE))


def some_ids(wanted: Wanted, *, today: date, most: int) -> Sequence[int]:
    """Return the ids of the alerts that a filter finds, the oldest first, and no more than `most`."""
    chosen = _chosen(select(Alert.id), wanted, today)
    return db.session.scalars(chosen.order_by(Alert.id).limit(most)).all()


def groups(wanted: Wanted, *, today: date) -> Sequence[Group]:
    """Return what is to be done about the alerts a filter finds, and how many of each, leaving out its own remedy."""

    def counted(remedy: Remedy, subject: str) -> Select[Any]:
        condition = and_(Alert.remedy == remedy, Alert.remedy_subject == subject)
        some = _chosen(select(Alert.id), wanted, today, of_remedy=condition).limit(MOST_COUNTED + 1).subquery()
        number = select(func.count()).select_from(some).scalar_subquery()
        return select(literal(remedy.value), literal(subject), number)

    chased = [(Remedy.CHASE_ADVICE, kind.value) for kind in AdviceKind]
    places = [place for remedy in Remedy for place in ([(remedy, "")] if remedy is not Remedy.CHASE_ADVICE else chased)]
    found = db.session.execute(union_all(*(counted(*place) for place in places)))
    return [Group(Remedy(remedy), subject, number) for remedy, subject, number in found if number]


def one(alert_id: int) -> AlertRow:
    """
    Return an alert, whether it stands or has closed.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return AlertRow(*db.session.execute(_lines().where(Alert.id == alert_id)).one())


def some(alert_ids: Sequence[int]) -> Sequence[AlertRow]:
    """Return alerts by their ids, worst first; those that there are none of are left out."""
    rows = [AlertRow(*row) for row in db.session.execute(_lines().where(Alert.id.in_(alert_ids)))]
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.level), row.due_on, row.id))


def of_case(case_id: int) -> Sequence[AlertRow]:
    """Return the alerts that stand on a case, worst first."""
    query = _lines().where(Alert.case_id == case_id, Alert.closed_on.is_(None))
    rows = [AlertRow(*row) for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.level), row.due_on, row.id))


def promised(user_ids: Collection[int], *, most: int) -> Sequence[AlertRow]:
    """Return the alerts that stand on which these people said they would act, the soonest due first."""
    theirs = (Alert.closed_on.is_(None), Alert.action_by_id.is_not(None), Alert.action_by_id.in_(sorted(user_ids)))
    soonest = _lines().where(*theirs).order_by(Alert.action_due_on, Alert.id).limit(most)
    return [AlertRow(*row) for row in db.session.execute(soonest)]


def are_all_of(alert_ids: Collection[int], user_ids: Collection[int]) -> bool:
    """Return whether each of these alerts is one that these people hold, have promised to act on, or were handed."""
    return set(alert_ids) <= those_of(alert_ids, user_ids)


def those_of(alert_ids: Collection[int], user_ids: Collection[int]) -> frozenset[int]:
    """Return which of these alerts these people hold, have promised to act on, or were handed."""
    theirs = select(Alert.id).join(Case, Case.id == Alert.case_id).where(Alert.id.in_(alert_ids), _is_of(user_ids))
    return frozenset(db.session.scalars(theirs))


def going_on(page: Page, alert_ids: Collection[int]) -> int | None:
    """
    Return the alert to go on with once these have been acted on: the one after the last of them on a page.

    Where they were the last it is the one before; None where none of them is on the page, or no other is.
    """
    places = [place for place, row in enumerate(page.rows) if row.id in alert_ids]
    if not places:
        return None
    after = [row.id for row in page.rows[places[-1] + 1 :]]
    before = [row.id for row in page.rows[: places[-1]] if row.id not in alert_ids]
    return after[0] if after else before[-1] if before else None


def _count(wanted: Wanted, run: _Run, today: date) -> int:
    some = _chosen(select(Alert.id), wanted, today).where(run.alerts).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _of_run(wanted: Wanted, run: _Run, today: date, *, first: int, number: int) -> Iterator[AlertRow]:
    order = _ORDERS[run.order]
    chosen = _chosen(select(Alert.id), wanted, today).where(run.alerts)
    ids = db.session.scalars(chosen.order_by(*order).limit(number).offset(first)).all()
    query = _lines().where(Alert.id.in_(ids)).order_by(*order)
    return (AlertRow(*row) for row in db.session.execute(query))


_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.DAYS: (Alert.due_on, Alert.id),
    Order.PROBABILITY: (Alert.probability.desc(), Alert.id.desc()),
    Order.HARM: (Alert.harm.desc(), Alert.id.desc()),
}


def _chosen(
    query: Select[Any], wanted: Wanted, today: date, *, of_remedy: ColumnElement[bool] | None = None
) -> Select[Any]:
    query = query.where(Alert.closed_on.is_(None), _in_state(wanted.state, today))
    if wanted.level is not None:
        query = query.where(Alert.level == wanted.level)
    if of_remedy is not None:
        query = query.where(of_remedy)
    elif wanted.remedy is not None:
        query = query.where(Alert.remedy == wanted.remedy)
        query = query.where(Alert.remedy_subject == wanted.subject) if wanted.subject else query
    held: list[ColumnElement[bool]] = []
    if wanted.worker_ids:
        held.append(_is_of(wanted.worker_ids))
    if wanted.team_id is not None:
        held.append(Case.team_id == wanted.team_id)
    return query.join(Case, Case.id == Alert.case_id).where(*held) if held else query


def _is_of(user_ids: Collection[int]) -> ColumnElement[bool]:
    some = sorted(user_ids)
    return or_(Case.named_worker_id.in_(some), Alert.action_by_id.in_(some), Alert.escalated_to_id.in_(some))


def _in_state(state: State, today: date) -> ColumnElement[bool]:
    if state is State.ANY:
        return true()
    if state is State.IN_HAND:
        return and_(Alert.back_on > today, Alert.acknowledged_at.is_not(None))
    if state is State.SNOOZED:
        return and_(Alert.back_on > today, Alert.snoozed_at.is_not(None))
    return is_to_act_on(today)


def is_to_act_on(today: date) -> ColumnElement[bool]:
    """Return the condition that nobody has an alert in hand on a day, and it is not snoozed."""
    return or_(Alert.back_on.is_(None), Alert.back_on <= today)


def _lines() -> Select[Any]:
    holder, acknowledger, actor, above = aliased(User), aliased(User), aliased(User), aliased(User)
    is_of_it = _forecast_is_of_the_remedy()
    columns: list[Any] = [
        Alert.id,
        Alert.level,
        Alert.case_id,
        Case.reference,
        Person.forename + " " + Person.surname,
        Person.born_on,
        Case.out_of_school,
        func.coalesce(holder.name, ""),
        Alert.duty,
        Alert.subject,
        Alert.milestone_key,
        Alert.due_on,
        Alert.raised_on,
        Alert.episode,
        Alert.words,
        Alert.probability,
        Alert.remedy,
        Alert.remedy_subject,
        case((is_of_it, Forecast.limiting_holder), else_=""),
        case((or_(is_of_it, Alert.remedy == Remedy.ASSIGN), Forecast.latest_safe_on)),
        Alert.closed_on,
        Alert.closed_because,
        Alert.acknowledged_at,
        func.coalesce(acknowledger.name, ""),
        Alert.action_code,
        func.coalesce(Alert.action, ""),
        Alert.action_by_id,
        func.coalesce(actor.name, ""),
        Alert.action_due_on,
        Alert.back_on,
        Alert.snooze_reason,
        func.coalesce(above.name, ""),
        Case.clock_started_on,
    ]
    return (
        select(*columns)
        .join(Case, Case.id == Alert.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Forecast, and_(Forecast.case_id == Alert.case_id, Forecast.case_version == Case.version))
        .outerjoin(holder, holder.id == Case.named_worker_id)
        .outerjoin(acknowledger, acknowledger.id == Alert.acknowledged_by_id)
        .outerjoin(actor, actor.id == Alert.action_by_id)
        .outerjoin(above, above.id == Alert.escalated_to_id)
    )


def _forecast_is_of_the_remedy() -> ColumnElement[bool]:
    """Return whether the step that the forecast says the rest waits for is the one that is to be done."""
    steps = [and_(Forecast.limiting_step == step, Alert.remedy == remedy) for step, remedy in BY_STEP.items()]
    last = and_(Forecast.limiting_step == Step.FINISH, Alert.remedy.in_([Remedy.CONSULT, Remedy.ISSUE]))
    return and_(or_(*steps, last), Alert.remedy_subject == Forecast.limiting_subject)
