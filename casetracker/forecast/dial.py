"""
The backlog dial: what issuing so many overdue plans this month does to timeliness, and to those who wait. Pure.

An overdue plan counts against the figure in the month it is issued and frees a family from waiting. The dial shows
both, so that nobody has to guess at the trade, and nobody can keep the figure up by letting the oldest cases lie
without its being seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast.cone import Ends


class Order(StrEnum):
    """Which overdue plans are issued first."""

    OLDEST = "oldest"
    """Those that have waited longest."""
    READIEST = "readiest"
    """Those furthest on, and of those the ones that have waited longest."""


@dataclass(frozen=True, slots=True)
class Group:
    """Overdue cases alike."""

    waited: int
    """Days since the request was received, when the month ends."""
    steps_left: int
    """0 with a draft sent, 1 with a plan agreed, 2 while assessed, 3 before any decision."""
    cases: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What a period's figure will be made of, apart from the backlog."""

    others: Ends
    """Plans issued and expected in time, and out of time, of all but the cases that are late already."""
    backlog: float
    """Plans that the forecast expects of those, at the present pace."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What comes of one setting of the dial, when the month ends."""

    number: int
    month: float | None
    """The month's timeliness, in hundredths; None where no plan is issued."""
    year: float | None
    left: int
    issued_waited: float | None
    """Days that the overdue plans issued had waited, on average."""
    left_waited: float | None
    oldest_left: int | None
    without_draft: int
    """Of those chosen, how many have no draft yet: the family's 15 days (reg 13(1)) have not begun."""


def turn(
    groups: Sequence[Group], *, number: int, order: Order, month: Pace, year: Pace, time_for_a_draft: bool = True
) -> Turned:
    """
    Return what comes of issuing so many overdue plans by the end of the month, or all that can be if that is fewer.

    In the rest of the year each case still left is as likely to have its plan as the forecast has it.

    :param time_for_a_draft: whether a draft sent now leaves the family its 15 days before the month ends
    """
    waited, steps, cases = _sorted(groups, order)
    total = int(cases.sum())
    can_be = cases if time_for_a_draft else np.where(steps == 0, cases, 0)
    number = min(max(number, 0), int(can_be.sum()))
    taken = np.clip(number - (np.cumsum(can_be) - can_be), 0, can_be)
    left = cases - taken
    later = max(year.backlog - month.backlog, 0.0) / max(total - month.backlog, 1e-9)
    late_in_year = number + (total - number) * min(later, 1.0)
    return Turned(
        number=number,
        month=Ends(month.others.in_time, month.others.late + number).percent,
        year=Ends(year.others.in_time, year.others.late + late_in_year).percent,
        left=total - number,
        issued_waited=_mean(waited, taken),
        left_waited=_mean(waited, left),
        oldest_left=int(waited[left > 0].max()) if total > number else None,
        without_draft=int(taken[steps > 0].sum()),
    )


def most_issued(groups: Sequence[Group], *, time_for_a_draft: bool) -> int:
    """Return how many overdue plans can lawfully be issued by the end of the month (reg 13(1)(a))."""
    return sum(group.cases for group in groups if time_for_a_draft or group.steps_left == 0)


def side_by_side(most: int, *, chosen: int, pace: float) -> list[int]:
    """Return up to five settings to compare, in order: the chosen, none, the present pace, most, and some between."""
    between = (2 * chosen, most // 2, chosen // 2, 3 * most // 4)
    wanted = dict.fromkeys(min(max(n, 0), most) for n in (chosen, 0, round(pace), most, *between))
    return sorted(list(wanted)[:5])


def _sorted(groups: Sequence[Group], order: Order) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the waits, the steps left and the numbers of the groups, those to be issued first in front."""
    rows = np.array([(g.waited, g.steps_left, g.cases) for g in groups], dtype=np.int64).reshape(-1, 3)
    by_wait = -rows[:, 0]
    keys = (by_wait,) if order is Order.OLDEST else (by_wait, rows[:, 1])
    rows = rows[np.lexsort(keys)]
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _mean(waited: NDArray[np.int64], cases: NDArray[np.int64]) -> float | None:
    total = int(cases.sum())
    return float((waited * cases).sum() / total) if total else None
