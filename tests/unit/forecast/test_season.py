"""The clock of the year: it never goes back, and its two ways of reading agree."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.forecast.season import FIRST, LAST, WEEKS_OF_YEAR, season, shipped, week_of_year

YEARS = st.lists(st.floats(0.05, 3), min_size=WEEKS_OF_YEAR, max_size=WEEKS_OF_YEAR).map(np.array)
DAYS = st.integers(FIRST + 400, LAST - 2000)
few = settings(max_examples=25)


def ordinals(*days: date) -> np.ndarray:
    return np.array([day.toordinal() for day in days], dtype=np.int32)


@few
@given(weeks=YEARS)
def test_the_clock_never_goes_back(weeks):
    assert (np.diff(season(weeks).clock) > 0).all()


@few
@given(weeks=YEARS, day=DAYS, waited=st.floats(0, 700))
def test_after_goes_as_far_on_as_between_counts(weeks, day, waited):
    made, days = season(weeks), np.array([day], dtype=np.int32)
    ahead = made.after(days, np.array([waited]))[0]
    whole = int(ahead)
    until = np.array([day + whole, day + whole + 1], dtype=np.int32)
    counted = made.between(np.repeat(days, 2), until)
    assert counted[0] + (ahead - whole) * (counted[1] - counted[0]) == pytest.approx(waited, abs=1e-5)


@few
@given(weeks=YEARS, day=DAYS, needed=st.floats(0, 300))
def test_before_is_the_last_day_from_which_there_is_time_enough(weeks, day, needed):
    made, due = season(weeks), np.array([day], dtype=np.int32)
    last = made.before(due, np.array([needed]))
    assert made.between(last, due)[0] >= needed - 1e-6
    assert made.between(last + 1, due)[0] <= needed + 1e-6


def test_an_even_year_is_the_calendar():
    even = season(np.ones(WEEKS_OF_YEAR))
    first, last = ordinals(date(2026, 1, 5)), ordinals(date(2026, 3, 30))
    assert even.between(first, last)[0] == pytest.approx(84)
    assert even.after(first, np.array([84.0]))[0] == pytest.approx(84)
    assert even.before(last, np.array([84.0]))[0] == first[0]


def test_a_year_is_as_long_on_the_clock_as_on_the_wall():
    first, last = ordinals(date(2024, 1, 1)), ordinals(date(2028, 1, 1))
    assert shipped().between(first, last)[0] == pytest.approx(1461, rel=0.005)


def test_what_is_shipped_goes_slowest_at_christmas_and_slower_in_august_than_in_june():
    made = shipped()

    def passed(first: date, last: date) -> float:
        return float(made.between(ordinals(first), ordinals(last))[0])

    june, august, christmas = (
        passed(date(2026, month, 4), date(2026, month, 18))
        if month < 12
        else passed(date(2026, 12, 20), date(2027, 1, 3))
        for month in (6, 8, 12)
    )
    assert christmas < august < june


def test_weeks_are_counted_by_sevens_from_the_first_of_january():
    days = ordinals(date(2026, 1, 1), date(2026, 1, 7), date(2026, 1, 8), date(2024, 12, 31))
    assert week_of_year(days).tolist() == [0, 0, 1, 52]


def test_a_wait_without_end_has_no_end():
    assert np.isinf(shipped().after(ordinals(date(2026, 1, 1)), np.array([np.inf]))[0])
