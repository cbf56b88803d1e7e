"""Cover: somebody stands in for an absent colleague, from one day to another, both counted."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from casetracker.extensions import db
from casetracker.london import day_of
from casetracker.models import Cover, User

LONGEST = timedelta(days=365)


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""

    def __init__(self, message: str, *, about: str) -> None:
        super().__init__(message)
        self.about = about
        """What cannot be so: "user", "covered_by" or "ends_on"."""


def arrange(
    *, user_id: int, covered_by_id: int, starts_on: date, ends_on: date, reason: str, by: User, at: datetime
) -> Cover:
    """
    Arrange that somebody gets a colleague's alerts, escalations and digests while they are away.

    :raises NotPossible: if they would stand in for themselves or for each other, the days run backwards, are over or
        are more than a year, or others cover those days
    """
    if user_id == covered_by_id:
        raise NotPossible("Choose somebody else: nobody can stand in for themselves", about="covered_by")
    if ends_on < starts_on:
        raise NotPossible("The last day cannot be before the first", about="ends_on")
    if ends_on < day_of(at):
        raise NotPossible("The last day has passed already", about="ends_on")
    if ends_on - starts_on > LONGEST:
        raise NotPossible("Cover is for a year at most: enter an earlier last day", about="ends_on")
    then = and_(Cover.ended_at.is_(None), Cover.starts_on <= ends_on, Cover.ends_on >= starts_on)
    if _is_any(then, Cover.user_id == user_id):
        raise NotPossible("Somebody stands in for them on some of those days already", about="user")
    if _is_any(then, Cover.user_id == covered_by_id, Cover.covered_by_id == user_id):
        message = "Choose somebody else: on some of those days the two would stand in for each other"
        raise NotPossible(message, about="covered_by")
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


def _is_any(*conditions: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Cover.id).where(*conditions).limit(1)) is not None


def call_off(*, cover_id: int, by: User, at: datetime) -> Cover:
    """
    End a cover now, whatever its last day; one that was called off before stays as it was.

    :raises sqlalchemy.exc.NoResultFound: if there is none
    """
    cover = db.session.get_one(Cover, cover_id)
    if cover.ended_at is None:
        cover.ended_at, cover.ended_by_id = at, by.id
    return cover
