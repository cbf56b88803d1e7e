"""Scores in days of the calendar."""

from datetime import date

import numpy as np
import pytest

from casetracker.forecast import telling
from casetracker.forecast.grid import CELLS, STEP
from casetracker.forecast.season import WEEKS_OF_YEAR, season, shipped

EVEN = season(np.ones(WEEKS_OF_YEAR))
DAY = date(2026, 11, 27).toordinal()


def spread_over(days: int) -> np.ndarray:
    """Return a distribution that is even over so many days."""
    return np.clip((STEP * np.arange(CELLS) + 1) / days, 0, 1).astype(np.float32)[None, :]


def test_the_interval_holds_its_middle_and_belongs_to_whole_days():
    found = telling.interval(EVEN, np.array([DAY], dtype=np.int32), spread_over(100))
    earliest, expected, latest = (float(end[0]) - DAY for end in (found.earliest, found.expected, found.latest))
    assert (earliest, expected, latest) == pytest.approx((10, 50, 90), abs=1)
    assert earliest <= expected <= latest


def test_over_christmas_the_same_work_takes_more_days():
    before_christmas = np.array([date(2026, 12, 18).toordinal()], dtype=np.int32)
    slow = telling.interval(shipped(), before_christmas, spread_over(40))
    even = telling.interval(EVEN, before_christmas, spread_over(40))
    assert slow.expected[0] > even.expected[0]


def test_what_is_never_reached_has_no_day():
    found = telling.interval(EVEN, np.array([DAY], dtype=np.int32), 0.3 * spread_over(100))
    assert np.isfinite(found.earliest[0])
    assert np.isinf(found.expected[0])
    assert np.isinf(found.latest[0])


def test_on_an_even_year_ordinary_days_are_the_same():
    cdf = spread_over(100)
    np.testing.assert_allclose(telling.by_ordinary_days(EVEN, DAY, cdf), cdf, atol=1e-3)


def test_by_ordinary_days_less_has_come_by_the_new_year_than_the_clock_of_the_season_says():
    cdf = spread_over(100)
    found = telling.by_ordinary_days(shipped(), DAY, cdf)
    by_new_year = 35 // STEP
    assert found[0, by_new_year] < cdf[0, by_new_year]
    assert (np.diff(found[0]) >= -1e-6).all()
