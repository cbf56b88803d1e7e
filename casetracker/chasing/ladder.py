"""
A ladder is a list of rungs, each so many days before or after the day advice is due: "-14", "-7", "+1", "+8", "+22!".

An exclamation mark sends that one to the service's manager. A rung is climbed once in each round; a round begins when
the advice is asked for, and again each time it is sent back. Whatever nights were missed, one mail goes: the last due.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

USUAL = ("-14", "-7", "+1", "+8", "+15", "+22!", "+29", "+36", "+43!")
"""14 and 7 days before, the day after, then weekly; to the service's manager after three weeks and after six."""
AGAIN = ("+7", "+14", "+21!")
"""For advice that was sent back, counted from the day it was."""
_RUNG = re.compile(r"([+-]\d{1,3})(!?)")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder."""

    days: int
    """From the day the ladder is counted from; below nought before it."""
    to_manager: bool = False

    @property
    def name(self) -> str:
        """How the ledger names it."""
        return f"{self.days:+d}{'!' if self.to_manager else ''}"


class LadderWrong(ValueError):
    """The text is no ladder; the message is fit for beside its field."""


def rungs(steps: Sequence[str]) -> tuple[Rung, ...]:
    """
    Return the rungs of a ladder, the earliest first.

    :raises LadderWrong: naming the first step that is none
    """
    found = []
    for step in steps:
        spelled = _RUNG.fullmatch(step.strip())
        if spelled is None:
            raise LadderWrong(
                f"“{step}” is not a step: write -14 for 14 days before, +1 for the day after, +22! to the manager"
            )
        found.append(Rung(int(spelled[1]), bool(spelled[2])))
    if len({rung.days for rung in found}) < len(found):
        raise LadderWrong("Each step needs a day of its own")
    return tuple(sorted(found, key=lambda rung: rung.days))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece of advice that is waited for, as a ladder sees it."""

    due_on: date
    asked_on: date
    returned_on: date | None = None
    times_returned: int = 0
    held_until: date | None = None
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A rung that is due: its name in the ledger, the day it fell due, and to whom it goes."""

    name: str
    planned_on: date
    rung: Rung


def due_step(waiting: Waiting, ladder: Sequence[Rung], *, on: date, climbed: Collection[str]) -> Step | None:
    """
    Return the one step that is due on a day, or None.

    The latest rung that has come is the one; those before it are passed over. Nothing is due while chasing is held, or
    for advice whose limit is excused (reg 8(2)), or on the day it was asked for.
    """
    if waiting.excused or (waiting.held_until is not None and on <= waiting.held_until):
        return None
    steps = [step for step in plan(waiting, ladder) if waiting.asked_on < step.planned_on <= on]
    if not steps or steps[-1].name in climbed:
        return None
    return steps[-1]


def plan(waiting: Waiting, ladder: Sequence[Rung]) -> list[Step]:
    """Return the steps of the round a piece of advice is in, with their days."""
    if waiting.returned_on is not None:
        begin, steps = waiting.returned_on, rungs(AGAIN)
    else:
        begin, steps = waiting.due_on, tuple(ladder)
    number = waiting.times_returned + 1
    return [Step(f"{number}:{rung.name}", begin + timedelta(days=rung.days), rung) for rung in steps]
