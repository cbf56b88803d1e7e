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
    family_answers: bool = False
    """Whether the family's 15 days on the draft (reg 13(1)(a)) run on beyond the month."""

    def can_be_issued(self, *, time_for_a_draft: bool) -> int:
        """Return how many can lawfully have their plan by the end of the month."""
        return self.cases if (time_for_a_draft if self.steps_left else not self.family_answers) else 0


@dataclass(frozen=True, slots=True)
class Pace:
    """What a period's figure will be made of, apart from the backlog."""

    others: Ends
    """Plans issued and expected in time, and out of time, of all but the cases that are late already."""
    backlog: float
    """Plans that the forecast expects of those, at the present pace."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How many overdue plans can lawfully be issued by the end of the month, and what keeps the rest (reg 13(1)(a))."""

    can_be: int
    no_draft: int
    """A draft sent today would not leave the family its 15 days."""
    family_answers: int
    """The family's 15 days on the draft run on beyond the month."""


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
    groups = sorted(groups, key=lambda g: (g.steps_left if order is Order.READIEST else 0, -g.waited))
    waited, steps, cases, can_be = _columns(groups, time_for_a_draft)
    total = int(cases.sum())
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


def allowed(groups: Sequence[Group], *, time_for_a_draft: bool) -> Allowed:
    """Return how many overdue plans can lawfully be issued by the end of the month, and what keeps the rest."""
    can_be = sum(group.can_be_issued(time_for_a_draft=time_for_a_draft) for group in groups)
    no_draft = 0 if time_for_a_draft else sum(group.cases for group in groups if group.steps_left)
    return Allowed(can_be, no_draft, sum(group.cases for group in groups) - can_be - no_draft)


def side_by_side(most: int, *, chosen: int, pace: float) -> list[int]:
    """Return up to five settings to compare, in order: the chosen, none, the present pace, most, and some between."""
    between = (2 * chosen, most // 2, chosen // 2, 3 * most // 4)
    wanted = dict.fromkeys(min(max(n, 0), most) for n in (chosen, 0, round(pace), most, *between))
    return sorted(list(wanted)[:5])


def _columns(groups: Sequence[Group], time_for_a_draft: bool) -> tuple[NDArray[np.int64], ...]:
    """Return the waits, the steps left, the numbers of the groups, and how many of each can be issued."""
    rows = [(g.waited, g.steps_left, g.cases, g.can_be_issued(time_for_a_draft=time_for_a_draft)) for g in groups]
    waited, steps, cases, can_be = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return waited, steps, cases, can_be


def _mean(waited: NDArray[np.int64], cases: NDArray[np.int64]) -> float | None:
    total = int(cases.sum())
    return float((waited * cases).sum() / total) if total else None
