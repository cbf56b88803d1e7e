"""
Durations in cells of three days: how the forecast holds a distribution.

Cell k is the durations of 3k - 1, 3k and 3k + 1 days (cell 0: none and one), so that its middle is 3k days and adding
two durations adds their cells without drift. A distribution is its survival at the end of each cell.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 3
"""Days in a cell."""
CELLS = 200
"""Cells in a distribution: 600 days, beyond which the forecast says no more than "later"."""
_ROOM = 2 * CELLS
"""The length at which two distributions can be added with nothing coming round to the front."""

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


def at_each(cdf: Floats, days: NDArray[np.float64]) -> Floats:
    """Return what every row has reached after each of so many days, the same for all: (n, len(days))."""
    place = np.clip((days - 1) / STEP, -1, CELLS - 1)
    below = np.minimum(np.floor(place), CELLS - 2).astype(np.int64)
    from_nothing = np.concatenate([np.zeros((len(cdf), 1), dtype=np.float32), cdf], axis=1)
    lower = from_nothing[:, below + 1]
    found: Floats = lower + (place - below).astype(np.float32) * (from_nothing[:, below + 2] - lower)
    return found


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


def one_after_another(first: Floats, then: Floats, which: NDArray[np.int64] | None = None) -> Floats:
    """
    Return the distribution of two durations one after the other; they are taken to be independent.

    :param first: (n, CELLS), cumulative
    :param then: what follows, likewise: one row for all, one for each, or those that `which` names
    :param which: (n,): the row of `then` that follows each of `first`
    """
    follows = _waves(np.atleast_2d(then))
    together = _waves(_mass(first)) * (follows if which is None else follows[which])
    found: NDArray[Any] = np.fft.irfft(together, _ROOM, axis=1)[:, :CELLS]
    # Adding up waves is right to a millionth, and a share is none below nothing nor above all.
    shares: Floats = np.clip(found, 0, 1)
    return shares


def both_within(first: Floats, then: Floats, which: NDArray[np.int64], days: NDArray[np.float64]) -> Floats:
    """Return what `one_after_another` has reached after each of so many days, at a fraction of its cost."""
    ends = np.concatenate([np.zeros((len(then), CELLS), dtype=np.float32), then, then[:, -1:]], axis=1)
    place = np.clip((days - 1) / STEP, -1, CELLS - 1)
    below = np.floor(place).astype(np.int64)
    part = (place - below).astype(np.float32)[:, None]
    windows = np.lib.stride_tricks.sliding_window_view(ends, CELLS + 1, axis=1)[which, below + 1]
    in_time = windows[:, :-1] + part * (windows[:, 1:] - windows[:, :-1])  # of `then`, the longest of `first` first
    found: Floats = np.einsum("nc,nc->n", _mass(first), in_time[:, ::-1])
    return np.where(days < 0, np.float32(0), found)


def _mass(cdf: Floats) -> Floats:
    """Return the share of each row in each cell."""
    found = cdf.copy()
    found[:, 1:] -= cdf[:, :-1]
    return found


def _waves(rows: Floats) -> NDArray[Any]:
    return np.fft.rfft(rows, _ROOM, axis=1)  # in single precision, as the rows are
