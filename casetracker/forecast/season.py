"""
The time of year as a clock that goes slower when less gets done: Christmas, August, and what an authority's own past
shows.

Durations are counted on this clock, whose days are as long as ordinary ones over a whole year, so that a wait over
Christmas is not taken for a slow service, and one that Christmas lies ahead of is known to last longer. Whoever gives
advice has a clock of their own: a school stands still in August, when an office only goes slower.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEKS_OF_YEAR = 53
_DAYS_IN = np.array([7.0] * 52 + [365.2425 - 364])
"""Days in each: the last is the odd day or two at the end of December."""
FIRST, LAST = 730_120, 766_644
"""The days (ordinals) that the clock covers: 1 January 2000 to 31 December 2099."""
_COVERED = np.arange(LAST - FIRST + 1, dtype=np.float64)
_EPOCH = 719_163
_SLOWER = {0: 0.5, 30: 0.8, 31: 0.7, 32: 0.7, 33: 0.7, 34: 0.8, 51: 0.6, 52: 0.35}
"""What is shipped: how much gets done in the weeks of the year (0 is the first of January) that are not ordinary."""
_SCHOOLS_SLOWER = {0: 0.5, 6: 0.4, 13: 0.4, 14: 0.4, 29: 0.5, 43: 0.4, **dict.fromkeys((*range(30, 35), 51, 52), 0.1)}
"""
The same of schools: their holidays, those about Easter and of half terms as they fall on average.

They are shares of what gets done, and `calendar._USUAL` has the days on which schools are shut; neither follows from
the other. In week 29 schools are shut but half gets done, in week 30 a tenth; weeks 12, 20, 21 and 42, shut for half as
much as those about Easter, are ordinary ones.
"""


@dataclass(frozen=True, slots=True)
class Season:
    """How much gets done in each week of the year, and the clock it makes."""

    weeks: NDArray[np.float64]
    """(WEEKS_OF_YEAR,): 1 for as much as on average."""
    clock: NDArray[np.float64]
    """The reading of the clock at the close of each day from `FIRST`."""

    def at(self, days: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the reading at the close of each day."""
        return self.clock[np.clip(days - FIRST, 0, LAST - FIRST)]

    def at_moments(self, moments: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the reading at days and parts of days."""
        return np.interp(moments - FIRST, _COVERED, self.clock)

    def between(self, first: NDArray[np.int32], last: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the days of the clock between the closes of two days."""
        return self.at(last) - self.at(first)

    def after(self, days: NDArray[np.int32], waited: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many ordinary days after the close of each day so many of the clock have gone by."""
        until = np.interp(self.at(days) + waited, self.clock, _COVERED)
        return np.where(np.isinf(waited), np.inf, until + FIRST - days)

    def before(self, days: NDArray[np.int32], needed: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the last day from whose close so many days of the clock go by until the close of each day."""
        until = np.interp(self.at(days) - needed, self.clock, _COVERED)
        return np.floor(until + FIRST).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The seasons of all who have steps to do, and the one by which each table of steps is counted."""

    seasons: tuple[Season, ...]
    """The authority's own first."""
    of: NDArray[np.int64]
    """(tables,): the place of each one's season."""

    def between(
        self, table: NDArray[np.int32], first: NDArray[np.int32], last: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Return the days between the closes of two days on the clock of each row's table."""
        found = np.zeros(len(table))
        of_rows = self.of[table]
        for number in np.unique(of_rows):
            rows = of_rows == number
            found[rows] = self.seasons[number].between(first[rows], last[rows])
        return found


def week_of_year(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the week of the year of each day, by sevens from 1 January."""
    moments = (days.astype(np.int64) - _EPOCH).astype("datetime64[D]")
    since_january: NDArray[np.int64] = (moments - moments.astype("datetime64[Y]")).astype(np.int64)
    return since_january // 7


def season(weeks: NDArray[np.float64]) -> Season:
    """Return the clock of a year in which so much gets done in each week."""
    even = weeks * _DAYS_IN.sum() / (weeks @ _DAYS_IN)
    days = np.arange(FIRST, LAST + 1, dtype=np.int32)
    return Season(even, np.cumsum(even[week_of_year(days)]))


def shipped(*, of_schools: bool = False) -> Season:
    """Return the year that is shipped: an office's or a school's."""
    weeks = np.ones(WEEKS_OF_YEAR)
    for week, share in (_SCHOOLS_SLOWER if of_schools else _SLOWER).items():
        weeks[week] = share
    return season(weeks)
