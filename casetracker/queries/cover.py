"""Who stands in for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import Cover, User


@dataclass(frozen=True, slots=True)
class CoverRow:
    """Somebody stands in for somebody from one day to another."""

    id: int
    user_id: int
    name: str
    covered_by_id: int
    covered_by: str
    starts_on: date
    ends_on: date
    reason: str


def acting_for(user_id: int, on: date) -> frozenset[int]:
    """
    Return whose alerts, escalations and digests somebody gets on a day: their own and those of all they cover.

    Who covers somebody that covers a third has the third's too.
    """
    covered: dict[int, set[int]] = {}
    for absent, by in db.session.execute(select(Cover.user_id, Cover.covered_by_id).where(stands(on))):
        covered.setdefault(by, set()).add(absent)
    found, waiting = {user_id}, [user_id]
    while waiting:
        new = covered.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def standing(*, on: date) -> Sequence[CoverRow]:
    """Return the cover that is on, or still to come, on a day: the first to begin first."""
    absent, stand_in = aliased(User), aliased(User)
    query = (
        select(
            Cover.id,
            Cover.user_id,
            absent.name,
            Cover.covered_by_id,
            stand_in.name,
            Cover.starts_on,
            Cover.ends_on,
            Cover.reason,
        )
        .join(absent, absent.id == Cover.user_id)
        .join(stand_in, stand_in.id == Cover.covered_by_id)
        .where(Cover.ended_at.is_(None), Cover.ends_on >= on)
        .order_by(Cover.starts_on, Cover.id)
    )
    return [CoverRow(*row) for row in db.session.execute(query)]


def stands(on: date) -> ColumnElement[bool]:
    """Return the condition that a cover is on, on a day."""
    return and_(Cover.ended_at.is_(None), Cover.starts_on <= on, Cover.ends_on >= on)
