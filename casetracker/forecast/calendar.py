"""
What is known of the days ahead: when the panel sits that decides, and when schools are shut.

Both are entered before they come, so that a look at a past day may know them: a sitting from the day it was entered and
until it was called off; closures always, for term dates are published a year and more ahead.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
_SUMMER = ((7, 23), (9, 3))
"""The first and last day of what is shipped for a summer that the authority's calendar does not have."""
_A_SUMMER = 28
"""A closure of so many days is a summer's."""
SITTINGS = 6
"""Days of the panel that are looked ahead to."""
_AFTER_IT = 5
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
class Calendar:
    """The panel's days and the closures of schools; by itself no panels, and the summers that are shipped."""

    sittings: Sequence[Sitting] = ()
    closures: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """By giver, as tables name it, the first and last days of its closures; "": of all that have none of their own."""

    def next_sittings(self, days: Days) -> Days:
        """Return the days of the panel after each day, of those then known: (n, SITTINGS); `NO_DAY` for no more."""
        found = np.full((len(days), SITTINGS), NO_DAY, dtype=np.int32)
        for held_on, known, until in sorted(self.sittings, reverse=True):
            here = (known <= days) & (days < until) & (days < held_on)
            found[here] = np.column_stack([np.full(here.sum(), held_on), found[here, :-1]])
        return found

    def decides(self, decided: Days, *, as_at: int) -> float:
        """
        Return how far decisions are the panel's, from 0 to 1, by those of the year to a day (ordinals, as then known).

        That is how many more of them than by chance came with a sitting or a few days after it; 0 where no panel is
        entered, and near 0 where few decisions are known.
        """
        held = np.array(sorted(s.held_on for s in self.sittings if s.known <= s.held_on < s.until and s.known <= as_at))
        held = held[held <= as_at]
        if not len(held):
            return 0.0
        since = max(as_at - 365, int(held[0]))
        recent = decided[(decided >= since) & (decided <= as_at)]
        by_chance = _follow_one(np.arange(since, as_at + 1), held).mean()
        at_most = (len(recent) + _FEW_DECISIONS) * max(1 - by_chance, 1e-9)
        return float(np.clip((_follow_one(recent, held) - by_chance).sum() / at_most, 0, 1))

    def shut(self, tables: Sequence[str], days: Days) -> NDArray[np.float32]:
        """Return on how many of the `AHEAD` days after each day the giver of a table is shut; 0 if it is no school."""
        found = np.zeros(len(tables), dtype=np.float32)
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, table in enumerate(tables):
            kind, _, giver = table.partition("|")
            if kind in OF_SCHOOLS:
                rows[giver if giver in self.closures else ""].append(row)
        for giver, here in rows.items():
            day = days[here]
            for first, last in self.closures[giver] if giver else self._of_the_authority(day):
                found[here] += np.clip(np.minimum(last, day + AHEAD) - np.maximum(first - 1, day), 0, None)
        return np.minimum(found, AHEAD)

    def _of_the_authority(self, days: Days) -> list[tuple[int, int]]:
        own = list(self.closures.get("", ()))
        summers = {date.fromordinal(first).year for first, last in own if last - first >= _A_SUMMER}
        years = range(date.fromordinal(int(days.min())).year, date.fromordinal(int(days.max()) + AHEAD).year + 1)
        shipped = [tuple(date(year, *day).toordinal() for day in _SUMMER) for year in years if year not in summers]
        return [*own, *((first, last) for first, last in shipped)]


def _follow_one(days: NDArray[Any], held: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which days are a sitting's, or within `_AFTER_IT` days of one."""
    last = np.searchsorted(held, days, side="right") - 1
    found: NDArray[np.bool_] = (last >= 0) & (days - held[np.maximum(last, 0)] <= _AFTER_IT)
    return found


NOTHING_ENTERED = Calendar()
