"""
How good the forecast is, on simulated counties whose truth is known.

The margins are stated here, and hold with slack for the counties of this size: what was measured is in
docs/forecast.md. Each month is forecast with what was known when it began.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from casetracker.forecast.scores import auc, brier
from casetracker.statistics import limits
from tests.simulated import truths
from tests.unit.forecast.counties import Rehearsed


@dataclass(frozen=True)
class Margins:
    """By how much the forecast is to be better than the plain rules."""

    auc: float
    """Above the better of the two rules."""
    skill: float
    """Above the best that the rule of stages behind can have, with the breaches of these very cases given to it."""


MARGINS = {
    ("independent", 8): Margins(auc=0.15, skill=0.08),
    ("independent", 12): Margins(auc=0.05, skill=0.035),
    ("queues", 8): Margins(auc=0.15, skill=0.1),
    ("queues", 12): Margins(auc=0.035, skill=0.03),
}
STYLES = pytest.mark.parametrize("style", ["independent", "queues"])
AT_WEEK = pytest.mark.parametrize("week", [8, 12])
SHARED = {"independent": 0.0, "queues": 0.05}
"""What chance cases share: those that wait in one queue go wrong together, and vary more than their number says."""


@pytest.fixture
def county(style: str, request: pytest.FixtureRequest) -> Rehearsed:
    found: Rehearsed = request.getfixturevalue(style)
    return found


@STYLES
@AT_WEEK
def test_it_puts_cases_in_a_better_order_than_either_rule(county, style, week):
    found = county.report.weeks[week]
    assert found.n > 400
    assert found.auc > max(found.rule_days_left_auc, found.rule_behind_auc) + MARGINS[style, week].auc


@STYLES
@AT_WEEK
def test_it_has_more_skill_than_the_rule_of_stages_behind_at_its_best(county, style, week):
    found = county.report.weeks[week]
    assert found.skill > max(found.rule_behind_skill, 0) + MARGINS[style, week].skill


@STYLES
@AT_WEEK
def test_the_plan_comes_within_the_80_per_cent_interval_about_as_often_as_it_says(county, style, week):
    assert 0.75 <= county.report.weeks[week].interval_80_coverage <= 0.85


@STYLES
@AT_WEEK
def test_of_each_tenth_as_many_breach_as_were_expected(county, style, week):
    tenths = county.report.weeks[week].calibration
    assert len(tenths) >= 6
    for tenth in tenths:
        fewest, most = limits(tenth.cases, average=tenth.expected, outside=0.001)
        slack = SHARED[style] * tenth.cases
        assert fewest - slack <= tenth.breached * tenth.cases <= most + slack, tenth


@STYLES
def test_expected_breaches_are_as_many_as_came(county, style):
    for week in (4, 8, 12, 16):
        found = county.report.weeks[week]
        expected = sum(tenth.expected * tenth.cases for tenth in found.calibration) / found.n
        assert abs(expected - found.base_rate) < 0.04 + SHARED[style]


@STYLES
@AT_WEEK
def test_it_is_no_better_than_the_truth_by_more_than_chance(county, style, week):
    """
    The truth knows each case's hidden state: nothing honest can beat it, so that what does has seen the future.

    Chance: three standard errors of the difference between two squared errors, case by case.
    """
    one = next(iter(truths(county.county, weeks=(week,), times=60)))
    cases, scored = county.rehearsal.past.cases, county.scored
    rows = {int(case_id): row for row, case_id in enumerate(cases.case_id) if scored.week[row] == week}
    pairs = [
        (truth, scored.p[rows[int(place)]], came)
        for place, truth, came in zip(
            one.places[one.counted], one.probability[one.counted], one.breached[one.counted], strict=True
        )
        if int(place) in rows and not np.isnan(scored.p[rows[int(place)]])
    ]
    true, said, came = (np.array(column) for column in zip(*pairs, strict=True))
    came = came.astype(bool)
    assert len(pairs) > 400
    apart = (said - came) ** 2 - (true - came) ** 2
    assert apart.mean() > -3 * apart.std() / np.sqrt(len(apart))
    assert brier(said, came) < brier(np.full(len(came), came.mean()), came)
    assert auc(said, came) < auc(true, came) + 0.02


class TestARecordKeptBadly:
    def test_does_no_harm(self, sparse):
        for week in (4, 8, 12, 16):
            assert sparse.report.weeks[week].skill > -0.03

    @pytest.mark.parametrize("week", [4, 8, 12, 16])
    def test_the_interval_still_holds(self, sparse, week):
        assert 0.70 <= sparse.report.weeks[week].interval_80_coverage <= 0.90

    def test_late_in_the_clock_it_is_still_better_than_either_rule(self, sparse):
        found = sparse.report.weeks[16]
        assert found.auc > max(found.rule_days_left_auc, found.rule_behind_auc)
        assert found.skill > 0.1
