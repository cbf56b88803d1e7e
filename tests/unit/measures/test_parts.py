"""What is given of two measures that count some of the same children tells of few by no subtraction."""

from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.measures.definition import Unit
from casetracker.measures.figures import Figure, share
from casetracker.measures.parts import NOBODY, PARTS, Side, before, numbers, related
from casetracker.measures.publishing import alone, table
from casetracker.measures.shipped import BY_KEY
from casetracker.measures.suppression import FEWEST

KINDS = sorted({kind for parts in PARTS.values() for kind in (*parts.upper, *parts.lower)})
WORLD = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 40)), min_size=len(KINDS), max_size=len(KINDS)).map(
    lambda found: dict(zip(KINDS, found, strict=True))
)
TWENTY_WEEKS, INCLUDING, EXCEPTED = (
    "plans_within_20_weeks",
    "plans_within_20_weeks_including_exceptions",
    "plans_with_an_exception",
)


def counted(key, world):
    """Return a measure's figure of so many children of each kind."""
    upper, lower = (sum(world[kind] for kind in kinds) for kinds in (PARTS[key].upper, PARTS[key].lower))
    unit = BY_KEY[key].unit
    if unit is Unit.PERCENT:
        return Figure(upper, lower, share(upper, lower))
    return Figure(upper, None, None) if unit is Unit.NUMBER else Figure(None, lower, None)


def given_of(measure, cells):
    """Return the numbers that are given, by what they are."""
    found = {Side.UPPER: cells.numerator, Side.LOWER: cells.denominator}
    if measure.unit is Unit.DAYS:
        found = {Side.LOWER: cells.numerator}
    elif None not in (cells.numerator, cells.denominator):
        found[Side.REST] = cells.denominator - cells.numerator
    return {side: number for side, number in found.items() if number is not None}


def alone_in(key, world):
    others = {other: counted(other, world) for other in before(key)}
    return given_of(BY_KEY[key], alone(BY_KEY[key], counted(key, world), others))


def could_be_taken(one, other):
    """Yield every number of a measure with every one of another that has all its cases, or whose cases it has."""
    for mine, theirs in product(*(numbers(BY_KEY[key], NOBODY) for key in (one, other))):
        if related(PARTS[one].of(mine), PARTS[other].of(theirs)):
            yield mine, theirs


def tells_of_few(one, other, first, second):
    """Return which numbers that are given of two measures are so near that what is between them is of few."""
    return [
        (mine, theirs)
        for mine, theirs in could_be_taken(one, other)
        if mine in first and theirs in second and 0 < abs(first[mine] - second[theirs]) < FEWEST
    ]


@settings(max_examples=300, deadline=None)
@given(world=WORLD)
def test_suppression_cannot_be_undone_by_subtracting_one_measure_from_another(world):
    found = {key: alone_in(key, world) for key in PARTS}
    for one, other in combinations(PARTS, 2):
        assert not tells_of_few(one, other, found[one], found[other]), (one, other)


FAMILIES = [
    [key for key in PARTS if key == last or key in before(last)]
    for last in ("plans", "decisions_within_6_weeks", "overdue_awaiting_psychology")
]


def follows(rows, union):
    return np.linalg.matrix_rank(np.vstack([rows, union])) == np.linalg.matrix_rank(rows)


@settings(max_examples=60, deadline=None)
@given(world=WORLD, family=st.sampled_from(FAMILIES))
def test_nor_by_adding_and_taking_away_any_number_of_them(world, family):
    given_kinds = [
        PARTS[key].of(side)
        for key in family
        for side in alone_in(key, world)
        if side is not Side.REST and PARTS[key].of(side)
    ]
    if not given_kinds:
        return
    kinds = sorted(frozenset().union(*given_kinds))
    rows = np.array([[kind in of for kind in kinds] for of in given_kinds], dtype=float)
    classes = sorted({tuple(column) for column in rows.T})
    for number in range(1, 2 ** len(classes)):
        chosen = {one for place, one in enumerate(classes) if number >> place & 1}
        union = np.array([tuple(column) in chosen for column in rows.T], dtype=float)
        count = sum(world[kind] for kind, there in zip(kinds, union, strict=True) if there)
        assert not (0 < count < FEWEST and follows(rows, union)), [
            kind for kind, t in zip(kinds, union, strict=True) if t
        ]


