"""The weeks of a case as a drawing: where each milestone falls, today, and what has run over. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casetracker import wording
from casetracker.statute.standing import CaseStanding, Episode, Milestone, Standing
from casetracker.statute.timetable import FIRST_CLOCK, Duty, Force

WEEKS = 20
LEFT, WIDTH = 20.0, 960.0
_TEXT_TURNS_AT = 0.55
"""How far along the ribbon a label starts to be written to the left of its mark, so as to end within the drawing."""
_MOST_TICKS = 15
_SHAPES = {
    Standing.MET: "circle",
    Standing.MET_LATE: "square",
    Standing.OVERDUE: "diamond",
    Standing.EXCUSED: "triangle",
    Standing.PENDING: "ring",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on the ribbon."""

    x: float
    standing: str
    shape: str
    label: str
    anchor: str
    """Where its text lies: `start` to the right of the mark, `end` to the left."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The weeks, drawn: what is past, where today is, and each milestone."""

    weeks: int
    """How many weeks the ribbon shows: the limit's, or more for a case that has run over."""
    ticks: tuple[tuple[float, int], ...]
    past: float
    over_from: float | None
    today_x: float | None
    marks: tuple[Mark, ...]


def weeks_of(standing: CaseStanding) -> int:
    """Return how many weeks the clock that is on now gives in all: 20, or what an order or a transfer gives."""
    clock = standing.clock
    if clock is None or clock.started_on is None or clock.basis in FIRST_CLOCK:
        return WEEKS
    due = [m.due_on for m in _of_clock(standing, clock)]
    return -(-(max(due) - clock.started_on).days // 7) if due else WEEKS


def _of_clock(standing: CaseStanding, clock: Episode) -> Iterator[Milestone]:
    """Yield the milestones of a clock itself, leaving out the family's rights, each piece of advice and each reply."""
    for milestone in standing.milestones:
        own = milestone.duty not in (Duty.RECEIVE_ADVICE, Duty.SETTING_REPLY)
        if own and milestone.episode == clock.number and milestone.force is not Force.RIGHT:
            yield milestone


def ribbon(standing: CaseStanding) -> Ribbon | None:
    """Return the ribbon of the clock that is on now; None where its start is not known."""
    clock = standing.clock
    if clock is None or clock.started_on is None:
        return None
    limit = weeks_of(standing)
    marked = [*_of_clock(standing, clock)]
    last = max([standing.day, *((m.due_on - clock.started_on).days for m in marked)])
    weeks = max(limit, -(-last // 7))

    def x(days: int) -> float:
        return round(LEFT + WIDTH * min(1.0, max(0.0, days / (weeks * 7))), 1)

    every = 2 if weeks <= 2 * _MOST_TICKS else -(-weeks // _MOST_TICKS)
    started_on: date = clock.started_on
    return Ribbon(
        weeks=weeks,
        ticks=tuple((x(week * 7), week) for week in range(0, weeks + 1, every)),
        past=round(x(standing.day) - LEFT, 1),
        over_from=x(limit * 7) if weeks > limit else None,
        today_x=x(standing.day) if standing.is_open else None,
        marks=tuple(_mark(m, x((m.due_on - started_on).days)) for m in marked),
    )


def _mark(milestone: Milestone, x: float) -> Mark:
    label = f"{wording.of_duty(milestone.duty, milestone.subject)}: {milestone.standing.value.replace('_', ' ')}"
    anchor = "end" if x > LEFT + WIDTH * _TEXT_TURNS_AT else "start"
    return Mark(x, milestone.standing.value, _SHAPES[milestone.standing], label, anchor)
