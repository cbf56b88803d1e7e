"""
Small statistics for figures that people are judged by: limits that chance alone would keep to, medians, centiles. Pure.

The funnel is that of Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24
(2005): exact binomial limits about the average of all, at 95% and 99.8%.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, exp, floor, lgamma, log, sqrt

FEWEST = 10
"""With fewer than this no verdict is given."""
_OUTSIDE = 0.001
"""Beyond the 99.8% limits on either side lies no more than this."""
_NEGLIGIBLE = 1e-15
_Z95 = 1.959964


class Verdict(StrEnum):
    """What a share, beside the average of all, can be said to show."""

    TOO_FEW = "too few to say"
    CHANCE = "within what chance alone would give"
    LOWER = "lower than chance would explain"
    HIGHER = "higher than chance would explain"


def verdict(successes: int, of: int, *, average: float) -> Verdict:
    """Return what `successes` in `of` show beside an average share: outside the 99.8% limits, or nothing."""
    if of < FEWEST:
        return Verdict.TOO_FEW
    if _tail(successes, of, average, -1) <= _OUTSIDE:
        return Verdict.LOWER
    return Verdict.HIGHER if _tail(successes, of, average, 1) <= _OUTSIDE else Verdict.CHANCE


def _tail(successes: int, of: int, average: float, step: int) -> float:
    """
    Return the chance of so many successes or fewer (`step` -1) or more (1), as far as it is not over the limit.

    Where the mean is among them it is half at the least: the median of a binomial is next to its mean.
    """
    if (successes - of * average) * step <= 0:
        return 0.5
    found, k = 0.0, successes
    while 0 <= k <= of and found <= _OUTSIDE:
        chance = _chance(k, of, average)
        found += chance
        if chance < _NEGLIGIBLE:
            break
        k += step
    return found


def limits(of: int, *, average: float, outside: float) -> tuple[int, int]:
    """
    Return the fewest and the most successes in `of` that chance alone leaves within the limits.

    No more than `outside` of all samples lies beyond either limit: 0.025 for the 95% limits, 0.001 for the 99.8% ones.
    """
    # Further from the middle than this no sample comes: less than one in 10^20 of them.
    reach = 12 * sqrt(of * average * max(0.0, 1 - average)) + 24
    first, last = max(0, floor(of * average - reach)), min(of, ceil(of * average + reach))
    chances = {k: _chance(k, of, average) for k in range(first, last + 1)}
    below, lower = 0.0, first
    while lower <= last and below + chances[lower] <= outside:
        below += chances[lower]
        lower += 1
    above, upper = 0.0, last
    while upper >= first and above + chances[upper] <= outside:
        above += chances[upper]
        upper -= 1
    return lower, upper


def _chance(k: int, n: int, p: float) -> float:
    if p <= 0 or p >= 1:
        return 1.0 if k == (n if p >= 1 else 0) else 0.0
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))


def interval(successes: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95% interval for a share; (0, 1) where there is nothing to go on."""
    if not of:
        return 0.0, 1.0
    share, z2 = successes / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number of days is spread."""

    count: int
    median: float | None
    eightieth: int | None
    """The least number of days within which 80 in 100 lie."""


def spread(days: Mapping[int, int]) -> Spread:
    """Return the median and the 80th centile of days, given how many times each number of days came."""
    count = sum(days.values())
    if not count:
        return Spread(0, None, None)
    lower, upper = _nth(days, (count + 1) // 2), _nth(days, count // 2 + 1)
    return Spread(count, (lower + upper) / 2, _nth(days, -(-count * 4 // 5)))


def _nth(days: Mapping[int, int], place: int) -> int:
    """Return the number of days at a place, from 1, when all are put in order."""
    passed = 0
    for number in sorted(days):
        passed += days[number]
        if passed >= place:
            return number
    raise IndexError(place)
