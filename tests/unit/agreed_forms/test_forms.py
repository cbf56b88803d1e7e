"""Forms as data: what can be one, which questions are asked, what is missing, how two differ."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.agreed_forms.answers import asked, in_words, missing, plain_text, settled, wrong
from casetracker.agreed_forms.definition import DefinitionWrong, Form, digest
from casetracker.agreed_forms.differences import differences
from casetracker.agreed_forms.shipped import shipped
from casetracker.statute.advice import AdviceKind

SMALL = {
    "key": "small",
    "title": "Small",
    "advice_kind": "medical",
    "sections": [
        {
            "key": "one",
            "title": "One",
            "questions": [
                {"key": "seen", "type": "yes_no", "label": "Seen?", "required": True},
                {"key": "why", "type": "long_text", "label": "Why not?", "required": True, "longest": 20,
                 "only_if": {"question": "seen", "is": ["no"]}},
                {"key": "hours", "type": "number", "label": "Hours", "unit": "hours", "least": 1, "most": 40,
                 "places": 1},
                {"key": "rows", "type": "table", "label": "Rows", "rows_least": 1,
                 "columns": [{"key": "need", "label": "Need", "required": True}]},
            ],
        }
    ],
}  # fmt: skip


def small(**changes) -> Form:
    return Form.from_data({**deepcopy(SMALL), **changes})


class TestShipped:
    @pytest.mark.parametrize("form", shipped(), ids=lambda form: form.key)
    def test_each_is_itself_again_from_its_own_data(self, form):
        assert Form.from_data(form.as_data()) == form
        assert digest(form.as_data()) == digest(Form.from_data(form.as_data()).as_data())

    def test_every_kind_of_advice_has_one_and_the_young_person_their_own(self):
        assert {form.advice_kind for form in shipped()} == {kind.value for kind in AdviceKind}
        (own,) = [form for form in shipped() if form.for_young_person]
        assert own.easy_read and sum(bool(q.picture) for q in own.questions()) > 10

    @pytest.mark.parametrize("form", [f for f in shipped() if f.advice_kind != "parental"], ids=lambda form: form.key)
    def test_reg_6_1_needs_provision_and_outcomes_are_asked_for(self, form):
        (table,) = [q for q in form.questions() if q.key == "provision"]
        assert {column.key for column in table.columns} >= {"need", "outcome", "provision", "amount", "who"}
        assert all(column.required for column in table.columns)

    @pytest.mark.parametrize("form", [f for f in shipped() if f.advice_kind != "parental"], ids=lambda form: form.key)
    def test_reg_6_4_and_the_code_earlier_advice_the_child_s_views_and_what_it_rests_on_are_asked_for(self, form):
        keys = {q.key for q in form.questions() if q.required}
        assert {"earlier", "child_views", "sources", "seen", "true"} <= keys

    @pytest.mark.parametrize("form", shipped(), ids=lambda form: form.key)
    def test_no_question_is_longer_than_a_sentence_of_thirty_words(self, form):
        assert [q.label for q in form.questions() if len(q.label.split()) > 30] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda d: d.pop("title"), "has no 'title'"),
        (lambda d: d["sections"][0]["questions"].clear(), "asks nothing"),
        (lambda d: d["sections"][0]["questions"][0].update(type="guess"), "not a type of question"),
        (lambda d: d["sections"][0]["questions"][1].update(key="seen"), "is used 2 times"),
        (lambda d: d["sections"][0]["questions"][1]["only_if"].update(question="hours"), "not asked before it"),
        (lambda d: d["sections"][0]["questions"][1]["only_if"].update({"is": ["perhaps"]}), "does not offer"),
        (lambda d: d["sections"][0]["questions"][2].update(least=50), "below its most"),
        (lambda d: d["sections"][0]["questions"][3].update(columns=[]), "needs a column"),
        (lambda d: d.update(uploads={"most": 500}), "from 1 to 20"),
        (lambda d: d.update(uploads={"types": ["exe"]}), "cannot be checked"),
        (lambda d: d.update(sections="none"), "should be a list"),
    ],
)
def test_what_cannot_be_a_form_is_refused_with_the_reason(change, problem):
    data = deepcopy(SMALL)
    change(data)
    with pytest.raises(DefinitionWrong) as refused:
        Form.from_data(data)
    assert any(problem in said for said in refused.value.problems), refused.value.problems


class TestAnswers:
    def test_a_question_is_asked_only_where_its_condition_holds(self):
        assert "why" not in {q.key for q in asked(small(), {"seen": "yes"})}
        assert "why" in {q.key for q in asked(small(), {"seen": "no"})}

    def test_what_is_missing_is_named_and_what_is_not_asked_is_not_missed(self):
        assert [key for key, _ in missing(small(), {"seen": "yes", "rows": [{"need": "x"}]})] == []
        assert [key for key, _ in missing(small(), {"seen": "no"})] == ["why", "rows"]

    @pytest.mark.parametrize(
        ("answers", "key"),
        [
            ({"hours": "lots"}, "hours"),
            ({"hours": "41"}, "hours"),
            ({"hours": "2.55"}, "hours"),
            ({"seen": "maybe"}, "seen"),
            ({"seen": "no", "why": "x" * 21}, "why"),
        ],
    )
    def test_what_is_no_answer_is_said(self, answers, key):
        assert [found for found, _ in wrong(small(), answers)] == [key]

    def test_answers_no_longer_asked_for_are_let_go(self):
        assert settled(small(), {"seen": "yes", "why": "old", "gone": "x"}) == {"seen": "yes"}

    def test_they_read_as_words(self):
        answers = {"seen": "yes", "hours": "2.5", "rows": [{"need": "Speech"}]}
        assert in_words(small().question("hours"), "2.5") == "2.5 hours"
        assert plain_text(small(), answers) == "Yes\n2.5 hours\nNeed: Speech"

    @given(st.dictionaries(st.sampled_from(["seen", "why", "hours", "junk"]), st.sampled_from(["yes", "no", "", "7"])))
    def test_settling_twice_is_settling_once(self, answers):
        once = settled(small(), answers)
        assert settled(small(), once) == once


class TestDifferences:
    def test_the_same_form_has_none(self):
        assert differences(small(), small()) == []

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            (lambda d: d["sections"][0]["questions"].pop(2), "Question “Hours”: removed"),
            (
                lambda d: d["sections"][0]["questions"][0].update(label="Have you seen them?"),
                "wording: changed from “Seen?”",
            ),
            (lambda d: d["sections"][0]["questions"][2].update(most=30), "most: changed from “40” to “30”"),
            (
                lambda d: d["sections"][0]["questions"].reverse() or d["sections"][0]["questions"][2].pop("only_if"),
                "moved",
            ),
            (lambda d: d.update(title="New"), "The form, title: changed"),
        ],
    )
    def test_each_change_is_a_sentence(self, change, text):
        data = deepcopy(SMALL)
        change(data)
        assert any(text in one.text for one in differences(small(), Form.from_data(data)))

    def test_a_first_version_is_all_new(self):
        assert [one.what for one in differences(None, small())] == ["added"]
