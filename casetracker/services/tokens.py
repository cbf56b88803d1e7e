"""Tokens of programs that read figures: made once and shown once, kept only as digests, checked and stopped."""

import hashlib
import re
import secrets
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import ReadingToken

DAYS = 365
"""How long a token lasts where nothing else is said."""
MOST_DAYS = 3_650
LONGEST_NAME = 120
_MARK = "ctr_"
_SHAPE = re.compile(r"ctr_[A-Za-z0-9_-]{43}")


class NotPossible(Exception):
    """A token cannot be called so; the message is fit for the page."""


def make(*, name: str, last_day_on: date, at: datetime, by_id: int | None = None) -> str:
    """
    Make a token and return it: this is the only time it can be seen.

    :raises NotPossible: if the name says nothing, is too long, or is that of another
    """
    name = "".join(c for c in name if c.isprintable()).strip()
    if not name:
        raise NotPossible("Enter a name")
    if len(name) > LONGEST_NAME:
        raise NotPossible(f"Use {LONGEST_NAME} characters or fewer")
    if db.session.scalar(select(ReadingToken.id).where(ReadingToken.name == name)) is not None:
        raise NotPossible("There is a token of that name already: choose another, such as one with the year in it")
    token = _MARK + secrets.token_urlsafe(32)
    db.session.add(
        ReadingToken(name=name, digest=_digest(token), made_at=at, made_by_id=by_id, last_day_on=last_day_on)
    )
    db.session.flush()
    return token


def _digest(token: str) -> str:
    """A token has 256 random bits, so that a plain digest cannot be turned back or guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def check(token: str, *, today: date) -> bool:
    """Return whether a token opens anything today, and keep the day on which it was used."""
    if not _SHAPE.fullmatch(token):
        return False
    query = select(ReadingToken).where(ReadingToken.digest == _digest(token))
    found = db.session.scalars(query).one_or_none()
    if found is None or found.stopped_at is not None or found.last_day_on < today:
        return False
    if found.last_used_on != today:
        found.last_used_on = today
        db.session.flush()
    return True


def stop(*, name: str, at: datetime) -> bool:
    """Stop a token for good, and return whether there was one that worked."""
    found = db.session.scalars(select(ReadingToken).where(ReadingToken.name == name)).one_or_none()
    if found is None or found.stopped_at is not None:
        return False
    found.stopped_at = at
    db.session.flush()
    return True


def listed() -> list[ReadingToken]:
    """Return every token there has been, newest first."""
    query = select(ReadingToken).options(joinedload(ReadingToken.made_by)).order_by(ReadingToken.id.desc())
    return list(db.session.scalars(query))
