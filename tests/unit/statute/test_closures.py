"""Closures of settings: which excuse a limit, and what lies ahead of a case."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.statute.closures import Shut, closure_that_excuses, disagreement, joined, look_ahead

SUMMER = Shut(date(2026, 7, 22), date(2026, 9, 1), "summer closure")
EASTER = Shut(date(2026, 4, 1), date(2026, 4, 16), "Easter")


@pytest.mark.parametrize(
    ("asked_on", "excused"),
    [
        (date(2026, 7, 14), False),
        (date(2026, 7, 15), True),
        (date(2026, 8, 26), True),
        (date(2026, 8, 27), False),
    ],
    ids=[
        "8 days before it began",
        "a week before it began",
        "a week before it re-opened",
        "6 days before it re-opened",
    ],
)
def test_reg_10_4_a_advice_asked_for_from_a_week_before_it_closed_to_a_week_before_it_re_opened(asked_on, excused):
    assert (closure_that_excuses(asked_on, [EASTER, SUMMER]) is not None) is excused


def test_reg_10_4_a_a_closure_of_less_than_four_weeks_excuses_nothing():
    short = Shut(date(2026, 7, 22), date(2026, 8, 17))
    assert closure_that_excuses(date(2026, 7, 22), [short]) is None
    assert closure_that_excuses(date(2026, 7, 22), [Shut(short.starts_on, date(2026, 8, 18))]) is not None


def test_closures_with_only_a_weekend_between_them_are_one_continuous_period():
    first, second = Shut(date(2026, 7, 22), date(2026, 8, 7)), Shut(date(2026, 8, 10), date(2026, 8, 28))
    assert [c.is_long for c in joined([second, first])] == [True]
    later = Shut(date(2026, 8, 11), date(2026, 8, 28))
    assert len(joined([first, later])) == 2


def test_at_receipt_the_weeks_in_the_closure_and_the_last_day_to_ask_are_told():
    (ahead,) = look_ahead(date(2026, 6, 8), [EASTER, SUMMER], today=date(2026, 6, 8))
    assert (ahead.first_week, ahead.last_week, ahead.ask_by) == (7, 13, date(2026, 6, 9))
    assert ahead.text == (
        "Weeks 7 to 13 of this case fall in the summer closure (22 July to 1 September 2026): "
        "ask the setting for advice by 9 June 2026."
    )


def test_once_that_day_has_passed_it_says_so():
    (ahead,) = look_ahead(date(2026, 6, 8), [SUMMER], today=date(2026, 6, 20))
    assert "do not fit before it any more" in ahead.text


@pytest.mark.parametrize("received_on", [date(2026, 2, 1), date(2026, 9, 7)], ids=["over before it", "begun after it"])
def test_a_closure_outside_the_twenty_weeks_is_left_out(received_on):
    assert look_ahead(received_on, [SUMMER], today=received_on) == ()


def test_a_claim_that_the_directory_contradicts_is_questioned():
    said = disagreement(date(2026, 7, 20), date(2026, 9, 1), [SUMMER])
    assert said == "The directory has the setting open on 20 July 2026."
    assert disagreement(date(2026, 7, 22), date(2026, 9, 1), [SUMMER]) == ""
    assert disagreement(date(2026, 7, 20), date(2026, 9, 1), []) == ""


DAYS = st.integers(0, 500).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
CLOSURES = st.lists(
    st.tuples(DAYS, st.integers(0, 60)).map(lambda p: Shut(p[0], p[0] + timedelta(days=p[1]))), max_size=8
)


@given(CLOSURES)
def test_joined_closures_are_apart_in_order_and_cover_every_day(closures):
    one = joined(closures)
    assert all(a.reopens_on < b.starts_on for a, b in itertools.pairwise(one))
    days = {c.starts_on + timedelta(days=n) for c in closures for n in range((c.ends_on - c.starts_on).days + 1)}
    assert all(any(c.starts_on <= day <= c.ends_on for c in one) for day in days)


@given(DAYS, CLOSURES)
def test_what_lies_ahead_leaves_six_weeks_before_it_when_it_says_so(received_on, closures):
    for ahead in look_ahead(received_on, closures, today=received_on):
        assert 1 <= ahead.first_week <= ahead.last_week <= 21
        if ahead.ask_by is not None:
            assert ahead.ask_by + timedelta(weeks=6) < ahead.closure.starts_on
