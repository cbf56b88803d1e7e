"""Saved views: a filter of the caseload under a name of somebody's own."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from casetracker.extensions import db
from casetracker.models import SavedView, User

MOST = 30


class TooMany(Exception):
    """Somebody has as many saved views as there may be."""


def of(user: User) -> Sequence[SavedView]:
    """Return somebody's saved views, by name."""
    return db.session.scalars(select(SavedView).where(SavedView.user_id == user.id).order_by(SavedView.name)).all()


def save(*, user: User, name: str, query: str) -> SavedView:
    """
    Keep a filter under a name, in place of any that had it.

    :raises TooMany: if there is no room for another
    """
    view = db.session.scalars(
        select(SavedView).where(SavedView.user_id == user.id, SavedView.name == name)
    ).one_or_none()
    if view is None:
        if len(of(user)) >= MOST:
            raise TooMany
        view = SavedView(user_id=user.id, name=name)
        db.session.add(view)
    view.query = query
    return view


def remove(*, user: User, view_id: int) -> None:
    """Forget one of somebody's own saved views; another's is left alone."""
    db.session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == user.id))
