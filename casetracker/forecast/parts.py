"""
The steps that a case has before it, put together: what is left of the one that is on, then each later one.

Of several pieces of advice it is the last to come; what a panel decides waits for the days on which it sits.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.calendar import AFTER_IT, ByPanel
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.grid import CELLS, Floats
from casetracker.forecast.haste import haste_of, table_of_pieces
from casetracker.forecast.steps import Place
from casetracker.forecast.tables import Tables, places_of

_ABOUT = 4.5
"""Days on either side of a sitting that the chance of it is read off from."""
_NONE_LEFT = -12.0
"""The logarithm of a share so small that all there is to know is that it has ended."""
_DECIDED = 0.95
"""The most that a sitting decides of what is ready for it: the rest is put off."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of, before anything is put right: for scoring, for reasons and for fitting."""

    now: Floats
    """(n, CELLS): what is left of the step that is on."""
    planned: Floats
    """(n, CELLS): until the decision about a plan."""
    final: Floats
    """(n, CELLS): until the final plan, if there is one."""
    haste: NDArray[np.float64]
    """(n, len(HASTE))."""


def parts_of(
    tables: Tables, cases: Cases, *, usual_load: float, by_panel: ByPanel, waits: Floats | None = None
) -> Parts:
    """
    Return the distributions of the steps that each case has before it, and what makes them go quicker.

    :param usual_load: plans that the worker of a usual case has in hand
    :param by_panel: how far decisions are the panel's
    :param waits: `waits_of` the cases, where it is at hand
    """
    now = step_on(tables, cases)
    now = _last_of_the_advice(cases, now, waits_of(tables, cases) if waits is None else waits)
    if by_panel.share:
        now += by_panel.share * (_at_a_panel(tables, cases, now, by_panel.told_after) - now)
    place = cases.place
    planned = np.where(place[:, None] >= Place.DRAFTING, np.float32(1), now)
    deciding, gathering = place == Place.DECIDING, place <= Place.GATHERING
    planned[deciding] = grid.one_after_another(now[deciding], tables.whole(cases.gather[deciding]))
    follows = what_follows(tables, cases.worker[gathering], "plan")
    planned[gathering] = grid.one_after_another(planned[gathering], *follows)
    final = now.copy()
    for here, until, steps in (
        (place <= Place.GATHERED, planned, ("draft", "finish")),
        (place == Place.DRAFTING, now, ("finish",)),
    ):
        final[here] = grid.one_after_another(until[here], *what_follows(tables, cases.worker[here], *steps))
    return Parts(now, planned, final, haste_of(tables, cases, usual_load=usual_load))


def what_follows(tables: Tables, workers: NDArray[np.int32], *steps: str) -> tuple[Floats, NDArray[np.int64]]:
    """Return the distributions of steps one after another, a row for each worker's speed, and each worker's row."""
    distinct, which = np.unique(workers, return_inverse=True)
    first, *later = (tables.whole(tables_of_workers(tables, distinct, step)) for step in steps)
    for then in later:
        first = grid.one_after_another(first, then)
    return first, which


def step_on(tables: Tables, cases: Cases) -> Floats:
    """Return what is left of the step that each case is at."""
    places = tables.places
    general = np.array([places[name] for name in ("decide", "gather", "plan", "draft", "finish")])
    table = np.where(cases.place == Place.GATHERING, cases.gather, general[cases.place])
    for place, step in ((Place.GATHERED, "plan"), (Place.DRAFTING, "draft"), (Place.FINISHING, "finish")):
        here = cases.place == place
        table[here] = tables_of_workers(tables, cases.worker[here], step)
    return tables.left_of(table.astype(np.int32), cases.since, cases.day)


