"""Limits, intervals and centiles, beside values worked out elsewhere."""

from math import comb

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


@given(st.integers(0, 200), st.fractions(0, 1, max_denominator=50), st.sampled_from([0.025, 0.001]))
def test_no_more_than_is_said_lies_beyond_the_limits_and_none_are_narrower(of, average, outside):
    chances = [comb(of, k) * average**k * (1 - average) ** (of - k) for k in range(of + 1)]  # exact
    lower, upper = limits(of, average=float(average), outside=outside)
    assert sum(chances[:lower]) <= outside * (1 + 1e-9) and sum(chances[upper + 1 :]) <= outside * (1 + 1e-9)
    assert sum(chances[: lower + 1]) > outside * (1 - 1e-9) and sum(chances[upper:]) > outside * (1 - 1e-9)


def test_the_limits_of_a_million_are_those_of_the_normal_distribution():
    lower, upper = limits(1_000_000, average=0.4, outside=0.025)
    assert (lower, upper) == (pytest.approx(399_040, abs=2), pytest.approx(400_960, abs=2))  # 0.4 +- 1.96 x 0.00049


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


@given(st.integers(10, 5_000), st.floats(0, 1), st.floats(0, 1))
def test_a_share_is_set_apart_where_it_lies_beyond_the_limits(of, average, share):
    successes = round(of * share)
    lower, upper = limits(of, average=average, outside=0.001)
    said = {successes < lower: Verdict.LOWER, successes > upper: Verdict.HIGHER}
    assert verdict(successes, of, average=average) is said.get(True, Verdict.CHANCE)
