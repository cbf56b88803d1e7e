"""Reg 13(1)(a): the family's 15 days, beginning with the day on which the draft is served."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casetracker.statute.representations import earliest_final_plan, leaves_time_for_representations

days = st.dates(date(2014, 9, 1), date(2040, 12, 31))


def test_a_draft_of_the_first_leaves_the_family_until_the_fifteenth_and_the_plan_can_go_on_the_sixteenth():
    assert earliest_final_plan(served_on=date(2026, 5, 1)) == date(2026, 5, 16)


def test_there_is_time_with_fifteen_days_left_and_none_with_fourteen():
    due_on = date(2026, 5, 25)
    assert leaves_time_for_representations(due_on=due_on, on=date(2026, 5, 10))
    assert not leaves_time_for_representations(due_on=due_on, on=date(2026, 5, 11))


@given(served_on=days, left=st.integers(-40, 60))
def test_it_is_a_matter_of_fifteen_days_left_whatever_the_day(served_on, left):
    due_on = served_on + timedelta(days=left)
    assert leaves_time_for_representations(due_on=due_on, on=served_on) == (left >= 15)
