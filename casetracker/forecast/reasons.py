"""
Why a case is given the probability it is: what it would be were one thing otherwise, for each of a few things.

Also the step that all the rest waits for, the last day on which it can be done with the later steps at their usual
speed, and the days to spare if every step went as fast as one in five does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.grid import CELLS, Floats
from casetracker.forecast.model import (
    HASTE,
    Model,
    Parts,
    days_left,
    haste_of,
    of_workers,
    p_final,
    put_right_by,
    table_of_pieces,
)
from casetracker.forecast.steps import STEP_AT, Place, Step

REPRESENTATIONS_DAYS = 15
"""No way from a draft to a final plan is quicker than the family's days on it (reg 13(1)(a))."""
GIVERS_DAYS = 42
"""The six weeks that a giver of advice has (reg 8(1))."""
LEAST = 0.03
"""A thing that moves the probability by less is not worth a reader's time."""
MOST_REASONS = 3
STEPS = tuple(Step)
_LATER = {
    Place.DECIDING: ("gather", "plan", "draft", "finish"),
    Place.GATHERING: ("plan", "draft", "finish"),
    Place.GATHERED: ("draft", "finish"),
    Place.DRAFTING: ("finish",),
    Place.FINISHING: (),
}
_STEP_OF = {"gather": Step.ADVICE, "plan": Step.PLAN, "draft": Step.DRAFT, "finish": Step.FINISH}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moves a case's probability."""

    code: str
    moves: float
    """By how much it moves the probability of a breach of the final plan's limit, from what it would be otherwise."""
    figures: Mapping[str, float]
    """The evidence, by name, in days or counts."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What is to be said of each case besides its probabilities."""

    limiting_step: NDArray[np.int8]
    """The place in `STEPS` of the step that the rest waits for."""
    limiting_piece: NDArray[np.int64]
    """The row in `Cases.pieces` of the advice it waits for longest; -1 where it waits for none."""
    latest_safe: NDArray[np.int32]
    """The last day for that step if those after it, at their usual speed, are to end in time; `NO_DAY`: no limit."""
    slack_days: NDArray[np.int32]
    """Days to spare if every step left goes as fast as one in five does."""
    days_by_step: NDArray[np.int32]
    """(n, STEPS): the median days that each step left takes; -1 for one that is behind."""
    moves: Mapping[str, Floats]
    """By reason, how much it moves the probability; 0 where it does not apply."""
    figures: Mapping[str, NDArray[np.float64]]
    """The evidence, by name."""

    def reasons(self) -> Iterator[list[Reason]]:
        """Yield, for each case in order, what moves its probability most, most first."""
        codes = list(self.moves)
        figures = {name: np.round(column, 1).tolist() for name, column in self.figures.items()}
        for row, moves in enumerate(zip(*(column.tolist() for column in self.moves.values()), strict=True)):
            sizes = sorted((abs(move), code) for move, code in zip(moves, codes, strict=True) if abs(move) >= LEAST)
            yield [
                Reason(
                    code,
                    round(moves[codes.index(code)], 3),
                    {name: figures[name][row] for name in EVIDENCE[code] if name in figures},
                )
                for _, code in reversed(sizes[-MOST_REASONS:])
            ]


EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "advice": ("waited", "overdue", "usual", "outstanding"),
    "late_so_far": ("used", "usually_used"),
    "season": ("lost",),
    "worker": ("load", "usual_load"),
    "queue": ("queue", "usual_queue"),
    "slow_so_far": ("came", "expected_to_come"),
    "returned": ("returned",),
    "family": (),
    "other": (),
}
"""By reason, the figures that its words need."""
_HASTE_BY_REASON = {
    "worker": ("worker_load",),
    "queue": ("service_queue", "place_in_queue"),
    "slow_so_far": ("advice_slow_so_far", "advice_outstanding"),
    "returned": ("advice_returned",),
    "family": ("waits_for_family",),
    "other": ("reopened", "excused", "early_years", "over_sixteen", "asked_by_parent"),
}


