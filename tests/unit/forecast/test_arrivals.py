"""Requests by month: a known season and growth are found again, and little data claims little."""

from math import exp

import numpy as np
import pytest

from casetracker.forecast.arrivals import GROWTH, days_of, fit, months_from

SEASON = np.array([9, 8, 10, 6, 9, 10, 8, 3, 8, 11, 11, 7]) / 8.33


def county(months: int, *, a_day: float = 4.0, growth: float = 0.1, seed: int = 1) -> list[int]:
    rng = np.random.default_rng(seed)
    names = months_from((2021, 1), months)
    mean = [a_day * SEASON[m - 1] * exp(growth * n / 12) for n, (_, m) in enumerate(names)]
    return rng.poisson(np.array(mean) * days_of(names)).tolist()


def test_growth_and_season_are_found_again():
    found = fit(county(60), first=(2021, 1))
    assert not found.on_priors
    assert found.growth == pytest.approx(exp(0.1) - 1, abs=0.03)
    year = found.expected(months_from((2026, 1), 12)) / days_of(months_from((2026, 1), 12))
    assert np.argmin(year) == 7
    assert year / year.mean() == pytest.approx(SEASON / SEASON.mean(), abs=0.1)


def test_what_comes_next_is_foreseen_as_surely_as_it_says():
    inside, asked = 0, 0
    for seed in range(60):
        counts = county(72, seed=seed)
        found = fit(counts[:60], first=(2021, 1))
        rng = np.random.default_rng(seed)
        drawn = rng.poisson(found.drawn(months_from((2026, 1), 12), runs=400, rng=rng))
        low, high = np.percentile(drawn, (10, 90), axis=0)
        inside += int(((low <= counts[60:]) & (counts[60:] <= high)).sum())
        asked += 12
    assert 0.74 <= inside / asked <= 0.9


def test_few_months_rest_on_what_is_expected_before_any_data():
    found = fit(county(6, growth=3.0), first=(2021, 1))
    assert found.on_priors
    assert abs(np.log1p(found.growth) - GROWTH) < 0.15
    wide = np.std(np.log(found.drawn([(2022, 6)], runs=2000, rng=np.random.default_rng(1))))
    sure = np.std(np.log(fit(county(60), first=(2021, 1)).drawn([(2026, 6)], runs=2000, rng=np.random.default_rng(1))))
    assert wide > 2 * sure


def test_nothing_is_known_of_no_requests():
    assert fit([], first=(2021, 1)) is None and fit([0, 0, 0], first=(2021, 1)) is None


def test_months_wilder_than_chance_are_said_to_be():
    rng = np.random.default_rng(3)
    wild = [int(n * rng.choice([0.5, 1.5])) for n in county(60)]
    assert fit(wild, first=(2021, 1)).spread > 5
    assert fit(county(60), first=(2021, 1)).spread < 2


def test_months_follow_one_another_over_new_year():
    assert months_from((2025, 11), 4) == [(2025, 11), (2025, 12), (2026, 1), (2026, 2)]
    assert days_of([(2024, 2), (2025, 2), (2025, 12)]).tolist() == [29, 28, 31]
