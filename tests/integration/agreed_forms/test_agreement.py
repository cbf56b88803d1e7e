"""From a draft to a version in use: who writes, who agrees, and what may not happen without them."""

import io
import json
from copy import deepcopy
from dataclasses import replace

import pytest
from sqlalchemy import select

from casetracker.agreed_forms.definition import Form, Kind
from casetracker.extensions import db
from casetracker.models import Advice, AdviceSubmission, FormAgreement, FormState, FormVersion
from casetracker.queries import agreed_forms as queries
from casetracker.roles import Role
from casetracker.services import agreed_forms
from casetracker.services.agreed_forms import Agreement, ChangedByAnother, NotPossible
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.giving.conftest import come_in  # noqa: F401  (a fixture)
from tests.integration.giving.post import delivered, link_in, text_of

FORUM = "pcf@forum.example"


def live(key: str = "medical") -> FormVersion:
    return queries.live_version(queries.form_of_key(key).id)


def reworded(version: FormVersion, label: str = "What matters for learning in this child’s health?") -> Form:
    form = Form.from_data(version.definition)
    section = form.sections[2]
    changed = replace(section, questions=(replace(section.questions[1], label=label), *section.questions[2:]))
    return replace(form, sections=(*form.sections[:2], changed, *form.sections[3:]))


@pytest.fixture
def by(session, user, on_the_day):
    agreed_forms.install_shipped(at=NOW, today=TODAY)
    db.session.commit()
    return user(Role.ADMINISTRATOR)


def agreement(body: str = "Parent Carer Forum", *, forum: bool = True) -> Agreement:
    return Agreement(body, forum, TODAY, "Jo Parent", "PCF/2026/14")


class TestTheRules:
    def test_installing_twice_installs_once_and_pretends_no_agreement(self, by):
        assert agreed_forms.install_shipped(at=NOW, today=TODAY) == 0
        assert live().state is FormState.LIVE
        assert list(queries.agreements(live().id)) == []

    def test_a_medical_form_does_not_go_live_without_the_forum(self, by):
        draft = agreed_forms.copy_as_draft(live(), by=by, at=NOW)
        draft = queries.version(draft.id)
        with pytest.raises(NotPossible, match="Parent Carer Forum has not agreed"):
            agreed_forms.make_live(draft, what_changed="x", today=TODAY)
        agreed_forms.agree(draft, agreement("The Integrated Care Board", forum=False), today=TODAY, at=NOW, by_id=by.id)
        with pytest.raises(NotPossible, match="Parent Carer Forum has not agreed"):
            agreed_forms.make_live(draft, what_changed="x", today=TODAY)
        agreed_forms.agree(draft, agreement(), today=TODAY, at=NOW, by_id=by.id)
        former = live()
        agreed_forms.make_live(draft, what_changed="Plainer words", today=TODAY)
        assert (draft.state, former.state) == (FormState.LIVE, FormState.RETIRED)

    def test_another_form_needs_somebody_s_agreement_and_not_the_forum_s(self, by):
        draft = queries.version(agreed_forms.copy_as_draft(live("social_care"), by=by, at=NOW).id)
        with pytest.raises(NotPossible, match="Nobody has agreed"):
            agreed_forms.make_live(draft, what_changed="x", today=TODAY)
        agreed_forms.agree(draft, agreement("Social care", forum=False), today=TODAY, at=NOW, by_id=by.id)
        agreed_forms.make_live(draft, what_changed="x", today=TODAY)

    def test_a_change_after_an_agreement_needs_it_anew_and_the_old_one_stays_on_record(self, by):
        draft = queries.version(agreed_forms.copy_as_draft(live(), by=by, at=NOW).id)
        agreed_forms.agree(draft, agreement(), today=TODAY, at=NOW, by_id=by.id)
        agreed_forms.change(draft, reworded(draft), seen_revision=draft.revision)
        assert draft.state is FormState.DRAFT
        with pytest.raises(NotPossible, match="as it is now worded"):
            agreed_forms.make_live(draft, what_changed="x", today=TODAY)
        agreed_forms.agree(draft, agreement(), today=TODAY, at=NOW, by_id=by.id)
        agreed_forms.make_live(draft, what_changed="x", today=TODAY)
        assert len(db.session.scalars(select(FormAgreement)).all()) == 2

    def test_two_editors_do_not_overwrite_each_other(self, by):
        draft = queries.version(agreed_forms.copy_as_draft(live(), by=by, at=NOW).id)
        agreed_forms.change(draft, reworded(draft, "One"), seen_revision=1)
        with pytest.raises(ChangedByAnother):
            agreed_forms.change(draft, reworded(draft, "Two"), seen_revision=1)

    def test_a_version_that_has_been_in_use_is_not_changed(self, by):
        with pytest.raises(NotPossible, match="copy it as a draft"):
            agreed_forms.change(live(), reworded(live()), seen_revision=1)

    def test_an_answered_question_keeps_its_kind_and_its_choices(self, by):
        case = factories.case(steps=[])
        version = live()
        advice = factories.advice(case)
        db.session.add(
            AdviceSubmission(advice_id=advice.id, number=1, form_version_id=version.id, given_at=NOW, given_by="G",
                             answers={"history": "told", "share": "yes"})
        )  # fmt: skip
        db.session.flush()
        draft = queries.version(agreed_forms.copy_as_draft(version, by=by, at=NOW).id)
        agreed_forms.change(draft, reworded(draft), seen_revision=1)  # plainer words are no other question
        for key, new in (("history", {"type": Kind.SHORT_TEXT}), ("share", {"choices": ()})):
            form = Form.from_data(draft.definition)
            data = form.as_data()
            for section in data["sections"]:
                for question in section["questions"]:
                    if question["key"] == key:
                        question.update({k: v.value if isinstance(v, Kind) else list(v) for k, v in new.items()})
                        if key == "share":
                            question["choices"] = [{"value": "a", "label": "A"}, {"value": "talk", "label": "B"}]
            with pytest.raises(NotPossible, match="has been answered"):
                agreed_forms.change(draft, Form.from_data(data), seen_revision=draft.revision)
        assert db.session.get(Advice, advice.id)

    def test_one_draft_at_a_time(self, by):
        agreed_forms.copy_as_draft(live(), by=by, at=NOW)
        with pytest.raises(NotPossible, match="still being written"):
            agreed_forms.copy_as_draft(live(), by=by, at=NOW)


