"""Months, years of three kinds, and twelve months that roll."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.periods import Span, month_of, period_of, periods_between, twelve_months_to, year_of

DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2060, 12, 31))


@pytest.mark.parametrize(
    ("on", "span", "starts_on", "ends_on", "name"),
    [
        (date(2024, 2, 29), Span.MONTH, date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2023, 2, 3), Span.MONTH, date(2023, 2, 1), date(2023, 2, 28), "February 2023"),
        (date(2026, 12, 31), Span.MONTH, date(2026, 12, 1), date(2026, 12, 31), "December 2026"),
        (date(2026, 1, 1), Span.QUARTER, date(2026, 1, 1), date(2026, 3, 31), "January to March 2026"),
        (date(2026, 11, 27), Span.QUARTER, date(2026, 10, 1), date(2026, 12, 31), "October to December 2026"),
        (date(2026, 6, 1), Span.CALENDAR, date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 8, 31), Span.ACADEMIC, date(2025, 9, 1), date(2026, 8, 31), "2025/26"),
        (date(2026, 9, 1), Span.ACADEMIC, date(2026, 9, 1), date(2027, 8, 31), "2026/27"),
        (date(2026, 3, 31), Span.FINANCIAL, date(2025, 4, 1), date(2026, 3, 31), "2025/26"),
        (date(2026, 4, 1), Span.FINANCIAL, date(2026, 4, 1), date(2027, 3, 31), "2026/27"),
        (date(1999, 10, 1), Span.ACADEMIC, date(1999, 9, 1), date(2000, 8, 31), "1999/00"),
        (date(2026, 6, 15), Span.ROLLING, date(2025, 7, 1), date(2026, 6, 30), "12 months to June 2026"),
        (date(2026, 12, 1), Span.ROLLING, date(2026, 1, 1), date(2026, 12, 31), "12 months to December 2026"),
        (date(2024, 2, 29), Span.ROLLING, date(2023, 3, 1), date(2024, 2, 29), "12 months to February 2024"),
    ],
)
def test_the_period_that_a_day_is_in(on, span, starts_on, ends_on, name):
    period = period_of(on, span)
    assert (period.starts_on, period.ends_on, period.name) == (starts_on, ends_on, name)


@given(on=DAYS)
def test_every_kind_of_period_holds_the_day_and_whole_months(on):
    for span in Span:
        period = period_of(on, span)
        assert period.starts_on <= on <= period.ends_on
        assert period.starts_on.day == 1
        assert (period.ends_on + timedelta(days=1)).day == 1


@given(on=DAYS, kind=st.sampled_from([Span.CALENDAR, Span.ACADEMIC, Span.FINANCIAL]))
def test_a_year_is_the_months_it_is_made_of(on, kind):
    year = year_of(on, kind)
    months = list(periods_between(year.starts_on, year.ends_on, Span.MONTH))
    assert len(months) == 12
    assert (months[0].starts_on, months[-1].ends_on) == (year.starts_on, year.ends_on)
    assert all(b.starts_on == a.ends_on + timedelta(days=1) for a, b in pairwise(months))


@given(on=DAYS)
def test_twelve_months_that_roll_are_twelve_months(on):
    rolling = twelve_months_to(on)
    assert len(list(periods_between(rolling.starts_on, rolling.ends_on, Span.MONTH))) == 12
    assert rolling.ends_on == month_of(on).ends_on


def test_a_period_is_partial_until_it_is_over():
    june = month_of(date(2026, 6, 1))
    assert june.is_partial(date(2026, 6, 30))
    assert not june.is_partial(date(2026, 7, 1))
