"""
How many requests to expect in each month: the season, the growth, and how far either may be wrong. Pure.

A Poisson regression of the requests of each month on the month of the year and a steady growth, fitted by iteratively
reweighted least squares (McCullagh and Nelder, "Generalized Linear Models", 1989, ch. 2). Each coefficient is drawn
towards what is thought before any data are seen, so that a year's data does not claim to know the growth: the months
towards no season, and the growth towards `GROWTH`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Month = tuple[int, int]
"""A year, and a month of it from 1."""

GROWTH = log(1.085) / 10
"""Growth expected before any data are seen: 8.5% more children in ten years, as a rate a year."""
GROWTH_MAY_BE_OUT_BY = 0.06
"""The standard deviation of that: requests have grown much faster than the number of children."""
SEASON = 0.25
"""The standard deviation, before any data, of a month's share about an even one (logarithm)."""
ENOUGH = 24
"""With fewer whole months than this the growth and the season rest on what is expected before any data."""
MOST = 72
"""Months older than this are left out: what was true then says little of now."""
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A fit: what to expect of each month, and how sure."""

    last: Month
    """The last month it was fitted on; growth is counted from there."""
    coefficients: Array
    """The level at the last month (logarithm of requests a day), growth a year, then the twelve months."""
    covariance: Array
    spread: float
    """How many times as spread as by chance alone the months are: at least 1."""
    months: int

    @property
    def on_priors(self) -> bool:
        """Whether there were too few months to learn from."""
        return self.months < ENOUGH

    @property
    def growth(self) -> float:
        """Growth a year, as a share: 0.1 is a tenth more each year."""
        return float(np.exp(self.coefficients[1]) - 1)

    def expected(self, months: Sequence[Month]) -> Array:
        """Return the requests to expect in each month."""
        return np.asarray(np.exp(_design(months, self.last) @ self.coefficients) * days_of(months))

    def by_day(self, days: Sequence[date]) -> Array:
        """Return the requests to expect on each day, spread evenly over its month."""
        months = list(dict.fromkeys((day.year, day.month) for day in days))
        daily = dict(zip(months, (self.expected(months) / days_of(months)).tolist(), strict=True))
        return np.array([daily[day.year, day.month] for day in days], dtype=np.float64)

    def drawn(self, months: Sequence[Month], *, runs: int, rng: np.random.Generator) -> Array:
        """Return a draw of what each month's expectation may turn out to be, one row a run: for a simulation."""
        drawn = rng.multivariate_normal(self.coefficients, self.covariance, size=runs, method="cholesky")
        return np.asarray(np.exp(drawn @ _design(months, self.last).T) * days_of(months))


def fit(counts: Sequence[int], *, first: Month) -> Arrivals | None:
    """Return a fit to the requests of whole months in a row, the first of them `first`; None where there is nothing."""
    observed = np.asarray(counts[-MOST:], dtype=np.float64)
    if not observed.sum():
        return None
    months = months_from(first, len(counts))[-MOST:]
    design, days = _design(months, months[-1]), days_of(months)
    prior = np.concatenate([[log(observed.sum() / days.sum()), GROWTH], np.zeros(12)])
    precision = np.diag(np.concatenate([[1e-4, GROWTH_MAY_BE_OUT_BY**-2], np.full(12, SEASON**-2)]))
    found = prior.copy()
    for _ in range(_STEPS):
        mean = np.exp(design @ found) * days
        slope = design.T @ (observed - mean) - precision @ (found - prior)
        step = np.linalg.solve(design.T @ (design * mean[:, None]) + precision, slope)
        found = found + step
        if float(np.abs(step).max()) < 1e-9:
            break
    mean = np.exp(design @ found) * days
    spread = _spread(observed, mean)
    covariance = np.linalg.inv(design.T @ (design * (mean / spread)[:, None]) + precision)
    return Arrivals(months[-1], found, (covariance + covariance.T) / 2, spread, len(months))


def of_months(counts: Sequence[Sequence[int]]) -> Arrivals | None:
    """Return a fit to pairs of a month as YYYYMM and its requests: whole months in a row."""
    if not counts:
        return None
    return fit([number for _, number in counts], first=divmod(counts[0][0], 100))


def _spread(observed: Array, mean: Array) -> float:
    """Return Pearson's estimate of how much wider than chance the months are; about two coefficients are free."""
    free = max(1, len(observed) - 8)
    return max(1.0, float(((observed - mean) ** 2 / mean).sum()) / free)


def _design(months: Sequence[Month], last: Month) -> Array:
    years = np.array([(year - last[0]) + (month - last[1]) / 12 for year, month in months])
    season = np.array([month for _, month in months])[:, None] == np.arange(1, 13)
    return np.column_stack([np.ones(len(months)), years, season]).astype(np.float64)


def days_of(months: Sequence[Month]) -> Array:
    """Return how many days each month has."""
    starts = [np.datetime64(f"{year:04d}-{month:02d}") for year, month in months]
    return np.array(
        [((start + 1).astype("M8[D]") - start.astype("M8[D]")).astype(int) for start in starts], dtype=float
    )


def months_from(first: Month, number: int) -> list[Month]:
    """Return so many months in a row."""
    start = first[0] * 12 + first[1] - 1
    return [(at // 12, at % 12 + 1) for at in range(start, start + number)]
