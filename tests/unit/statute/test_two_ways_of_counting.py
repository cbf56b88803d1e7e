"""The plain due dates worked out a second time, day by day on a paper calendar, and compared."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casetracker.statute.counting import ORDINARY_READING, Limit, Reading, day_number, months_after, week_number
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.timetable import Basis, Duty, Route, limits_for

STARTS = st.dates(date(2014, 9, 1), date(2150, 12, 31))
READINGS = st.builds(Reading, count_day_one=st.booleans())
MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year, month):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else MONTH_LENGTHS[month - 1]


def next_day(day):
    """Turn over one leaf of the calendar."""
    year, month, number = day
    if number < month_length(year, month):
        return year, month, number + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def last_of_weeks(start, weeks, *, first_day_counts):
    """Tick off seven days for each week, from the day after `start` or from `start` itself."""
    ticked = [start] if first_day_counts else []
    day = start
    while len(ticked) < weeks * 7:
        day = next_day(day)
        ticked.append(day)
    return ticked[-1]


def leaf(day):
    return day.year, day.month, day.day


WEEKS_OF_A_REQUEST = {
    Duty.DECIDE_WHETHER_TO_ASSESS: 6,
    Duty.GATHER_ADVICE: 12,
    Duty.NOTIFY_NO_PLAN: 16,
    Duty.SEND_DRAFT_PLAN: 16,
    Duty.ISSUE_FINAL_PLAN: 20,
}
WEEKS_OF_AN_ORDER = {
    Route.ASSESS: {2, 10, 14},
    Route.MAKE_PLAN: {5, 11},
    Route.RECONSIDER: {2},
    Route.AMEND: {5},
    Route.AMEND_SETTING: {2},
}


@given(start=STARTS, reading=READINGS, basis=st.sampled_from(["request", "s24"]))
def test_the_limits_of_a_request(start, reading, basis):
    entry = Entry(1, H.REQUEST_RECEIVED, start, start, {"basis": basis})
    found = {m.duty: leaf(m.due_on) for m in replay([entry], on=start, reading=reading).milestones}
    assert found == {
        duty: last_of_weeks(leaf(start), weeks, first_day_counts=reading.count_day_one)
        for duty, weeks in WEEKS_OF_A_REQUEST.items()
    }


@given(
    start=st.dates(date(2015, 9, 1), date(2150, 12, 31)),
    reading=READINGS,
    route=st.sampled_from(list(WEEKS_OF_AN_ORDER)),
    basis=st.sampled_from([Basis.TRIBUNAL_ORDER, Basis.MEDIATION_AGREEMENT, Basis.CONCESSION]),
)
def test_the_limits_of_a_re_opened_clock(start, reading, route, basis):
    rows = limits_for(route=route, basis=basis, on=start, reading=reading)
    assert {leaf(row.within.last_day(start, reading)) for row in rows} == {
        last_of_weeks(leaf(start), weeks, first_day_counts=reading.count_day_one) for weeks in WEEKS_OF_AN_ORDER[route]
    }


@given(start=STARTS, reading=READINGS, lag=st.integers(0, 9))
def test_the_six_weeks_of_an_advice_giver(start, reading, lag):
    reached = start + timedelta(days=lag)
    steps = [
        Entry(1, H.REQUEST_RECEIVED, start, start),
        Entry(2, H.ADVICE_ASKED, start, start, {"received_by_giver_on": reached.isoformat()}),
    ]
    milestone = replay(steps, on=start, reading=reading).milestone(Duty.RECEIVE_ADVICE)
    assert milestone is not None
    assert leaf(milestone.due_on) == last_of_weeks(leaf(reached), 6, first_day_counts=reading.count_day_one)


@given(start=STARTS)
def test_the_fifteen_days_beginning_with_the_day_of_service(start):
    day = leaf(start)
    for _ in range(14):
        day = next_day(day)
    assert leaf(Limit(days=15, counts_first_day=True).last_day(start)) == day


@given(start=STARTS, months=st.integers(0, 30))
def test_the_corresponding_day_of_a_later_month(start, months):
    year, month, number = leaf(start)
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    assert leaf(months_after(start, months)) == (year, month, min(number, month_length(year, month)))


@given(start=STARTS, days=st.integers(0, 300), reading=READINGS)
def test_the_day_and_the_week(start, days, reading):
    day, number = leaf(start), 1 if reading.count_day_one else 0
    for _ in range(days):
        day, number = next_day(day), number + 1
    on = date(*day)
    assert day_number(start, on, reading) == number
    week, ends = 1, 7
    while number > ends:
        week, ends = week + 1, ends + 7
    assert week_number(start, on, reading) == week


@given(start=STARTS, reading=READINGS)
def test_week_20_is_the_week_in_which_the_twenty_weeks_end(start, reading):
    last = Limit(weeks=20).last_day(start, reading)
    assert week_number(start, last, reading) == 20
    assert week_number(start, last + timedelta(days=1), reading) == 21
    assert week_number(start, start - timedelta(days=1), ORDINARY_READING) == 0
