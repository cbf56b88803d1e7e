"""
Which numbers are parts of which: what each measure's two numbers are the sums of, so that none may be taken from
another to tell of few. Pure.

A case belongs to one kind only; a number counts all the cases of its kinds. Where all the kinds of one number are
among those of another, what is left when the one is taken from the other is a number of children too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import KNOWN_HERE

Kinds = frozenset[tuple[str, str]]
_NOTHING_LEFT = 1e-9
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
        if figure.numerator is None and measure.numerator:  # entered: the figure is the number
            upper = int(figure.value or 0)
        return {Side.UPPER: upper}
    if measure.unit is Unit.DAYS:
        return {Side.LOWER: lower}
    return {Side.UPPER: upper, Side.LOWER: lower, Side.REST: lower - upper}


Number = tuple[str, Side]
"""A number of children that a figure gives: the measure's key, and which of its numbers."""


@dataclass(frozen=True, slots=True)
class Told:
    """A number of children that follows from several that are given, each so many times, or taken away so often."""

    by: Side
    """The number of the measure with which it follows: without it, it does not."""
    terms: tuple[tuple[Number, float], ...]
    """How many times each is taken."""


def counting(key: str) -> tuple[Side, ...]:
    """Return which numbers of a measure are of children, the lower one first."""
    return tuple(side for side in (Side.LOWER, Side.UPPER) if key in PARTS and PARTS[key].of(side))


@cache
def told(key: str, perhaps: tuple[Number, ...], surely: frozenset[Number]) -> tuple[Told, ...]:
    """
    Return every number of children that follows from a measure's numbers with those that are perhaps given before it.

    That is every union of kinds whose number is a sum of numbers, each taken some times or taken away: the difference
    of two, what is left of a whole when several parts are taken from it, and whatever else there is. What follows from
    the numbers that are surely given without the measure's own is left out: it was judged with them.
    """
    found: list[Told] = []
    for side in counting(key):
        found += _told_by((*perhaps, (key, side)), surely)
        perhaps, surely = (*perhaps, (key, side)), surely | {(key, side)}
    return tuple(found)


def _told_by(given: tuple[Number, ...], surely: frozenset[Number]) -> Iterator[Told]:
    kinds = sorted(frozenset().union(*(PARTS[key].of(side) for key, side in given)))
    counts = np.array([[kind in PARTS[key].of(side) for kind in kinds] for key, side in given], dtype=float)
    counts = np.unique(counts, axis=1)  # kinds that no number tells apart are one
    unions = np.array(list(product((0.0, 1.0), repeat=counts.shape[1]))[1:])
    known = counts[[number in surely for number in given]]
    follows = _in_span(counts, unions) & ~_in_span(known, unions)
    times = np.linalg.lstsq(counts.T, unions[follows].T, rcond=None)[0].T
    for row in times.round(6):
        yield Told(given[-1][1], tuple((number, float(n)) for number, n in zip(given, row, strict=True) if n))


def _in_span(rows: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of the wanted vectors are sums of the rows."""
    if not len(rows):
        return np.zeros(len(wanted), dtype=bool)
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[sizes > _NOTHING_LEFT]
    left: NDArray[np.float64] = np.abs(wanted - wanted @ basis.T @ basis).max(axis=1)
    return left < _NOTHING_LEFT


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
