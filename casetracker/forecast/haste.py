"""What makes the rest of a case quicker or slower than its steps alone say, as numbers near 0 for a usual case."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.columns import NO_DAY, Cases, Pieces
from casetracker.forecast.tables import Tables

HASTE = (
    "worker_load",
    "service_queue",
    "place_in_queue",
    "advice_slow_so_far",
    "decided_late",
    "advice_outstanding",
    "advice_returned",
    "closure_ahead",
    "reopened",
    "excused",
    "waits_for_family",
    "early_years",
    "over_sixteen",
    "asked_by_parent",
    "weeks_used",
    "past_its_limit",
)
"""What makes the rest of a case quicker or slower than its steps alone say, each a number near 0 for a usual case."""
ONLY_SLOW = frozenset(
    {
        "worker_load",
        "service_queue",
        "place_in_queue",
        "decided_late",
        "advice_outstanding",
        "advice_returned",
        "closure_ahead",
        "waits_for_family",
    }
)
"""What can make the rest slower and never quicker, whatever chance says: a reason must not speak against its words."""
ONLY_QUICKEN = frozenset({"advice_slow_so_far"})
"""The other way round: more advice come by now than was to be expected."""


def haste_of(model_tables: Tables, cases: Cases, *, usual_load: float) -> NDArray[np.float64]:
    """Return `HASTE` of each case, (n, len(HASTE))."""
    weeks = (cases.day - cases.clock_on) / 7
    decide = model_tables.places["decide"]
    usual_decision = float(grid.when(model_tables.whole(decide)[None, :], 0.5)[0])
    took = np.where(cases.agreed_on != NO_DAY, cases.agreed_on - cases.clock_on, usual_decision)
    outstanding = np.bincount(cases.pieces.row, cases.pieces.answered == NO_DAY, minlength=len(cases))
    queue, place_in_queue, slow = _of_the_advice(model_tables, cases)
    columns = (
        np.where(cases.load > 0, np.log(np.maximum(cases.load, 1) / max(usual_load, 1)), 0),
        queue,
        place_in_queue,
        slow,
        np.log((took + 7) / (usual_decision + 7)),
        np.log1p(outstanding),
        np.minimum(cases.returned, 3),
        most(cases.pieces.shut / 42, cases.pieces.answered == NO_DAY, cases),
        cases.reopened,
        cases.excused,
        cases.waits_for_family,
        (cases.age >= 0) & (cases.age < 5),
        cases.age >= 16,
        cases.source == 1,
        (np.minimum(weeks, 30) - 12) / 10,
        (cases.final_due != NO_DAY) & (cases.day > cases.final_due),
    )
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def table_of_pieces(tables: Tables, cases: Cases) -> NDArray[np.int32]:
    """Return the table of each piece; that of all advice for a giver of a kind that is not known."""
    return np.where(cases.pieces.table >= 0, cases.pieces.table, tables.places["advice"]).astype(np.int32)


def _of_the_advice(tables: Tables, cases: Cases) -> tuple[NDArray[np.float64], ...]:
    """
    Return, as logarithms: how much longer than usual the longest queue is; how long the wait is by each one's place in
    its queue, against what is usual; how much slower the case's advice has come so far than such advice does.
    """
    pieces, none = cases.pieces, np.zeros(len(cases))
    if not len(pieces):
        return none, none, none
    table = table_of_pieces(tables, cases)
    open_ = pieces.answered == NO_DAY
    last = np.where(open_, cases.day[pieces.row], pieces.answered)
    waited = tables.clocks.between(table, pieces.since, last)
    known = open_ & (pieces.queue >= 0)
    usual = tables.queue[table]
    longest = most(queues_longer(tables, pieces, table), known, cases)
    to_come = np.maximum(pieces.ahead, 0) / np.maximum(tables.a_day[table], 1e-3)
    usually = np.maximum(usual / np.maximum(tables.a_day[table], 1e-3) - waited, 0)
    wait = most(np.log((to_come + 14) / (usually + 14)), known & (pieces.ahead >= 0), cases)
    came = np.bincount(pieces.row, ~open_, minlength=len(cases))
    return longest, wait, np.log((came + 2) / (to_have_come(tables, cases, table, waited) + 2))


def queues_longer(tables: Tables, pieces: Pieces, table: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how much longer than usual the queue is that each piece is in, as a logarithm."""
    longer: NDArray[np.float64] = np.log((np.maximum(pieces.queue, 0) + 2) / (tables.queue[table] + 2))
    return longer


def to_have_come(
    tables: Tables, cases: Cases, table: NDArray[np.int32], waited: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how many of each case's pieces of advice, by their tables, were to be expected in the days waited."""
    return np.bincount(cases.pieces.row, tables.chances(table, waited), minlength=len(cases)).astype(np.float64)


def most(found: NDArray[Any], where: NDArray[np.bool_], cases: Cases) -> NDArray[np.float64]:
    """Return the most that is found of each case's pieces, of those `where` it counts; 0 for a case with none."""
    largest = np.full(len(cases), -np.inf)
    np.maximum.at(largest, cases.pieces.row[where], found[where])
    return np.where(np.isfinite(largest), largest, 0.0)
