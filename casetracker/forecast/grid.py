"""
Durations in cells of three days: how the forecast holds a distribution.

Cell k is the durations of 3k - 1, 3k and 3k + 1 days (cell 0: none and one), so that its middle is 3k days and adding
two durations adds their cells without drift. A distribution is its survival at the end of each cell.
"""

import numpy as np
from numpy.typing import NDArray

STEP = 3
"""Days in a cell."""
CELLS = 200
"""Cells in a distribution: 600 days, beyond which the forecast says no more than "later"."""

Floats = NDArray[np.float32]
Whole = NDArray[np.int32]


def cell_of(days: Whole) -> Whole:
    """Return the cell that durations of so many whole days fall into, the last for all that are longer."""
    return np.clip((days + 1) // STEP, 0, CELLS - 1).astype(np.int32)


def at(cdf: Floats, days: NDArray[np.float64]) -> Floats:
    """Return each row's probability of at most so many days; 0 below none, and what the last cell has beyond it."""
    place = (np.clip(days, -1, STEP * CELLS) - 1) / STEP
    below = np.floor(place).astype(np.int64)
    part = (place - below).astype(np.float32)
    rows = np.arange(len(cdf))
    lower = np.where(below >= 0, cdf[rows, np.clip(below, 0, CELLS - 1)], np.float32(0))
    upper = cdf[rows, np.clip(below + 1, 0, CELLS - 1)]
    found = lower + part * (upper - lower)
    return np.where(days < 0, np.float32(0), found).astype(np.float32)


def at_points(cdf: NDArray[np.float64], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what one distribution, (CELLS,) cumulative, has reached after each of so many days."""
    ends = np.concatenate([[1.0 - STEP], np.arange(CELLS) * STEP + 1.0])
    return np.where(days < 0, 0.0, np.interp(days, ends, np.concatenate([[0.0], cdf])))


def when(cdf: Floats, share: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the days by which each row has reached `share`; infinity where it never does."""
    wanted = np.broadcast_to(np.asarray(share, dtype=np.float64), (len(cdf),))
    reached = cdf >= wanted[:, None]
    first = reached.argmax(axis=1)
    rows = np.arange(len(cdf))
    upper = cdf[rows, first]
    lower = np.where(first > 0, cdf[rows, np.maximum(first - 1, 0)], 0)
    part = np.where(upper > lower, (wanted - lower) / np.maximum(upper - lower, 1e-9), 1.0)
    days = STEP * (first - 1 + part) + 1
    return np.where(reached.any(axis=1), np.maximum(days, 0), np.inf)


def one_after_another(first: Floats, then: Floats) -> Floats:
    """
    Return the distribution of two durations one after the other, each row's `first` with the one row `then`.

    Both are cumulative, (n, CELLS) and (CELLS,); they are taken to be independent.
    """
    mass = np.diff(first, axis=1, prepend=np.float32(0))
    behind = np.concatenate([np.zeros(CELLS - 1, dtype=np.float32), then])
    shifted = np.lib.stride_tricks.sliding_window_view(behind, CELLS)[::-1]  # row k is `then`, k cells later
    found: Floats = mass @ np.ascontiguousarray(shifted)
    return found