def test_what_is_left_of_all_plans_when_three_parts_are_taken_from_them_is_not_told_where_it_is_few():
    """Three plans have no day of receipt: they are in the whole, and in none of the three bands of weeks."""
    counts = {"within 20 weeks": 500, "within 52 weeks": 400, "over 52 weeks": 90, "day of receipt not known": 3}
    world = {kind: counts.get(kind[1], 0) if kind[0] == "no exception" else 0 for kind in KINDS}
    bands = ("plans_within_20_weeks_including_exceptions", "plans_20_to_52_weeks", "plans_over_52_weeks")
    given_of_bands = [alone_in(key, world) for key in bands]
    assert [Side.UPPER in found for found in given_of_bands] == [True, True, False]


@settings(max_examples=150, deadline=None)
@given(worlds=st.lists(WORLD, min_size=2, max_size=8), key=st.sampled_from(sorted(PARTS)))
def test_neither_can_it_in_two_tables_of_months_and_of_the_whole(worlds, key):
    names = [f"month {n}" for n in range(len(worlds))]
    tables = {
        one: {name: counted(one, world) for name, world in zip(names, worlds, strict=True)}
        for one in (*before(key), key)
    }
    published = {one: table(BY_KEY[one], own, tables) for one, own in tables.items()}
    for other in before(key):
        mine, theirs = published[key], published[other]
        for name in names:
            first, second = (given_of(BY_KEY[one], published[one].groups[name]) for one in (key, other))
            assert not tells_of_few(key, other, first, second), (other, name)
        first, second = given_of(BY_KEY[key], mine.whole), given_of(BY_KEY[other], theirs.whole)
        assert not tells_of_few(key, other, first, second), other
        for here, there in could_be_taken(key, other):  # the rows given of both, taken from the whole of both
            if here in first and there in second:
                unknown = [
                    name
                    for name in names
                    if here not in given_of(BY_KEY[key], mine.groups[name])
                    or there not in given_of(BY_KEY[other], theirs.groups[name])
                ]
                left = sum(
                    numbers(BY_KEY[key], tables[key][n])[here] - numbers(BY_KEY[other], tables[other][n])[there]
                    for n in unknown
                )
                assert not 0 < abs(left) < FEWEST, (other, here, there)


@pytest.mark.parametrize(
    ("including", "is_given"),
    [((434, 933), True), ((438, 941), False), ((434, 939), True), ((435, 939), False), ((440, 945), True)],
)
def test_with_exceptions_is_given_where_what_it_has_more_is_nobody_or_six(including, is_given):
    without = Figure(434, 933, share(434, 933))
    cells = alone(BY_KEY[INCLUDING], Figure(*including, share(*including)), {TWENTY_WEEKS: without})
    assert (cells.numerator is not None) is is_given


def test_the_number_that_a_hidden_share_is_of_is_hidden_where_it_would_tell():
    others = {TWENTY_WEEKS: Figure(34, 95, share(34, 95)), INCLUDING: Figure(35, 96, share(35, 96))}
    cells = alone(BY_KEY[EXCEPTED], Figure(1, 96, share(1, 96)), others)
    assert (cells.numerator, cells.denominator) == (None, None)


def test_every_number_of_the_shipped_measures_that_could_be_a_part_is_of_one_order():
    keys = list(PARTS)
    for earlier, later in pairwise(before("plans")):
        assert list(BY_KEY).index(earlier) < list(BY_KEY).index(later)
    assert set(before("plans")) == {key for key in keys if "plan" in key and "overdue" not in key} - {"plans"}
