"""
Whether a new fit is better than the one in use: both score the same looks, whose outcomes neither has learned from.

They are the looks whose outcomes became known after the one in use was made. Their cases are parted in two, and each
half is scored by a fit on all that is known but that half: made as the new one is, of what it is made of.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast.backtest import WEEKS
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.fitting import Past
from casetracker.forecast.model import Model, score
from casetracker.forecast.scores import auc, brier

FEWEST = 30
"""With fewer looks than this a comparison says nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How two fits did on the same looks."""

    looks: int
    brier: float
    brier_in_use: float
    auc: float
    auc_in_use: float
    by_chance: float
    """By how much two Brier scores of so many looks differ by chance: the standard error of their difference."""

    @property
    def is_worse(self) -> bool:
        """Whether the new fit is known to be worse: by more than chance."""
        return self.looks >= FEWEST and self.brier - self.brier_in_use > self.by_chance

    def as_json(self) -> dict[str, Any]:
        """Return the figures as a fit keeps them; None for one that cannot be had."""
        figures = {
            "brier": self.brier,
            "brier_in_use": self.brier_in_use,
            "auc": self.auc,
            "auc_in_use": self.auc_in_use,
            "by_chance": self.by_chance,
        }
        rounded = {name: None if np.isnan(value) else round(value, 4) for name, value in figures.items()}
        return {"looks": self.looks, **rounded}


def compare(
    past: Past, fit_without: Callable[[Collection[int]], Model], in_use: Model, *, after: int, as_at: int
) -> Compared:
    """
    Return how both did on looks at the weeks of the backtest that were settled after one day and by another.

    :param fit_without: makes a fit of all that is known but the cases of these ids
    """
    cases, now = past.cases, past.known_at(as_at)
    week = (cases.day - cases.clock_on) // 7
    new_since = _settled(past, as_at) & ~_settled(past, after)
    rows = np.isin(week, WEEKS) & ~cases.reopened & now.on_record & new_since
    late = (((now.ended_on == NO_DAY) | (now.ended_on > cases.final_due)) & ~now.excused)[rows]
    looks = cases.take(rows)
    if len(looks) < FEWEST:
        return Compared(len(looks), *(float("nan") for _ in range(5)))
    theirs = score(in_use, relabelled(looks, past.spells.names, in_use)).p_final
    mine = np.empty(len(looks), dtype=np.float32)
    for half in _halves(looks.case_id):
        new = fit_without(set(looks.case_id[half].tolist()))
        mine[half] = score(new, relabelled(looks.take(half), past.spells.names, new)).p_final
    known = ~np.isnan(mine) & ~np.isnan(theirs)
    mine, theirs, late = mine[known], theirs[known], late[known]
    apart = (mine - late) ** 2 - (theirs - late) ** 2
    return Compared(
        looks=len(mine),
        brier=brier(mine, late),
        brier_in_use=brier(theirs, late),
        auc=auc(mine, late),
        auc_in_use=auc(theirs, late),
        by_chance=float(apart.std() / np.sqrt(max(len(mine), 1))),
    )


def _halves(case_id: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
    """Yield the rows of every other case, and then the rest."""
    _, number = np.unique(case_id, return_inverse=True)
    yield from (number % 2 == half for half in (0, 1))


def _settled(past: Past, as_at: int) -> NDArray[np.bool_]:
    """Return of which looks it was known by the close of a day whether the limit would be missed."""
    over: NDArray[np.bool_] = past.known_at(as_at).ended_on != NO_DAY
    return over | (past.cases.final_due < as_at)


def relabelled(cases: Cases, names: tuple[str, ...], model: Model) -> Cases:
    """Return cases whose labels are places in `names` with those that a model has for the same names."""
    places = model.tables.places
    straight = np.array([*(places.get(name, -1) for name in names), -1], dtype=np.int32)
    general = places["gather"]
    gather = np.where(straight[cases.gather] >= 0, straight[cases.gather], general).astype(np.int32)
    pieces = cases.pieces
    table: NDArray[np.int32] = straight[pieces.table]
    return replace(cases, gather=gather, worker=straight[cases.worker], pieces=replace(pieces, table=table))
