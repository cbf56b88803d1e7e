"""Advice from the day it is asked for to the day it is accepted, with everybody it passes on the way."""

from datetime import date

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Advice, AdviceSubmission, CaseEvent, Mail
from casetracker.statute.advice import AdviceStatus
from casetracker.statute.happenings import Happening as H
from tests.integration.giving.conftest import _hidden, ask_for_medical, fill_in
from tests.integration.giving.post import delivered, link_in, text_of


def piece(app) -> Advice:
    with app.app_context():
        found = db.session.scalars(select(Advice).where(Advice.kind == "medical")).one()
        db.session.expunge(found)
        return found


def send(browser, **more) -> None:
    page = browser.get("/giving/check")
    browser.post("/giving/send", {"submission": _hidden(page.text, "submission"), "role": "Consultant", **more})


def test_the_law_s_five_are_proposed_and_what_is_ticked_is_asked_for_on_the_day(app, ready, caseworker):
    page = caseworker.get(f"/cases/{ready.case_id}/advice/ask").text
    for paragraph in ("6(1)(a)", "6(1)(b)", "6(1)(c)", "6(1)(d)", "6(1)(e)"):
        assert paragraph in page
    ask_for_medical(caseworker, ready)
    asked = piece(app)
    assert (asked.status, asked.asked_on, asked.due_on) == (AdviceStatus.ASKED, date(2026, 6, 1), date(2026, 7, 13))
    assert (asked.mailbox, asked.authority) == ("team@health.example", "SEND Regs 2014, reg 6(1)(c)")
    (mail,) = delivered(app, to="team@health.example")
    assert ready.reference in str(mail["Subject"])
    assert "A.O." in text_of(mail)
    assert "13 July 2026" in text_of(mail)
    assert "Ada" not in text_of(mail) and "Brien" not in text_of(mail) and "A.O." not in str(mail["Subject"])


def test_the_whole_way(app, ready, caseworker, come_in):
    ask_for_medical(caseworker, ready)
    first = come_in("team@health.example", "Gita Giver")
    assert "A.O." in first.get("/giving").text
    assert "Ada" not in first.get("/giving").text
    assert piece(app).status is AdviceStatus.SEEN
    fill_in(first, sections={"about_you", "involvement", "health"})
    assert piece(app).status is AdviceStatus.DRAFT
    second = come_in("team@health.example", "Colin Colleague")
    page = second.get("/giving").text
    assert "Last saved by Gita Giver, Paediatrician" in page
    fill_in(second)
    send(second)
    assert piece(app).status is AdviceStatus.RECEIVED
    news = delivered(app, to="worker@example.gov.uk")[-1]
    assert "Advice received" in text_of(news)
    assert f"/cases/{ready.case_id}/advice/" in text_of(news)

    advice = piece(app)
    page = caseworker.get(f"/cases/{ready.case_id}/advice/{advice.id}").text
    assert "What was found about history" in page
    assert "reg 6(1)" in page
    caseworker.post(f"/cases/{ready.case_id}/advice/{advice.id}/send-back", {"missing": "How many hours a week?"})
    assert piece(app).status is AdviceStatus.RETURNED
    back = come_in("team@health.example", "Colin Colleague")
    assert "How many hours a week?" in back.get("/giving").text
    version = _hidden(back.get("/giving/sections/health").text, "version")
    back.post("/giving/sections/health", {"version": version, "q-history": "Nine hours a week of nursing"})
    send(back)
    advice = piece(app)
    assert (advice.status, advice.times_returned) == (AdviceStatus.RECEIVED, 1)
    compared = caseworker.get(f"/cases/{ready.case_id}/advice/{advice.id}/versions/2").text
    assert "Nine hours a week of nursing" in compared
    found = caseworker.get("/advice/search?q=nursing").text
    assert ready.reference in found
    caseworker.post(f"/cases/{ready.case_id}/advice/{advice.id}/accept", {"check-needs": "yes", "note": "Good"})
    assert piece(app).status is AdviceStatus.ACCEPTED
    assert "accepted" in str(delivered(app, to="team@health.example")[-1]["Subject"])
    assert "%PDF" in back.get("/giving/copy.pdf").get_data()[:8].decode()
    with app.app_context():
        happenings = list(db.session.scalars(select(CaseEvent.happening).order_by(CaseEvent.seq)))
        assert happenings[2:] == [
            H.ADVICE_ASKED, H.ADVICE_SEEN, H.ADVICE_DRAFTED, H.ADVICE_RECEIVED, H.ADVICE_RETURNED, H.ADVICE_RECEIVED,
            H.ADVICE_ACCEPTED,
        ]  # fmt: skip
        assert db.session.scalar(select(AdviceSubmission.number).order_by(AdviceSubmission.number.desc())) == 2
        assert not [mail.body for mail in db.session.scalars(select(Mail).where(Mail.secret)) if "http" in mail.body]
    link = link_in(next(mail for mail in delivered(app, to="team@health.example") if "/give/" in text_of(mail)))
    assert caseworker.get(link).status_code == 200


def test_earlier_advice_is_relied_on_only_where_all_three_agree_reg_6_4(app, ready, caseworker):
    path = f"/cases/{ready.case_id}/advice/sufficient/medical"
    version = _hidden(caseworker.get(path).text, "version")
    fields = {"version": version, "which": "Dr Ahmed’s report of May", "adviser_satisfied_by": "Dr Ahmed"}
    fields |= {"authority_satisfied_by": "Wilma Worker", "family_satisfied_by": "Ms O’Brien"}
    day = ["1", "6", "2026"]
    two = {"adviser_satisfied_on": day, "authority_satisfied_on": day}
    page = caseworker.post(path, {**fields, **two}, status=200).text
    assert "Enter the day the family agreed" in page and "Dr Ahmed’s report of May" in page
    caseworker.post(path, {**fields, **two, "family_satisfied_on": day})
    with app.app_context():
        assert db.session.scalars(select(Advice)).one().status is AdviceStatus.NOT_NEEDED


def test_what_the_family_asks_for_is_decided_on_and_the_decision_recorded_reg_6_1_h(app, ready, caseworker):
    path = f"/cases/{ready.case_id}/advice/add"
    version = _hidden(caseworker.get(path).text, "version")
    asked = {"version": version, "kind": "speech_language", "why_asked": "6(1)(h)", "name": "A private therapist"}
    page = caseworker.post(path, {**asked, "decision": "decline"}, status=200).text
    assert "Say why the family’s request is not reasonable" in page
    caseworker.post(path, {**asked, "decision": "decline", "reason": "The trust’s therapist gives the same advice"})
    with app.app_context():
        entry = db.session.scalars(select(CaseEvent).order_by(CaseEvent.seq.desc())).first()
        assert (entry.happening, entry.detail["reason"]) == (
            H.ADVICE_DECLINED,
            "The trust’s therapist gives the same advice",
        )
    version = _hidden(caseworker.get(path).text, "version")
    caseworker.post(path, {**asked, "version": version, "decision": "seek", "giver": "else", "mailbox": "st@x.example"})
    with app.app_context():
        assert db.session.scalars(select(Advice)).one().parent_requested
    assert delivered(app, to="st@x.example")
