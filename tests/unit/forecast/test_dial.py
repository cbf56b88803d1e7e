"""The backlog dial: the trade it shows, by example and for all backlogs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.forecast.cone import Ends
from casetracker.forecast.dial import Allowed, Group, Order, Pace, allowed, side_by_side, turn

GROUPS = [Group(400, 3, 2), Group(300, 0, 3), Group(200, 1, 5), Group(160, 0, 10)]
MONTH, YEAR = Pace(Ends(20, 10), 4.0), Pace(Ends(200, 150), 12.0)


def turned(number: int, order: Order = Order.OLDEST, groups=GROUPS):
    return turn(groups, number=number, order=order, month=MONTH, year=YEAR)


def test_oldest_first_takes_the_longest_waits():
    found = turned(4)
    assert found.issued_waited == pytest.approx((2 * 400 + 2 * 300) / 4)
    assert (found.left, found.oldest_left, found.without_draft) == (16, 300, 2)
    assert found.month == pytest.approx(100 * 20 / (20 + 10 + 4))


def test_readiest_first_takes_those_with_a_draft_and_of_those_the_longest():
    found = turned(4, Order.READIEST)
    assert found.issued_waited == pytest.approx((3 * 300 + 160) / 4)
    assert (found.oldest_left, found.without_draft) == (400, 0)


def test_the_year_counts_what_is_issued_now_and_what_is_left_at_its_usual_rate():
    assert turned(0).year == pytest.approx(100 * 200 / (350 + 20 * (12 - 4) / (20 - 4)))
    assert turned(20).year == pytest.approx(100 * 200 / (350 + 20))


def test_all_leaves_nobody_waiting_and_more_than_all_is_all():
    assert turned(20) == turned(999)
    assert (turned(20).left, turned(20).left_waited, turned(20).oldest_left) == (0, None, None)


def test_no_backlog_leaves_the_figure_alone():
    found = turned(5, groups=[])
    assert (found.number, found.left, found.issued_waited) == (0, 0, None)
    assert found.month == pytest.approx(100 * 20 / 30)


def test_with_no_time_for_a_draft_only_those_that_have_one_can_be_issued():
    found = turn(GROUPS, number=20, order=Order.OLDEST, month=MONTH, year=YEAR, time_for_a_draft=False)
    assert allowed(GROUPS, time_for_a_draft=False) == Allowed(can_be=13, no_draft=7, family_answers=0)
    assert found.number == 13
    assert (found.without_draft, found.left, found.oldest_left) == (0, 7, 400)
    assert allowed(GROUPS, time_for_a_draft=True) == Allowed(20, 0, 0)


def test_a_draft_on_which_the_family_still_has_its_days_cannot_be_issued_in_the_month():
    groups = [Group(350, 0, 2, family_answers=True), *GROUPS]
    assert allowed(groups, time_for_a_draft=True) == Allowed(can_be=20, no_draft=0, family_answers=2)
    assert allowed(groups, time_for_a_draft=False) == Allowed(can_be=13, no_draft=7, family_answers=2)
    found = turned(99, groups=groups)
    assert (found.number, found.left, found.oldest_left) == (20, 2, 350)


BACKLOGS = st.lists(
    st.builds(Group, st.integers(141, 900), st.integers(0, 3), st.integers(1, 8), st.booleans()), max_size=12
)


@given(groups=BACKLOGS, order=st.sampled_from(Order), number=st.integers(0, 90))
def test_one_plan_more_never_raises_the_oldest_wait_nor_the_figure(groups, order, number):
    less, more = turned(number, order, groups), turned(number + 1, order, groups)
    assert (more.oldest_left or 0) <= (less.oldest_left or 0)
    assert more.month <= less.month
    assert more.year <= less.year + 1e-9
    assert more.left <= less.left
    assert more.number + more.left == sum(group.cases for group in groups)
    assert more.number <= allowed(groups, time_for_a_draft=True).can_be


@given(groups=BACKLOGS, number=st.integers(0, 90))
def test_no_order_leaves_the_longest_wait_shorter_than_oldest_first(groups, number):
    oldest, readiest = turned(number, Order.OLDEST, groups), turned(number, Order.READIEST, groups)
    assert (oldest.oldest_left or 0) <= (readiest.oldest_left or 0)
    assert oldest.month == readiest.month
    assert readiest.without_draft <= oldest.without_draft


@given(total=st.integers(0, 500), chosen=st.integers(0, 600), pace=st.floats(0, 600))
def test_the_settings_side_by_side_are_few_in_order_and_hold_the_chosen(total, chosen, pace):
    found = side_by_side(total, chosen=chosen, pace=pace)
    assert found == sorted(set(found)) and len(found) <= 5
    assert min(chosen, total) in found and 0 in found
    assert all(0 <= n <= total for n in found)
