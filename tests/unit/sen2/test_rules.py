"""Every rule is broken by the record that breaks it, and by nothing that keeps it."""

# ruff: noqa: E501  (rows of data, one to a line)

import json
from contextlib import closing
from dataclasses import replace

import pytest

from casetracker.sen2 import rules
from casetracker.sen2.book import SHIPPED, Book, BookRefused, RuleText, opened, shipped
from casetracker.sen2.modules import SHAPES, Module
from casetracker.sen2.records import Node
from casetracker.sen2.rules import ERROR, QUERY, Checker, rules_for
from tests.unit.sen2.trees import tree, version

RULES = shipped().rules
UNIQUE = {"CT211", "CT212"}
GOOD = {
    "surname": "Lovell", "forename": "Ada", "personbirthdate": "2015-03-04", "sex": "F", "ethnicity": "WBRI",
    "postcode": "OX1 1ND", "upnunknown": "UN1",
    "requests": [{
        "receiveddate": "2023-02-01", "rya": "0", "requestoutcomedate": "2023-03-10", "requestoutcome": "Y",
        "requestmediation": "0", "requesttribunal": "0",
        "assessment": [{
            "assessmentoutcome": "Y", "assessmentoutcomedate": "2023-05-10", "assessmentmediation": "0",
            "assessmenttribunal": "0", "othermediation": "0", "othertribunal": "0", "week20": "0",
            "namedplan": [{"startdate": "2023-06-20", "pb": "0", "oa": "0", "plandetail": [
                {"urn": "123456", "placementrank": "1", "senunitindicator": "0", "resourcedprovisionindicator": "0"}]}],
        }],
        "activeplans": [{
            "placementdetail": [{"urn": "123456", "placementrank": "1", "entrydate": "2023-06-20",
                                 "senunitindicator": "0", "resourcedprovisionindicator": "0"}],
            "senneed": [{"sentype": "ASD", "sentyperank": "1"}],
        }],
    }],
}  # fmt: skip
"""A person that keeps every rule of 2024."""


def year_of(rule: RuleText) -> int:
    return max(rule.since, 2024)


def broken(rule: RuleText, example: dict) -> list[str]:
    """Return the rules broken, with only this rule in the book."""
    year = year_of(rule)
    only = replace(shipped(), rules={rule.id: rule})
    checker = Checker(only, version(year))
    if "sen2" in example:
        issues = checker.header(tree(example["sen2"], Module.SEN2, year=year).row)
    else:
        issues = checker.person(tree(example, year=year))
    checker.close()
    return [issue.rule for issue in issues if issue.rule == rule.id]


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.id not in UNIQUE], ids=lambda r: r.id)
class TestEveryRule:
    def test_a_good_record_keeps_it(self, rule):
        assert broken(rule, rule.good) == []

    def test_a_bad_record_breaks_it_once(self, rule):
        assert broken(rule, rule.bad) == [rule.id]


@pytest.mark.parametrize(("rule", "column", "value"), [("CT211", "upn", "H801200001001"), ("CT212", "uniquelearnernumber", "1000000019")])  # fmt: skip
def test_what_may_stand_once_is_found_the_second_time(rule, column, value):
    checker = Checker(shipped(), version())
    found = [[i.rule for i in checker.person(tree({**GOOD, column: value, "upnunknown": ""}))] for _ in range(2)]
    assert rule not in found[0] and rule in found[1]
    checker.close()


def test_a_person_who_keeps_every_rule_breaks_none():
    checker = Checker(shipped(), version())
    assert checker.person(tree(GOOD)) == []
    checker.close()


def test_every_rule_is_ours_and_says_what_it_is_about():
    for rule in RULES.values():
        assert rule.id.startswith("CT") and rule.text[0].isupper() and not rule.text.endswith(".")
        assert rule.fields and set(rule.fields) <= SHAPES[Module(rule.module)].columns
        assert rule.kind in (ERROR, QUERY)
    files = [json.loads(path.read_text()) for path in SHIPPED.glob("*.json")]
    ids = [rule["id"] for file in files for rule in file.get("rules", ())]
    assert len(ids) == len(set(ids)) >= 70


