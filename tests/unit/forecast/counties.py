"""Simulated counties as the forecast takes them, rehearsed and backtested."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casetracker.forecast import backtest, fitting
from casetracker.forecast.backtest import Report, Scored
from casetracker.forecast.columns import Cases
from casetracker.forecast.fitting import Rehearsal
from casetracker.forecast.model import Model
from casetracker.forecast.snapshots import History
from tests.simulated import County, simulate
from tests.simulated.folk import TEAMS

LOOKED_AT = (4, 8, 12, 16, 24, 40)
"""Fewer weeks than the forecast itself learns from, so that a county is rehearsed in seconds."""


def histories(county: County) -> list[History]:
    """Return a county's cases as the forecast takes them."""
    folk = county.folk
    return [
        History(
            case.place,
            tuple(case.entries),
            source=folk.source[case.place],
            born_on=folk.born_on[case.place],
            need=folk.need[case.place],
            groups=(
                folk.sex[case.place],
                folk.ethnicity[case.place],
                folk.need[case.place],
                TEAMS[folk.team[case.place]],
            ),
        )
        for case in county.cases
        if case.steps
    ]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A county with the forecasts that would have been made in it, and how they came out."""

    county: County
    histories: list[History]
    rehearsal: Rehearsal
    scored: Scored
    report: Report
    model: Model
    """As at the county's last day."""


def rehearsed(style: str, *, seed: int, cases: int, weeks: Sequence[int] = LOOKED_AT) -> Rehearsed:
    """Return a county rehearsed, each of its months with what was known when it began."""
    county = simulate(style, seed=seed, cases=cases)
    told = histories(county)
    past = fitting.gather(told, as_at=county.as_at, weeks=weeks)
    rehearsal = fitting.rehearse(past)
    first, last = backtest.first_day(past).toordinal(), county.as_at.toordinal()
    scored = backtest.score_looks(rehearsal, begins=first, ends=last)
    groups = {history.case_id: history.groups for history in told}
    report = backtest.report(past, scored, as_at=county.as_at, begins=first, ends=last, groups=groups)
    return Rehearsed(county, told, rehearsal, scored, report, fitting.fit(rehearsal, as_at=last))


def beyond_chance(expected: float, came: float, cases: int, *, errors: float = 3.5) -> bool:
    """Return whether a share that came is further from what was expected than so many standard errors."""
    spread = np.sqrt(max(expected * (1 - expected), 1e-9) / cases)
    return bool(abs(came - expected) > errors * spread)


def open_cases(told: Rehearsed, *, days: int = 120) -> Cases:
    """Return the last looks of all at cases, those of so many days to the county's last."""
    cases = told.rehearsal.past.cases
    return cases.take(cases.day > told.county.as_at.toordinal() - days)
