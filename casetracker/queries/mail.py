"""The post: what waits, what went, what could not go, and what came back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from casetracker.extensions import db
from casetracker.models import Mail, MailState

PAGE = 50
TROUBLED = (MailState.DEAD, MailState.UNSURE)


def page(*, state: MailState | None, number: int) -> Sequence[Mail]:
    """Return one page of mails, the newest first, and one more where there are more."""
    query = select(Mail).order_by(Mail.id.desc())
    if state is not None:
        query = query.where(Mail.state == state)
    return db.session.scalars(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()


def counts() -> dict[MailState, int]:
    """Return how many mails there are in each state."""
    found = db.session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
    return {state: int(number) for state, number in found}


def one(mail_id: int) -> Mail:
    """
    Return a mail.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return db.session.scalars(select(Mail).where(Mail.id == mail_id)).one()


def troubles() -> Sequence[Mail]:
    """Return the mails that need a person: given up, in doubt, or come back."""
    query = select(Mail).where(or_(Mail.state.in_(TROUBLED), Mail.bounced_at.is_not(None)))
    return db.session.scalars(query.order_by(Mail.id.desc()).limit(500)).all()


def troubles_of_case(case_id: int) -> Sequence[Mail]:
    """Return the mails about a case that did not arrive."""
    query = select(Mail).where(Mail.case_id == case_id, or_(Mail.state.in_(TROUBLED), Mail.bounced_at.is_not(None)))
    return db.session.scalars(query.order_by(Mail.id.desc())).all()


def of_reference(reference: str) -> Mail | None:
    """Return the mail that the outside calls by this name, or None."""
    return db.session.scalars(select(Mail).where(Mail.provider_reference == reference).limit(1)).first()


def lately_sent(*, since: datetime) -> list[tuple[int, str]]:
    """Return the mails sent since then that have not come back: their number, and what the outside calls each."""
    query = select(Mail.id, Mail.provider_reference).where(
        Mail.state == MailState.SENT, Mail.sent_at >= since, Mail.bounced_at.is_(None), Mail.provider_reference != ""
    )
    return [(mail_id, reference) for mail_id, reference in db.session.execute(query)]
