"""A simulated county is lawful, the same every time, and its truth is true."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from tests.simulated import County, scores, simulate, truth, truths
from tests.simulated.styles import STYLES

EVERY_STYLE = pytest.mark.parametrize("style", sorted(STYLES))
LARGE, SMALL = 1200, 120


@pytest.fixture(scope="module")
def counties() -> dict[str, County]:
    return {style: simulate(style, seed=3, cases=LARGE) for style in STYLES}


@EVERY_STYLE
def test_what_is_known_on_any_day_is_lawful(style, counties):
    for case in counties[style].cases[::40]:
        for week in range(0, 60, 3):
            on = case.entries[0].occurred_on + timedelta(weeks=week)
            assert replay(case.entries, on=on).objections == ()


@EVERY_STYLE
def test_the_same_seed_makes_the_same_county_and_another_one_does_not(style):
    one, same, other = (simulate(style, seed=seed, cases=SMALL) for seed in (5, 5, 6))
    assert [case.entries for case in one.cases] == [case.entries for case in same.cases]
    assert [case.entries for case in one.cases] != [case.entries for case in other.cases]


@EVERY_STYLE
def test_nothing_is_known_after_the_last_day(style):
    as_at = date(2025, 3, 14)
    county = simulate(style, seed=5, cases=SMALL, as_at=as_at)
    entries = [entry for case in county.cases for entry in case.entries]
    assert max(entry.recorded_on for entry in entries) <= as_at
    assert any(ended > as_at.toordinal() for ended in county.ended)


@EVERY_STYLE
def test_a_county_is_like_a_council(style, counties):
    county = counties[style]
    happened = Counter(entry.happening for case in county.cases for entry in case.entries)
    decided = happened[H.ASSESSMENT_AGREED] + happened[H.ASSESSMENT_REFUSED]
    assert 0.18 < happened[H.ASSESSMENT_REFUSED] / decided < 0.30
    assert 0.02 < happened[H.PLAN_REFUSED] / (happened[H.PLAN_REFUSED] + happened[H.FINAL_PLAN_ISSUED]) < 0.09
    assert happened[H.REQUEST_WITHDRAWN] and happened[H.MOVED_OUT] and happened[H.EXCEPTION_RECORDED]
    in_time = (county.planned & ~county.breached).sum() / county.planned.sum()
    assert 0.30 < in_time < 0.60


@EVERY_STYLE
def test_the_truth_is_calibrated_and_grows_sharper(style, counties):
    """In each fifth of the cases by their true probability, as many breach as it says, to four standard errors."""
    sharpness = []
    for one in truths(counties[style], times=60):
        order = np.argsort(one.probability)
        for fifth in np.array_split(order, 5):
            said, came = one.probability[fifth], one.breached[fifth]
            error = np.sqrt((said * (1 - said)).sum() + said.sum() / 60) / len(fifth)
            assert abs(said.mean() - came.mean()) < 4 * error + ALLOWED[style], f"week {one.week}"
        sharpness.append(scores.skill(one.probability, one.breached))
    assert sharpness == sorted(sharpness)
    assert sharpness[0] > 0.03


@EVERY_STYLE
def test_the_truth_of_one_case_is_open_while_it_may_go_either_way_and_certain_once_it_has_ended(style, counties):
    county = counties[style]
    case = np.flatnonzero(county.planned & ~county.breached)[:1]
    opening, ending = county.folk.received[case], county.ended[case]
    assert 0.0 < truth(county, case, opening, times=200)[0] < 1.0
    assert truth(county, case, ending, times=10)[0] == 0.0
    everybody = np.arange(len(county.folk))
    assert np.array_equal(truth(county, everybody, county.ended, times=2), county.breached.astype(float))


ALLOWED = {"independent": 0.0, "queues": 0.05, "drift": 0.0, "monthly": 0.0, "sparse": 0.0}
"""How far the truth of cases in queues may be out: it takes what the queues' future held as it turned out."""
