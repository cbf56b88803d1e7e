"""Limits, intervals and centiles, beside values worked out elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.statistics import Verdict, interval, limits, spread, verdict


@pytest.mark.parametrize(
    ("of", "average", "outside", "known"),
    [
        # qbinom(c(0.025, 0.975), n, p) in R, where the tail beyond each is at most 0.025
        (10, 0.5, 0.025, (2, 8)),
        (20, 0.5, 0.025, (6, 14)),
        (100, 0.5, 0.025, (40, 60)),
        (10, 0.5, 0.001, (1, 9)),
        (10, 0.0, 0.025, (0, 0)),
        (10, 1.0, 0.025, (10, 10)),
    ],
)
def test_binomial_limits(of, average, outside, known):
    assert limits(of, average=average, outside=outside) == known


@pytest.mark.parametrize(
    ("successes", "of", "said"),
    [
        (0, 9, Verdict.TOO_FEW),
        (5, 10, Verdict.CHANCE),
        (0, 10, Verdict.LOWER),
        (10, 10, Verdict.HIGHER),
        (40, 100, Verdict.CHANCE),
        (30, 100, Verdict.LOWER),
    ],
)
def test_a_small_service_is_not_shamed_by_chance(successes, of, said):
    assert verdict(successes, of, average=0.5) is said


def test_wilson_s_interval():
    low, high = interval(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert interval(0, 0) == (0.0, 1.0)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=80))
def test_the_median_and_the_eightieth_centile_of_days(days):
    import statistics
    from collections import Counter

    found = spread(Counter(days))
    assert found.median == statistics.median(days)
    assert found.eightieth == sorted(days)[-(-len(days) * 4 // 5) - 1]


def test_of_nothing_there_is_none():
    assert spread({}).median is None
