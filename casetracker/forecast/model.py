"""
The model: the tables of the steps put together into a distribution of the day of the final plan, for each open case.

What is left of the step that is on, then each later step, one after another (`parts`). A few things about the case then
make all that is left go quicker or slower (`haste`), and a last look at how earlier forecasts came out puts the
distribution right (`trust`). Small, and every part can be shown to a person.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.calendar import ByPanel
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.grid import Floats
from casetracker.forecast.parts import Parts, parts_of
from casetracker.forecast.steps import Place
from casetracker.forecast.tables import Tables

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
    by_panel: ByPanel
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
    to_be_decided = np.where(cases.plan_due < cases.day, 1.0, goes_on[:, 0])
    return Scores(
        case_id=cases.case_id,
        p_decision=_where_due(cases.decision_due, 1 - by_decision),
        p_no_plan=_where_due(cases.plan_due, to_be_decided * (1 - by_plan)),
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
    found = np.where(left < 0, 1.0, found)  # it is over, and nothing excuses it
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
