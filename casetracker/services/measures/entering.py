"""Keeping figures brought from elsewhere: the newest of a day stands, and what stood before it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.measures.bringing import Brought
from casetracker.measures.definition import Measure
from casetracker.models import EnteredFigure, User


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of figures that were brought."""

    new: int
    changed: int
    unchanged: int


def enter(brought: Brought, *, by: User, at: datetime) -> str:
    """Keep a figure and return `new`, `changed` or `unchanged`: one that stands already is not kept twice."""
    stands = _standing(brought.measure, brought.as_at)
    told = (brought.value, brought.numerator, brought.denominator, brought.source, brought.note)
    if stands is not None and told == (
        stands.value, stands.numerator, stands.denominator, stands.source, stands.note
    ):  # fmt: skip
        return "unchanged"
    db.session.add(
        EnteredFigure(
            measure=brought.measure.key,
            as_at=brought.as_at,
            value=brought.value,
            numerator=brought.numerator,
            denominator=brought.denominator,
            source=brought.source,
            note=brought.note,
            entered_at=at,
            entered_by_id=by.id,
        )
    )
    db.session.flush()  # the next of a file may be for the same day
    return "changed" if stands is not None and stands.value is not None else "new"


def enter_all(figures: Iterable[Brought], *, by: User, at: datetime) -> Kept:
    """Keep the figures of a file."""
    became = [enter(brought, by=by, at=at) for brought in figures]
    return Kept(became.count("new"), became.count("changed"), became.count("unchanged"))


def take_back(*, measure: Measure, as_at: date, why: str, by: User, at: datetime) -> bool:
    """Take back the figure entered for a day, and return whether there was one."""
    stands = _standing(measure, as_at)
    if stands is None or stands.value is None:
        return False
    db.session.add(
        EnteredFigure(
            measure=measure.key, as_at=as_at, value=None, source=stands.source, note=why, entered_at=at,
            entered_by_id=by.id,
        )
    )  # fmt: skip
    db.session.flush()  # so that the page that follows shows it gone
    return True


def _standing(measure: Measure, as_at: date) -> EnteredFigure | None:
    query = (
        select(EnteredFigure)
        .where(EnteredFigure.measure == measure.key, EnteredFigure.as_at == as_at)
        .order_by(EnteredFigure.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).first()
