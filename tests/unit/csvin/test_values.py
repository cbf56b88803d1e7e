"""Cells: dates, instants, yes and no."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue


@pytest.mark.parametrize(
    "text",
    [
        "2022-09-28",
        "2022-09-28 00:00:00",
        "2022-09-28T00:00:00",
        "28/09/2022",
        "28/09/2022 00:00",
        "2022-Sep-28 00:00:00",
        "28-Sep-2022",
        "28 September 2022",
        "2022-09-28T00:00:00.000Z",
        "2022-09-28 00:00:00+01:00",
        " 2022-9-28 ",
    ],
)
def test_one_day_in_every_spelling(text):
    assert values.day(text) == date(2022, 9, 28)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("31/02/2026", "no such day"),
        ("2026-13-01", "no such day"),
        ("0203-01-05", "year 0203 cannot be meant"),
        ("05/01/0203", "year 0203 cannot be meant"),
        ("05/01/26", "year needs four figures"),
        ("2022-Foo-28 00:00:00", "no such month"),
        ("yesterday", "not a date"),
        ("44927", "not a date"),
        ("2022-09-28 to 2022-10-01", "not a date"),
        ("28/09/2022 or so", "not a date"),
        ("=TODAY()", "not a date"),
    ],
)
def test_what_is_no_day_says_why(text, rule):
    with pytest.raises(BadValue, match=rule):
        values.day(text)


def test_an_empty_cell_is_no_day():
    assert values.day("  ") is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_comes_back_from_each_style(day):
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%Y-%b-%d} 00:00:00"):
        assert values.day(text) == day


@pytest.mark.parametrize(
    ("text", "meant"), [("1", True), ("0", False), ("TRUE", True), ("no", False), ("", None), (" Y ", True)]
)
def test_yes_and_no(text, meant):
    assert values.flag(text) is meant


def test_a_flag_that_says_neither():
    with pytest.raises(BadValue, match="1 or 0"):
        values.flag("maybe")


def test_an_instant_without_an_offset_is_londons():
    assert values.instant("2026-07-01T12:00:00").utcoffset().total_seconds() == 3600


def test_an_instant_that_is_none():
    with pytest.raises(BadValue, match="not an instant"):
        values.instant("noon")
