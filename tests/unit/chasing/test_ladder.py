"""The ladder of reminders."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.chasing.ladder import AGAIN, USUAL, LadderWrong, Waiting, due_step, rungs

ASKED, DUE = date(2026, 6, 1), date(2026, 7, 13)
LADDER = rungs(USUAL)


def name_on(day, climbed=(), **more):
    step = due_step(Waiting(DUE, ASKED, **more), LADDER, on=day, climbed=climbed)
    return step.name if step else None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 6, 28), None),
        (date(2026, 6, 29), "1:-14"),
        (date(2026, 7, 6), "1:-7"),
        (date(2026, 7, 13), "1:-7"),
        (date(2026, 7, 14), "1:+1"),
        (date(2026, 8, 4), "1:+22!"),
    ],
)
def test_fourteen_and_seven_days_before_the_day_after_then_weekly_then_the_manager(day, name):
    assert name_on(day) == name


def test_missed_nights_bring_one_mail_and_a_step_is_climbed_once():
    assert name_on(date(2026, 7, 30)) == "1:+15"
    assert name_on(date(2026, 7, 30), {"1:+15"}) is None


def test_advice_sent_back_begins_a_round_of_its_own():
    back = {"returned_on": date(2026, 7, 20), "times_returned": 1}
    assert name_on(date(2026, 7, 26), **back) is None
    assert name_on(date(2026, 7, 27), {"1:+1"}, **back) == "2:+7"
    assert [rung.days for rung in rungs(AGAIN)] == [7, 14, 21]


@pytest.mark.parametrize("text", ["14", "-x", "+1000", "+1!!", ""])
def test_what_is_no_step_is_refused(text):
    with pytest.raises(LadderWrong):
        rungs(["-7", text])


def test_two_steps_on_one_day_are_refused():
    with pytest.raises(LadderWrong):
        rungs(["+1", "+1!"])


@given(st.lists(st.booleans(), min_size=90, max_size=90), st.integers(0, 60))
def test_however_many_nights_are_missed_no_step_goes_twice_nor_out_of_order(nights, hold):
    held = ASKED + timedelta(days=hold) if hold else None
    climbed, days = [], []
    for number, runs in enumerate(nights):
        day = ASKED + timedelta(days=number)
        if not runs:
            continue
        step = due_step(Waiting(DUE, ASKED, held_until=held), LADDER, on=day, climbed=set(climbed))
        if step:
            climbed.append(step.name)
            days.append(step.planned_on)
            assert held is None or day > held
            assert step.planned_on <= day
    assert len(set(climbed)) == len(climbed)
    assert days == sorted(days)
