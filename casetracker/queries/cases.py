"""One case: its row, its history in words' order, the people around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import Alert, Case, CaseEvent, Person, ReviewFacts, User
from casetracker.roles import Role
from casetracker.statute.happenings import Happening
from casetracker.statute.reviews import ReviewOutcome


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A line of the timeline."""

    seq: int
    happening: Happening
    occurred_on: date
    recorded_at: datetime
    by: str
    detail: dict[str, Any]
    corrects: int | None
    corrected_by: int | None
    """The entry that stands in its place, or takes it out."""


def one(case_id: int) -> Case:
    """
    Return a case with its person, setting, team and named worker.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    around = (Case.person, Case.setting, Case.team, Case.named_worker)
    return db.session.scalars(select(Case).where(Case.id == case_id).options(*map(joinedload, around))).one()


def events(case_id: int) -> Sequence[CaseEvent]:
    """Return a case's entries in the order of recording."""
    return db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)).all()


def event(case_id: int, seq: int) -> CaseEvent:
    """
    Return one entry of a case.

    :raises sqlalchemy.exc.NoResultFound: if the case has none with that number
    """
    return db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.seq == seq)).one()


def is_corrected(case_id: int, seq: int) -> bool:
    """Return whether another entry stands in the place of this one, or takes it out."""
    query = select(CaseEvent.id).where(CaseEvent.case_id == case_id, CaseEvent.corrects == seq)
    return db.session.scalars(query.limit(1)).first() is not None


def recorded_from(submission: str) -> int | None:
    """Return the id of the case in which the form with this key has been recorded, or None if it has not been."""
    return db.session.scalars(select(CaseEvent.case_id).where(CaseEvent.submission == submission)).first()


@dataclass(frozen=True, slots=True)
class Reviews:
    """The annual reviews of a plan that is in force."""

    next_due_on: date | None
    """The last day for the next (CFA 2014 s.44(1)); None where it cannot be known."""
    last: ReviewFacts | None
    """The last that is finished."""

    @property
    def ends_the_plan(self) -> bool:
        """Whether it was decided to cease to maintain the plan, so that none is to follow."""
        return self.last is not None and self.last.outcome == ReviewOutcome.CEASE

    @property
    def was_told_late(self) -> bool:
        """Whether the family was told of the last decision after the four weeks from the meeting (reg 20(10))."""
        last = self.last
        if last is None or last.decide_by is None or last.finished_on is None:
            return False
        return last.finished_on > last.decide_by


def annual_reviews(case_id: int) -> Reviews:
    """Return how a case's plan was last reviewed, and by when it has to be again."""
    facts = db.session.scalars(select(ReviewFacts).where(ReviewFacts.case_id == case_id)).all()
    finished = [one for one in facts if one.finished_on is not None]
    return Reviews(
        next_due_on=max((one.due_on for one in facts if one.due_on and one.finished_on is None), default=None),
        last=max(finished, key=lambda one: one.finished_on or date.min, default=None),
    )


def timeline(case_events: Sequence[CaseEvent]) -> list[TimelineEntry]:
    """Return a case's entries as lines, latest first, each with who recorded it and what has corrected it."""
    ids = {event.recorded_by_id for event in case_events if event.recorded_by_id is not None}
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
    corrected = {event.corrects: event.seq for event in case_events if event.corrects is not None}
    lines = [
        TimelineEntry(
            event.seq,
            event.happening,
            event.occurred_on,
            event.recorded_at,
            names.get(event.recorded_by_id or 0) or _recorder(event),
            event.detail,
            event.corrects,
            corrected.get(event.seq),
        )
        for event in case_events
    ]
    return sorted(lines, key=lambda line: (line.occurred_on, line.seq), reverse=True)


def _recorder(event: CaseEvent) -> str:
    """Name who recorded an entry that no user did: a giver by a link, an import, or a job."""
    said_by = event.detail.get("said_by")
    if said_by:
        return f"{said_by}, through the link they were sent"
    return "the tracker" if event.happening is Happening.ADVICE_CHASED and "advice_ref" in event.detail else "an import"


def open_alerts(case_id: int) -> Sequence[Alert]:
    """Return the alerts on a case that still stand."""
    return db.session.scalars(
        select(Alert)
        .where(Alert.case_id == case_id, Alert.closed_on.is_(None))
        .options(joinedload(Alert.action_by))
        .order_by(Alert.due_on)
    ).all()


def other_cases(person_id: int, case_id: int) -> Sequence[Case]:
    """Return the child's other requests, latest first."""
    return db.session.scalars(
        select(Case).where(Case.person_id == person_id, Case.id != case_id).order_by(Case.received_on.desc())
    ).all()


def workers() -> Sequence[User]:
    """Return the people who can hold a case, by name."""
    return db.session.scalars(
        select(User)
        .where(User.active, or_(User.role == Role.CASEWORKER, User.role == Role.MANAGER))
        .order_by(User.name)
    ).all()


def person(person_id: int) -> Person:
    """
    Return a child or young person.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return db.session.scalars(select(Person).where(Person.id == person_id)).one()