class TestThePages:
    def test_a_version_leaves_as_a_file_and_comes_back_as_a_draft(self, by, client):
        browser = client(by)
        data = browser.get(f"/forms/versions/{live().id}/export").get_json()
        data["title"] = "Medical advice, our way"
        browser.post("/forms/import", {"file": (io.BytesIO(json.dumps(data).encode()), "form.json")})
        drafts = db.session.scalars(select(FormVersion).where(FormVersion.state == FormState.DRAFT)).all()
        assert [draft.definition["title"] for draft in drafts] == ["Medical advice, our way"]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"nonsense", "not a form"),
            (b"[]", "This is not a form"),
            (b'{"key": "x"}', "sections"),
            (b"", "not a form"),
        ],
    )
    def test_a_file_that_is_no_form_is_refused_with_the_reason(self, by, client, content, said):
        page = client(by).post("/forms/import", {"file": (io.BytesIO(content), "form.json")}, status=200).text
        assert said in page

    def test_questions_are_added_changed_moved_and_taken_out(self, by, client):
        browser = client(by)
        browser.post(f"/forms/versions/{live().id}/copy")
        draft = db.session.scalars(select(FormVersion).where(FormVersion.state == FormState.DRAFT)).one()
        path = f"/forms/versions/{draft.id}"
        browser.get(f"{path}/edit")
        new = {"revision": "1", "label": "How far is the clinic?", "type": "one_of", "choices": "Near\nFar"}
        browser.post(f"{path}/sections/health/questions/new", new)
        changed = {
            "revision": "2",
            "label": "How far is the clinic from home?",
            "type": "one_of",
            "choices": "Near\nVery far",
        }
        browser.post(f"{path}/sections/health/questions/how_far_is_the_clinic", changed)
        browser.post(f"{path}/up/question/how_far_is_the_clinic", {"revision": "3"})
        browser.post(f"{path}/remove/question/growth", {"revision": "4"})
        db.session.expire_all()
        form = Form.from_data(db.session.get(FormVersion, draft.id).definition)
        section = next(section for section in form.sections if section.key == "health")
        assert [q.key for q in section.questions][-2:] == ["how_far_is_the_clinic", "prognosis"]
        question = form.question("how_far_is_the_clinic")
        assert [(c.value, c.label) for c in question.choices] == [("near", "Near"), ("far", "Very far")]
        assert form.question("growth") is None
        page = browser.get(path).text
        assert "“How far is the clinic from home?”: added" in page
        assert "Medical history" in page

    def test_a_question_that_cannot_be_is_refused_beside_it(self, by, client):
        browser = client(by)
        browser.post(f"/forms/versions/{live().id}/copy")
        draft = db.session.scalars(select(FormVersion).where(FormVersion.state == FormState.DRAFT)).one()
        path = f"/forms/versions/{draft.id}/sections/health/questions/new"
        page = browser.post(path, {"revision": "1", "label": "Pick", "type": "one_of"}, status=200).text
        assert "needs two choices or more" in page and "Pick" in page

    def test_the_whole_way_with_the_forum(self, app, by, client, come_in):  # noqa: F811
        browser = client(by)
        browser.post(f"/forms/versions/{live().id}/copy")
        draft = db.session.scalars(select(FormVersion).where(FormVersion.state == FormState.DRAFT)).one()
        path = f"/forms/versions/{draft.id}"
        browser.post(
            f"{path}/review",
            {"body": "Parent Carer Forum", "is_forum": "y", "mailbox": FORUM, "until": ["1", "7", "2026"]},
        )
        mail = delivered(app, to=FORUM)[-1]
        assert "Medical advice and information" in text_of(mail)
        forum = come_in(FORUM, "Jo Parent", path=link_in(mail))
        forum.get("/reviewing")
        forum.post("/reviewing/comment?question=history", {"said": "Say what you mean by history"})
        comment = queries.comments(draft.id)[0]
        assert (comment.question, comment.said_by) == ("history", "Jo Parent, Paediatrician")
        browser.post(f"/forms/comments/{comment.id}", {"answer": "We have said it in the hint"})
        assert "We have said it in the hint" in forum.get("/reviewing").text
        forum.post(
            "/reviewing/agree",
            {"spoken_for_by": "Jo Parent", "agreed_on": ["1", "6", "2026"], "minutes": "PCF/2026/14"},
        )
        browser.post(f"{path}/live", {"what_changed": "Plainer words"})
        page = browser.get(path).text
        for said in ("Parent Carer Forum", "1 June 2026", "Jo Parent", "PCF/2026/14", "Plainer words"):
            assert said in page
        assert "not open for comment" in forum.get("/reviewing").text
        page = forum.post("/reviewing/comment", {"said": "Too late"}, status=200).text
        assert "not open for comment" in page and "Too late" in page

    def test_a_forum_reviewer_reaches_no_advice(self, app, by, client, come_in):  # noqa: F811
        browser = client(by)
        browser.post(f"/forms/versions/{live().id}/copy")
        draft = db.session.scalars(select(FormVersion).where(FormVersion.state == FormState.DRAFT)).one()
        fields = {"body": "PCF", "is_forum": "y", "mailbox": FORUM, "until": ["1", "7", "2026"]}
        browser.post(f"/forms/versions/{draft.id}/review", fields)
        forum = come_in(FORUM, path=link_in(delivered(app, to=FORUM)[-1]))
        forum.get("/giving", status=302)
        forum.get("/giving/everything", status=302)

    def test_only_administrators_edit_and_everybody_reads(self, by, client, user):
        worker = client(user(Role.CASEWORKER))
        worker.get("/forms")
        worker.get(f"/forms/versions/{live().id}")
        worker.post(f"/forms/versions/{live().id}/copy", status=403)


def test_deep_copies_are_not_shared():
    """`Form.as_data` hands out data of its own."""
    form = Form.from_data({"key": "k", "title": "T", "advice_kind": "medical", "sections": [
        {"key": "s", "title": "S", "questions": [{"key": "q", "type": "short_text", "label": "Q"}]}]})  # fmt: skip
    data = form.as_data()
    data["sections"][0]["questions"].clear()
    assert deepcopy(form.as_data())["sections"][0]["questions"]
