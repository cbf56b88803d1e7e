"""Working days in England, against an independent list of bank holidays."""

from datetime import date, timedelta

import holidays
import pytest

from casetracker.statute.bank_holidays import BANK_HOLIDAYS
from casetracker.statute.working_days import CalendarEnds, is_working_day, working_days_after

YEARS = range(2014, 2029)


@pytest.mark.parametrize("year", YEARS)
def test_the_bank_holidays_of_each_year_are_those_of_the_holidays_package(year):
    published = holidays.country_holidays("GB", subdiv="ENG", years=year)
    on_weekdays = {day for day in published if day.weekday() < 5}
    assert BANK_HOLIDAYS[year] == on_weekdays


@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_each_year_is_a_working_day_or_not_as_the_holidays_package_has_it(year):
    published = holidays.country_holidays("GB", subdiv="ENG", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        assert is_working_day(day) is published.is_working_day(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-05-22", 1, "2026-05-26"),
        ("2026-05-25", 1, "2026-05-26"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2022-09-16", 1, "2022-09-20"),
        ("2026-04-02", 10, "2026-04-20"),
        ("2026-06-01", 0, "2026-06-01"),
        ("2024-02-28", 2, "2024-03-01"),
    ],
    ids=[
        "over a bank holiday weekend",
        "from a bank holiday",
        "over Christmas, with a substitute day",
        "over a state funeral",
        "over Easter",
        "none at all",
        "over a leap day",
    ],
)
def test_working_days_are_counted_from_the_day_after(start, number, end):
    assert working_days_after(date.fromisoformat(start), number) == date.fromisoformat(end)


@pytest.mark.parametrize("day", [date(2013, 12, 31), date(2029, 1, 1)])
def test_a_year_that_is_not_known_is_refused_and_not_taken_to_have_none(day):
    with pytest.raises(CalendarEnds, match=f"the bank holidays of {day.year} are not known"):
        is_working_day(day)


def test_counting_on_into_a_year_that_is_not_known_is_refused():
    with pytest.raises(CalendarEnds) as refused:
        working_days_after(date(2028, 12, 29), 1)
    assert refused.value.year == 2029
