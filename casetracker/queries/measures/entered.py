"""The figures brought from elsewhere: those that stand, by measure and day, and what stood before them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.measures.definition import Measure
from casetracker.models import EnteredFigure


def standing(measure: Measure | None = None) -> Mapping[str, Sequence[EnteredFigure]]:
    """Return the figures that stand, by measure, the latest day first; those of one measure, or of all."""
    newest = select(func.max(EnteredFigure.id)).group_by(EnteredFigure.measure, EnteredFigure.as_at)
    query = select(EnteredFigure).where(EnteredFigure.id.in_(newest), EnteredFigure.value.is_not(None))
    if measure is not None:
        query = query.where(EnteredFigure.measure == measure.key)
    query = query.options(joinedload(EnteredFigure.entered_by)).order_by(EnteredFigure.as_at.desc())
    found: dict[str, list[EnteredFigure]] = defaultdict(list)
    for figure in db.session.scalars(query):
        found[figure.measure].append(figure)
    return found


def everything(measure: Measure) -> Sequence[EnteredFigure]:
    """Return all that was ever entered for a measure, what was entered last first: those taken back have no value."""
    query = (
        select(EnteredFigure)
        .where(EnteredFigure.measure == measure.key)
        .options(joinedload(EnteredFigure.entered_by))
        .order_by(EnteredFigure.id.desc())
    )
    return db.session.scalars(query).all()
