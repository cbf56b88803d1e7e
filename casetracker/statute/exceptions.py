"""
The exceptions to the time limits, and whether the dates given satisfy the paragraph claimed (law.md 1.3).

An exception disapplies a limit where it is impractical to meet it; it never moves a date and pauses nothing.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from casetracker.statute.timetable import COMMENCEMENT, FIRST_CLOCK, Basis, Duty, Mark


class Condition(StrEnum):
    """What has to have been so."""

    SCHOOL_CLOSED = "school_closed"
    EARLY_YEARS_CLOSED = "early_years_closed"
    PERSONAL_CIRCUMSTANCES = "personal_circumstances"
    ABSENT = "absent"
    MISSED_APPOINTMENT = "missed_appointment"
    NOT_STATED = "not_stated"


class Phase(StrEnum):
    """The part of the process whose limit is disapplied; with the numbers One Education's tool gives them."""

    DECISION = "decision"
    ADVICE = "advice"
    NO_PLAN = "no_plan"
    FINAL_PLAN = "final_plan"
    RE_OPENED = "re_opened"


PHASE_DUTY = {
    Phase.DECISION: Duty.DECIDE_WHETHER_TO_ASSESS,
    Phase.ADVICE: Duty.RECEIVE_ADVICE,
    Phase.NO_PLAN: Duty.NOTIFY_NO_PLAN,
    Phase.FINAL_PLAN: Duty.ISSUE_FINAL_PLAN,
}
"""The one limit that each phase disapplies; a re-opened case's exception disapplies all of its own."""

_WINDOW = timedelta(weeks=1)
_LONG_CLOSURE = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Ground:
    """One paragraph that allows a limit to be missed."""

    paragraph: str
    phase: Phase
    condition: Condition
    words: str
    absence_at_least: timedelta = timedelta(weeks=4)
    mark: Mark = Mark.QUOTED
    in_force_from: date = COMMENCEMENT
    in_force_until: date | None = None
    """The last day on which it could be relied on; None while it is the law."""

    def is_in_force(self, on: date) -> bool:
        """Return whether what arose `on` this day could be excused by it."""
        return self.in_force_from <= max(on, COMMENCEMENT) and (
            self.in_force_until is None or on <= self.in_force_until
        )

    @property
    def authority(self) -> str:
        return f"SEND Regs 2014, reg {self.paragraph}"


_SCHOOL = (
    "a school or college was closed for four weeks or more and its advice was asked for just before or during that"
)
_EARLY = (
    "an early years provider was closed for four weeks or more and its advice was asked for just before or during that"
)
_PERSONAL = "exceptional personal circumstances affected the child, the parent or the young person"
_AWAY = "the child, the parent or the young person was away from the area for {} weeks or more"


def _authority_limits(regulation: str, phase: Phase) -> tuple[Ground, ...]:
    return (
        Ground(f"{regulation}(a)", phase, Condition.SCHOOL_CLOSED, _SCHOOL, mark=Mark.READ),
        Ground(f"{regulation}(b)", phase, Condition.EARLY_YEARS_CLOSED, _EARLY, mark=Mark.READ),
        Ground(f"{regulation}(c)", phase, Condition.PERSONAL_CIRCUMSTANCES, _PERSONAL),
        Ground(f"{regulation}(d)", phase, Condition.ABSENT, _AWAY.format("four")),
    )


GROUNDS: tuple[Ground, ...] = (
    Ground(
        "4(3)",
        Phase.DECISION,
        Condition.NOT_STATED,
        "a reason to do with coronavirus",
        mark=Mark.UNCONFIRMED,
        in_force_from=date(2020, 5, 1),
        in_force_until=date(2020, 9, 25),
    ),
    *_authority_limits("5(4)", Phase.DECISION),
    Ground("8(2)(a)", Phase.ADVICE, Condition.PERSONAL_CIRCUMSTANCES, _PERSONAL),
    Ground("8(2)(b)", Phase.ADVICE, Condition.ABSENT, _AWAY.format("four")),
    Ground("8(2)(c)", Phase.ADVICE, Condition.MISSED_APPOINTMENT, "the child failed to keep an appointment"),
    *_authority_limits("10(4)", Phase.NO_PLAN),
    *_authority_limits("13(3)", Phase.FINAL_PLAN),
    Ground("13(3)", Phase.FINAL_PLAN, Condition.NOT_STATED, "an exception was recorded and its ground was not"),
    Ground("44(3)(a)", Phase.RE_OPENED, Condition.PERSONAL_CIRCUMSTANCES, _PERSONAL),
    Ground(
        "44(3)(b)",
        Phase.RE_OPENED,
        Condition.ABSENT,
        _AWAY.format("two"),
        absence_at_least=timedelta(weeks=2),
    ),
    Ground("44(3)(c)", Phase.RE_OPENED, Condition.NOT_STATED, "a circumstance in reg 13(3) applied"),
)
"""
Reg 13(3) has no letters of its own: it takes the reasons in reg 10(4)(a) to (d), and they are lettered alike here.
The bare 13(3) is what a past return carries, which flags an exception and does not keep its ground. Reg 4(3) lapsed
on 25 September 2020, and nothing has excused a refusal at the first question since.
"""
CHOOSABLE = tuple(
    ground for ground in GROUNDS if ground.condition is not Condition.NOT_STATED and ground.in_force_until is None
)
"""
What a person recording an exception may choose from: they must know its ground. A circumstance in reg 13(3) that
touches a re-opened case is recorded as itself, and excuses it by reg 44(3)(c).
"""
_LOOSE = re.compile(r"\s*(?:reg(?:ulation)?\.?\s*)?(\d+)\s*\(?(\d)\)?\s*(?:\(?([a-d])\)?)?\s*", re.IGNORECASE)


