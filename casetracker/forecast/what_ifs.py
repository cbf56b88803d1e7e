"""What would move one case's probability: the same case with one thing about it otherwise, scored again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid, telling
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.haste import table_of_pieces
from casetracker.forecast.model import Model, score
from casetracker.forecast.steps import Place

SOON = 14
"""Days within which all the advice comes, in the one that asks what if it does."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One case with one thing otherwise."""

    code: str
    cases: Cases
    piece: int = -1
    """The place of the piece of advice it is about; -1 where it is about none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is then to be expected."""

    p: float
    """The probability of a breach of the final plan's limit; NaN where none is to be met."""
    expected_on: int
    """The day (ordinal) as likely before as after for the plan, if there is one; `NO_DAY` where beyond what is told."""
    p_no_plan: float
    """The probability that the case ends with no plan."""

    def helps(self, now: "Answer") -> bool:
        """Return whether it is better than what is now expected, as far as is shown: less often late, or sooner."""
        never = date.max.toordinal()
        return (round(self.p, 2), self.expected_on or never) < (round(now.p, 2), now.expected_on or never)


def if_assessed(model: Model) -> Model:
    """Return the model of a case that it is agreed to assess, whenever that is: how a refusal ends is left out."""
    ends = model.ends_otherwise.copy()
    ends[0] = 0
    return replace(model, ends_otherwise=ends)


def answer(model: Model, cases: Cases) -> Answer:
    """Return what is to be expected of one case."""
    found = score(model, cases)
    expected = float(telling.interval(model.tables.season, cases.day, found.if_a_plan).expected[0])
    expected_on = int(expected) if np.isfinite(expected) else NO_DAY
    return Answer(float(found.p_final[0]), expected_on, float(found.p_ends_otherwise[0]))


def late_to_come(model: Model, cases: Cases, due: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the probability that each piece of advice comes after its last day (ordinal); NaN for one that came."""
    pieces, tables = cases.pieces, model.tables
    day = cases.day[pieces.row]
    left = tables.left_of(table_of_pieces(tables, cases), pieces.since, day)
    ahead = np.where(due >= day, tables.season.between(day, np.maximum(due, day)), -1.0)
    return np.where(pieces.answered == NO_DAY, 1 - grid.at(left, ahead), np.nan)


def ways(cases: Cases) -> Iterator[Otherwise]:
    """Yield the ways in which the step that is on could be done now, for one case."""
    day = int(cases.day[0])
    place = Place(int(cases.place[0]))
    open_ = np.flatnonzero(cases.pieces.answered == NO_DAY)
    if place is Place.DECIDING:
        decided = _with(cases, place=Place.GATHERING, since=day, agreed_on=day, decision_due=NO_DAY)
        yield Otherwise("decide_today", decided)
    if place is Place.GATHERING:
        for piece in open_.tolist():
            yield Otherwise("advice_today", _answered(cases, np.array([piece]), day), piece)
        if len(open_) and day + SOON <= int(cases.final_due[0]):  # later it is no help
            yield Otherwise("advice_soon", _answered(_with(cases, day=day + SOON), open_, day + SOON))
    if place is Place.GATHERED:
        yield Otherwise("plan_today", _with(cases, place=Place.DRAFTING, since=day, plan_due=NO_DAY))
    if place in (Place.GATHERED, Place.DRAFTING):
        yield Otherwise("draft_today", _with(cases, place=Place.FINISHING, since=day, plan_due=NO_DAY))


def piece_comes_soon(cases: Cases, piece: int) -> Cases:
    """Return one case as it would stand in `SOON` days, with one piece of advice come by then and nothing else."""
    day = int(cases.day[0]) + SOON
    return _answered(_with(cases, day=day), np.array([piece]), day)


def handed_over(cases: Cases, *, worker: int, load: int) -> Cases:
    """Return one case in the hands of another worker, who then has `load` plans in hand."""
    return _with(cases, worker=worker, load=load)


def _answered(cases: Cases, pieces: Any, day: int) -> Cases:
    answered = cases.pieces.answered.copy()
    answered[pieces] = day
    found = replace(cases, pieces=replace(cases.pieces, answered=answered))
    return found if (answered == NO_DAY).any() else _with(found, place=Place.GATHERED, since=day)


def _with(cases: Cases, **changed: int) -> Cases:
    columns: dict[str, Any] = {
        name: np.full(1, value, dtype=getattr(cases, name).dtype) for name, value in changed.items()
    }
    return replace(cases, **columns)
