"""What a digest says: of many people at once, in a number of questions that does not grow with them or their alerts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import (
    WORST_FIRST,
    Alert,
    AlertLevel,
    Case,
    DigestAlert,
    DigestChange,
    DigestChoice,
    MilestoneRow,
    Person,
    RetiredLevel,
    User,
)
from casetracker.queries import holding
from casetracker.roles import Role
from casetracker.statute.timetable import Duty, Force

MOST_LINES = 15
"""How many lines each part of a digest has; it says how many more there are."""
LOOKS_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a digest, and how they want it."""

    id: int
    name: str
    email: str
    role: Role
    team_id: int | None
    lowest: AlertLevel | None
    when_nothing_is_new: bool


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert in somebody's digest."""

    user_id: int
    for_id: int
    change: DigestChange
    level: AlertLevel | RetiredLevel
    case_id: int
    reference: str
    forename: str
    surname: str
    duty: Duty
    subject: str
    due_on: date
    worker_id: int | None
    worker: str
    closed_because: str
    total: int
    """How many lines there are of its kind for this reader, with those that are not shown."""


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """One thing of the coming days in somebody's digest."""

    user_id: int
    for_id: int
    case_id: int
    reference: str
    forename: str
    surname: str
    duty: Duty
    subject: str
    due_on: date
    promised: bool
    """Whether it is an action that was promised about an alert, instead of a milestone."""
    excused_by: str
    total: int


def severity(level: Any) -> ColumnElement[int]:
    """Return how bad a level is, as a number: 0 is the worst."""
    return case(*((level == one, number) for number, one in enumerate(WORST_FIRST)), else_=len(WORST_FIRST))


def readers(user_ids: Collection[int]) -> list[Reader]:
    """Return these people as readers of a digest, by id."""
    query = (
        select(
            User.id,
            User.name,
            User.email,
            User.role,
            User.team_id,
            DigestChoice.lowest,
            func.coalesce(DigestChoice.when_nothing_is_new, True),
        )
        .outerjoin(DigestChoice, DigestChoice.user_id == User.id)
        .where(User.id.in_(user_ids))
        .order_by(User.id)
    )
    return [Reader(*row) for row in db.session.execute(query)]


def who_may_head() -> Sequence[User]:
    """Return everybody who can sign in, by name, and whoever else is named as heading the service."""
    can_sign_in = and_(User.active, User.password_hash.is_not(None))
    return db.session.scalars(select(User).where(or_(can_sign_in, User.head_of_service)).order_by(User.name)).all()


def names(user_ids: Collection[int]) -> dict[int, str]:
    """Return the names of people by id."""
    query = select(User.id, User.name).where(User.id.in_(user_ids))
    return dict(iter(db.session.execute(query)))


def changed(user_ids: Collection[int]) -> Sequence[AlertLine]:
    """Return the alerts whose standing their last digest found changed, worst first, the first few of each change."""
    query = _alert_lines(DigestAlert.change, null()).where(
        DigestAlert.user_id.in_(user_ids), DigestAlert.change != DigestChange.NONE, Alert.closed_on.is_(None)
    )
    return _first_lines(query)


def closed(digest_ids: Collection[int], user_ids: Collection[int]) -> Sequence[AlertLine]:
    """
    Return the alerts that stood at each reader's last digest and have closed since, with the reason.

    One whose milestone now has another that stands, as bad or worse, has not gone: that other is told of.
    """
    other = aliased(Alert)
    went_on = (
        select(other.id)
        .where(
            other.case_id == Alert.case_id,
            other.milestone_key == Alert.milestone_key,
            other.closed_on.is_(None),
            severity(other.level) <= severity(Alert.level),
        )
        .exists()
    )
    query = _alert_lines(literal(DigestChange.NONE, DigestAlert.change.type), Alert.closed_because).where(
        DigestAlert.user_id.in_(user_ids),
        DigestAlert.digest_id.not_in(digest_ids),
        Alert.closed_on.is_not(None),
        ~went_on,
    )
    return _first_lines(query)


