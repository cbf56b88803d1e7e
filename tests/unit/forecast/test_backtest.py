"""The backtest: its figures are those of the county's own arrays, and what cannot be known yet is left out."""

import json
from datetime import date

import numpy as np
import pytest

from casetracker.forecast import backtest
from casetracker.forecast.scores import brier
from casetracker.forecast.snapshots import History
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from tests.simulated import LIMIT


def settled(county, week):
    """Return the rows of the looks at a week that are scored, by the county’s own arrays."""
    cases, scored, last = county.rehearsal.past.cases, county.scored, county.county.as_at.toordinal()
    received = county.county.folk.received[cases.case_id]
    return (scored.week == week) & ~np.isnan(scored.p) & (received + LIMIT < last)


@pytest.mark.parametrize("week", [4, 8, 12, 16])
def test_n_and_the_base_rate_are_the_countys_own(independent, week):
    found, here = independent.report.weeks[week], settled(independent, week)
    case_id = independent.rehearsal.past.cases.case_id[here]
    # A case that has ended and was not keyed by the last day is the only one that the records have otherwise.
    assert found.n == pytest.approx(here.sum(), abs=3)
    came = independent.county.breached[case_id] & ~independent.county.excused[case_id]
    assert found.base_rate == pytest.approx(came.mean(), abs=0.01)
    assert found.brier == pytest.approx(brier(independent.scored.p[here], came), abs=0.005)


def test_a_case_whose_limit_is_still_ahead_is_not_scored_though_it_has_ended(independent):
    """Those that have ended by now went quickly: to score them alone would make all look in time."""
    cases, scored = independent.rehearsal.past.cases, independent.scored
    last = independent.county.as_at.toordinal()
    looked = (scored.week == 12) & ~np.isnan(scored.p)
    ahead = looked & (cases.final_due >= last)
    assert (ahead & (independent.county.ended[cases.case_id] <= last)).any()
    assert independent.report.weeks[12].n <= looked.sum() - ahead.sum()


def test_cases_with_an_exception_have_no_probability_and_are_not_scored(independent):
    excused = independent.rehearsal.past.cases.excused
    assert excused.any()
    assert np.isnan(independent.scored.p[excused]).all()


def test_nothing_is_scored_before_it_had_something_to_learn_from(independent):
    past, report = independent.rehearsal.past, independent.report
    assert report.first == backtest.first_day(past)
    assert report.first.toordinal() >= past.cases.clock_on.min() + 365
    scored = ~np.isnan(independent.scored.p)
    assert past.cases.day[scored].min() >= report.first.toordinal()
    assert report.on_priors == 0


def test_the_json_is_of_the_form_that_was_agreed(independent):
    told = json.loads(json.dumps(independent.report.as_json(), allow_nan=False))
    assert set(told) >= {"weeks", "interval_80_coverage"}
    assert set(told["weeks"]) == {"4", "8", "12", "16"}
    wanted = {"n", "base_rate", "brier", "skill", "auc", "rule_days_left_auc", "rule_behind_auc"}
    for week, found in told["weeks"].items():
        assert wanted <= set(found)
        assert found["n"] == independent.report.weeks[int(week)].n
        assert found["auc"] == pytest.approx(independent.report.weeks[int(week)].auc, abs=1e-4)
    assert 0 <= told["interval_80_coverage"] <= 1
    assert {group["by"] for group in told["groups"]} == {"sex", "ethnicity", "need", "area"}


def test_each_group_is_told_with_the_interval_of_what_came(independent):
    groups = independent.report.groups
    at_week_12 = independent.report.weeks[12].n
    for by in ("sex", "ethnicity", "need", "area"):
        assert sum(group.cases for group in groups if group.by == by) == at_week_12
    for group in groups:
        low, high = group.interval
        assert 0 <= low <= group.breached <= high <= 1


def test_the_days_that_are_asked_for_are_the_days_that_are_scored(independent):
    begins, ends = date(2025, 9, 1).toordinal(), date(2025, 12, 31).toordinal()
    scored = backtest.score_looks(independent.rehearsal, begins=begins, ends=ends)
    days = independent.rehearsal.past.cases.day[~np.isnan(scored.p)]
    assert begins <= days.min() and days.max() <= ends
    both = ~np.isnan(scored.p) & ~np.isnan(independent.scored.p)
    assert scored.p[both] == pytest.approx(independent.scored.p[both])


@pytest.mark.parametrize(
    ("week", "place", "behind"), [(4, 0, 0), (8, 0, 1), (8, 1, 0), (12, 0, 2), (13, 1, 1), (15, 3, 0), (20, 1, 3)]
)
def test_stages_behind_are_counted_against_the_usual_timetable(independent, week, place, behind):
    one = independent.rehearsal.past.cases.take(np.arange(len(independent.rehearsal.past.cases)) == 0)
    one.place[0], one.clock_on[0] = place, one.day[0] - 7 * week
    assert backtest.stages_behind(one)[0] == behind


def test_an_authority_with_next_to_no_past_gets_an_answer_and_no_figures():
    received = date(2026, 1, 5)
    only = History(1, (Entry(1, H.REQUEST_RECEIVED, received, received),))
    found = backtest.run([only], as_at=date(2026, 6, 1))
    assert found.closed_cases == 0
    assert all(week.n == 0 for week in found.weeks.values())
    assert found.as_json()["interval_80_coverage"] is None
    assert backtest.run([], as_at=date(2026, 6, 1)).weeks[8].n == 0
