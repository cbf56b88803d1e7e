"""From what is known of a case to its rows: each situation worked out by hand, for the collection of 2024."""

# ruff: noqa: E501  (rows of data, one to a line)

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.sen2.book import shipped
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Need, Placed, kept_of
from casetracker.sen2.making import CaseFacts, PersonFacts, Way, person_row
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Tidier
from casetracker.sen2.rules import ERROR, Checker
from tests.unit.sen2.trees import plain, tree, version


def day(text: str) -> date:
    return date.fromisoformat(text)


AGREED = {"received_on": day("2023-01-09"), "agreed_on": day("2023-02-13")}
ISSUED = {**AGREED, "plan_agreed_on": day("2023-05-02"), "plan_on": day("2023-05-29")}
HOME = Kept(
    placements=(
        Placed(NAMED, "1", "123456", in_sen_unit=False, in_resourced_provision=True),
        Placed(ATTENDED, "1", "123456", entered_on=day("2023-06-01"), in_sen_unit=False, in_resourced_provision=True),
    ),
    needs=(Need("ASD", "1"), Need("SLCN", "2")),
)


def rows(**facts):
    """Return a case's request row, or None where it is not in the return."""
    person = PersonFacts(
        "Lovell", "Ada", day("2015-03-04"), "F", "WBRI", "OX1 1ND", "H801200001001", "", "", [CaseFacts(7, **facts)]
    )
    found = person_row(person, version())
    return None if found is None else found.under(Module.REQUESTS)[0]


def outcome(**facts):
    """Return the letters and days of a case: the request's and the assessment's, and when its plan began and whether it is active."""
    request = rows(**facts)
    if request is None:
        return None
    assessment = next(iter(request.under(Module.ASSESSMENT)), None)
    plan = next(iter(assessment.under(Module.NAMED_PLAN)), None) if assessment else None
    return (
        request["requestoutcome"] + " " + request["requestoutcomedate"],
        assessment["assessmentoutcome"] + " " + assessment["assessmentoutcomedate"] if assessment else "",
        plan["startdate"] if plan else "",
        bool(request.under(Module.ACTIVE_PLANS)),
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"received_on": day("2023-12-20")}, ("A ", "", "", False)),
        ({"received_on": day("2022-03-01")}, ("A ", "", "", False)),
        (AGREED, ("Y 2023-02-13", "A ", "", False)),
        ({**AGREED, "agreed_on": day("2024-01-08")}, ("A ", "", "", False)),
        ({"received_on": day("2023-01-09"), "refused_on": day("2023-02-20")}, ("N 2023-02-20", "", "", False)),
        ({"received_on": day("2022-11-01"), "refused_on": day("2022-12-12")}, None),
        ({"received_on": day("2022-11-01"), "refused_on": day("2022-12-12"), "agreed_on": day("2023-03-01")}, ("Y 2023-03-01", "A ", "", False)),
        ({"received_on": day("2023-01-09"), "ended_on": day("2023-01-20"), "ended": Way.WITHDRAWN}, ("W 2023-01-20", "", "", False)),
        ({"received_on": day("2022-10-09"), "ended_on": day("2022-11-20"), "ended": Way.WITHDRAWN}, None),
        ({**AGREED, "ended_on": day("2023-04-20"), "ended": Way.WITHDRAWN}, ("Y 2023-02-13", "W 2023-04-20", "", False)),
        ({**AGREED, "plan_agreed_on": day("2023-04-01"), "ended_on": day("2023-04-20"), "ended": Way.WITHDRAWN}, ("Y 2023-02-13", "W 2023-04-20", "", False)),
        ({**AGREED, "plan_refused_on": day("2023-04-20")}, ("Y 2023-02-13", "N 2023-04-20", "", False)),
        ({"received_on": day("2022-01-09"), "agreed_on": day("2022-02-13"), "plan_refused_on": day("2022-04-20")}, None),
        ({**AGREED, "plan_agreed_on": day("2023-12-20")}, ("Y 2023-02-13", "Y 2023-12-20", "", False)),
        (ISSUED, ("Y 2023-02-13", "Y 2023-05-02", "2023-05-29", True)),
        ({**ISSUED, "plan_on": day("2024-01-10")}, ("Y 2023-02-13", "Y 2023-05-02", "", True)),
        ({**ISSUED, "plan_on": day("2024-01-19")}, ("Y 2023-02-13", "Y 2023-05-02", "", False)),
        ({**ISSUED, "received_on": day("2022-01-09"), "agreed_on": day("2022-02-13"), "plan_agreed_on": day("2022-05-02"), "plan_on": day("2022-05-29")}, ("H ", "H ", "2022-05-29", True)),
        ({"kept": Kept(historical=True, is_active=True, plan_started_on=day("2019-01-02"), as_at=day("2023-01-19"), collection_year=2023)}, ("H ", "H ", "2019-01-02", True)),
        ({"kept": Kept(historical=True, is_active=False, plan_started_on=day("2019-01-02"), as_at=day("2023-01-19"), collection_year=2023)}, None),
        ({"has_older_plan": True, "began_before": day("2021-06-01")}, ("H ", "H ", "2021-06-01", True)),
        ({"received_on": None, "plan_agreed_on": day("2023-05-02"), "plan_on": day("2023-05-29")}, ("Y ", "Y 2023-05-02", "2023-05-29", True)),
        ({**ISSUED, "not_known": frozenset({"plan_agreed_on"})}, ("Y 2023-02-13", "Y ", "2023-05-29", True)),
        ({**ISSUED, "kept": Kept(assessed_elsewhere=True)}, ("Y 2023-02-13", "S 2023-05-02", "2023-05-29", True)),
    ],
    ids=["to be decided", "long undecided", "being assessed", "decided after the year", "refused", "refused the year before", "refused, then agreed", "withdrawn", "withdrawn the year before", "withdrawn in assessment", "withdrawn with a draft", "no plan", "no plan the year before", "a plan to come", "issued", "issued by census day", "issued after census day", "issued the year before", "historical", "historical and not active", "made elsewhere", "no day of receipt", "a day nobody knew", "assessed elsewhere"],
)  # fmt: skip
def test_each_way_a_case_can_stand(facts, expected):
    assert outcome(**facts) == expected


