"""Freezing a figure that is reported: what it was, by which definition, of which day's knowledge, by whom."""

from datetime import date, datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.measures.definition import Measure
from casetracker.measures.figures import Figure
from casetracker.models import FrozenFigure, User
from casetracker.periods import Period
from casetracker.queries.measures.figures import for_period
from casetracker.queries.measures.known import Asked
from casetracker.queries.measures.reported import as_frozen


class CannotBeFrozen(Exception):
    """The figure is not one that would stay as it is. The message is fit for the page."""


def freeze(
    *,
    measure: Measure,
    period: Period,
    known_on: date,
    by: User,
    today: date,
    at: datetime,
    note: str = "",
    counts_reopened: bool = False,
) -> FrozenFigure:
    """
    Freeze a measure's figure for a period, as known at the close of a day, and return it. Frozen twice it is kept once.

    :raises CannotBeFrozen: if that day is not over, since what is keyed later today would be known on it too; or the
        period had not begun; or the tracker does not count the measure
    """
    if not measure.is_known_here:
        raise CannotBeFrozen("A figure that is entered is kept as it was entered, with its source")
    if known_on >= today:
        raise CannotBeFrozen("Choose a day that is over: what is keyed later today would change the figure")
    if period.starts_on > known_on:
        raise CannotBeFrozen(f"{period.name} had not begun on that day")
    asked = Asked(measure, known_on, today, counts_reopened)
    already = _already(asked, period)
    if already is not None:
        return already
    figure = for_period(asked, period)
    frozen = FrozenFigure(
        measure=measure.key,
        version=measure.version,
        span=period.span,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        known_on=known_on,
        counts_reopened=counts_reopened,
        numerator=figure.numerator,
        denominator=figure.denominator,
        value=figure.value,
        note=note,
        frozen_at=at,
        frozen_by_id=by.id,
    )
    db.session.add(frozen)
    db.session.flush()  # its number goes in the address of its page
    return frozen


def as_reported(asked: Asked, period: Period) -> Figure:
    """Return the figure of a period as it would be reported: as it was frozen, or as it is worked out."""
    frozen = _already(asked, period)
    return as_frozen(frozen) if frozen else for_period(asked, period)


def _already(asked: Asked, period: Period) -> FrozenFigure | None:
    same = (
        FrozenFigure.measure == asked.measure.key,
        FrozenFigure.version == asked.measure.version,
        FrozenFigure.span == period.span,
        FrozenFigure.starts_on == period.starts_on,
        FrozenFigure.known_on == asked.known_on,
        FrozenFigure.counts_reopened.is_(asked.counts_reopened),
    )
    return db.session.scalars(select(FrozenFigure).where(*same)).first()