def _at_a_panel(tables: Tables, cases: Cases, now: Floats, told_after: float) -> Floats:
    """
    Return what is left of the step that is on where a panel ends it: all that would end between two sittings ends on
    the second of them.

    The table has panels at any time of a wait in it, so that its hazard at a sitting, for each day since the sitting
    before, is the chance of that sitting. What one that is over decided may yet have to be told: the less likely, the
    more of the days have passed in which it is. After the last sitting known it goes on as the table has it. Cases that
    no panel decides next stay as they are, and so do those with fewer than two sittings known.
    """
    found = now.copy()
    here = ((cases.place == Place.DECIDING) | (cases.place == Place.GATHERED)) & (cases.panels[:, 1] != NO_DAY)
    panels, day, left = cases.panels[here], cases.day[here, None], 1 - now[here]
    known = panels != NO_DAY
    sits = np.where(known, tables.season.between(day, panels), 0.0)
    since = np.diff(sits, axis=1, prepend=2 * sits[:, :1] - sits[:, 1:2])
    ahead = np.where(known, np.maximum(sits + told_after, 1), 0.0)
    first, last = np.maximum(ahead - _ABOUT, 0), ahead + _ABOUT
    before, by_then = _logs(now[here], first), _logs(now[here], last)
    hazard = np.where(by_then > _NONE_LEFT, (before - by_then) / (last - first), 1.0)
    chance = np.clip(since * hazard, 0, _DECIDED)
    untold = np.clip(1 - (day - panels + 1) / (AFTER_IT + 1), 0, 1)
    chance = np.where(panels > day, chance, chance * untold / (1 - chance * (1 - untold)))
    kept = np.cumprod(np.where(known, 1 - chance, 1.0), axis=1)
    sat = (known & (ahead <= np.arange(CELLS)[:, None, None] * grid.STEP)).sum(axis=2).T
    after = np.take_along_axis(np.concatenate([np.ones((len(kept), 1)), kept], axis=1), sat, axis=1)
    number = known.sum(axis=1)
    row = np.arange(len(number))
    until = ahead[row, number - 1] + since[row, number - 1] / 2
    beyond = np.minimum(left / np.maximum(1 - grid.at(now[here], until), 1e-6)[:, None], 1)
    found[here] = 1 - after * np.where(sat == number[:, None], beyond, 1)
    return found


def _logs(cdf: Floats, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of what each row has left after each of its days, (n, m)."""
    reached = np.stack([grid.at(cdf, column) for column in days.T], axis=1)
    return np.log(np.clip(1 - reached, np.exp(_NONE_LEFT), 1)).astype(np.float64)


def waits_of(tables: Tables, cases: Cases) -> Floats:
    """Return what is left of each piece of advice that is waited for, in their order: (outstanding, CELLS)."""
    waited_for = cases.pieces.answered == NO_DAY
    since, day = cases.pieces.since[waited_for], cases.day[cases.pieces.row[waited_for]]
    return tables.left_of(table_of_pieces(tables, cases)[waited_for], since, day)


def _last_of_the_advice(cases: Cases, left: Floats, waits: Floats) -> Floats:
    """Put in place of what is left of gathering, where advice is outstanding, the day the last of it comes."""
    rows, last = last_to_come(cases.pieces.row[cases.pieces.answered == NO_DAY], waits)
    gathering = cases.place[rows] == Place.GATHERING
    left[rows[gathering]] = last[gathering]
    return left


def last_to_come(row: NDArray[np.int64], waits: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the rows that wait for anything, and when the last of what each waits for comes; `row` is in order."""
    if not len(row):
        return row, waits
    first = np.flatnonzero(np.diff(row, prepend=-1))
    return row[first], np.multiply.reduceat(waits, first, axis=0)


def tables_of_workers(tables: Tables, workers: NDArray[np.int32], step: str) -> NDArray[np.int64]:
    """Return the table of each worker for a step; the authority's for one that has none, and for nobody (-1)."""
    own = _of_workers(tables.names, step)[workers]
    return np.where(own >= 0, own, tables.places[step])


@lru_cache(maxsize=16)
def _of_workers(names: tuple[str, ...], step: str) -> NDArray[np.int64]:
    places = places_of(names)
    found = np.full(len(names) + 1, -1)
    for name, place in places.items():
        stem, _, worker = name.partition("@")
        if stem == "draft" and worker:
            found[place] = places.get(f"{step}@{worker}", -1)
    return found