def test_every_field_of_every_year_has_rules_of_its_own():
    for year in shipped().versions:
        rules = rules_for(shipped(), version(year))
        held = {(m, field) for m, these in rules.items() for r in these if r.said.id.startswith("CT-L") for field in r.said.fields}  # fmt: skip
        assert {(m, f.name) for m, s in SHAPES.items() for f in s.fields if f.is_in(year)} == held


@pytest.mark.parametrize(
    ("column", "bad", "rule", "kind"),
    [
        ("personbirthdate", "31/02/2015", "CT-F-person.personbirthdate", ERROR),
        ("sex", "X", "CT-C-person.sex", ERROR),
        ("ethnicity", "ZZZZ", "CT-C-person.ethnicity", QUERY),
        ("surname", "x" * 201, "CT-L-person.surname", ERROR),
    ],
)
def test_a_cell_that_is_not_what_its_field_holds(column, bad, rule, kind):
    checker = Checker(shipped(), version())
    found = {issue.rule: issue.kind for issue in checker.person(tree({**GOOD, column: bad}))}
    assert found[rule] == kind
    checker.close()


REQUEST = GOOD["requests"][0]


@pytest.mark.parametrize(
    ("wrong", "rules"),
    [
        ({"sex": "Q"}, {"CT-C-person.sex"}),
        ({"sex": ""}, {"CT203"}),
        ({"upn": "H" * 21, "upnunknown": ""}, {"CT-L-person.upn"}),
        ({"personbirthdate": "2099-01-01"}, {"CT214"}),
        ({"requests": [{**REQUEST, "receiveddate": "2049-02-01"}]}, {"CT303"}),
        ({"requests": [{**REQUEST, "receiveddate": "2015-03-03"}]}, {"CT316"}),
        ({"requests": [{**REQUEST, "requestoutcome": ""}]}, {"CT302"}),
        ({"requests": [{**REQUEST, "requestoutcomedate": "2023-01-31"}]}, {"CT304"}),
        ({"sex": "Q", "personbirthdate": "1995-03-04"}, {"CT-C-person.sex", "CT307"}),
    ],
)
def test_one_fault_is_one_issue(wrong, rules):
    assert {issue.rule for issue in _checked(tree({**GOOD, **wrong}), 2024)} == rules


def test_a_query_silences_no_error():
    book = _with_our_own(OX1=("postcode", ["matches", "postcode", "OX.*"]))
    with closing(Checker(book, version())) as checker:
        found = {issue.rule for issue in checker.person(tree({**GOOD, "postcode": "LONDON"}))}
    assert found == {"CT206", "OX1"}


def test_a_wrong_value_silences_what_supposes_it_right_wherever_its_rule_stands_in_the_book():
    two = {"OX1": ("forename", ["same", "surname", "forename"]), "OX2": ("surname", ["matches", "surname", "A.*"])}
    with closing(Checker(_with_our_own(**two), version())) as checker:
        found = {issue.rule for issue in checker.person(tree(GOOD))}
    assert found == {"OX2"}


def test_what_depends_on_more_than_a_value_is_asked_anew_for_each_row():
    book = _with_our_own(OX1=("sex", ["all", ["given", "sex"], ["count", "requests", 1, 1]]))
    twice = {**GOOD, "requests": [REQUEST, REQUEST]}
    with closing(Checker(book, version())) as checker:
        found = [{issue.rule for issue in checker.person(tree(one))} for one in (GOOD, twice, GOOD)]
    assert found == [set(), {"OX1"}, set()]


def test_what_may_stand_once_may_do_so_only_where_the_rule_holds():
    book = _with_our_own(OX1=("postcode", ["unique", "postcode"], ["one_of", "sex", ["M"]]))
    with closing(Checker(book, version())) as checker:
        found = [{i.rule for i in checker.person(tree({**GOOD, "sex": sex}))} for sex in ("F", "F", "M", "M")]
    assert found == [set(), set(), set(), {"OX1"}]


def test_what_was_said_of_a_value_is_said_again_however_many_values_there_were(monkeypatch):
    monkeypatch.setattr(rules, "_MOST_SEEN", 2)
    postcodes = ["LONDON", "OX1 1ND", "OX1 1NE", "OX1 1NF", "LONDON", "LONDON", "OX1 1ND"]
    with closing(Checker(shipped(), version())) as checker:
        found = [[i.rule for i in checker.person(tree({**GOOD, "postcode": one}))] for one in postcodes]
    assert [bool(issues) for issues in found] == [one == "LONDON" for one in postcodes]


