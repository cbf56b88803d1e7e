"""How things stand: what is on record is used, and what is not is assumed and not nothing."""

from datetime import date
from math import log

import numpy as np
import pytest

from casetracker.forecast import present
from casetracker.forecast.arrivals import Arrivals

NOTHING = {
    "agreed_share": None,
    "weeks_to_decide": None,
    "plan_share": None,
    "advice_waiting": 0,
    "drafts_waiting": 0,
    "advice_a_week": 0.0,
    "drafts_a_week": 0.0,
}
DAY = date(2026, 6, 1)
TEN_A_WEEK = Arrivals((2026, 5), np.concatenate([[log(10 / 7)], np.zeros(13)]), np.eye(14) * 1e-9, 1.0, 60)


def test_with_nothing_on_record_it_rests_on_what_is_assumed():
    found = present.found_of(DAY, NOTHING, [])
    assert (found.agreed_share, found.plan_share, found.weeks_to_decide) == (0.75, 0.95, 6.0)
    assert 140 < found.median_days < 155
    staff = present.usual_staff(found, TEN_A_WEEK)
    assert staff.advice_a_week == pytest.approx(7.5, abs=0.1)
    assert staff.drafts_a_week == pytest.approx(7.125, abs=0.1)


def test_what_is_on_record_is_used():
    facts = {**NOTHING, "agreed_share": 0.8, "advice_a_week": 4.0, "drafts_a_week": 6.0, "advice_waiting": 30}
    found = present.found_of(DAY, facts, [(100, 16), (150, 40), (200, 30), (300, 14)])
    assert (found.agreed_share, found.advice_waiting, found.median_days) == (0.8, 30, 150)
    assert found.spread_days == pytest.approx((200 - 100) / 2)
    staff = present.usual_staff(found, TEN_A_WEEK)
    assert (staff.advice_a_week, staff.drafts_a_week) == (pytest.approx(4.0, abs=0.07), pytest.approx(6.0, abs=0.07))


def test_a_handful_of_plans_is_not_taken_for_the_authoritys_speed():
    assert present.found_of(DAY, NOTHING, [(40, 5)]).median_days > 140
