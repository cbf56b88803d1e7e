"""When each thing that happened was written down, and what never was."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random

from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import MOVES
from tests.simulated.steps import Step

_MOVERS = frozenset(happening for _, happening in MOVES)


def _all(rng: Random, steps: list[Step]) -> list[Step]:
    return steps


@dataclass(frozen=True, slots=True)
class Keying:
    """How an authority keeps its records."""

    late: float = 0.08
    """The share of steps that are written down later than on the day."""
    days_late: tuple[int, int] = (1, 12)
    kept: Callable[[Random, list[Step]], list[Step]] = _all
    """What of a case's steps is written down at all."""


USUAL = Keying()
"""Nearly all is written down on the day."""


def keyed(rng: Random, keying: Keying, steps: list[Step]) -> list[Step]:
    """
    Return what is written down of these steps, each with the instant when it was.

    A step is not written down before the one it stands on: a system takes no answer to what was never asked, and no
    plan for a case not agreed to. So what is known on any day makes a lawful history.
    """
    written: list[Step] = []
    latest: dict[str, datetime] = {}
    for step in keying.kept(rng, steps):
        days = rng.randint(*keying.days_late) if rng.random() < keying.late else 0
        if step.happening is H.REQUEST_RECEIVED:
            days = min(days, 3)
        at = datetime.combine(step.occurred_on + timedelta(days=days), time(rng.randint(8, 17), rng.randrange(60)), UTC)
        chain = _chain(step)
        at = max([at, *(latest[word] for word in {"", chain} if word in latest)])
        if step.happening in _MOVERS or chain:
            latest[chain] = at
        written.append(replace(step, recorded_at=at))
    return written


def _chain(step: Step) -> str:
    """Return what a step follows upon besides the case's own moves: its piece of advice, or the consultation."""
    if step.happening in (H.SETTING_CONSULTED, H.SETTING_REPLIED):
        return "setting"
    if step.happening in (H.FURTHER_INFORMATION_ASKED, H.FURTHER_INFORMATION_RECEIVED):
        return "information"
    if step.happening in _MOVERS:
        return ""
    return step.advice_kind
