"""Two years of the queues: steady where hours meet the work, breaking where they do not, mended by staff."""

from datetime import date
from math import log

import numpy as np
import pytest

from casetracker.forecast import capacity
from casetracker.forecast.arrivals import Arrivals
from casetracker.forecast.capacity import WEEKS, Change, Found, Measure, Staff, ahead

DAY = date(2026, 6, 1)
STAFF = Staff(8.0, 20.0, 16.0, 10.0, 20.0, 20.0)
"""Ten pieces of advice and ten drafts a week."""
FOUND = Found(DAY, 0.8, 6.0, 0.95, 50, 25, 10.0, 9.5, 140.0, 30.0)


def arrivals(a_week: float, *, growth: float = 0.0) -> Arrivals:
    """Return a fit that is sure of so many requests a week and their growth a year."""
    coefficients = np.concatenate([[log(a_week / 7), growth], np.zeros(12)])
    return Arrivals((2026, 5), coefficients, np.eye(14) * 1e-10, 1.0, 60)


def foreseen(a_week: float, *changes: list[Change], growth: float = 0.0, target: float = 45.0, staff: Staff = STAFF):
    return ahead(FOUND, arrivals(a_week, growth=growth), staff, [[], *changes], target=target, seed=1)


def test_requests_that_the_hours_can_meet_leave_the_queue_as_it_is_or_shorter():
    found = foreseen(11.5).courses[0]
    assert found.advice_breaks == []
    assert found.middle[Measure.ADVICE_WEEKS][-1] < 5
    assert found.middle[Measure.TIMELINESS][-1] > found.middle[Measure.TIMELINESS][0]


def test_requests_that_grow_past_the_hours_break_the_queue_and_then_the_figure():
    found = foreseen(12.0, growth=0.25).courses[0]
    assert 2 <= found.advice_breaks[0][0] <= found.advice_breaks[-1][1] == 23
    assert found.timeliness_breaks
    waits = found.middle[Measure.ADVICE_WEEKS]
    assert waits[-1] > 2 * waits[5] > 0


def test_the_staff_that_the_second_year_needs_leave_no_queue_to_grow():
    """15 requests a week, 12 agreed, each 16 hours of 20 a week; 11.4 come to a draft, each 20 of 20."""
    need = foreseen(15.0).need
    assert (need.advice_a_week, need.drafts_a_week) == pytest.approx((12.0, 11.4), rel=0.02)
    assert (need.psychologists, need.caseworkers) == pytest.approx((9.6, 11.4), rel=0.02)
    enough = Staff(need.psychologists, 20.0, 16.0, need.caseworkers, 20.0, 20.0)
    waiting = foreseen(15.0, staff=enough).courses[0].middle[Measure.ADVICE_WAITING]
    assert waiting[-1] == pytest.approx(waiting[12], abs=40)


def test_a_figure_that_comes_back_breaks_in_spells():
    assert capacity._spells([True, True, False, True]) == [(1, 2), (4, 4)]
    assert capacity._spells([False, False]) == []


def test_the_queue_grows_by_what_the_hours_cannot_do():
    """15 requests a week, 12 agreed, 10 done: two more wait each week."""
    found = foreseen(15.0).courses[0]
    grown = found.middle[Measure.ADVICE_WAITING][-1] - found.middle[Measure.ADVICE_WAITING][0]
    weeks = WEEKS - 5
    assert grown == pytest.approx(2.0 * weeks, rel=0.25)


def test_more_staff_never_makes_a_wait_longer_and_breaks_it_later_or_never():
    more = [Change("two psychologists", psychologists=2.0)]
    agency = [Change("agency", psychologists=4.0, from_month=1, for_months=6)]
    now, extra, writers, both = foreseen(14.0, more, agency, [*more, *agency]).courses
    for course in (extra, writers, both):
        pairs = zip(course.middle[Measure.ADVICE_WAITING], now.middle[Measure.ADVICE_WAITING], strict=True)
        assert all(a <= b + 1e-9 for a, b in pairs)
    assert now.advice_breaks
    assert not writers.advice_breaks or writers.advice_breaks[0] > now.advice_breaks[0]
    assert both.advice_breaks == []
    assert both.name == "Two psychologists and agency" and now.name == "The staff there are"


