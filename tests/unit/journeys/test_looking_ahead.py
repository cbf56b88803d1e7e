"""What the pages about the time to come say in words."""

import pytest

from casetracker.journeys.ahead.presenters import breaks

MONTHS = [(2026, 11), (2026, 12), (2027, 1), (2027, 2), (2027, 3)]


@pytest.mark.parametrize(
    ("spells", "said"),
    [
        ([], "not within two years"),
        ([(1, 5)], "already, and throughout"),
        ([(3, 5)], "from January 2027 on"),
        ([(1, 2)], "from now to December 2026"),
        ([(1, 2), (4, 5)], "from now to December 2026, and from February 2027 on"),
        ([(2, 2), (4, 4)], "in December 2026, and in February 2027"),
        ([(1, 1), (3, 3), (5, 5)], "on and off from now"),
    ],
)
def test_when_something_is_past_its_limit_is_said_with_its_end(spells, said):
    assert breaks(spells, MONTHS) == said
