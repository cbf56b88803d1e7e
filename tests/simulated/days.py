"""
Days as numbers, and the pace at which work gets done over them.

A day is its proleptic ordinal (`date.toordinal`), so that whole caseloads are arrays. A duration is work, in working
days of a service at its usual pace; a service that is closed does none, and one that is short of people does less. So a
step ends on the first day by whose close its work has been done, and a school's August takes nothing off its share.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIRST = date(2021, 1, 1).toordinal()
LAST = date(2033, 12, 31).toordinal()
NEVER = LAST
"""A day beyond all that is looked at: what never happens, happens then."""
_THURSDAY = 3
_ALL = [date.fromordinal(day) for day in range(FIRST, LAST + 1)]


def day_of(number: int) -> date:
    """Return the date that a number stands for."""
    return date.fromordinal(int(number))


def open_days(*shut: Iterable[date]) -> Numbers:
    """Return 1 for each weekday from `FIRST` to `LAST` and 0 for weekends and the days given."""
    rates = np.array([day.weekday() < 5 for day in _ALL], dtype=float)
    for days in shut:
        for day in days:
            rates[day.toordinal() - FIRST] = 0.0
    return rates


def each_year(first: tuple[int, int], last: tuple[int, int]) -> list[date]:
    """Return every day from one day of the year (month, day) to another, in every year there is."""
    return [day for day in _ALL if first <= (day.month, day.day) <= last]


def christmas() -> list[date]:
    """Return the days on which offices are shut."""
    return each_year((12, 24), (12, 31)) + each_year((1, 1), (1, 1))


def school_holidays() -> list[date]:
    """Return the days on which schools are shut: summer, Christmas, two weeks about Easter and two half terms."""
    return [
        *each_year((7, 22), (9, 2)),
        *each_year((12, 20), (12, 31)),
        *each_year((1, 1), (1, 3)),
        *each_year((4, 2), (4, 14)),
        *each_year((10, 25), (10, 31)),
        *each_year((2, 14), (2, 20)),
    ]


class Pace:
    """How much work a service does on each day, one being a usual working day's."""

    def __init__(self, rates: Numbers) -> None:
        self._done: Numbers = np.cumsum(rates)

    def after(self, start: Days, work: Numbers) -> Days:
        """Return the first day by whose close `work` has been done since the close of `start`."""
        ends = FIRST + np.searchsorted(self._done, self._done[start - FIRST] + work, side="left")
        return np.minimum(ends, NEVER).astype(np.int64)

    def between(self, start: Days, end: Days) -> Numbers:
        """Return the work done from the close of `start` to the close of `end`; none where that is no later."""
        return np.asarray(np.maximum(self._done[end - FIRST] - self._done[start - FIRST], 0.0))


def thursdays() -> Days:
    """Return every day on which a panel sits: each Thursday but the ones about Christmas."""
    closed = set(christmas())
    near = {day + timedelta(days=n) for day in closed for n in (0, 1)}
    return np.array([day.toordinal() for day in _ALL if day.weekday() == _THURSDAY and day not in near], dtype=np.int64)
