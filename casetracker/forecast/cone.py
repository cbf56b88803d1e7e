"""
Where a period's timeliness will end: what is certain, expected, the best and worst still open, and how sure. Pure.

The open cases enter as sums that add up: each batch of scored cases becomes an `Outlook`, batches are added, and every
period is read from the sum. So a night's work can be split in any way, and nothing here holds a million cases.

Every case is taken to turn out by itself as forecast (so numbers are Poisson-binomial: their variance is the sum of
p(1-p)), and beside that all cases of a kind share one error, since what slows one psychologist's advice slows the next:
a shift of every case's log-odds, the wider the further ahead (`shared_error`). A shift z moves a sum of probabilities
by z times the sum of p(1-p), so the sums are enough for that as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import erf, log, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid
from casetracker.forecast.grid import CELLS, STEP

Array = NDArray[np.float64]
WITHIN = 140
"""20 weeks, in days: a plan issued on that day is in time (SEND Regs 2014, reg 13(2))."""
FAMILY = 15
"""Days a family has to answer a draft (reg 13(1)(a)): with no draft sent, no plan can come sooner."""
SHARED_ERROR, SHARED_ERROR_DAYS = 0.25, 45.0
"""
The error that all cases of a kind share, in log-odds, tomorrow; and the days after which its variance has doubled. Set
on simulated counties, so that about eight periods in ten, of each length, end inside their interval.
"""
DRAWS = 4_000
EIGHTY = (10, 90)
"""The centiles that an 80% interval lies between."""
DAYS = STEP * np.arange(CELLS + 1) - (STEP - 1)
"""The day, from the forecast's own, that each column of an outlook is of: the ends of the grid's cells, after one of
nothing before the first."""


class Scored(Protocol):
    """Open cases that have been scored, in arrays of one length."""

    @property
    def case_id(self) -> NDArray[np.int64]: ...

    @property
    def cdf(self) -> NDArray[np.float32]:
        """Chance that the final plan has been issued by the end of each cell of the grid, one row a case."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The open cases of a batch that timeliness will count if a plan is issued, as the forecast's day finds them."""

    case_id: NDArray[np.int64]
    """In rising order."""
    days_left: NDArray[np.int64]
    """Days until the last on which a plan is in time; below 0 where that is past, or the day of receipt not known."""
    soonest: NDArray[np.int64]
    """
    Days until the first on which the plan can follow, with what is left of the family's 15 (reg 13(1)(a)): all of them
    where no draft has been sent, 0 where they are over or the family has answered.
    """


class Sum(IntEnum):
    """What an outlook adds up, for each day of the grid."""

    IN_TIME = 0
    """Plans issued in time by that day."""
    IN_TIME_SQUARED = 1
    NEWLY_LATE = 2
    """Plans issued out of time by that day, of cases that are still inside their 20 weeks now."""
    NEWLY_LATE_SQUARED = 3
    BOTH = 4
    """The product of a case's chances of the two: it can be only one."""
    BACKLOG = 5
    """Plans issued by that day of cases that are late already."""
    BACKLOG_SQUARED = 6
    REACHABLE = 7
    """Cases that could lawfully have their plan in time by that day."""
    CAN_BE_LATE = 8
    """Cases inside their 20 weeks now, which will be over by that day."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the open cases add up to."""

    sums: Array
    """One row for each `Sum`, one column for each of `DAYS`."""
    cases: int
    backlog: int
    """How many of them are late already."""

    def __add__(self, other: "Outlook") -> "Outlook":
        return Outlook(self.sums + other.sums, self.cases + other.cases, self.backlog + other.backlog)

    def by(self, days: int) -> Array:
        """Return each sum so many days from now; counts, which are bounds, are of that day of the grid or the next."""
        at = min((max(days, 0) + STEP - 1) / STEP, CELLS)
        lower, upper = int(np.floor(at)), int(np.ceil(at))
        found = self.sums[:, lower] + (self.sums[:, upper] - self.sums[:, lower]) * (at - lower)
        counts = [Sum.REACHABLE, Sum.CAN_BE_LATE]
        found[counts] = self.sums[counts, upper]
        return found


NOTHING = Outlook(np.zeros((len(Sum), CELLS + 1)), 0, 0)


