"""What a placement has to be before it is kept: nothing is let through that the return would then refuse."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.sen2.book import shipped
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Placed
from casetracker.sen2.modules import Module
from casetracker.sen2.placing import faults, faults_together
from casetracker.sen2.rules import ERROR, rules_for
from tests.unit.sen2.trees import version

CENSUS = version().census
DAYS = st.none() | st.dates(date(2022, 1, 1), date(2025, 1, 1))
PLACED = st.builds(
    Placed,
    part=st.sampled_from((NAMED, ATTENDED)),
    rank=st.sampled_from(("", "1", "2", "3")),
    urn=st.sampled_from(("", "123456", "12345", "abc")),
    ukprn=st.sampled_from(("", "10000000", "20000000")),
    sen_setting=st.sampled_from(("", "EHE", "OTH")),
    sen_setting_other=st.sampled_from(("", "a barge")),
    entered_on=DAYS,
    left_on=DAYS,
    in_sen_unit=st.booleans(),
    in_resourced_provision=st.booleans(),
    wbp=st.sampled_from(("", "X", "a/b", "ninechars")),
)
RULES = rules_for(shipped(), version())


@given(PLACED)
def test_what_has_no_fault_on_the_census_day_breaks_no_rule_of_the_return(placed):
    if any(faults(placed, today=CENSUS)):
        return
    module = Module.PLAN_DETAIL if placed.part == NAMED else Module.PLACEMENT
    [row] = Kept(placements=(placed,)).rows(placed.part)
    assert [r.said.id for r in RULES[module] if r.said.kind == ERROR and r.broken_by({module: row})] == []


def at(rank: str, *, part: str = ATTENDED, left_on: date | None = None) -> Placed:
    return Placed(part, rank, "123456", entered_on=date(2023, 1, 1), left_on=left_on)


@pytest.mark.parametrize(
    ("placements", "places"),
    [
        ([], []),
        ([at("1"), at("2")], []),
        ([at("1"), at("1"), at("1")], [1, 2]),
        ([at("2"), at("2")], [0]),
        ([at("1", left_on=date(2023, 9, 1)), at("1")], []),
        ([at("1", left_on=date(2023, 9, 1))], []),
        ([at("1"), at("1", part=NAMED)], []),
        ([at("1"), at("2", part=NAMED)], [1]),
    ],
)
def test_each_part_has_one_primary_placement_that_has_not_been_left(placements, places):
    assert [place for place, _ in faults_together(placements)] == places
