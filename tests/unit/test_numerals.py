"""Numbers as people type them."""

from decimal import Decimal

import pytest

from casetracker.numerals import number_in


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("21", "21"),
        (" 21.5 ", "21.5"),
        ("1,234", "1234"),
        ("1,234,567.89", "1234567.89"),
        ("-0.5", "-0.5"),
        (".5", "0.5"),
        ("6.", "6"),
    ],
)
def test_a_number_with_or_without_its_thousands_separated(typed, number):
    assert number_in(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["", " ", "21,5", "1,23", "1,2345", "12,34,567", ",5", "1e3", "NaN", "Infinity", "٦٠", "1 000", "six", "."]
)
def test_a_comma_that_may_be_meant_as_a_point_is_not_passed_over_nor_is_anything_else(typed):
    assert number_in(typed) is None