def outlook(scores: Scored, counted: Counted) -> Outlook:
    """Return what a batch of scored cases adds up to, leaving out any that timeliness will not count."""
    places, known = _places(scores.case_id, counted.case_id)
    left, soonest = counted.days_left[places[known]], counted.soonest[places[known]]
    chance = np.concatenate([np.zeros((len(left), 1)), scores.cdf[known].astype(np.float64)], axis=1)
    inside = (left >= 0)[:, None]
    at_limit = grid.at(scores.cdf[known], left.astype(np.float64)).astype(np.float64)[:, None]
    in_time = np.where(inside, np.minimum(chance, at_limit), 0.0)
    newly = np.where(inside, np.maximum(chance - at_limit, 0.0), 0.0)
    backlog = np.where(inside, 0.0, chance)
    enough_time = np.minimum(left[:, None], DAYS[None, :]) >= soonest[:, None]
    rows = {
        Sum.IN_TIME: in_time,
        Sum.IN_TIME_SQUARED: in_time**2,
        Sum.NEWLY_LATE: newly,
        Sum.NEWLY_LATE_SQUARED: newly**2,
        Sum.BOTH: in_time * newly,
        Sum.BACKLOG: backlog,
        Sum.BACKLOG_SQUARED: backlog**2,
        Sum.REACHABLE: inside & enough_time,
        Sum.CAN_BE_LATE: inside & (left[:, None] < DAYS[None, :]),
    }
    return Outlook(np.stack([rows[one].sum(axis=0) for one in Sum]), len(left), int((left < 0).sum()))


