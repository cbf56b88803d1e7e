"""Red, amber or green, by one rule that is shown beside it; and the way a figure is going. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from casetracker.measures.definition import Good, Measure, Unit
from casetracker.statistics import FEWEST

NEARLY = Decimal("0.1")
"""How much of a target may be wanting for amber."""
RULE = (
    "Green: the target is met. Amber: what is wanting is a tenth of the target or less. Red: more is wanting. "
    "Where no target was agreed and the law sets a duty, the duty is the target. Nothing is rated that has neither, "
    f"or that is a share of fewer than {FEWEST}."
)
STILL = {Unit.PERCENT: Decimal(1)}
"""A change of a percentage smaller than this, in points, is none; of another figure, one smaller than a hundredth."""
TRAVEL_RULE = (
    "Better or worse than the figure before it. A change of less than one point of a percentage, or of less than a "
    "hundredth of another figure, is level."
)


class Rating(StrEnum):
    """How an indicator stands against its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NO_TARGET = "no target"
    NOTHING = "no figure"
    TOO_FEW = "too few to rate"


class Travel(StrEnum):
    """Which way a figure is going."""

    BETTER = "better"
    WORSE = "worse"
    UP = "up"
    """Higher, of a figure of which neither way is better."""
    DOWN = "down"
    LEVEL = "level"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Rated:
    """A figure that is to be rated."""

    value: Decimal | None
    of: int | None = None
    """How many it is a share of; None where it is no share."""


def asked_by_law(measure: Measure) -> Decimal | None:
    """
    Return what the law asks of a share, in per cent: every case in time, or none out of it. No target replaces it.

    None for a measure that has no duty, or is no share.
    """
    if not measure.duty or measure.unit is not Unit.PERCENT:
        return None
    return Decimal(0) if measure.good is Good.DOWN else Decimal(100)


def rate(figure: Rated, *, target: Decimal | None, good: Good) -> Rating:
    """Return how a figure stands against a target, by `RULE`."""
    if figure.value is None:
        return Rating.NOTHING
    if target is None or good is Good.NEITHER:
        return Rating.NO_TARGET
    if figure.of is not None and figure.of < FEWEST:
        return Rating.TOO_FEW
    wanting = target - figure.value if good is Good.UP else figure.value - target
    if wanting <= 0:
        return Rating.GREEN
    return Rating.AMBER if wanting <= abs(target) * NEARLY else Rating.RED


def travel(now: Decimal | None, before: Decimal | None, *, unit: Unit, good: Good) -> Travel:
    """Return which way a figure went, by `TRAVEL_RULE`."""
    if now is None or before is None:
        return Travel.UNKNOWN
    change = now - before
    if abs(change) < STILL.get(unit, abs(before) / 100) or change == 0:
        return Travel.LEVEL
    if good is Good.NEITHER:
        return Travel.UP if change > 0 else Travel.DOWN
    return Travel.BETTER if (change > 0) == (good is Good.UP) else Travel.WORSE
