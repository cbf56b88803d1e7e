"""Cover: somebody stands in for an absent colleague, from one day to another, both counted."""

from datetime import date, datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Cover, User


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""


def arrange(
    *, user_id: int, covered_by_id: int, starts_on: date, ends_on: date, reason: str, by: User, at: datetime
) -> Cover:
    """
    Arrange that somebody gets a colleague's alerts, escalations and digests while they are away.

    :raises NotPossible: if they would stand in for themselves, the days run backwards, or others cover those days
    """
    if user_id == covered_by_id:
        raise NotPossible("Choose somebody else: nobody can stand in for themselves")
    if ends_on < starts_on:
        raise NotPossible("The last day cannot be before the first")
    beside = select(Cover.id).where(
        Cover.user_id == user_id, Cover.ended_at.is_(None), Cover.starts_on <= ends_on, Cover.ends_on >= starts_on
    )
    if db.session.scalar(beside.limit(1)) is not None:
        raise NotPossible("Somebody stands in for them on some of those days already")
    cover = Cover(
        user_id=user_id,
        covered_by_id=covered_by_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason[:200],
        made_at=at,
        made_by_id=by.id,
    )
    db.session.add(cover)
    db.session.flush()  # its id is wanted by whoever arranged it
    return cover


def call_off(*, cover_id: int, by: User, at: datetime) -> Cover:
    """
    End a cover now, whatever its last day; one that was called off before stays as it was.

    :raises sqlalchemy.exc.NoResultFound: if there is none
    """
    cover = db.session.get_one(Cover, cover_id)
    if cover.ended_at is None:
        cover.ended_at, cover.ended_by_id = at, by.id
    return cover
