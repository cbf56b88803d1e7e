"""
Whether a new fit is better than the one in use: both score the same looks, whose outcomes neither has learned from.

The new one is made for the comparison as of the day of the one in use, so that it is judged by what it makes of the
records and not by knowing more; only if it is no worse is it fitted anew on all that is known.
"""

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
NO_WORSE = 1e-4
"""By how much a Brier score may be higher and the fit be called no worse: what rounding in keeping a fit comes to."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How two fits did on the same looks."""

    looks: int
    brier: float
    brier_in_use: float
    auc: float
    auc_in_use: float

    @property
    def is_worse(self) -> bool:
        """Whether the new fit is known to be worse."""
        return self.looks >= FEWEST and self.brier > self.brier_in_use + NO_WORSE

    def as_json(self) -> dict[str, Any]:
        """Return the figures as a fit keeps them; None for one that cannot be had."""
        figures = {
            "brier": self.brier,
            "brier_in_use": self.brier_in_use,
            "auc": self.auc,
            "auc_in_use": self.auc_in_use,
        }
        rounded = {name: None if np.isnan(value) else round(value, 4) for name, value in figures.items()}
        return {"looks": self.looks, **rounded}


def compare(past: Past, new: Model, in_use: Model, *, after: int, as_at: int) -> Compared:
    """Return how both did on looks at the weeks of the backtest that were settled after one day and by another."""
    cases, now = past.cases, past.known_at(as_at)
    week = (cases.day - cases.clock_on) // 7
    new_since = _settled(past, as_at) & ~_settled(past, after)
    rows = np.isin(week, WEEKS) & ~cases.reopened & now.on_record & new_since
    late = ((now.ended_on == NO_DAY) | (now.ended_on > cases.final_due)) & ~now.excused
    looks, happened = cases.take(rows), late[rows]
    mine = score(new, relabelled(looks, past.spells.names, new)).p_final
    theirs = score(in_use, relabelled(looks, past.spells.names, in_use)).p_final
    known = ~np.isnan(mine) & ~np.isnan(theirs)
    mine, theirs, happened = mine[known], theirs[known], happened[known]
    return Compared(
        looks=len(mine),
        brier=brier(mine, happened),
        brier_in_use=brier(theirs, happened),
        auc=auc(mine, happened),
        auc_in_use=auc(theirs, happened),
    )


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
