"""Pieces of advice: those of a case, one whole, what was given, and what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from casetracker.extensions import db
from casetracker.identifiers import folded
from casetracker.models import (
    AccessLink,
    Advice,
    AdviceDraft,
    AdviceFile,
    AdviceSubmission,
    Case,
    Chase,
    FormVersion,
    Mail,
    Person,
)
from casetracker.statute.advice import AdviceStatus

MOST_FOUND = 100
_AROUND = (
    joinedload(Advice.case).joinedload(Case.person),
    joinedload(Advice.service),
    joinedload(Advice.form),
    joinedload(Advice.form_version),
)


def of_case(case_id: int) -> Sequence[Advice]:
    """Return every piece of advice of a case, in the order in which it was asked for."""
    query = select(Advice).where(Advice.case_id == case_id).options(joinedload(Advice.service))
    return db.session.scalars(query.order_by(Advice.asked_on, Advice.id)).all()


def one(case_id: int, advice_id: int) -> Advice:
    """
    Return a piece of advice of a case, with the case, its service and its form.

    :raises sqlalchemy.exc.NoResultFound: if the case has none with that number
    """
    query = select(Advice).where(Advice.case_id == case_id, Advice.id == advice_id).options(*_AROUND)
    return db.session.scalars(query).one()


def submissions(advice_id: int) -> Sequence[AdviceSubmission]:
    """Return what was given, the latest first."""
    return db.session.scalars(
        select(AdviceSubmission)
        .where(AdviceSubmission.advice_id == advice_id)
        .options(joinedload(AdviceSubmission.form_version).joinedload(FormVersion.form))
        .order_by(AdviceSubmission.number.desc())
    ).all()


def files(advice_id: int) -> Sequence[AdviceFile]:
    """Return the files that came with what was given; those of a draft are its writers' own."""
    query = select(AdviceFile).where(AdviceFile.advice_id == advice_id, AdviceFile.submission_id.is_not(None))
    return db.session.scalars(query.order_by(AdviceFile.id)).all()


def draft(advice_id: int) -> AdviceDraft | None:
    """Return the draft its givers are writing, if any."""
    return db.session.get(AdviceDraft, advice_id)


def mails(advice_id: int) -> Sequence[Mail]:
    """Return what was sent about a piece of advice, the latest first."""
    return db.session.scalars(select(Mail).where(Mail.advice_id == advice_id).order_by(Mail.id.desc())).all()


def chases(advice_id: int) -> Sequence[Chase]:
    """Return the chases sent for a piece of advice, the latest first."""
    return db.session.scalars(select(Chase).where(Chase.advice_id == advice_id).order_by(Chase.id.desc())).all()


def links(advice_id: int) -> Sequence[AccessLink]:
    """Return the links that were made for a piece of advice, the latest first."""
    query = select(AccessLink).where(AccessLink.advice_id == advice_id)
    return db.session.scalars(query.order_by(AccessLink.id.desc())).all()


def accepted_for_family(case_id: int) -> Sequence[AdviceSubmission]:
    """Return the accepted advice of a case, as last given: what the family may read of it."""
    later = aliased(AdviceSubmission)
    newest = (
        select(AdviceSubmission.id)
        .join(Advice, Advice.id == AdviceSubmission.advice_id)
        .where(
            Advice.case_id == case_id,
            Advice.status == AdviceStatus.ACCEPTED,
            AdviceSubmission.withdrawn_at.is_(None),
            ~select(later.id)
            .where(
                later.advice_id == AdviceSubmission.advice_id,
                later.number > AdviceSubmission.number,
                later.withdrawn_at.is_(None),
            )
            .exists(),
        )
    )
    return db.session.scalars(
        select(AdviceSubmission)
        .where(AdviceSubmission.id.in_(newest))
        .options(joinedload(AdviceSubmission.form_version))
        .order_by(AdviceSubmission.advice_id)
    ).all()


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of advice in which something was found, with the words around it."""

    advice_id: int
    case_id: int
    reference: str
    name: str
    kind: str
    giver: str
    given_on: date
    around: str


def search(text: str, *, worker_id: int | None = None, most: int = MOST_FOUND) -> list[Found]:
    """
    Return the pieces of advice as last given that hold every word of `text`, newest first, with the words around one.

    `worker_id` keeps to one named worker's cases.
    """
    words = folded(text).split()
    if not words:
        return []
    query = (
        select(AdviceSubmission, Advice, Case.reference, Person)
        .join(Advice, Advice.id == AdviceSubmission.advice_id)
        .join(Case, Case.id == Advice.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(AdviceSubmission.withdrawn_at.is_(None))
        .where(*(AdviceSubmission.search_text.contains(word, autoescape=True) for word in words))
        .order_by(AdviceSubmission.given_at.desc(), AdviceSubmission.id.desc())
        .limit(most)
    )
    if worker_id is not None:
        query = query.where(Case.named_worker_id == worker_id)
    return [
        Found(
            advice.id,
            advice.case_id,
            reference,
            person.name,
            advice.kind,
            advice.giver,
            submission.given_at.date(),
            _around(submission.search_text, words[0]),
        )
        for submission, advice, reference, person in db.session.execute(query)
    ]


def _around(text: str, word: str, *, width: int = 80) -> str:
    """Return the words around the first place where `word` stands."""
    place = text.find(word)
    start, end = max(0, place - width), min(len(text), place + len(word) + width)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