class TestFlags:
    def flags(self, **facts):
        request = rows(**facts)
        cells = dict(request.row.cells)
        for assessment in request.under(Module.ASSESSMENT):
            cells |= assessment.row.cells
        return {name for name, text in cells.items() if name.endswith(("mediation", "tribunal")) and text == "1"}

    @pytest.mark.parametrize(
        ("on", "kind", "flag"),
        [
            ("2023-02-01", "mediation", "requestmediation"),
            ("2023-04-25", "tribunal", "assessmenttribunal"),
            ("2023-06-10", "mediation", "othermediation"),
        ],
    )
    def test_a_dispute_is_about_what_had_last_been_decided(self, on, kind, flag):
        facts = {
            **ISSUED,
            "refused_on": day("2023-01-30"),
            "plan_refused_on": day("2023-04-20"),
            "disputes": ((day(on), kind),),
        }
        assert self.flags(**facts) == {flag}

    def test_what_was_returned_before_stays_flagged(self):
        assert self.flags(**ISSUED, kept=Kept(request_tribunal=True)) == {"requesttribunal"}

    def test_a_historical_case_has_no_flags(self):
        request = rows(has_older_plan=True, began_before=day("2021-06-01"))
        assert dict(request.row.cells) == {"requestoutcome": "H"}

    @pytest.mark.parametrize(("applies", "week20"), [(True, "1"), (False, "0")])
    def test_week20_says_whether_an_exception_applied_in_any_phase(self, applies, week20):
        (assessment,) = rows(**ISSUED, exceptions_apply=applies).under(Module.ASSESSMENT)
        assert assessment["week20"] == week20

    def test_week20_is_left_out_while_there_is_no_outcome(self):
        (assessment,) = rows(**AGREED, exceptions_apply=True).under(Module.ASSESSMENT)
        assert assessment["week20"] == ""

    def test_a_child_who_moved_away_before_the_end_is_exported_and_undecided(self):
        request = rows(**AGREED, ended_on=day("2023-03-01"), ended=Way.MOVED_OUT)
        assert (request["exported"], request.under(Module.ASSESSMENT)[0]["assessmentoutcome"]) == ("1", "A")