def explain(model: Model, cases: Cases, parts: Parts) -> Explained:
    """Return what is to be said of each case; `parts` are those it was scored by."""
    tables = model.tables
    haste = haste_of(tables, cases, usual_load=model.usual_load)
    left = days_left(model, cases, cases.final_due)

    def probability(final: Floats, haste: NDArray[np.float64], left: NDArray[np.float64]) -> Floats:
        return p_final(model, cases, parts, put_right_by(model.lessons, cases, final, haste, left))

    at_due = grid.at(parts.final, left)
    p = probability(at_due, haste, left)
    moves: dict[str, Floats] = {}
    limiting, median_left = limiting_pieces(model, cases)
    sooner = _without(model, cases, parts, limiting)
    moves["advice"] = np.where(limiting >= 0, p - probability(grid.at(sooner, left), haste, left), 0)
    used, usually = (cases.since - cases.clock_on).astype(np.float64), _usually_used(model)[cases.place]
    behind = np.where(cases.place == Place.DECIDING, 0.0, used - usually)
    moves["late_so_far"] = p - probability(grid.at(parts.final, np.maximum(left + behind, 0)), haste, left)
    ordinary = np.maximum(cases.final_due - cases.day, 0).astype(np.float64)
    moves["season"] = np.where(left >= 0, p - probability(grid.at(parts.final, ordinary), haste, left), 0)
    for code, names in _HASTE_BY_REASON.items():
        otherwise = haste.copy()
        otherwise[:, [HASTE.index(name) for name in names]] = 0
        moves[code] = p - probability(at_due, otherwise, left)
    moves = {code: np.nan_to_num(moved).astype(np.float32) for code, moved in moves.items()}
    after, quick, by_step = _later_steps(model, cases, parts, median_left)
    return Explained(
        limiting_step=_limiting_steps(cases),
        limiting_piece=limiting,
        latest_safe=np.where(cases.final_due == NO_DAY, NO_DAY, tables.season.before(cases.final_due, after)),
        slack_days=np.floor(np.where(left >= 0, left, cases.final_due - cases.day) - quick).astype(np.int32),
        days_by_step=by_step,
        moves=moves,
        figures=_evidence(model, cases, limiting, used, usually, left),
    )


def limiting_pieces(model: Model, cases: Cases) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return, for each case, the row of the outstanding piece that has longest to come, or -1, and its median days."""
    pieces, tables = cases.pieces, model.tables
    limiting = np.full(len(cases), -1, dtype=np.int64)
    longest = np.full(len(cases), -1.0)
    open_ = np.flatnonzero(pieces.answered == NO_DAY)
    if len(open_):
        row = pieces.row[open_]
        waited = tables.season.between(pieces.since[open_], cases.day[row])
        median = np.minimum(
            grid.when(tables.left(table_of_pieces(tables, cases)[open_], waited), 0.5), CELLS * grid.STEP
        )
        np.maximum.at(longest, row, median)
        last = median >= longest[row]
        limiting[row[last]] = open_[last]
    gathering = cases.place == Place.GATHERING
    return np.where(gathering, limiting, -1), np.where(gathering, longest, -1.0)


def _without(model: Model, cases: Cases, parts: Parts, limiting: NDArray[np.int64]) -> Floats:
    """Return the distribution of the final plan had the limiting piece come today."""
    found = parts.final.copy()
    rows = limiting >= 0
    if not rows.any():
        return found
    tables, pieces = model.tables, cases.pieces
    others = (pieces.answered == NO_DAY) & rows[pieces.row]
    others[limiting[rows]] = False
    now = np.ones((len(cases), CELLS), dtype=np.float32)
    row = pieces.row[others]
    if len(row):
        waited = tables.season.between(pieces.since[others], cases.day[row])
        each = tables.left(table_of_pieces(tables, cases)[others], waited)
        first = np.flatnonzero(np.diff(row, prepend=-1))
        now[row[first]] = np.multiply.reduceat(each, first, axis=0)
    for worker, tail in _tails(model, cases, rows):
        here = rows & (cases.worker == worker)
        found[here] = grid.one_after_another(now[here], tail)
    return found


def _tails(model: Model, cases: Cases, rows: NDArray[np.bool_]) -> list[tuple[int, Floats]]:
    """Return, for each worker of the rows, the distribution of all that comes after the advice."""
    found = []
    for worker in np.unique(cases.worker[rows]):
        tail = np.ones((1, CELLS), dtype=np.float32)
        for step in ("plan", "draft", "finish"):
            tail = grid.one_after_another(tail, model.tables.whole(_own(model, step, int(worker))))
        found.append((int(worker), tail[0]))
    return found


def _own(model: Model, step: str, worker: int) -> int:
    own = int(of_workers(model.tables, step)[worker])
    return own if own >= 0 else model.tables.places[step]


def _usually_used(model: Model) -> NDArray[np.float64]:
    """Return the days of the clock that a usual case has used when it comes to each place."""
    tables = model.tables
    medians = [
        float(grid.when(tables.whole(tables.places[step])[None, :], 0.5)[0])
        for step in ("decide", "gather", "plan", "draft")
    ]
    return np.concatenate([[0.0], np.cumsum(medians)])


def _limiting_steps(cases: Cases) -> NDArray[np.int8]:
    asked = np.bincount(cases.pieces.row, minlength=len(cases)) > 0
    step = np.array([STEPS.index(STEP_AT[Place(n)]) for n in range(len(Place))])[cases.place]
    return np.where((cases.place == Place.GATHERING) & ~asked, STEPS.index(Step.ASK), step).astype(np.int8)


def _later_steps(
    model: Model, cases: Cases, parts: Parts, median_left: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Return the usual days after the step that is on, the days that all left takes if quick, the median by step."""
    tables = model.tables
    after = np.zeros(len(cases))
    by_step = np.full((len(cases), len(STEPS)), -1, dtype=np.int32)
    on_now = np.where(median_left >= 0, median_left, np.minimum(grid.when(parts.now, 0.5), CELLS * grid.STEP))
    by_step[np.arange(len(cases)), _limiting_steps(cases)] = np.rint(on_now)
    quick = np.minimum(grid.when(parts.now, 0.2), CELLS * grid.STEP)
    for place, steps in _LATER.items():
        here = cases.place == place
        for step in steps if here.any() else ():
            table = _tables_of(model, cases, step)
            used, row = np.unique(table, return_inverse=True)
            whole = np.stack([tables.whole(int(one)) for one in used])
            median, fast = grid.when(whole, 0.5)[row], grid.when(whole, 0.2)[row]
            least = REPRESENTATIONS_DAYS if step == "finish" else 0.0
            after = np.where(here, after + np.maximum(median, least), after)
            quick = np.where(here, quick + np.maximum(fast, least), quick)
            by_step[here, STEPS.index(_STEP_OF[step])] = np.rint(median[here])
    return after, quick, by_step


