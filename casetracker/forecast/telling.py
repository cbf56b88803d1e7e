"""A score in days of the calendar: the model counts on the clock of its season, and people do not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.grid import CELLS, STEP, Floats
from casetracker.forecast.season import Season

SHARES = (0.1, 0.5, 0.9)
"""An interval that holds eight plans in ten, and its middle."""
Days = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """When the plan comes, if there is one: days (ordinals) in whole numbers, infinity where beyond what is told."""

    earliest: Days
    expected: Days
    latest: Days


def interval(season: Season, day: NDArray[np.int32], if_a_plan: Floats) -> Interval:
    """Return the 80% interval of each row's plan; the day that an end falls on belongs to it."""
    low, middle, high = (season.after(day, grid.when(if_a_plan, share)) for share in SHARES)
    from_day = day.astype(np.float64)
    return Interval(from_day + np.floor(low), from_day + np.rint(middle), from_day + np.ceil(high))


def by_ordinary_days(season: Season, day: int, cdf: Floats) -> Floats:
    """Return distributions, all seen on one day, by cells of ordinary days after it."""
    ends = day + STEP * np.arange(CELLS, dtype=np.int32) + 1
    reading = season.between(np.full(CELLS, day, dtype=np.int32), ends)
    place = np.clip((reading - 1) / STEP, 0, CELLS - 1)
    below = np.floor(place).astype(np.int64)
    part = (place - below).astype(np.float32)
    upper = np.minimum(below + 1, CELLS - 1)
    found: Floats = cdf[:, below] + part * (cdf[:, upper] - cdf[:, below])
    return found
