"""
Figures as they may leave the building: small numbers hidden, and with them whatever would give them away. Pure.

What is hidden and why is `measures.suppression`'s; here it is applied to single figures, and to a run of months of
which the sum is given too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from casetracker.measures import suppression
from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.suppression import Cells

WHOLE = "the whole"


@dataclass(frozen=True, slots=True)
class Publishable:
    """A figure as it may be given to anybody."""

    value: Decimal | None
    numerator: int | None
    denominator: int | None
    hidden: bool = False
    """Whether there is a figure, too small to be given."""


def publishable(measure: Measure, figure: Figure) -> Publishable:
    """Return a figure that stands by itself."""
    return _of(measure, figure, _cells(measure, {"": figure}).whole)


def publishable_run(measure: Measure, parts: Mapping[str, Figure], whole: Figure) -> dict[str, Publishable]:
    """Return the figures of parts and, under `WHOLE`, of what they add up to: none can be taken from the others."""
    published = _cells(measure, parts)
    found = {name: _of(measure, figure, published.groups[name]) for name, figure in parts.items()}
    return {**found, WHOLE: _of(measure, whole, published.whole)}


def _cells(measure: Measure, figures: Mapping[str, Figure]) -> suppression.Published:
    if measure.unit is Unit.PERCENT and all(f.numerator is not None for f in figures.values()):
        return suppression.shares({name: (f.numerator or 0, f.denominator or 0) for name, f in figures.items()})
    return suppression.counts({name: _counted(measure, f) for name, f in figures.items()})


def _counted(measure: Measure, figure: Figure) -> int:
    """Return how many children a figure is of: an average goes with the number it is taken over."""
    number = figure.numerator if measure.unit is Unit.NUMBER else figure.denominator
    return number or 0


def _of(measure: Measure, figure: Figure, cells: Cells) -> Publishable:
    if figure.value is None:
        return Publishable(None, figure.numerator, figure.denominator)
    share = measure.unit is Unit.PERCENT and figure.numerator is not None
    if cells.numerator is None or (share and cells.denominator is None):
        return Publishable(None, None, cells.denominator if share else None, hidden=True)
    return Publishable(figure.value, figure.numerator, figure.denominator)