def _tables_of(model: Model, cases: Cases, step: str) -> NDArray[np.int64]:
    if step == "gather":
        return cases.gather.astype(np.int64)
    own = of_workers(model.tables, step)[cases.worker]
    return np.where(own >= 0, own, model.tables.places[step])


def _evidence(
    model: Model,
    cases: Cases,
    limiting: NDArray[np.int64],
    used: NDArray[np.float64],
    usually: NDArray[np.float64],
    left: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    tables, pieces = model.tables, cases.pieces
    none = np.zeros(len(cases))
    open_ = pieces.answered == NO_DAY
    came = np.bincount(pieces.row, ~open_, minlength=len(cases))
    outstanding = np.bincount(pieces.row, open_, minlength=len(cases))
    figures = {
        "used": used,
        "usually_used": usually,
        "lost": np.maximum(cases.final_due - cases.day, 0) - np.maximum(left, 0),
        "load": cases.load.astype(np.float64),
        "usual_load": np.full(len(cases), model.usual_load),
        "returned": cases.returned.astype(np.float64),
        "outstanding": outstanding.astype(np.float64),
        "came": came.astype(np.float64),
        "waited": none,
        "overdue": none,
        "usual": none,
        "queue": none,
        "usual_queue": none,
        "expected_to_come": none,
    }
    if not len(pieces):
        return figures
    table = table_of_pieces(tables, cases)
    last = np.where(open_, cases.day[pieces.row], pieces.answered)
    chances = tables.chances(table, tables.season.between(pieces.since, last))
    figures["expected_to_come"] = np.bincount(pieces.row, np.minimum(chances, 1), minlength=len(cases))
    used_tables, place = np.unique(table, return_inverse=True)
    median = grid.when(np.stack([tables.whole(int(one)) for one in used_tables]), 0.5)[place]
    piece = np.maximum(limiting, 0)

    def of_limiting(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(limiting >= 0, values[piece], 0.0)

    waited = (last - pieces.since).astype(np.float64)
    figures["waited"] = of_limiting(waited)
    figures["overdue"] = of_limiting(np.maximum(waited - GIVERS_DAYS, 0))
    figures["usual"] = of_limiting(np.minimum(median, CELLS * grid.STEP))
    figures["queue"] = of_limiting(np.maximum(pieces.queue, 0).astype(np.float64))
    figures["usual_queue"] = of_limiting(tables.queue[table])
    return figures
