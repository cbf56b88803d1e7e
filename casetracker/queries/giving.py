"""What a giver may see: one piece of advice, or all that is asked of one mailbox."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import Advice, AdviceDraft, AdviceSubmission, Case, CaseEvent
from casetracker.statute.advice import AdviceStatus
from casetracker.statute.happenings import Happening

_AROUND = (joinedload(Advice.case).joinedload(Case.person), joinedload(Advice.service), joinedload(Advice.form))


def one(advice_id: int) -> Advice:
    """
    Return a piece of advice with what its giver needs to know.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return db.session.scalars(select(Advice).where(Advice.id == advice_id).options(*_AROUND)).one()


def asked_of(mailbox: str) -> Sequence[Advice]:
    """Return the advice that is asked of a mailbox and not accepted yet, the soonest due first."""
    unfinished = or_(Advice.is_outstanding, Advice.status == AdviceStatus.RECEIVED)
    query = (
        select(Advice).join(Case, Case.id == Advice.case_id).where(Advice.mailbox == mailbox, unfinished, Case.is_open)
    )
    return db.session.scalars(query.options(*_AROUND).order_by(Advice.due_on, Advice.id)).all()


def draft(advice_id: int) -> AdviceDraft | None:
    """Return what has been written so far."""
    return db.session.get(AdviceDraft, advice_id)


def last_given(advice_id: int) -> AdviceSubmission | None:
    """Return what was last sent and not taken back."""
    query = select(AdviceSubmission).where(
        AdviceSubmission.advice_id == advice_id, AdviceSubmission.withdrawn_at.is_(None)
    )
    query = query.options(joinedload(AdviceSubmission.form_version))
    return db.session.scalars(query.order_by(AdviceSubmission.number.desc()).limit(1)).first()


def why_returned(advice: Advice) -> str:
    """Return what the caseworker said is missing, while the advice is sent back."""
    if advice.returned_on is None:
        return ""
    returns = select(CaseEvent).where(
        CaseEvent.case_id == advice.case_id, CaseEvent.happening == Happening.ADVICE_RETURNED
    )
    mine = [e for e in db.session.scalars(returns.order_by(CaseEvent.seq)) if e.detail.get("advice_ref") == advice.key]
    return str(mine[-1].detail.get("reason", "")) if mine else ""