def _places(wanted: NDArray[np.int64], among: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where each number stands among sorted ones, and whether it is there."""
    if not len(among):
        return np.zeros(len(wanted), dtype=np.intp), np.zeros(len(wanted), dtype=bool)
    places = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    return places, among[places] == wanted


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What requests still to come will add to a period."""

    in_time: float = 0.0
    late: float = 0.0
    could_be_in_time: float = 0.0
    """The most that could be issued in time: those whose 20 weeks are over by then, or `in_time` if that is more."""
    could_be_late: float = 0.0


def newcomers(requests: Array, plan_by: Array) -> Newcomers:
    """
    Return what requests still to come will add by the end of a period.

    :param requests: requests expected on each day from tomorrow to the period's last
    :param plan_by: chance that a request has its plan within so many days, from 0; its end is the share with a plan
    """
    if not len(requests) or not len(plan_by):
        return Newcomers()
    age = np.arange(len(requests))[::-1]
    last = len(plan_by) - 1
    by_then, by_limit = plan_by[np.minimum(age, last)], plan_by[min(WITHIN, last)]
    in_time = float((requests * np.minimum(by_then, by_limit)).sum())
    due = float((requests * (age > WITHIN)).sum() * plan_by[last])
    late = float((requests * np.maximum(by_then - by_limit, 0.0)).sum())
    return Newcomers(in_time, late, max(due, in_time), max(due, late))


@dataclass(frozen=True, slots=True)
class Ends:
    """Plans that will have been issued in time, and out of time, when a period ends."""

    in_time: float
    late: float

    @property
    def percent(self) -> float | None:
        """The share in time, in hundredths; None where no plan is issued."""
        issued = self.in_time + self.late
        return 100 * self.in_time / issued if issued > 0 else None


@dataclass(frozen=True, slots=True)
class Cone:
    """A period's timeliness as it can be foreseen."""

    certain: Ends
    """Issued already."""
    expected: Ends
    from_backlog: float
    """Of the late plans expected, those of cases that are late already."""
    from_newcomers: float
    """Of all plans expected, those of requests still to come."""
    best: Ends
    """
    Every open case still inside its 20 weeks has its plan in time before the period ends, where what is left of the
    family's 15 days still fits, and no plan of a late case is issued in it. No other law sets a shortest time for a
    decision, for advice or for a draft, so it supposes that those still to come could come today: what no law rules
    out, and not what can be done.
    """
    worst: Ends
    """No further plan is issued in time, and every case that is late by the end of the period has its plan in it."""
    interval: tuple[float, float] | None
    """Eight chances in ten that the figure ends between these; None where hardly any plan is expected."""


def cone(certain: Ends, total: Outlook, new: Newcomers, *, days: int, seed: int) -> Cone:
    """Return a period's cone, so many days before its end; the same seed gives the same interval."""
    by_end = total.by(days)
    backlog = float(by_end[Sum.BACKLOG])
    in_time = float(by_end[Sum.IN_TIME])
    newly = float(by_end[Sum.NEWLY_LATE])
    expected = Ends(certain.in_time + in_time + new.in_time, certain.late + newly + backlog + new.late)
    reachable = max(float(by_end[Sum.REACHABLE]), in_time) + new.could_be_in_time
    late = max(total.backlog + float(by_end[Sum.CAN_BE_LATE]), newly + backlog) + new.could_be_late
    best = Ends(certain.in_time + reachable, certain.late)
    worst = Ends(certain.in_time, certain.late + late)
    interval = _interval(certain, by_end, new, expected, days=days, seed=seed)
    return Cone(certain, expected, backlog, new.in_time + new.late, best, worst, interval)


def shared_error(days: int) -> float:
    """Return the standard deviation, in log-odds, of what all cases of a kind are out by so many days ahead."""
    return SHARED_ERROR * sqrt(1 + days / SHARED_ERROR_DAYS)


def _interval(
    certain: Ends, by_end: Array, new: Newcomers, expected: Ends, *, days: int, seed: int
) -> tuple[float, float] | None:
    middle = expected.percent
    if middle is None:
        return None
    rng = np.random.default_rng(seed)
    own = np.array(
        [
            [by_end[Sum.IN_TIME] - by_end[Sum.IN_TIME_SQUARED], -by_end[Sum.BOTH]],
            [-by_end[Sum.BOTH], by_end[Sum.NEWLY_LATE] - by_end[Sum.NEWLY_LATE_SQUARED]],
        ]
    )
    backlog = float(by_end[Sum.BACKLOG] - by_end[Sum.BACKLOG_SQUARED])
    pair = rng.multivariate_normal(np.zeros(2), own, size=DRAWS, check_valid="ignore", method="eigh")
    shared = rng.normal(0.0, shared_error(days), size=(DRAWS, 3))
    own_new = rng.poisson([new.in_time, new.late], size=(DRAWS, 2)) * np.exp(shared[:, [0, 1]])
    in_time = by_end[Sum.IN_TIME] + pair[:, 0] + shared[:, 0] * own[0, 0] + own_new[:, 0]
    newly = by_end[Sum.NEWLY_LATE] + pair[:, 1] + shared[:, 1] * own[1, 1] + own_new[:, 1]
    late = by_end[Sum.BACKLOG] + rng.normal(0, max(backlog, 0.0) ** 0.5, DRAWS) + shared[:, 2] * backlog
    top = certain.in_time + np.maximum(in_time, 0.0)
    whole = top + certain.late + np.maximum(newly, 0.0) + np.maximum(late, 0.0)
    some = whole > 0
    if not some.any():
        return None
    low, high = np.percentile(100 * top[some] / whole[some], EIGHTY)
    return min(float(low), middle), max(float(high), middle)


def plan_by(days_to_plan: Sequence[tuple[int, int]], *, share: float, horizon: int) -> Array:
    """
    Return the chance that a request has its plan within so many days, from 0 to `horizon`.

    :param days_to_plan: numbers of days, each with how many plans took so many; of plans issued lately
    :param share: the share of requests that end in a plan
    """
    days = np.array([min(max(day, 0), horizon) for day, _ in days_to_plan], dtype=int)
    weights = np.array([number for _, number in days_to_plan], dtype=np.float64)
    taken = np.bincount(days, weights, minlength=horizon + 1)
    total = taken.sum()
    return np.asarray(share * np.cumsum(taken) / total) if total else np.zeros(horizon + 1)


def usual_days() -> list[tuple[int, int]]:
    """
    Return days from request to plan, each with its weight, for where too few plans have been issued to tell.

    A log-normal with 46.1% within 20 weeks, England's share for 2025 (DfE, "Education, health and care plans"), and
    one plan in ten taking over a year, which is our assumption.
    """
    spread = log(365 / WITHIN) / (_TENTH + _SHORT)
    middle = log(WITHIN) + _SHORT * spread
    return [(day, round(1e6 * (_within(day, middle, spread) - _within(day - 1, middle, spread)))) for day in _DAYS]


_SHORT, _TENTH = 0.0979, 1.2816
"""Standard normal deviates: 46.1% lie below minus the one, and nine in ten below the other."""
_DAYS = range(30, 731)


def _within(day: int, middle: float, spread: float) -> float:
    return (1 + erf((log(day) - middle) / (spread * sqrt(2)))) / 2
