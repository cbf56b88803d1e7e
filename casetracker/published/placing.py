"""Where one authority stands among the others: its rank, its quarter, the mean of its neighbours. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casetracker.published.measures import Good


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an order in which equals share a place: 1 is the best, or the highest where neither way is better."""

    rank: int
    of: int
    quarter: int
    """1 to 4: the quarter of the order that the place lies in."""


def place(values: Mapping[str, float], code: str, good: Good) -> Place | None:
    """Return where one of these stands among them all; None where it is not one of them."""
    if code not in values:
        return None
    own = values[code]
    better = sum(1 for value in values.values() if (value < own if good is Good.FEWER else value > own))
    return Place(better + 1, len(values), min(4, 4 * better // len(values) + 1))


def mean(values: Iterable[float]) -> float | None:
    """Return the mean, each counting alike, to one decimal; None of none."""
    listed = list(values)
    return round(sum(listed) / len(listed), 1) if listed else None
