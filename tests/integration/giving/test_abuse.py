"""Links and codes in the wrong hands: guessed, replayed, forwarded, tampered with, too old."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.keys import keys
from casetracker.models import AccessCode, AccessLink, Advice, AdviceDraft, LinkPurpose
from casetracker.services import access
from tests import factories
from tests.conftest import NOW
from tests.integration.giving.conftest import ask_for_medical
from tests.integration.giving.post import code_in, delivered, link_in, text_of

TEAM = "team@health.example"


def first_link(app) -> str:
    return link_in(next(mail for mail in delivered(app, to=TEAM) if "/give/" in text_of(mail)))


def try_code(browser, link, code, status=200):
    return browser.post(f"{link}/code", {"code": code, "name": "Eve", "role": "Stranger"}, status=status)


def another_piece(app) -> int:
    """Advice on another child, asked of somebody else, with something written in it."""
    with app.app_context():
        child = factories.person(forename="Zed", surname="Other")
        case = factories.case(child=child, received_on=NOW.date() - timedelta(days=40), reference="OTHER-1",
                              steps=[])  # fmt: skip
        other = factories.service(name="Other service", mailbox="other@x.example")
        advice = factories.advice(case, service=other, asked_on=NOW.date())
        db.session.add(
            AdviceDraft(
                advice_id=advice.id, version=1, answers={"history": "a secret of Zed’s"}, changes={}, saved_at=NOW,
                saved_by="Somebody",
            )
        )  # fmt: skip
        db.session.commit()
        return advice.id


@pytest.fixture
def link(app, ready, caseworker):
    ask_for_medical(caseworker, ready)
    return first_link(app)


class TestLinks:
    @pytest.mark.parametrize(
        "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[2:], lambda t: "x"]
    )
    def test_a_tampered_or_guessed_link_opens_nothing_and_sends_nothing(self, app, client, link, change):
        path, _, token = link.rpartition("/")
        browser = client(None)
        browser.get(f"{path}/{change(token)}", status=410)
        browser.post(f"{path}/{change(token)}", status=410)
        assert not [m for m in delivered(app, to=TEAM) if "Your code" in text_of(m)]

    def test_a_link_of_one_purpose_opens_nothing_of_another(self, client, link):
        token = link.rpartition("/")[2]
        client(None).get(f"/review/{token}", status=410)
        client(None).get(f"/advice-of/{token}", status=410)

    def test_an_expired_link_opens_nothing(self, client, link, on_the_day):
        on_the_day.move_to(NOW + timedelta(weeks=27))
        assert "expired" in client(None).get(link, status=410).text

    def test_a_revoked_link_opens_nothing_and_ends_the_sessions_it_gave(self, app, client, link, come_in):
        inside = come_in(TEAM)
        inside.get("/giving")
        with app.app_context():
            access.revoke(db.session.scalars(select(AccessLink)).first(), at=NOW, because="a test")
            db.session.commit()
        assert "cancelled" in client(None).get(link, status=410).text
        inside.get("/giving", status=302)

    def test_access_ends_when_the_advice_is_no_longer_needed(self, app, ready, caseworker, client, link, come_in):
        inside = come_in(TEAM)
        with app.app_context():
            advice_id = db.session.scalars(select(Advice.id)).one()
        path = f"/cases/{ready.case_id}/advice/{advice_id}/not-needed"
        caseworker.get(path)
        caseworker.post(path, {"reason": "other", "note": "The family moved", "version": ""})
        inside.get("/giving", status=302)
        client(None).get(link, status=410)

    def test_another_mailbox_closes_the_links_of_the_first(self, app, ready, caseworker, client, link):
        with app.app_context():
            advice_id = db.session.scalars(select(Advice.id)).one()
        path = f"/cases/{ready.case_id}/advice/{advice_id}/ask-elsewhere"
        caseworker.post(path, {"mailbox": "new@health.example"})
        client(None).get(link, status=410)
        assert delivered(app, to="new@health.example")


class TestCodes:
    def test_a_forwarded_link_gets_its_bearer_nowhere_the_code_goes_to_the_mailbox_alone(self, app, client, link):
        stranger = client(None)
        stranger.post(link)
        assert {str(m["To"]) for m in delivered(app) if "Your code" in text_of(m)} == {TEAM}
        stranger.get("/giving", status=302)

    def test_five_wrong_tries_burn_a_code_even_for_who_has_it(self, app, client, link):
        browser = client(None)
        browser.post(link)
        right = code_in(delivered(app, to=TEAM)[-1])
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        for _ in range(5):
            assert "not the code" in try_code(browser, link, wrong).text
        try_code(browser, link, right)
        browser.get("/giving", status=302)
        with app.app_context():
            assert db.session.scalars(select(AccessCode.attempts)).one() == 5

    def test_a_code_works_once(self, app, client, link):
        first, second = client(None), client(None)
        first.post(link)
        code = code_in(delivered(app, to=TEAM)[-1])
        try_code(first, link, code, status=302)
        try_code(second, link, code)
        second.get("/giving", status=302)

    def test_a_code_is_good_for_ten_minutes_and_only_the_last_one_sent(self, app, client, link, on_the_day):
        browser = client(None)
        browser.post(link)
        old = code_in(delivered(app, to=TEAM)[-1])
        on_the_day.shift(timedelta(minutes=1))
        browser.post(link)
        try_code(browser, link, old)
        new = code_in(delivered(app, to=TEAM)[-1])
        on_the_day.shift(timedelta(minutes=11))
        try_code(browser, link, new)
        browser.get("/giving", status=302)

    def test_no_more_than_five_codes_go_out_in_an_hour(self, app, client, link):
        browser = client(None)
        for _ in range(5):
            browser.post(link)
        browser.post(link, status=429)

    def test_a_session_lasts_sixty_minutes(self, come_in, link, on_the_day):
        inside = come_in(TEAM)
        on_the_day.shift(timedelta(minutes=59))
        inside.get("/giving")
        on_the_day.shift(timedelta(minutes=2))
        inside.get("/giving", status=302)

    def test_what_was_typed_when_it_ended_is_not_lost(self, come_in, link, on_the_day):
        inside = come_in(TEAM)
        on_the_day.shift(timedelta(minutes=61))
        page = inside.post("/giving/sections/health", {"q-history": "an hour’s work"}, status=401).text
        assert "an hour’s work" in page and "Open your link again" in page

    def test_a_made_up_session_key_opens_nothing(self, client, link):
        browser = client(None)
        with browser.browser.session_transaction() as session:
            session["link_sessions"] = {LinkPurpose.ADVICE.value: "a" * 43}
        browser.get("/giving", status=302)


class TestAnotherChild:
    def test_nothing_in_an_address_or_a_form_leads_to_another_child_s_advice(self, app, come_in, link):
        other = another_piece(app)
        inside = come_in(TEAM)
        for path in ("/giving", "/giving/check", "/giving/sections/health", "/giving/files"):
            assert "secret of Zed" not in inside.get(path).text
        inside.post("/giving/sections/health", {"version": "0", "advice_id": str(other), "q-history": "ours"})
        inside.post(f"/giving/everything/{other}", status=302)
        inside.get("/giving/files/1", status=404)
        with app.app_context():
            assert db.session.get(AdviceDraft, other).answers == {"history": "a secret of Zed’s"}

    def test_the_list_of_a_mailbox_opens_only_what_is_asked_of_it(self, app, come_in, link):
        other = another_piece(app)
        with app.app_context():
            issued = access.issue(
                purpose=LinkPurpose.ALL_ADVICE, mailbox=TEAM, at=NOW, expires_at=NOW + timedelta(days=7)
            )
            mine = db.session.scalars(select(Advice.id).where(Advice.mailbox == TEAM)).one()
            path = access.address_of(issued, keys()).removeprefix("http://localhost")
            db.session.commit()
        inside = come_in(TEAM, path=path)
        assert "OTHER-1" not in inside.get("/giving/everything").text
        inside.post(f"/giving/everything/{other}", status=404)
        inside.post(f"/giving/everything/{mine}")
        assert "Medical advice" in inside.get("/giving").text

    def test_a_form_without_its_token_changes_nothing(self, app, come_in, link):
        inside = come_in(TEAM)
        inside.post("/giving/not-known", {"note": "x"}, token=None, status=400)
        with app.app_context():
            assert db.session.scalars(select(Advice)).one().not_known_on is None

    def test_a_giver_reaches_no_page_of_the_staff(self, come_in, link, ready):
        inside = come_in(TEAM)
        for path in (f"/cases/{ready.case_id}", f"/cases/{ready.case_id}/advice", "/advice", "/mail", "/forms"):
            inside.get(path, status=302)
