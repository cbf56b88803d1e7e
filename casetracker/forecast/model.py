"""
The model: the tables of the steps put together into a distribution of the day of the final plan, for each open case.

What is left of the step that is on, then each later step, one after another; of several pieces of advice, the last to
come. A few things about the case then make all that is left go quicker or slower (`HASTE`), and a last look at how
earlier forecasts came out puts the distribution right (`trust`). Small, and every part can be shown to a person.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.grid import CELLS, Floats
from casetracker.forecast.steps import Place
from casetracker.forecast.tables import Tables, places_of

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
_ABOUT = 4.5
"""Days on either side of a sitting that the chance of it is read off from."""
BANDS = (6, 10, 14, 18)
"""Weeks used that part the bands within which earlier forecasts are looked at."""
SHARES = 20
"""The parts into which a distribution is cut to be put right."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What earlier forecasts taught, by how they came out."""

    haste: NDArray[np.float64]
    """The weight of each of `HASTE`: the logarithm of how much quicker the rest goes for one more of it."""
    own: NDArray[np.float64]
    """(bands,): how far a case's own picture is to be believed, from 0 to 1; the rest goes to `general`."""
    general: NDArray[np.float64]
    """(bands, CELLS): the distribution of cases in the band in general."""
    trust: NDArray[np.float64]
    """(bands, SHARES + 1): for each share of a distribution, the share of cases that had in fact come by then."""


@dataclass(frozen=True, slots=True)
class Model:
    """A fit of the forecast."""

    as_at: int
    """The day (ordinal) whose knowledge it holds."""
    tables: Tables
    ends_otherwise: NDArray[np.float64]
    """(4 steps, 6 sources): `tables.shares_that_end`."""
    excused: float
    """The share of late plans that an exception excuses."""
    usual_load: float
    """Plans that the worker of a usual case has in hand."""
    by_panel: float
    """How far decisions are the panel's, from 0 to 1: `Calendar.decides`."""
    lessons: "Lessons"
    closed_cases: int
    """Cases of which a clock has ended; one that has been re-opened since is among them, once."""
    open_cases: int

    def worker(self, name: str) -> int:
        """Return the number that stands for a worker in `Cases`; -1 for one it does not know."""
        return self.tables.places.get(f"draft@{name}", -1)


@dataclass(frozen=True, slots=True)
class Scores:
    """What is expected of each case. Probabilities of a breach; NaN where the limit does not bind."""

    case_id: NDArray[np.int64]
    p_decision: Floats
    p_no_plan: Floats
    p_final: Floats
    p_ends_otherwise: Floats
    cdf: Floats
    """(n, CELLS): the probability that the final plan has been issued within so many cells (see `grid`)."""
    if_a_plan: Floats
    """The same of those cases that get a plan, so that it goes towards 1."""


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


def parts_of(tables: Tables, cases: Cases, *, usual_load: float, by_panel: float, waits: Floats | None = None) -> Parts:
    """
    Return the distributions of the steps that each case has before it, and what makes them go quicker.

    :param usual_load: plans that the worker of a usual case has in hand
    :param by_panel: how far decisions are the panel's, from 0 to 1
    :param waits: `waits_of` the cases, where it is at hand
    """
    now = step_on(tables, cases)
    now = _last_of_the_advice(cases, now, waits_of(tables, cases) if waits is None else waits)
    if by_panel:
        now += by_panel * (_at_a_panel(tables, cases, now) - now)
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