def test_agency_staff_who_leave_take_their_hours_with_them():
    agency = [Change("agency", psychologists=4.0, for_months=6)]
    now, writers = foreseen(14.0, agency).courses
    gap = [
        a - b for a, b in zip(now.middle[Measure.ADVICE_WAITING], writers.middle[Measure.ADVICE_WAITING], strict=True)
    ]
    assert gap[6] > 20
    assert abs(gap[-1] - gap[8]) < 15


def test_more_caseworkers_help_the_figure_only_where_drafts_wait():
    writers = [Change("four caseworkers", caseworkers=4.0)]
    slow = Staff(20.0, 20.0, 16.0, 8.0, 20.0, 20.0)
    now, more = ahead(FOUND, arrivals(14.0), slow, [[], writers], target=45, seed=1).courses
    assert more.middle[Measure.TIMELINESS][-1] > now.middle[Measure.TIMELINESS][-1] + 10
    assert more.middle[Measure.ADVICE_WAITING] == now.middle[Measure.ADVICE_WAITING]


def test_the_intervals_hold_their_middle_and_widen():
    found = foreseen(12.5)
    course = found.courses[0]
    for measure in Measure:
        rows = zip(course.low[measure], course.middle[measure], course.high[measure], strict=True)
        assert all(low <= middle <= high for low, middle, high in rows)
    assert course.high[Measure.TIMELINESS][3] - course.low[Measure.TIMELINESS][3] > 5
    width = [
        b - a for a, b in zip(course.low[Measure.ADVICE_WAITING], course.high[Measure.ADVICE_WAITING], strict=True)
    ]
    assert width[-1] > width[1]
    assert len(found.months) == len(found.requests) == len(course.middle[Measure.TIMELINESS]) >= 23
    assert all(low <= middle <= high for low, middle, high in found.requests)


def test_the_figure_starts_from_what_plans_have_lately_taken():
    """A median of 140 days is half in time, for as long as the waits stay what they are."""
    steady = foreseen(12.5).courses[0]
    assert steady.middle[Measure.TIMELINESS][0] == pytest.approx(50, abs=15)


def test_nobody_at_work_is_a_queue_that_only_grows():
    nobody = Staff(0.0, 20.0, 16.0, 0.0, 20.0, 20.0)
    course = foreseen(10.0, staff=nobody).courses[0]
    waiting = course.middle[Measure.ADVICE_WAITING]
    assert waiting == sorted(waiting) and course.advice_breaks[0][0] == 1
    assert course.middle[Measure.TIMELINESS][-1] == pytest.approx(0, abs=1)


def test_the_wait_is_that_of_those_who_leave_first_come_first_served():
    """Fifty wait and ten leave a week. Ten join a week for ten weeks, then twenty: only those wait longer."""
    joining = np.full((1, 30), 10.0)
    joining[0, 10:] = 20.0
    queue, left = capacity._queue(joining, np.full((1, 30), 10.0), 50.0, 1.0)
    waits = capacity._waits(joining, left, 50.0, 10.0, 1.0)[0]
    assert queue[0, 9] == pytest.approx(50) and queue[0, 29] == pytest.approx(250)
    assert waits[:15] == pytest.approx([5.0] * 15)
    assert waits[15:17] == pytest.approx([5.5, 6.0])
    assert waits[29] == pytest.approx(5 + 15 / 2)


def test_staff_who_come_today_show_in_the_plans_that_are_issued_later():
    advice = [Change("psychologists", psychologists=20.0)]
    both = [Change("both", psychologists=20.0, caseworkers=20.0)]
    now, advised, all_through = (course.middle[Measure.TIMELINESS] for course in foreseen(14.0, advice, both).courses)
    assert advised[0] == pytest.approx(now[0], abs=3)
    assert all_through[3] > now[3] + 3
    assert all_through[-1] > now[-1] + 20
