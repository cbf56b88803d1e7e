"""
What is known of the days ahead: when the panel sits that decides, and when schools are shut.

Both are entered before they come, so that a look at a past day may know them: a sitting from the day it was entered and
until it was called off; closures always, for term dates are published a year and more ahead.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast.columns import NO_DAY

AHEAD = 56
"""Days that are looked ahead for closures: within them advice, and what follows it, comes as a rule."""
OF_SCHOOLS = ("advice:educational", "advice:early_years")
"""The kinds of advice, by their tables, that schools and early years providers give."""
_USUAL = (((1, 1), (1, 3)), ((2, 13), (2, 21)), ((3, 29), (4, 14)), ((5, 25), (5, 31)), ((7, 23), (9, 3)),
          ((10, 24), (11, 1)), ((12, 20), (12, 31)))  # fmt: skip
"""When England's schools are shut as a rule, by first and last days: the clocks of who works in them know that."""
SITTINGS = 6
"""Days of the panel that are looked ahead to."""
AFTER_IT = 5
"""Days within which what the panel decided is told."""
_FEW_DECISIONS = 20
"""So many decisions that are nobody's panel's are supposed besides those that are known."""
Days = NDArray[np.int32]


class Sitting(NamedTuple):
    """A day of the panel. All days are ordinals."""

    held_on: int
    known: int
    """The day it was entered."""
    until: int
    """The day it was called off."""


@dataclass(frozen=True, slots=True)
class ByPanel:
    """How far decisions, to assess and to make a plan, are the panel's."""

    share: float
    """From 0 to 1: how many more than by chance came with a sitting or within `AFTER_IT` days; near 0 of few."""
    told_after: float
    """Days after it that they are told, on average."""


BY_NO_PANEL = ByPanel(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The panel's days and the closures of schools that are entered; by itself none."""

    sittings: Sequence[Sitting] = ()
    closures: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """By giver, as tables name it, the first and last days of its closures; "": of all that have none of their own."""

    def sittings_about(self, days: Days) -> Days:
        """
        Return the days of the panel from those whose decisions may yet be told on, of those known on each day.

        They are (n, SITTINGS), in order; `NO_DAY` for no more.
        """
        found = np.full((len(days), SITTINGS), NO_DAY, dtype=np.int32)
        for held_on, known, until in sorted(self.sittings, reverse=True):
            here = (known <= days) & (days < until) & (days < held_on + AFTER_IT)
            found[here] = np.column_stack([np.full(here.sum(), held_on), found[here, :-1]])
        return found

    def decides(self, decided: Days, *, as_at: int) -> ByPanel:
        """Return how far decisions are the panel's, by those of the year to a day (ordinals, as then known)."""
        held = np.array(sorted(s.held_on for s in self.sittings if s.known <= s.held_on < s.until and s.known <= as_at))
        held = held[held <= as_at]
        if not len(held):
            return BY_NO_PANEL
        since = max(as_at - 365, int(held[0]))
        recent = decided[(decided >= since) & (decided <= as_at)]
        by_chance = (_days_after(np.arange(since, as_at + 1), held) <= AFTER_IT).mean()
        after = _days_after(recent, held)
        told = after[after <= AFTER_IT]
        at_most = (len(recent) + _FEW_DECISIONS) * max(1 - by_chance, 1e-9)
        share = float(np.clip((len(told) - by_chance * len(recent)) / at_most, 0, 1))
        return ByPanel(share, float(told.mean()) if len(told) else 0.0)

    def shut(self, tables: Sequence[str], days: Days) -> NDArray[np.float32]:
        """
        Return for how many of the `AHEAD` days after each day more than is usual the giver of a table is shut.

        It is 0 for who is no school, and where nothing is entered.
        """
        found = np.zeros(len(tables), dtype=np.float32)
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, table in enumerate(tables):
            kind, _, giver = table.partition("|")
            whose = giver if giver in self.closures else ""
            if kind in OF_SCHOOLS and self.closures.get(whose):
                rows[whose].append(row)
        for whose, here in rows.items():
            found[here] = _days_of(self.closures[whose], days[here]) - _days_of(_usual(days[here]), days[here])
        return np.maximum(found, 0)


def _days_of(closures: Iterable[tuple[int, int]], days: Days) -> NDArray[np.float32]:
    """Return how many of the `AHEAD` days after each day are closed."""
    found = np.zeros(len(days), dtype=np.float32)
    for first, last in closures:
        found += np.clip(np.minimum(last, days + AHEAD) - np.maximum(first - 1, days), 0, None)
    return np.minimum(found, AHEAD)


def _usual(days: Days) -> Iterator[tuple[int, int]]:
    """Yield the closures that are usual in the years of some days and of those ahead of them."""
    for year in range(date.fromordinal(int(days.min())).year, date.fromordinal(int(days.max()) + AHEAD).year + 1):
        yield from ((date(year, *first).toordinal(), date(year, *last).toordinal()) for first, last in _USUAL)


def _days_after(days: NDArray[Any], held: NDArray[Any]) -> NDArray[Any]:
    """Return how many days after the last sitting each day is; the first of `held` is before all of them."""
    found: NDArray[Any] = days - held[np.searchsorted(held, days, side="right") - 1]
    return found


NOTHING_ENTERED = Calendar()