def _alert_lines(change: Any, because: Any) -> Select[Any]:
    """Return the statement for lines of alerts, each numbered and counted among those of its reader and change."""
    worker = aliased(User)
    part = [DigestAlert.user_id, change]
    worst_first = (severity(Alert.level), Alert.due_on, Alert.id)
    return (
        select(
            DigestAlert.user_id,
            DigestAlert.for_id,
            change.label("change"),
            Alert.level,
            Alert.case_id,
            Case.reference,
            Person.forename,
            Person.surname,
            Alert.duty,
            Alert.subject,
            Alert.due_on,
            Case.named_worker_id,
            func.coalesce(worker.name, "").label("worker"),
            func.coalesce(because, "").label("because"),
            func.count().over(partition_by=part).label("total"),
            func.row_number().over(partition_by=part, order_by=worst_first).label("number"),
        )
        .join(Alert, Alert.id == DigestAlert.alert_id)
        .join(Case, Case.id == Alert.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(worker, worker.id == Case.named_worker_id)
        .outerjoin(DigestChoice, DigestChoice.user_id == DigestAlert.user_id)
        .where(_is_wanted(Alert.level))
    )


def _is_wanted(level: Any) -> ColumnElement[bool]:
    return or_(DigestChoice.lowest.is_(None), severity(level) <= severity(DigestChoice.lowest))


def _first_lines(query: Select[Any]) -> list[AlertLine]:
    lines = query.subquery()
    columns = [column for column in lines.c if column.key != "number"]
    first = select(*columns).where(lines.c.number <= MOST_LINES).order_by(lines.c.user_id, lines.c.number)
    return [AlertLine(*row) for row in db.session.execute(first)]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many alerts of a level stand for a reader, on one person's work."""

    user_id: int
    for_id: int
    level: AlertLevel | RetiredLevel
    to_act_on: int
    in_hand: int


def standing(user_ids: Collection[int]) -> Sequence[Standing]:
    """Return how many alerts of each level that they want to hear of stand for each reader, worst first."""
    query = (
        select(
            DigestAlert.user_id,
            DigestAlert.for_id,
            Alert.level,
            func.count().filter(DigestAlert.in_hand.is_(False)),
            func.count().filter(DigestAlert.in_hand.is_(True)),
        )
        .join(Alert, Alert.id == DigestAlert.alert_id)
        .outerjoin(DigestChoice, DigestChoice.user_id == DigestAlert.user_id)
        .where(DigestAlert.user_id.in_(user_ids), Alert.closed_on.is_(None), _is_wanted(Alert.level))
        .group_by(DigestAlert.user_id, DigestAlert.for_id, Alert.level)
        .order_by(DigestAlert.user_id, DigestAlert.for_id, severity(Alert.level))
    )
    return [Standing(*row) for row in db.session.execute(query)]


def deadlines(user_ids: Collection[int], *, on: date) -> Sequence[DeadlineLine]:
    """
    Return what falls due from a day until a week later for each reader, soonest first, the first few.

    That is every open milestone but the rights of families, whose last day is theirs, and the actions promised by them.
    """
    of = holding.pairs(user_ids, on=on)
    held, promised = holding.cases(of), holding.promised(of).subquery("promised")
    until = on + LOOKS_AHEAD
    milestones = (
        select(
            held.c.user_id,
            held.c.for_id,
            MilestoneRow.case_id,
            MilestoneRow.duty,
            MilestoneRow.subject,
            MilestoneRow.due_on,
            literal(0).label("promised"),
            MilestoneRow.excused_by,
        )
        .join(MilestoneRow, MilestoneRow.case_id == held.c.case_id)
        .where(MilestoneRow.is_open, MilestoneRow.force != Force.RIGHT, MilestoneRow.due_on.between(on, until))
    )
    actions = (
        select(
            promised.c.user_id,
            promised.c.for_id,
            Alert.case_id,
            Alert.duty,
            Alert.subject,
            Alert.action_due_on,
            literal(1),
            literal(""),
        )
        .join(Alert, Alert.id == promised.c.alert_id)
        .where(Alert.action_due_on.between(on, until))
    )
    return list(_soonest(union_all(milestones, actions).subquery("due")))


def _soonest(due: Any) -> Iterator[DeadlineLine]:
    soonest = (due.c.due_on, due.c.case_id, due.c.duty, due.c.subject, due.c.promised)
    for_id = holding.whose(due.c.user_id, due.c.for_id).label("for_id")
    excused_by = func.max(due.c.excused_by).label("excused_by")
    once = select(due.c.user_id, for_id, *soonest, excused_by).group_by(due.c.user_id, *soonest)
    found = once.subquery("found")
    order = (found.c.due_on, found.c.case_id, found.c.duty, found.c.subject, found.c.promised)
    lines = (
        select(
            found,
            Case.reference,
            Person.forename,
            Person.surname,
            func.count().over(partition_by=found.c.user_id).label("total"),
            func.row_number().over(partition_by=found.c.user_id, order_by=order).label("number"),
        )
        .join(Case, Case.id == found.c.case_id)
        .join(Person, Person.id == Case.person_id)
        .subquery("lines")
    )
    first = select(lines).where(lines.c.number <= MOST_LINES).order_by(lines.c.user_id, lines.c.number)
    for row in db.session.execute(first):
        yield DeadlineLine(
            user_id=row.user_id,
            for_id=row.for_id,
            case_id=row.case_id,
            reference=row.reference,
            forename=row.forename,
            surname=row.surname,
            duty=Duty(row.duty),
            subject=row.subject,
            due_on=row.due_on,
            promised=bool(row.promised),
            excused_by=row.excused_by,
            total=row.total,
        )
