"""Which numbers are parts of which, held against the cases that the measures count; and the files that give them."""

import csv
from datetime import date
from itertools import combinations, product

import pytest

from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.measures.parts import PARTS, Side, pairs
from casetracker.measures.shipped import BY_KEY
from casetracker.measures.suppression import FEWEST, HIDDEN
from casetracker.periods import Span, period_of
from casetracker.queries.measures.behind import members
from casetracker.queries.measures.known import Asked
from tests import worlds
from tests.conftest import NOW, TODAY

FAMILY = [key for key in PARTS if BY_KEY[key].over.value == "period" and "plan" in key]


@pytest.fixture
def county(session):
    worlds.begin(demonstration.load, today=TODAY, now=NOW, cases=250, seed=11)


@pytest.mark.parametrize("counts_reopened", [False, True])
def test_the_cases_of_a_number_are_among_those_of_the_number_it_is_said_to_be_a_part_of(county, counts_reopened):
    year = period_of(date(2025, 6, 1), Span.CALENDAR)

    def cases(key):
        rows = db.session.execute(members(Asked(BY_KEY[key], TODAY, TODAY, counts_reopened), year)).all()
        every, hit = {row.case_id for row in rows}, {row.case_id for row in rows if row.hit}
        return {Side.UPPER: hit, Side.LOWER: every, Side.REST: every - hit}

    found = {key: cases(key) for key in PARTS}
    assert all(sides[Side.LOWER] for sides in found.values())
    for one, other in combinations(PARTS, 2):
        for mine, theirs in pairs(BY_KEY[one], BY_KEY[other]):
            small, large = sorted((found[one][mine], found[other][theirs]), key=len)
            assert small <= large, (one, mine, other, theirs)


def given_in(text):
    """Return the numbers that a file gives, by its rows."""
    found = {}
    for name, _, *pair in list(csv.reader(text.splitlines()))[1:-1]:
        given = {side: int(number) for side, number in zip(Side, pair, strict=False) if number not in ("", HIDDEN)}
        found[name] = given | ({Side.REST: given[Side.LOWER] - given[Side.UPPER]} if len(given) == 2 else {})
    return found


def differences(one, other, files):
    """Yield what is left of each number that one measure's file gives, when what another's gives is taken from it."""
    for name, (mine, theirs) in product(files[one], pairs(BY_KEY[one], BY_KEY[other])):
        first, second = files[one][name].get(mine), files[other].get(name, {}).get(theirs)
        if first is not None and second is not None:
            yield abs(first - second)


@pytest.mark.parametrize(
    "path", ["series.csv?by=month", "series.csv?by=rolling", "by/sex.csv?by=calendar&on=2025-12-31"]
)
def test_no_file_tells_of_few_beside_another(county, client, user, on_the_day, path):
    browser = client(user())
    files = {key: given_in(browser.get(f"/measures/{key}/{path}").text) for key in FAMILY}
    assert any(not given for given in files["plans_within_20_weeks_including_exceptions"].values())
    for one, other in combinations(FAMILY, 2):
        assert not [left for left in differences(one, other, files) if 0 < left < FEWEST], (one, other)
