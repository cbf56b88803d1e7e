"""Scores, against their definitions worked out one pair and one case at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.forecast.scores import auc, brier, calibration, precision_and_recall, skill

SAID = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=2, max_size=60)


def columns(said: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p for p, _ in said]), np.array([came for _, came in said])


def test_brier_is_the_mean_squared_error():
    # (0.2 - 0)^2 + (0.9 - 1)^2 + (0.5 - 1)^2 = 0.04 + 0.01 + 0.25 = 0.30
    assert brier(np.array([0.2, 0.9, 0.5]), np.array([False, True, True])) == pytest.approx(0.1)


@given(said=SAID)
def test_skill_is_none_for_the_base_rate_and_all_for_the_truth(said):
    _, came = columns(said)
    base = came.mean()
    if 0 < base < 1:
        assert skill(np.full(len(came), base), came) == pytest.approx(0)
        assert skill(came.astype(float), came) == 1
        assert skill(1.0 - came, came) < 0
    else:
        assert np.isnan(skill(came.astype(float), came))


@given(said=SAID)
def test_auc_is_the_share_of_pairs_put_in_order_with_half_for_a_tie(said):
    p, came = columns(said)
    pairs = [1.0 if yes > no else 0.5 if yes == no else 0.0 for yes in p[came] for no in p[~came]]
    if pairs:
        assert auc(p, came) == pytest.approx(np.mean(pairs))
    else:
        assert np.isnan(auc(p, came))


def test_auc_of_one_probability_for_all_is_a_half():
    assert auc(np.full(10, 0.3), np.arange(10) < 4) == 0.5


@given(said=SAID)
def test_each_case_is_in_one_tenth_and_a_tenth_tells_what_came_of_its_own(said):
    p, came = columns(said)
    tenths = calibration(p, came)
    assert sum(tenth.cases for tenth in tenths) == len(p)
    for tenth in tenths:
        top = 1.01 if tenth.high == 1 else tenth.high
        here = (p >= tenth.low - 1e-9) & (p < top - 1e-9)
        assert (tenth.cases, tenth.breached) == (here.sum(), pytest.approx(came[here].mean()))
        assert tenth.expected == pytest.approx(p[here].mean())


def test_precision_is_of_the_flagged_and_recall_of_the_breached():
    p, came = np.array([0.9, 0.8, 0.6, 0.2, 0.5]), np.array([True, True, False, True, True])
    assert precision_and_recall(p, came, over=0.5) == (pytest.approx(2 / 3), pytest.approx(2 / 4))


def test_what_cannot_be_had_is_no_number():
    nobody = np.zeros(0)
    assert np.isnan(brier(nobody, nobody.astype(bool)))
    assert np.isnan(auc(np.array([0.5]), np.array([True])))
    assert all(np.isnan(precision_and_recall(np.array([0.1]), np.array([False]), over=0.5)))
