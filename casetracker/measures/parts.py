"""
Which numbers are parts of which: what each measure's two numbers are the sums of, so that none may be taken from
another to tell of few. Pure.

A case belongs to one kind only; a number counts all the cases of its kinds. Where all the kinds of one number are
among those of another, what is left when the one is taken from the other is a number of children too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import KNOWN_HERE

Kinds = frozenset[tuple[str, str]]
NOBODY = Figure(0, 0, None)


class Side(StrEnum):
    """The numbers that a figure gives: the two it is made of, and of a share what is left of the lower one."""

    UPPER = "upper"
    LOWER = "lower"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Parts:
    """The kinds that a measure's numbers count; none for a number that counts no cases."""

    upper: Kinds
    lower: Kinds

    def of(self, side: Side) -> Kinds:
        """Return the kinds that one of its numbers counts."""
        return {Side.UPPER: self.upper, Side.LOWER: self.lower, Side.REST: self.lower - self.upper}[side]


def _kinds(first: Iterable[str], second: Iterable[str]) -> Kinds:
    return frozenset(product(first, second))


_NOTHING: Kinds = frozenset()
_PLAIN, _EXCEPTED, _DISPUTED = ("no exception",), ("exception",), ("dispute before",)
_COUNTED = (*_PLAIN, *_EXCEPTED)
_IN_TIME, _TO_52, _OVER_52 = ("within 20 weeks",), ("within 52 weeks",), ("over 52 weeks",)
_DATED = (*_IN_TIME, *_TO_52, *_OVER_52)
_PLANS = (*_DATED, "day of receipt not known")
_DECISIONS, _PROMPT, _DATED_DECISIONS = ("agreed", "refused"), ("within 6 weeks",), ("within 6 weeks", "later")
_LONG = ("over 20 weeks",)
_STARTED = (*_LONG, "20 weeks or fewer")
_CLOCKS = (*_STARTED, "no first day")
_READY, _AWAITED = ("overdue, advice in",), ("overdue, advice awaited",)
_OVERDUE = (*_READY, *_AWAITED, "overdue, none asked for")
_DUE = (*_OVERDUE, "due later")
_OPEN = _kinds(_CLOCKS, (*_DUE, "no last day"))
_WAIT = Parts(_NOTHING, _kinds(_COUNTED, _DATED))
_OPEN_WAIT = Parts(_NOTHING, _kinds(_STARTED, (*_DUE, "no last day")))
PARTS: Mapping[str, Parts] = {
    "plans_within_20_weeks": Parts(_kinds(_PLAIN, _IN_TIME), _kinds(_PLAIN, _PLANS)),
    "plans_within_20_weeks_including_exceptions": Parts(_kinds(_COUNTED, _IN_TIME), _kinds(_COUNTED, _PLANS)),
    "plans_with_an_exception": Parts(_kinds(_EXCEPTED, _PLANS), _kinds(_COUNTED, _PLANS)),
    "plans_20_to_52_weeks": Parts(_kinds(_COUNTED, _TO_52), _kinds(_COUNTED, _PLANS)),
    "plans_over_52_weeks": Parts(_kinds(_COUNTED, _OVER_52), _kinds(_COUNTED, _PLANS)),
    "wait_for_a_plan_median": _WAIT,
    "wait_for_a_plan_mean": _WAIT,
    "wait_for_a_plan_longest": _WAIT,
    "plans": Parts(_kinds((*_COUNTED, *_DISPUTED), _PLANS), _NOTHING),
    "assessments_agreed": Parts(
        _kinds(("agreed",), (*_DATED_DECISIONS, "day of receipt not known")),
        _kinds(_DECISIONS, (*_DATED_DECISIONS, "day of receipt not known")),
    ),
    "decisions_within_6_weeks": Parts(_kinds(_DECISIONS, _PROMPT), _kinds(_DECISIONS, _DATED_DECISIONS)),
    "open_cases": Parts(_OPEN, _NOTHING),
    "open_over_20_weeks": Parts(_kinds(_LONG, (*_DUE, "no last day")), _OPEN),
    "open_wait_median": _OPEN_WAIT,
    "open_wait_mean": _OPEN_WAIT,
    "open_wait_longest": _OPEN_WAIT,
    "plans_overdue": Parts(_kinds(_CLOCKS, _OVERDUE), _kinds(_CLOCKS, _DUE)),
    "overdue_with_psychology_ready": Parts(_kinds(_CLOCKS, _READY), _kinds(_CLOCKS, _OVERDUE)),
    "overdue_awaiting_psychology": Parts(_kinds(_CLOCKS, _AWAITED), _kinds(_CLOCKS, _OVERDUE)),
}  # fmt: skip
"""By key. A measure that is not here shares no number with another."""


def related(one: Kinds, other: Kinds) -> bool:
    """Return whether one number's cases are all among the other's, so that either can be taken from the other."""
    return bool(one) and bool(other) and (one <= other or other <= one)


def before(key: str) -> tuple[str, ...]:
    """
    Return the measures beside which one is judged: those before it, in the order of the shipped ones, that share cases.

    Of two that would tell of few, the one that stands later gives way; so what is hidden is the same wherever, and in
    whatever choice of measures, it is asked for.
    """
    if key not in PARTS:
        return ()
    keys = [measure.key for measure in KNOWN_HERE if measure.key in PARTS]
    return tuple(other for other in keys[: keys.index(key)] if _everything(key) & _everything(other))


def _everything(key: str) -> Kinds:
    return PARTS[key].upper | PARTS[key].lower


def numbers(measure: Measure, figure: Figure) -> Mapping[Side, int]:
    """Return the numbers of children that a figure gives."""
    upper, lower = figure.numerator or 0, figure.denominator or 0
    if measure.unit is Unit.NUMBER:
        return {Side.UPPER: upper}
    if measure.unit is Unit.DAYS:
        return {Side.LOWER: lower}
    return {Side.UPPER: upper, Side.LOWER: lower, Side.REST: lower - upper}


def pairs(measure: Measure, other: Measure) -> Iterator[tuple[Side, Side]]:
    """
    Yield which number of a measure is to be judged beside which of another, one being a part of the other.

    A part of a share's lower number is not judged beside what has the whole of that number: what is left is the rest
    of the share, which is judged by itself, and what is left of the whole, which is judged.
    """
    one, two = PARTS[measure.key], PARTS[other.key]
    for mine, theirs in product(numbers(measure, NOBODY), numbers(other, NOBODY)):
        if (
            related(one.of(mine), two.of(theirs))
            and not _follows(two, theirs, one.of(mine))
            and not _follows(one, mine, two.of(theirs))
        ):
            yield mine, theirs


def _follows(parts: Parts, side: Side, larger: Kinds) -> bool:
    return side is not Side.LOWER and bool(parts.lower) and parts.lower <= larger
