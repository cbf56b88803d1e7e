"""From what was counted to a figure."""

from decimal import Decimal
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.measures.figures import Figure, Tally, figure_of, share, total
from casetracker.measures.shipped import BY_KEY

TALLIES = st.builds(
    Tally,
    st.integers(0, 50),
    st.integers(50, 90),
    st.dictionaries(st.integers(0, 900), st.integers(1, 5), max_size=6),
)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(533, 994, "53.6"), (533, 993, "53.7"), (1, 8, "12.5"), (1, 2000, "0.1"), (3, 2000, "0.2"), (0, 7, "0.0")],
)
def test_a_share_is_rounded_half_away_from_zero(part, whole, expected):
    assert share(part, whole) == Decimal(expected)


def test_of_nothing_there_is_no_share_and_no_average():
    assert figure_of(BY_KEY["plans_within_20_weeks"], Tally()).value is None
    for key in ("wait_for_a_plan_median", "wait_for_a_plan_mean", "wait_for_a_plan_longest"):
        assert figure_of(BY_KEY[key], Tally()).value is None
    assert figure_of(BY_KEY["requests"], Tally()) == Figure(0, None, Decimal(0))


@given(days=st.lists(st.integers(0, 900), min_size=1, max_size=40))
def test_the_averages_are_those_of_the_days_themselves(days):
    tally = total(Tally(days={day: 1}) for day in days)
    assert float(figure_of(BY_KEY["wait_for_a_plan_median"], tally).value) == median(days)
    assert abs(float(figure_of(BY_KEY["wait_for_a_plan_mean"], tally).value) - mean(days)) <= 0.05 + 1e-9
    assert figure_of(BY_KEY["wait_for_a_plan_longest"], tally).value == max(days)


@given(parts=st.lists(TALLIES, min_size=1, max_size=5))
def test_the_sum_of_tallies_does_not_depend_on_their_order(parts):
    whole = total(parts)
    assert total(reversed(parts)) == whole
    assert whole.numerator == sum(part.numerator for part in parts)
    assert sum(whole.days.values()) == sum(sum(part.days.values()) for part in parts)


def test_the_interval_of_a_share_holds_the_share_and_lies_within_nought_and_a_hundred():
    figure = figure_of(BY_KEY["plans_within_20_weeks"], Tally(3, 10))
    low, high = figure.interval
    assert Decimal(0) <= low < figure.value < high <= Decimal(100)
    assert (low, high) == (Decimal("10.8"), Decimal("60.3"))  # Wilson's, worked out by hand
    assert figure_of(BY_KEY["requests"], Tally(3, 3)).interval is None