class ExceptionNotMadeOut(ValueError):
    """The dates given do not satisfy the paragraph claimed; the message says why."""


def ground(paragraph: str, *, on: date | None = None) -> Ground:
    """
    Return the ground that `paragraph` names, however it is spelled ("5(4)(a)", "reg 5(4)a").

    `on` is the day it arose, where only what was in force that day will do.

    :raises ExceptionNotMadeOut: if no regulation has such an exception, or had it then
    """
    spelled = _LOOSE.fullmatch(paragraph)
    exact = ""
    if spelled:
        number, sub, letter = spelled.groups()
        exact = f"{number}({sub})" + (f"({letter.lower()})" if letter else "")
    named = [row for row in GROUNDS if row.paragraph == exact]
    if not named:
        raise ExceptionNotMadeOut(f"no time limit has an exception in “{paragraph}”")
    current = named if on is None else [row for row in named if row.is_in_force(on)]
    if not current:
        raise ExceptionNotMadeOut(f"reg {exact} was not in force on {on:%-d %B %Y}")
    return current[-1]


def refuse_if_misplaced(claimed: Ground, *, basis: Basis) -> None:
    """
    Raise if the clock carries no limit that the ground is an exception to.

    :raises ExceptionNotMadeOut: with the reason, and what would serve instead where there is something
    """
    if claimed.phase is Phase.ADVICE or basis is Basis.NOT_KNOWN:
        return
    if basis in FIRST_CLOCK and claimed.phase is Phase.RE_OPENED:
        raise ExceptionNotMadeOut("it is only for a case re-opened by an order, an agreement or a concession")
    if basis not in FIRST_CLOCK and claimed.phase in (Phase.DECISION, Phase.NO_PLAN):
        raise ExceptionNotMadeOut("it is not for a re-opened case, whose limits have the exceptions in reg 44(3)")


@dataclass(frozen=True, slots=True)
class Claim:
    """An exception as it was recorded: the paragraph, the dates and what shows it."""

    ground: Ground
    from_on: date
    until_on: date | None
    subject: str = ""
    """The kind of advice, for an exception to the advice giver's six weeks."""
    piece: str = ""
    """The one piece of that kind it is about, by its `ref`; empty for all of them."""
    evidence: str = ""
    approved_by: str = ""
    family_told_on: date | None = None
    recorded_on: date | None = None
    seq: int = 0
    episode: int = 1


def check(
    claim: Claim, *, started_on: date, due_on: date | None, advice_asked_on: Collection[date] = (), on: date
) -> None:
    """
    Raise unless the dates satisfy the paragraph.

    `from_on` and `until_on` are its first and last days, and both count. `started_on` and `due_on` bound the period in
    question, and some of it must lie within; `advice_asked_on` holds the days on which advice was
    asked of a school, college or early years provider; `on` is the day of asking.

    :raises ExceptionNotMadeOut: with the reason, in words fit to be shown to the person recording it
    """
    if claim.until_on is not None and claim.until_on < claim.from_on:
        raise ExceptionNotMadeOut("it ends before it begins")
    if due_on is not None and claim.from_on > due_on:
        raise ExceptionNotMadeOut(f"it begins after the time limit had already passed on {due_on:%-d %B %Y}")
    if claim.until_on is not None and claim.until_on < started_on:
        raise ExceptionNotMadeOut(f"it was over before the time limit began to run on {started_on:%-d %B %Y}")
    condition = claim.ground.condition
    if condition in (Condition.SCHOOL_CLOSED, Condition.EARLY_YEARS_CLOSED):
        _check_closure(claim, advice_asked_on)
    elif condition is Condition.ABSENT:
        _check_absence(claim)
    elif condition is Condition.MISSED_APPOINTMENT and claim.from_on > on:
        raise ExceptionNotMadeOut("the appointment is still to come")


def _check_closure(claim: Claim, advice_asked_on: Collection[date]) -> None:
    if claim.until_on is None:
        raise ExceptionNotMadeOut("the last day of the closure is needed")
    reopens_on = claim.until_on + timedelta(days=1)
    length = reopens_on - claim.from_on
    if length < _LONG_CLOSURE:
        raise ExceptionNotMadeOut(f"the closure lasted {_in_days(length)}, and it must be 28 or more")
    first, last = claim.from_on - _WINDOW, reopens_on - _WINDOW
    if not any(first <= asked <= last for asked in advice_asked_on):
        raise ExceptionNotMadeOut(
            f"no advice was asked of the school, college or provider from {first:%-d %B %Y} to {last:%-d %B %Y}"
        )


def _in_days(length: timedelta) -> str:
    return "1 day" if length.days == 1 else f"{length.days} days"


def _check_absence(claim: Claim) -> None:
    if claim.until_on is None:
        raise ExceptionNotMadeOut("the last day they were away, or are expected to be, is needed")
    away = claim.until_on - claim.from_on + timedelta(days=1)
    if away < claim.ground.absence_at_least:
        least = claim.ground.absence_at_least.days
        raise ExceptionNotMadeOut(f"they were away for {_in_days(away)}, and it must be {least} or more")