class TestCeasing:
    @pytest.mark.parametrize(
        ("ceased", "reason", "kept", "expected"),
        [
            ("2023-09-01", "3", "", ("2023-09-01", "3", False)),
            ("2023-09-01", "they went to university", "3", ("2023-09-01", "3", False)),
            ("2023-09-01", "", "", ("2023-09-01", "", False)),
            ("2024-01-18", "1", "", ("2024-01-18", "1", False)),
            ("2024-01-19", "1", "", ("", "", True)),
        ],
        ids=["by code", "in words, with the code entered", "for no reason given", "on census day", "after census day"],
    )
    def test_a_plan_ceased_by_census_day_is_not_active(self, ceased, reason, kept, expected):
        request = rows(**ISSUED, ceased_on=day(ceased), cease_reason=reason, kept=Kept(cease_reason=kept))
        plan = request.under(Module.ASSESSMENT)[0].under(Module.NAMED_PLAN)[0]
        assert (plan["ceasedate"], plan["ceasereason"], bool(request.under(Module.ACTIVE_PLANS))) == expected

    def test_a_plan_that_ceased_the_year_before_is_left_out(self):
        assert rows(has_older_plan=True, began_before=day("2019-01-01"), ceased_on=day("2022-12-31")) is None
        assert rows(has_older_plan=True, began_before=day("2019-01-01"), ceased_on=day("2023-01-01")) is not None


class TestPlacements:
    def test_are_those_named_and_those_attended_in_the_year(self):
        left = Placed(ATTENDED, "1", "654321", entered_on=day("2019-09-01"), left_on=day("2022-07-20"))
        leaving = Placed(ATTENDED, "2", "654321", entered_on=day("2019-09-01"), left_on=day("2023-07-20"))
        kept = Kept(placements=(*HOME.placements, left, leaving), needs=HOME.needs)
        request = rows(**ISSUED, kept=kept)
        plan = request.under(Module.ASSESSMENT)[0].under(Module.NAMED_PLAN)[0]
        assert [dict(row.row.cells) for row in plan.under(Module.PLAN_DETAIL)] == [
            {"urn": "123456", "placementrank": "1", "senunitindicator": "0", "resourcedprovisionindicator": "1"}
        ]
        (active,) = request.under(Module.ACTIVE_PLANS)
        assert [row["leavingdate"] for row in active.under(Module.PLACEMENT)] == ["", "2023-07-20"]
        assert [(row["sentype"], row["sentyperank"]) for row in active.under(Module.NEED)] == [
            ("ASD", "1"),
            ("SLCN", "2"),
        ]

    def test_the_need_known_at_the_request_serves_until_needs_are_entered(self):
        (active,) = rows(**ISSUED, primary_need="SEMH").under(Module.ACTIVE_PLANS)
        assert [dict(row.row.cells) for row in active.under(Module.NEED)] == [{"sentype": "SEMH", "sentyperank": "1"}]


def test_a_person_none_of_whose_cases_is_in_the_year_is_not_in_the_return():
    later = CaseFacts(1, day("2024-01-02"), plan_on=day("2024-06-01"))
    gone = CaseFacts(1, day("2021-01-02"), refused_on=day("2021-02-02"))
    for cases in ([later], [gone], [later, gone], []):
        assert person_row(PersonFacts("Lovell", "Ada", None, "U", "", "", "", "", "", cases), version()) is None


def test_what_is_made_whole_breaks_no_rule():
    person = PersonFacts(
        "Lovell",
        "Ada",
        day("2015-03-04"),
        "F",
        "WBRI",
        "OX1 1ND",
        "H801200001001",
        "",
        "",
        [CaseFacts(7, source="1", **ISSUED, kept=HOME)],
    )
    checker = Checker(shipped(), version())
    row = Tidier(2024, shipped()).tidy(person_row(person, version()))
    assert checker.person(row) == []
    checker.close()


