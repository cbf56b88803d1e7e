"""Numbers with what they count."""

import pytest

from casetracker.plurals import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 queries"), (1, "1 query"), (2, "2 queries"), (4_000, "4,000 queries")]
)
def test_one_is_told_from_any_other_number(number, words):
    assert counted(number, "query", "queries") == words
    assert counted(number, "case").endswith("case" if number == 1 else "cases")
