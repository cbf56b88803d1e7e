"""From what was counted to a figure: shares, numbers and averages of days; and the sums of periods."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from casetracker.measures.definition import Average, Measure, Unit
from casetracker.statistics import interval, spread

_TENTH = Decimal("0.1")
_NO_DAYS: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: it can be added to another of a period that does not overlap."""

    numerator: int = 0
    denominator: int = 0
    days: Mapping[int, int] = field(default_factory=lambda: _NO_DAYS)
    """For a measure in days: how many cases took each number of them."""

    def __add__(self, other: "Tally") -> "Tally":
        return total((self, other))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's figure, with what it was made of. None where nothing was there to make it of."""

    numerator: int | None
    denominator: int | None
    value: Decimal | None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Wilson's 95% interval, in per cent to one decimal, of a figure that is a share; None where there is none."""
        if self.numerator is None or not self.denominator:
            return None
        low, high = interval(self.numerator, self.denominator)
        return _rounded(Decimal(low * 100)), _rounded(Decimal(high * 100))


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies of periods that do not overlap."""
    numerator = denominator = 0
    days: Counter[int] = Counter()
    for tally in tallies:
        numerator, denominator = numerator + tally.numerator, denominator + tally.denominator
        days.update(tally.days)
    return Tally(numerator, denominator, days)


def figure_of(measure: Measure, tally: Tally) -> Figure:
    """Return the figure that a tally of this measure makes: a share to one decimal, half away from zero."""
    if measure.unit is Unit.NUMBER:
        return Figure(tally.numerator, None, Decimal(tally.numerator))
    if measure.unit is Unit.PERCENT:
        return Figure(tally.numerator, tally.denominator, share(tally.numerator, tally.denominator))
    return _of_days(measure, tally.days)


def share(part: int, whole: int) -> Decimal | None:
    """Return a percentage to one decimal, half away from zero; None of nothing."""
    return _rounded(Decimal(part * 100) / Decimal(whole)) if whole else None


def _of_days(measure: Measure, days: Mapping[int, int]) -> Figure:
    count = sum(days.values())
    if measure.average is Average.MEAN:
        together = sum(number * times for number, times in days.items())
        return Figure(together, count, _rounded(Decimal(together) / count) if count else None)
    if not count:
        return Figure(None, 0, None)
    if measure.average is Average.LONGEST:
        return Figure(None, count, Decimal(max(number for number, times in days.items() if times)))
    return Figure(None, count, Decimal(str(spread(days).median)))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, ROUND_HALF_UP)