def _with_our_own(**said: tuple) -> Book:
    """Return the shipped book with errors of our own about a person: the field, what must be, perhaps when."""
    own = {
        name: RuleText(name, ERROR, "person", (field,), "T", "", when[0] if when else None, must, mend="person")
        for name, (field, must, *when) in said.items()
    }
    return replace(shipped(), rules={**RULES, **own})


def test_what_is_wrong_in_one_row_is_right_in_its_like():
    requests = [{**REQUEST, "receiveddate": "2049-02-01"}, {**REQUEST, "receiveddate": "2015-03-03"}]
    found = [issue.rule for issue in _checked(tree({**GOOD, "requests": requests}), 2024)]
    assert found == ["CT303", "CT316"]


def test_a_need_that_came_later_is_not_in_an_earlier_return():
    downs = tree(GOOD)
    downs.under(Module.REQUESTS)[0].under(Module.ACTIVE_PLANS)[0].children[Module.NEED] = [
        tree({"sentype": "DS", "sentyperank": "1"}, Module.NEED)
    ]
    rules = {year: {i.rule for i in _checked(downs, year)} for year in (2024, 2025)}
    assert "CT-C-senneed.sentype" in rules[2024] and "CT-C-senneed.sentype" not in rules[2025]


def _checked(person: Node, year: int):
    checker = Checker(shipped(), version(year))
    found = checker.person(person)
    checker.close()
    return found


class TestAnAuthoritysOwnFile:
    def write(self, tmp_path, data) -> Book:
        path = tmp_path / "own.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return opened([path])

    def test_adds_a_rule_and_takes_the_place_of_a_list_and_a_year(self, tmp_path):
        own = {
            "rules": [{"id": "OX1", "kind": "query", "module": "person", "fields": ["surname"], "text": "No hyphens", "must": ["matches", "surname", "[^-]*"], "good": None, "bad": None}],
            "lists": {"ethnicity": {"source": "the extended list", "verified": True, "codes": [{"code": "ZZZZ", "label": "our own"}]}},
            "versions": [{"year": 2028, "version": "1.4", "census": "2028-01-20", "verified": False, "source": "a letter"}],
        }  # fmt: skip
        book = self.write(tmp_path, own)
        checker = Checker(book, book.version(2028))
        found = {i.rule: i.kind for i in checker.person(tree({**GOOD, "surname": "Smith-Jones"}))}
        assert found["OX1"] == QUERY and found["CT-C-person.ethnicity"] == ERROR
        assert len(book.rules) == len(RULES) + 1
        checker.close()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ("{", "is not JSON"),
            ({"rules": [{"id": "X"}]}, "does not say what a file of lists or rules should"),
            ({"rules": [{"id": "X", "kind": "wish", "module": "person", "fields": [], "text": "", "must": []}]}, "neither an error nor a query"),
            ({"lists": {"sex": {"codes": []}}}, "does not say"),
            ({"rules": [{"id": "X", "kind": "query", "spelt": 1}]}, "which no rule has"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_used_says_why(self, tmp_path, data, words):
        with pytest.raises(BookRefused, match=words):
            self.write(tmp_path, data)

    @pytest.mark.parametrize(
        ("must", "words"),
        [
            (["is_nice", "surname"], "no condition is written like"),
            (["given", "shoe_size"], "has no field shoe_size"),
            (["on_or_before", "surname"], "lacks something"),
            (["matches", "surname", "("], "lacks something"),
            ("surname", "no condition"),
        ],
    )
    def test_with_a_condition_we_do_not_know_says_which(self, tmp_path, must, words):
        rule = {"id": "X", "kind": "query", "module": "person", "fields": ["surname"], "text": "", "must": must}
        book = self.write(tmp_path, {"rules": [rule]})
        with pytest.raises(BookRefused, match=words):
            rules_for(book, book.version(2024))

    def test_a_year_nobody_has_told_us_of_is_refused_with_what_to_do(self):
        with pytest.raises(BookRefused, match=r"no return for the collection of 2031 is known.*SEN2_FILES"):
            shipped().version(2031)
