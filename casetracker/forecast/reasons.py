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
from casetracker.forecast.haste import HASTE, most, queues_longer, table_of_pieces, to_have_come
from casetracker.forecast.model import Model, days_left, p_final, put_right_by
from casetracker.forecast.parts import Parts, last_to_come, step_on, tables_of_workers, waits_of, what_follows
from casetracker.forecast.steps import STEP_AT, Place, Step
from casetracker.forecast.tables import Tables

REPRESENTATIONS_DAYS = 15
"""No way from a draft to a final plan is quicker than the family's days on it (reg 13(1)(a))."""
GIVERS_DAYS = 42
"""The six weeks that a giver of advice has (reg 8(1))."""
LEAST = 0.01
"""A thing that moves the probability by less is not worth a reader's time."""
MOST_REASONS = 3
STEPS = tuple(Step)
_STILL_TO_COME = {
    "gather": (Step.ADVICE, Place.GATHERING),
    "plan": (Step.PLAN, Place.GATHERED),
    "draft": (Step.DRAFT, Place.DRAFTING),
    "finish": (Step.FINISH, Place.FINISHING),
}
"""The steps after a decision to assess, by their tables, and the place before which each is still to come."""


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
        figures = {name: np.round(column, 1).tolist() for name, column in self.figures.items()}
        evidence = [(code, [(name, figures[name]) for name in EVIDENCE[code]]) for code in self.moves]
        moves = np.column_stack(list(self.moves.values()))
        most = np.argsort(-np.abs(moves), axis=1, kind="stable")[:, :MOST_REASONS]
        sizes = np.take_along_axis(moves, most, axis=1)
        worth = (np.abs(sizes) >= LEAST).sum(axis=1).tolist()
        for row, (codes, by, number) in enumerate(zip(most.tolist(), sizes.tolist(), worth, strict=True)):
            yield [
                Reason(evidence[code][0], round(move, 3), {name: column[row] for name, column in evidence[code][1]})
                for code, move in zip(codes[:number], by, strict=False)
            ]


EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "advice": ("waited", "overdue", "usual", "outstanding"),
    "late_so_far": ("used", "usually_used"),
    "season": ("lost",),
    "worker": ("load", "usual_load"),
    "queue": ("queue", "usual_queue", "before", "of_limiting"),
    "closure": ("shut",),
    "panel": ("panel_in",),
    "slow_so_far": ("came", "expected_to_come"),
    "outstanding": ("outstanding",),
    "returned": ("returned",),
    "family": (),
    "other": (),
}
"""By reason, the figures that its words need."""
_HASTE_BY_REASON = {
    "worker": ("worker_load",),
    "queue": ("service_queue", "place_in_queue"),
    "closure": ("closure_ahead",),
    "slow_so_far": ("advice_slow_so_far",),
    "outstanding": ("advice_outstanding",),
    "returned": ("advice_returned",),
    "family": ("waits_for_family",),
    "other": ("reopened", "excused", "early_years", "over_sixteen", "asked_by_parent"),
}


def explain(model: Model, cases: Cases, parts: Parts, waits: Floats | None = None) -> Explained:
    """Return what is to be said of each case; `parts` are those it was scored by, and `waits` its `waits_of`."""
    tables = model.tables
    left = days_left(model, cases, cases.final_due)
    waits = waits_of(tables, cases) if waits is None else waits
    limiting, median_left = _limiting_pieces(cases, waits)
    used, usually = (cases.since - cases.clock_on).astype(np.float64), _usually_used(model)[cases.place]
    after, quick, by_step = _later_steps(model, cases, parts, median_left)
    return Explained(
        limiting_step=_limiting_steps(cases),
        limiting_piece=limiting,
        latest_safe=np.where(cases.final_due == NO_DAY, NO_DAY, tables.season.before(cases.final_due, after)),
        slack_days=np.floor(np.where(left >= 0, left, cases.final_due - cases.day) - quick).astype(np.int32),
        days_by_step=by_step,
        moves=_moves(model, cases, parts, _without(model, cases, limiting, waits, left), used - usually, left),
        figures=_evidence(model, cases, limiting, used, usually, left),
    )


def _moves(
    model: Model,
    cases: Cases,
    parts: Parts,
    without: Floats,
    behind: NDArray[np.float64],
    left: NDArray[np.float64],
) -> dict[str, Floats]:
    """Return the probability of each case as it is, less what it would be with each thing otherwise."""
    on_time = np.maximum(left + np.where(cases.place == Place.DECIDING, 0.0, behind), 0)
    ordinary = np.maximum(cases.final_due - cases.day, 0).astype(np.float64)
    as_it_is = grid.at(parts.final, left)
    otherwise = {
        "advice": np.where(np.isnan(without), as_it_is, without),
        "late_so_far": grid.at(parts.final, on_time),
        "season": np.where(left >= 0, grid.at(parts.final, ordinary), as_it_is),
        "panel": _at_any_time(model, cases, left, as_it_is) if model.by_panel.share else as_it_is,
    }
    weighed = parts.haste * model.lessons.haste
    pace = weighed.sum(axis=1)
    slower = {code: weighed[:, [HASTE.index(name) for name in names]] for code, names in _HASTE_BY_REASON.items()}
    in_time = put_right_by(
        model.lessons,
        cases,
        np.stack([as_it_is, *otherwise.values(), *(as_it_is for _ in slower)]),
        np.stack([pace, *(pace for _ in otherwise), *(pace - own.sum(axis=1) for own in slower.values())]),
        left,
    )
    p = np.nan_to_num(p_final(model, cases, parts, in_time))
    return dict(zip((*otherwise, *slower), p[0] - p[1:], strict=True))