def test_what_is_kept_of_a_return_is_what_it_said():
    said = {
        "receiveddate": "2023-01-09", "rya": "1", "requestoutcome": "Y", "requestmediation": "1", "requesttribunal": "0", "exported": "Kent",
        "assessment": [{"assessmentoutcome": "S", "othertribunal": "1", "namedplan": [{"startdate": "2023-05-29", "pb": "1", "oa": "0", "planres": "A", "ceasereason": "soon", "plandetail": [{"urn": "123456", "placementrank": "1", "senunitindicator": "1"}]}]}],
        "activeplans": [{"lastreview": "2023-13-01", "reviewmeeting": "2023-11-01", "placementdetail": [{"ukprn": "10001234", "entrydate": "2023-06-01"}], "senneed": [{"sentype": "ASD", "sentyperank": "1"}, {"sentyperank": "2"}]}],
    }  # fmt: skip
    kept = kept_of(tree(said, Module.REQUESTS), as_at=day("2024-01-18"), year=2024)
    assert kept == Kept(
        assessed_elsewhere=True, request_mediation=True, request_tribunal=False, other_tribunal=True, rya=True, exported="Kent",
        plan_started_on=day("2023-05-29"), plan_res="A", personal_budget=True, organised_arrangements=False, cease_reason="soon", is_active=True,
        review_met_on=day("2023-11-01"), as_at=day("2024-01-18"), collection_year=2024,
        placements=(Placed(NAMED, "1", "123456", in_sen_unit=True), Placed(ATTENDED, ukprn="10001234", entered_on=day("2023-06-01"))),
        needs=(Need("ASD", "1"),),
    )  # fmt: skip


DAYS = st.dates(date(2021, 1, 1), date(2024, 3, 1))


@st.composite
def lives(draw: st.DrawFn) -> CaseFacts:
    """Any case whose days are in the order of the law."""
    received = draw(DAYS)
    later = [received]
    for _ in range(4):
        later.append(later[-1] + timedelta(days=draw(st.integers(0, 200))))
    way = draw(
        st.sampled_from(["open", "refused", "withdrawn", "moved", "assessing", "no plan", "agreed", "issued", "ceased"])
    )
    facts = {"received_on": received, "kept": HOME, "source": "1"}
    if way == "refused":
        return CaseFacts(1, **facts, refused_on=later[1])
    if way in ("withdrawn", "moved"):
        early = draw(st.booleans())
        ended = Way.WITHDRAWN if way == "withdrawn" else Way.MOVED_OUT
        return CaseFacts(1, **facts, agreed_on=None if early else later[1], ended_on=later[2], ended=ended)
    agreed = {"agreed_on": later[1]} if way != "open" else {}
    if way == "no plan":
        return CaseFacts(1, **facts, **agreed, plan_refused_on=later[2])
    plan = {"plan_agreed_on": later[2]} if way in ("agreed", "issued", "ceased") else {}
    issued = {"plan_on": later[3]} if way in ("issued", "ceased") else {}
    ceased = {"ceased_on": later[4], "cease_reason": "2"} if way == "ceased" else {}
    return CaseFacts(1, **facts, **agreed, **plan, **issued, **ceased)


@given(lives())
def test_no_lawful_case_makes_a_row_with_an_error_in_the_order_of_things(case):
    person = PersonFacts("Lovell", "Ada", day("2015-03-04"), "F", "WBRI", "OX1 1ND", "H801200001001", "", "", [case])
    row = person_row(person, version())
    if row is None:
        return
    checker = Checker(shipped(), version())
    wrong = [issue for issue in checker.person(Tidier(2024, shipped()).tidy(row)) if issue.kind == ERROR]
    checker.close()
    entered_late = {"CT629"}  # the placement of every case here is of June 2023
    assert [issue for issue in wrong if issue.rule not in entered_late] == []
    assert plain(row) == plain(person_row(person, version()))