def _at_a_panel(tables: Tables, cases: Cases, now: Floats) -> Floats:
    """
    Return what is left of the step that is on where a panel ends it: all that would end between two sittings ends on
    the second of them.

    The table has panels at any time of a wait in it, so that its hazard at a sitting, for each day since the sitting
    before, is the chance of that sitting. After the last sitting known it goes on as the table has it. Cases that no
    panel decides next stay as they are, and so do those with fewer than two sittings known.
    """
    found = now.copy()
    here = ((cases.place == Place.DECIDING) | (cases.place == Place.GATHERED)) & (cases.panels[:, 1] != NO_DAY)
    panels, day, left = cases.panels[here], cases.day[here, None], 1 - now[here]
    known = panels != NO_DAY
    ahead = np.where(known, tables.season.between(day, np.maximum(panels, day)), 0.0)
    since = np.diff(ahead, axis=1, prepend=2 * ahead[:, :1] - ahead[:, 1:2])
    first, last = np.maximum(ahead - _ABOUT, 0), ahead + _ABOUT
    hazard = (_logs(now[here], first) - _logs(now[here], last)) / (last - first)
    kept = np.cumprod(np.where(known, 1 - np.clip(since * hazard, 0, 1), 1.0), axis=1)
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
    return np.log(np.clip(1 - reached, 1e-6, 1)).astype(np.float64)


def waits_of(tables: Tables, cases: Cases) -> Floats:
    """Return what is left of each piece of advice that is waited for, in their order: (outstanding, CELLS)."""
    waited_for = cases.pieces.answered == NO_DAY
    since, day = cases.pieces.since[waited_for], cases.day[cases.pieces.row[waited_for]]
    return tables.left_of(table_of_pieces(tables, cases)[waited_for], since, day)


def _last_of_the_advice(cases: Cases, left: Floats, waits: Floats) -> Floats:
    """Put in place of what is left of gathering, where advice is outstanding, the day the last of it comes."""
    row = cases.pieces.row[cases.pieces.answered == NO_DAY]
    if len(row):
        first = np.flatnonzero(np.diff(row, prepend=-1))
        gathering = cases.place[row[first]] == Place.GATHERING
        left[row[first][gathering]] = np.multiply.reduceat(waits, first, axis=0)[gathering]
    return left


def table_of_pieces(tables: Tables, cases: Cases) -> NDArray[np.int32]:
    """Return the table of each piece; that of all advice for a giver of a kind that is not known."""
    return np.where(cases.pieces.table >= 0, cases.pieces.table, tables.places["advice"]).astype(np.int32)


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
        _most(cases.pieces.shut / 42, (cases.pieces.answered == NO_DAY) & (cases.pieces.shut > 0), cases),
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
    longest = _most(np.log((pieces.queue + 2) / (usual + 2)), known, cases)
    to_come = np.maximum(pieces.ahead, 0) / np.maximum(tables.a_day[table], 1e-3)
    usually = np.maximum(usual / np.maximum(tables.a_day[table], 1e-3) - waited, 0)
    wait = _most(np.log((to_come + 14) / (usually + 14)), known & (pieces.ahead >= 0), cases)
    chances = np.bincount(pieces.row, tables.chances(table, waited), minlength=len(cases))
    came = np.bincount(pieces.row, ~open_, minlength=len(cases))
    return longest, wait, np.log((came + 2) / (chances + 2))


def _most(found: NDArray[Any], where: NDArray[np.bool_], cases: Cases) -> NDArray[np.float64]:
    most = np.full(len(cases), -np.inf)
    np.maximum.at(most, cases.pieces.row[where], found[where])
    return np.where(np.isfinite(most), most, 0.0)


def band_of(cases: Cases) -> NDArray[np.int64]:
    """Return the band of weeks used that each case is in."""
    return np.searchsorted(BANDS, (cases.day - cases.clock_on) / 7, side="left")


def put_right(lessons: "Lessons", cases: Cases, final: Floats, haste: NDArray[np.float64]) -> Floats:
    """Return the distributions of the final plan as earlier forecasts say they come out."""
    band = band_of(cases)
    pace = haste @ lessons.haste
    return _put_right(lessons, band[:, None], final, pace[:, None], lessons.general[band])


