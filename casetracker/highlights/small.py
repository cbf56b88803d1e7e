"""
Figures as they may leave the building: small numbers hidden. Pure.

What leaves the building is one run of figures for each measure: the twelve months together, to the end of each month.
What one of them adds to the last is a month less the same month of the year before, and neither is ever given; so no
number of a single month can be worked out from any number of them. (A figure of a day stands by itself.) That is why
`publishable` can judge each figure alone. Two measures may be taken from each other, as those with and without
exceptions: the DfE publishes just those counts for each authority.
"""

from dataclasses import dataclass
from decimal import Decimal

from casetracker.measures import suppression
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


def publishable(measure: Measure, figure: Figure) -> Publishable:
    """Return a figure as it may leave the building: hidden if it is of fewer than 6, or all but fewer than 6."""
    if figure.value is None:
        return Publishable(None, figure.numerator, figure.denominator)
    if measure.unit is Unit.PERCENT and figure.numerator is not None:
        part = {"": (figure.numerator, figure.denominator or 0)}
        cells = suppression.shares(part).whole
        if None in (cells.numerator, cells.denominator):
            return Publishable(None, None, cells.denominator, hidden=True)
    elif suppression.counts({"": _counted(measure, figure)}).whole.numerator is None:
        return Publishable(None, None, None, hidden=True)
    return Publishable(figure.value, figure.numerator, figure.denominator)


def _counted(measure: Measure, figure: Figure) -> int:
    """Return how many children a figure is of: an average goes with the number it is taken over."""
    number = figure.numerator if measure.unit is Unit.NUMBER else figure.denominator
    return number or 0
