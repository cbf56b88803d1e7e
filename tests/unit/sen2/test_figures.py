"""What a return adds up to: a small year worked out by hand, and a whole authority's against what was published."""

# ruff: noqa: E501  (rows of data, one to a line)

import pytest

from casetracker.sen2.book import shipped
from casetracker.sen2.differences import Difference, Tally, between
from casetracker.sen2.figures import LABELS, TIMELINESS, Figures
from casetracker.sen2.files import open_return
from casetracker.sen2.records import Tidier
from tests.services import require, shared_data
from tests.unit.sen2.trees import tree, version


def request(received, decided="", outcome="Y", **more):
    return {"receiveddate": received, "requestoutcomedate": decided, "requestoutcome": outcome, **more}


def planned(received, start, *, outcome="Y", week20="0", **more):
    assessment = {"assessmentoutcome": outcome, "week20": week20, "namedplan": [{"startdate": start, "pb": "1"}]}
    asked = request(received, "2023-02-28", "H" if outcome == "H" else "Y", **more)
    return {**asked, "assessment": [assessment], "activeplans": [{}]}


def refused(received, decided):
    return {
        **request(received, "2023-01-02"),
        "assessment": [{"assessmentoutcome": "N", "assessmentoutcomedate": decided}],
    }


YEAR = [
    [planned("2023-01-02", "2023-05-22")],  # day 140
    [planned("2023-01-02", "2023-05-23")],  # day 141
    [planned("2022-05-24", "2023-05-24")],  # day 365
    [planned("", "2023-05-24")],  # the day of the request not known
    [planned("2023-01-02", "2023-05-01", week20="1")],  # an exception
    [planned("2023-01-02", "2023-05-01", requestmediation="1")],  # after mediation
    [planned("2019-01-02", "2019-05-01", outcome="H")],  # long ago
    [request("2023-01-02", "2023-02-13", "N")],  # decided on day 42
    [request("2023-01-02", "2023-02-14", "N"), request("2023-11-01", "", "A")],  # day 43; and still to be decided
    [request("2023-03-01", "2023-03-02", "W")],
    [request("2022-12-01", "2023-01-02", "N")],  # received the year before, decided in this
    [refused("2022-11-07", "2023-02-27")],  # no plan, on day 112
    [refused("2022-11-07", "2023-02-28")],  # and on day 113
]
BY_HAND = {
    "people": 13, "requests_received": 8, "to_assess": 4, "not_to_assess": 2, "undecided": 1, "requests_withdrawn": 1,
    "decisions": 11, "decisions_to_assess": 8, "decisions_within_6_weeks": 2, "assessments_issued": 6,
    "assessments_not_issued": 2, "no_plan_within_16_weeks": 1,
    "assessments_undecided": 0, "assessments_withdrawn": 0, "plans_issued": 5, "plans_issued_ex": 4,
    "within_20_weeks": 2, "within_20_weeks_ex": 1, "over_20_to_52_weeks": 1, "over_52_weeks": 1, "not_known": 1,
    "plans_after_dispute": 1, "plans_ceased": 0, "active_plans": 7, "placements": 0, "personal_budgets": 7,
}  # fmt: skip


def figures(people, **options) -> dict[str, int]:
    found = Figures(version(), **options)
    for requests in people:
        found.add(tree({"requests": requests}))
    return found.as_dict()


def test_a_small_year_worked_out_by_hand():
    assert figures(YEAR) == BY_HAND


def test_plans_after_a_dispute_count_where_the_authority_says_so():
    found = figures(YEAR, counts_reopened=True)
    assert (found["plans_issued"], found["within_20_weeks"], found["plans_after_dispute"]) == (6, 3, 1)


def test_the_parts_are_the_whole():
    found = figures(YEAR)
    assert found["plans_issued"] == sum(found[n] for n in ("within_20_weeks", "over_20_to_52_weeks", "over_52_weeks", "not_known"))  # fmt: skip
    parts = ("to_assess", "not_to_assess", "undecided", "requests_withdrawn")
    assert found["requests_received"] == sum(found[n] for n in parts)
    assert set(TIMELINESS) < set(LABELS) == set(found)


def test_the_published_cells_of_oxfordshire_come_out():
    require("shared")
    shared = shared_data()
    assert shared is not None
    found, tidier = Figures(version()), Tidier(2024, shipped())
    with open_return(shared / "data" / "sen2-oxfordshire-2023") as file:
        for person in file.people():
            found.add(tidier.tidy(person))
    published = {
        "requests_received": 1384, "to_assess": 1146, "not_to_assess": 218, "undecided": 20, "assessments_issued": 1220,
        "assessments_not_issued": 114, "assessments_withdrawn": 2, "active_plans": 6420, "plans_issued": 994,
        "plans_issued_ex": 993, "within_20_weeks": 533, "within_20_weeks_ex": 533, "over_20_to_52_weeks": 446,
        "over_52_weeks": 15,
    }  # fmt: skip
    assert {name: found.as_dict()[name] for name in published} == published


ADA = {"upn": "H801200001001", "surname": "Lovell", "requests": YEAR[0]}
BEN = {"surname": "Lovell", "forename": "Ben", "personbirthdate": "2015-03-04", "requests": YEAR[1]}


class TestDifferences:
    def between(self, before, after) -> tuple[list[Difference], Tally]:
        tally = Tally()
        return list(between(map(tree, before), map(tree, after), tally)), tally

    def test_the_same_people_in_any_order_are_the_same(self):
        found, tally = self.between([ADA, BEN], [BEN, ADA])
        assert found == [] and tally.same and (tally.people_before, tally.people_after) == (2, 2)

    def test_who_is_in_only_one(self):
        found, tally = self.between([ADA], [BEN])
        assert [(d.before, d.after) for d in found] == [("", "in the second only"), ("in the first only", "")]
        assert (tally.only_before, tally.only_after, tally.same) == (1, 1, False)

    def test_what_is_told_differently(self):
        changed = {**ADA, "surname": "Lovelace", "requests": [{**YEAR[0][0], "rya": "1", "activeplans": []}]}
        found, tally = self.between([ADA], [changed])
        assert [(d.module, d.number, d.field, d.before, d.after) for d in found] == [
            ("person", "", "surname", "Lovell", "Lovelace"),
            ("requests", "1", "rya", "", "1"),
            ("activeplans", "1.1", "", "in the first only", ""),
        ]
        assert tally.changed == 1 and tally.by_field == {"person.surname": 1, "requests.rya": 1, "activeplans": 1}

    @pytest.mark.parametrize("twins", [2, 3])
    def test_two_with_the_same_details_are_two_people(self, twins):
        found, tally = self.between([BEN] * twins, [BEN])
        assert len(found) == tally.only_before == twins - 1