def _limiting_pieces(cases: Cases, waits: Floats) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return, for each case, the row of the outstanding piece that has longest to come, or -1, and its median days."""
    limiting = np.full(len(cases), -1, dtype=np.int64)
    longest = np.full(len(cases), -1.0)
    open_ = np.flatnonzero(cases.pieces.answered == NO_DAY)
    if len(open_):
        row = cases.pieces.row[open_]
        median = np.minimum(grid.when(waits, 0.5), CELLS * grid.STEP)
        np.maximum.at(longest, row, median)
        last = median >= longest[row]
        limiting[row[last]] = open_[last]
    gathering = cases.place == Place.GATHERING
    return np.where(gathering, limiting, -1), np.where(gathering, longest, -1.0)


def _without(
    model: Model, cases: Cases, limiting: NDArray[np.int64], waits: Floats, left: NDArray[np.float64]
) -> Floats:
    """Return the probability of a plan within the days left had the limiting piece come today; NaN where none is."""
    found = np.full(len(cases), np.nan, dtype=np.float32)
    rows = limiting >= 0
    others = np.flatnonzero(cases.pieces.answered == NO_DAY)
    other = ~np.isin(others, limiting)
    now = np.ones((len(cases), CELLS), dtype=np.float32)
    waiting, last = last_to_come(cases.pieces.row[others[other]], waits[other])
    now[waiting] = last
    follows = what_follows(model.tables, cases.worker[rows], "plan", "draft", "finish")
    found[rows] = grid.both_within(now[rows], *follows, left[rows])
    return found


def _at_any_time(model: Model, cases: Cases, left: NDArray[np.float64], as_it_is: Floats) -> Floats:
    """Return the probability of a plan within the days left, were a plan that waits for a panel decided at any time."""
    found = as_it_is.copy()
    here = (cases.place == Place.GATHERED) & (cases.panels[:, 0] != NO_DAY)
    waits = cases.take(here)
    follows = what_follows(model.tables, waits.worker, "draft", "finish")
    found[here] = grid.both_within(step_on(model.tables, waits), *follows, left[here])
    return found


def _usually_used(model: Model) -> NDArray[np.float64]:
    """Return the days of the clock that a usual case has used when it comes to each place."""
    tables = model.tables
    steps = np.array([tables.places[step] for step in ("decide", "gather", "plan", "draft")])
    return np.concatenate([[0.0], np.cumsum(grid.when(tables.whole(steps), 0.5))])


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
    for step, (named, until) in _STILL_TO_COME.items():
        table = cases.gather if step == "gather" else tables_of_workers(tables, cases.worker, step)
        used, row = np.unique(table, return_inverse=True)
        whole = tables.whole(used)
        median, fast = grid.when(whole, 0.5)[row], grid.when(whole, 0.2)[row]
        least = REPRESENTATIONS_DAYS if step == "finish" else 0.0
        to_come = cases.place < until
        after += np.where(to_come, np.maximum(median, least), 0)
        quick += np.where(to_come, np.maximum(fast, least), 0)
        by_step[to_come, STEPS.index(named)] = np.rint(median[to_come])
    return after, quick, by_step


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
        "panel_in": _days_to_a_panel(cases),
        "returned": cases.returned.astype(np.float64),
        "outstanding": outstanding.astype(np.float64),
        "came": came.astype(np.float64),
        "waited": none,
        "overdue": none,
        "usual": none,
        "queue": none,
        "usual_queue": none,
        "before": none,
        "of_limiting": none,
        "expected_to_come": none,
        "shut": none,
    }
    if not len(pieces):
        return figures
    table = table_of_pieces(tables, cases)
    last = np.where(open_, cases.day[pieces.row], pieces.answered)
    figures["shut"] = most(pieces.shut, open_, cases)
    figures["expected_to_come"] = to_have_come(tables, cases, table, tables.clocks.between(table, pieces.since, last))
    used_tables, place = np.unique(table, return_inverse=True)
    median = grid.when(tables.whole(used_tables), 0.5)[place]
    piece = np.maximum(limiting, 0)

    def of_limiting(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(limiting >= 0, values[piece], 0.0)

    waited = (last - pieces.since).astype(np.float64)
    figures["waited"] = of_limiting(waited)
    figures["overdue"] = of_limiting(np.maximum(waited - GIVERS_DAYS, 0))
    figures["usual"] = of_limiting(np.minimum(median, CELLS * grid.STEP))
    queued = _in_the_longest_queue(tables, cases, table)
    figures["queue"] = np.where(queued >= 0, pieces.queue[queued], 0).astype(np.float64)
    figures["usual_queue"] = np.where(queued >= 0, tables.queue[table[queued]], 0)
    figures["before"] = np.where(queued >= 0, np.maximum(pieces.ahead[queued], 0), 0).astype(np.float64)
    figures["of_limiting"] = ((queued >= 0) & (queued == limiting)).astype(np.float64)
    return figures


def _days_to_a_panel(cases: Cases) -> NDArray[np.float64]:
    """Return the days until the next sitting known; 0 where none is."""
    ahead = cases.panels - cases.day[:, None]
    first = np.where(ahead > 0, ahead, np.iinfo(np.int32).max).min(axis=1)
    return np.where((ahead > 0).any(axis=1), first, 0).astype(np.float64)


def _in_the_longest_queue(tables: Tables, cases: Cases, table: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return, for each case, the row of the piece whose giver's queue is longest against what is usual; -1 for none."""
    pieces = cases.pieces
    longer = queues_longer(tables, pieces, table)
    known = np.flatnonzero((pieces.answered == NO_DAY) & (pieces.queue >= 0))
    by_length = known[np.argsort(longer[known], kind="stable")]
    found = np.full(len(cases), -1, dtype=np.int64)
    found[pieces.row[by_length]] = by_length  # of the same case the last, which is the longest, stays
    return found
