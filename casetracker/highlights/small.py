"""
Figures as they may leave the building: small numbers hidden. Pure.

What leaves the building is one run of figures for each measure: the twelve months together, to the end of each month.
What one of them adds to the last is a month less the same month of the year before, and neither is ever given; so no
number of a single month can be worked out from any number of them. (A figure of a day stands by itself.) That is why
`publishable` can judge each figure alone, beside those of the other measures that count some of the same children.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from casetracker.measures import publishing
from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import Figure


@dataclass(frozen=True, slots=True)
class Publishable:
    """A figure as it may be given to anybody."""

    value: Decimal | None
    numerator: int | None
    denominator: int | None
    hidden: bool = False
    """Whether there is a figure, too small to be given."""


def publishable(measure: Measure, figure: Figure, others: Mapping[str, Figure]) -> Publishable:
    """
    Return a figure as it may leave the building: hidden if it, or what it leaves of another, is of fewer than 6.

    `others` are the figures, by key, of the measures before it (`measures.parts.before`) of the same time.
    """
    if figure.value is None:
        return Publishable(None, figure.numerator, figure.denominator)
    cells = publishing.alone(measure, figure, others)
    if cells.numerator is None or (measure.unit is Unit.PERCENT and cells.denominator is None):
        return Publishable(None, None, cells.denominator, hidden=True)
    return Publishable(figure.value, figure.numerator, figure.denominator)
