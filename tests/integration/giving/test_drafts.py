"""A draft that a team writes together: nothing overwritten, nothing lost, whatever is pasted into it."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from casetracker.agreed_forms.definition import Form
from casetracker.extensions import db
from casetracker.models import Advice, AdviceDraft, AdviceSubmission, FormState, FormVersion
from casetracker.services import agreed_forms, giving
from casetracker.services.access import Keys
from casetracker.services.asking import Sender
from casetracker.services.giving import Giver
from casetracker.statute.advice import AdviceStatus
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.giving.conftest import _hidden, ask_for_medical, fill_in
from tests.integration.giving.test_from_asking_to_accepting import piece, send

TEAM = "team@health.example"


@pytest.fixture
def asked(app, ready, caseworker):
    ask_for_medical(caseworker, ready)


def draft_of(app) -> dict:
    with app.app_context():
        return dict(db.session.scalars(select(AdviceDraft)).one().answers)


def test_two_at_once_lose_nothing_and_a_conflict_is_shown_with_both(app, asked, come_in):
    one, two = come_in(TEAM, "Gita"), come_in(TEAM, "Colin")
    path = "/giving/sections/health"
    version = _hidden(one.get(path).text, "version")
    one.post(path, {"version": version, "q-history": "Gita’s history", "q-growth": "Gita’s growth"})
    page = two.post(
        path, {"version": version, "q-history": "Colin’s history", "q-medication": "Colin’s medicines"}, status=200
    ).text
    assert "Gita, Paediatrician changed this while you were writing" in page
    assert "Gita’s history" in page and "Colin’s history" in page
    answers = draft_of(app)
    assert (answers["history"], answers["growth"]) == ("Gita’s history", "Gita’s growth")
    assert answers["medication"] == "Colin’s medicines"
    again = _hidden(page, "version")
    two.post(path, {"version": again, "q-history": "Colin’s history", "q-growth": "Gita’s growth",
                    "q-medication": "Colin’s medicines"})  # fmt: skip
    assert draft_of(app)["history"] == "Colin’s history"
    assert "Last changed by Colin" in one.get(path).text


def test_leaving_the_page_saves_what_is_in_the_boxes(app, asked, come_in):
    one = come_in(TEAM)
    version = _hidden(one.get("/giving/sections/health").text, "version")
    answer = one.post(
        "/giving/sections/health/leaving", {"version": version, "q-history": "Half a thought"}, status=200
    )
    assert answer.get_json()["version"] == 1
    assert draft_of(app)["history"] == "Half a thought"


def test_a_hundred_thousand_characters_from_a_word_processor_are_kept_readable_or_refused_and_kept(app, asked, come_in):
    one = come_in(TEAM)
    path = "/giving/sections/health"
    word = "“Smart”\u00a0quotes\u00ad,\x0ba line\r\n\u200band – dashes… "
    long = (word * 2_500)[:100_000]
    version = _hidden(one.get(path).text, "version")
    page = one.post(path, {"version": version, "q-history": long, "q-growth": "Kept"}, status=200).text
    assert "Use 30,000 characters or fewer" in page
    assert page.count("“Smart”") >= 2_000, "what was typed is gone"
    assert draft_of(app)["growth"] == "Kept"
    one.post(path, {"version": "1", "q-history": word * 500, "q-growth": "Kept"})
    kept = draft_of(app)["history"]
    assert "\u00a0" not in kept and "\x0b" not in kept and "\u200b" not in kept
    assert "“Smart” quotes,\na line\nand – dashes…" in kept


def test_the_same_form_sent_twice_is_one_giving(app, asked, come_in):
    one = come_in(TEAM)
    fill_in(one)
    page = one.get("/giving/check").text
    fields = {"submission": _hidden(page, "submission"), "role": "Consultant"}
    one.post("/giving/send", fields)
    one.post("/giving/send", fields)
    with app.app_context():
        assert len(db.session.scalars(select(AdviceSubmission)).all()) == 1


def test_what_is_missing_is_listed_and_nothing_is_sent(app, asked, come_in):
    one = come_in(TEAM)
    fill_in(one, sections={"about_you"})
    page = one.get("/giving/check").text
    assert "Still to do" in page and "Send the advice" not in page
    one.post("/giving/send", {"submission": _hidden(page, "submission")}, status=200)
    assert piece(app).status is AdviceStatus.DRAFT


def test_late_advice_needs_its_reason(app, asked, come_in, on_the_day):
    on_the_day.move_to(NOW + timedelta(days=50))
    one = come_in(TEAM)
    fill_in(one)
    page = one.get("/giving/check").text
    fields = {"submission": _hidden(page, "submission"), "role": "Consultant"}
    assert "Say why it is late" in one.post("/giving/send", fields, status=200).text
    one.post("/giving/send", {**fields, "late_reason": "Sick leave"})
    advice = piece(app)
    assert (advice.late_reason, advice.received_on) == ("Sick leave", TODAY + timedelta(days=50))


def test_whoever_is_writing_when_a_version_is_retired_finishes_on_it(app, asked, come_in, user):
    one = come_in(TEAM)
    fill_in(one, sections={"about_you"})
    administrator = user(name="Agnes")
    with app.app_context():
        pinned = db.session.scalars(select(Advice)).one().form_version_id
        live = db.session.get(FormVersion, pinned)
        draft = agreed_forms.copy_as_draft(_with_form(live), by=administrator, at=NOW)
        forum = agreed_forms.Agreement(agreed_forms.FORUM, True, TODAY, "Jo", "M1")
        agreed_forms.agree(_with_form(draft), forum, today=TODAY, at=NOW, by_id=administrator.id)
        agreed_forms.make_live(_with_form(draft), what_changed="New", today=TODAY)
        db.session.commit()
        assert db.session.get(FormVersion, pinned).state is FormState.RETIRED
    fill_in(one)
    send(one)
    with app.app_context():
        assert db.session.scalars(select(AdviceSubmission.form_version_id)).one() == pinned


def _with_form(version: FormVersion) -> FormVersion:
    from casetracker.queries import agreed_forms as queries

    return queries.version(version.id)


def test_what_was_sent_in_error_is_taken_back_and_leaves_its_trace(app, asked, ready, come_in, caseworker):
    one = come_in(TEAM)
    fill_in(one)
    send(one)
    one.post("/giving/take-back", {"reason": "It was about another child"})
    advice = piece(app)
    assert advice.status is AdviceStatus.TAKEN_BACK and advice.is_outstanding
    page = caseworker.get(f"/cases/{ready.case_id}/advice/{advice.id}").text
    assert "It was about another child" in page
    assert "It was about another child" not in caseworker.get("/advice/search?q=another").text


@pytest.mark.parametrize(
    ("path", "fields", "happening"),
    [
        ("not-known", {"note": "Never seen"}, H.ADVICE_NOT_KNOWN_TO_SERVICE),
        ("more-time", {"reason": "Sick leave", "expected_on": ["20", "7", "2026"]}, H.ADVICE_DELAYED),
        ("wrong-person", {"to": "Dr Who", "mailbox": "who@x.example"}, H.ADVICE_PASSED_ON),
    ],
)
def test_each_other_answer_takes_one_step_and_reaches_the_caseworker(
    app, asked, ready, come_in, path, fields, happening
):
    from casetracker.models import CaseEvent
    from tests.integration.giving.post import delivered, text_of

    come_in(TEAM).post(f"/giving/{path}", fields)
    with app.app_context():
        newest = db.session.scalars(select(CaseEvent).order_by(CaseEvent.seq.desc())).first()
        assert newest.happening is happening
        assert newest.detail["said_by"] == "Gita Giver, Paediatrician"
    assert next(iter(fields.values())) in text_of(delivered(app, to="worker@example.gov.uk")[-1])


def test_a_day_gone_by_is_no_day_to_expect_it(asked, come_in):
    page = (
        come_in(TEAM)
        .post("/giving/more-time", {"reason": "Sick leave", "expected_on": ["1", "5", "2026"]}, status=200)
        .text
    )
    assert "still to come" in page and "Sick leave" in page


def test_two_hundred_givers_saving_at_the_same_time_lose_nothing(app):
    """Twenty on each of ten pieces of advice, each with an answer of their own."""
    with app.app_context():
        agreed_forms.install_shipped(at=NOW, today=TODAY)
        form = Form.from_data(
            agreed_forms.queries.live_version(agreed_forms.queries.form_of_key("medical").id).definition
        )
        keys = [question.key for question in form.questions()][:20]
        service = factories.service()
        ids = []
        for number in range(10):
            case = factories.case(received_on=date(2026, 4, 20), child=factories.person(surname=f"Child {number}"),
                                  steps=[(H.ASSESSMENT_AGREED, TODAY)])  # fmt: skip
            ids.append(factories.advice(case, service=service, asked_on=TODAY).id)
        db.session.commit()
    failures: list[BaseException] = []
    sender = Sender(Keys("k", "http://x"), "X")

    def save(advice_id: int, key: str) -> None:
        try:
            with app.app_context():
                advice = db.session.get_one(Advice, advice_id)
                giver = Giver(f"Giver of {key}", TODAY, NOW, sender)
                giving.save_draft(advice, {key: f"{advice_id} {key}"}, seen_version=0, giver=giver)
                db.session.commit()
                db.session.remove()
        except BaseException as fault:  # noqa: BLE001  (told to the test, which fails)
            failures.append(fault)

    threads = [threading.Thread(target=save, args=(advice_id, key)) for key in keys for advice_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context():
        drafts = {draft.advice_id: draft for draft in db.session.scalars(select(AdviceDraft))}
        assert {(i, k): drafts[i].answers.get(k) for i in ids for k in keys} == {
            (i, k): f"{i} {k}" for i in ids for k in keys
        }
        assert {draft.version for draft in drafts.values()} == {20}