def put_right_by(
    lessons: "Lessons", cases: Cases, final: Floats, pace: NDArray[np.float64], left: NDArray[np.float64]
) -> Floats:
    """
    Return what `put_right` would make of one point of each distribution, the one `left` days on.

    :param final: (n,), or (m, n) for many at once; likewise `pace`, each case's `HASTE` as weighed by the lessons
    """
    band = band_of(cases)
    return _put_right(lessons, band, final, pace, grid.at(lessons.general[band].astype(np.float32), left))


def _put_right(
    lessons: "Lessons", band: NDArray[np.int64], final: Floats, pace: NDArray[np.float64], general: NDArray[Any]
) -> Floats:
    kept = np.log(np.clip(1 - final, np.float32(1e-7), 1))
    made = -np.expm1(kept * np.exp(pace).astype(np.float32))
    own = lessons.own.astype(np.float32)[band]
    share = (own * made + (1 - own) * general.astype(np.float32)) * SHARES
    cell = np.minimum(share.astype(np.int32), SHARES - 1)
    trust = lessons.trust.astype(np.float32)
    lower, upper = trust[band, cell], trust[band, cell + 1]
    right: Floats = lower + (share - cell) * (upper - lower)
    return right


def score(model: Model, cases: Cases, *, parts: Parts | None = None) -> Scores:
    """Return what is expected of each case, on the day each is seen."""
    parts = parts or parts_of(model.tables, cases, usual_load=model.usual_load, by_panel=model.by_panel)
    if_a_plan = put_right(model.lessons, cases, parts.final, parts.haste)
    goes_on = _goes_on(model, cases)
    in_time = grid.at(if_a_plan, days_left(model, cases, cases.final_due))
    by_decision = grid.at(parts.now, days_left(model, cases, cases.decision_due))
    by_plan = grid.at(parts.planned, days_left(model, cases, cases.plan_due))
    return Scores(
        case_id=cases.case_id,
        p_decision=_where_due(cases.decision_due, 1 - by_decision),
        p_no_plan=_where_due(cases.plan_due, goes_on[:, 0] * (1 - by_plan)),
        p_final=p_final(model, cases, parts, in_time),
        p_ends_otherwise=(1 - goes_on[:, 1]).astype(np.float32),
        cdf=if_a_plan * goes_on[:, 1:].astype(np.float32),
        if_a_plan=if_a_plan,
    )


def p_final(model: Model, cases: Cases, parts: Parts, in_time: Floats) -> Floats:
    """Return the probability that the final plan's limit is missed, of a plan in time with probability `in_time`."""
    goes_on = _goes_on(model, cases)
    left = days_left(model, cases, cases.final_due)
    ends_late = (1 - goes_on[:, 0]) * (1 - grid.at(parts.now, left))
    ends_late += (goes_on[:, 0] - goes_on[:, 1]) * (1 - grid.at(parts.planned, left))
    found = (goes_on[:, 1] * (1 - in_time) + ends_late) * (1 - model.excused)
    return np.where(cases.excused | (cases.final_due == NO_DAY), np.nan, np.clip(found, 0, 1)).astype(np.float32)


def days_left(model: Model, cases: Cases, due: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the days left on the clock of the season, below none where the day is past."""
    return np.where(due >= cases.day, model.tables.season.between(cases.day, np.maximum(due, cases.day)), -1.0)


def _where_due(due: NDArray[np.int32], found: Any) -> Floats:
    return np.where(due == NO_DAY, np.nan, found).astype(np.float32)


def _goes_on(model: Model, cases: Cases) -> NDArray[np.float64]:
    """Return the probability that a case gets past its decision to assess, and that it gets a plan: (n, 2)."""
    ends = model.ends_otherwise[:, np.clip(cases.source, 0, 5)]
    past_decision = np.where(cases.place == Place.DECIDING, 1 - ends[0], 1.0)
    to_plan = np.where(cases.place <= Place.GATHERED, 1 - ends[1], 1.0)
    to_end = np.where(cases.place <= Place.DRAFTING, 1 - ends[2], 1.0) * (1 - ends[3])
    return np.column_stack([past_decision, past_decision * to_plan * to_end])
