"""Logging a request: what is checked, who is known already, and nothing lost or recorded twice."""

import threading
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.identifiers import upn_check_letter
from casetracker.models import Case, CaseEvent, Person, Setting, Team, User
from casetracker.queries.people import likely_matches
from casetracker.roles import Role
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY
from tests.house import HouseClient

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
UPN = upn_check_letter("931234512345") + "931234512345"
NHS_NUMBER = "9434765919"


def fields(**changed) -> dict[str, object]:
    filled: dict[str, object] = {
        "received_on": ["27", "5", "2026"],
        "source": "1",
        "forename": "Róisín",
        "surname": "Ó Súilleabháin",
        "born_on": ["14", "9", "2016"],
    }
    return {**filled, **changed}


def count(model: type) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def newest() -> Case:
    db.session.expire_all()
    return db.session.scalars(select(Case).order_by(Case.id.desc())).first()


def error(page: html.HtmlElement, name: str) -> str:
    return " ".join(" ".join(found.itertext()).strip() for found in page.xpath(f"//*[@id='{name}-error']"))


@pytest.fixture
def worker(session, user) -> User:
    return user(Role.CASEWORKER, name="Wilma Worker")


@pytest.fixture
def browser(worker, client) -> HouseClient:
    return client(worker)


def refused(browser: HouseClient, **changed) -> html.HtmlElement:
    before = count(Case)
    page = html.fromstring(browser.post("/requests/new", fields(**changed), status=200).text)
    assert count(Case) == before
    return page


class TestAnOrdinaryRequest:
    def test_the_form_opens_with_today_and_with_oneself_as_worker(self, browser, worker):
        page = html.fromstring(browser.get("/requests/new").text)
        assert page.xpath("//input[@name='received_on']/@value") == ["01", "06", "2026"]
        assert page.xpath("//select[@name='worker']/option[@selected]/@value") == [str(worker.id)]
        assert not page.xpath("//input[@name='right_anyway']")

    def test_everything_typed_is_kept_and_the_clock_runs_from_receipt(self, browser, worker):
        team = Team(name="North")
        db.session.add(team)
        db.session.commit()
        answer = browser.post(
            "/requests/new",
            fields(
                sex="F",
                ethnicity="WIRI",
                postcode="ox1 1nd",
                upn=UPN.lower(),
                nhs_number="943 476 5919",
                primary_need="ASD",
                hearing="y",
                setting_name="Oak School",
                setting_urn="123456",
                contact_name="Siobhán O'Brien",
                contact_phone="01632 960000",
                contact_email="s@example.org",
                worker=str(worker.id),
                team=str(team.id),
                note="Asked by letter 🙂",
            ),
        )
        case = newest()
        assert answer.location == f"/cases/{case.id}"
        assert (case.received_on, case.final_due_on) == (date(2026, 5, 27), date(2026, 10, 14))
        assert (case.primary_need, case.request_source, case.named_worker_id) == ("ASD", "1", worker.id)
        assert case.team_id == team.id
        person = db.session.get_one(Person, case.person_id)
        assert (person.forename, person.surname, person.born_on) == ("Róisín", "Ó Súilleabháin", date(2016, 9, 14))
        assert (person.sex, person.ethnicity, person.postcode) == ("F", "WIRI", "OX1 1ND")
        assert (person.upn, person.nhs_number) == (UPN, NHS_NUMBER)
        assert db.session.get_one(Setting, case.setting_id).name == "Oak School"
        history = list(
            db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq))
        )
        assert [event.happening for event in history] == [H.REQUEST_RECEIVED, H.WORKER_ASSIGNED, H.CONTACT_RECORDED]
        assert history[0].detail == {"hearing": "yes", "note": "Asked by letter 🙂"}
        assert history[2].detail["name"] == "Siobhán O'Brien"
        shown = browser.get(answer.location).text
        assert "Autistic spectrum disorder, hearing impairment" in shown

    def test_a_setting_is_found_by_name_or_made_known_by_it(self, browser):
        for child in ("Amy", "Bea"):
            browser.post("/requests/new", fields(forename=child, surname=child, setting_name="Elm Primary"))
        assert count(Setting) == 1
        assert newest().setting_id is not None

    def test_a_request_with_nobody_to_hold_it_can_be_logged(self, browser):
        browser.post("/requests/new", fields(worker=""))
        assert newest().named_worker_id is None


class TestWhatIsChecked:
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("upn", "B931234512345", "The first letter of this UPN does not agree"),
            ("upn", "A1", "A UPN has 13 characters"),
            ("uln", "1234567890", "The last figure of this ULN"),
            ("nhs_number", "943 476 5910", "The last figure of this NHS number"),
            ("postcode", "OX1", "Enter a full UK postcode"),
            ("setting_urn", "12ab", "A URN has 6 figures"),
            ("born_on", ["1", "1", "1999"], "They were 27 on the day of the request"),
        ],
        ids=["upn letter", "upn length", "uln", "nhs number", "postcode", "urn", "too old"],
    )
    def test_what_fails_its_check_has_a_clear_message_and_can_be_vouched_for(self, browser, name, value, words):
        page = refused(browser, **{name: value})
        assert words in error(page, name)
        assert page.xpath("//input[@name='right_anyway']")
        assert "Say why it is right all the same" in error(
            refused(browser, **{name: value}, right_anyway="y"), "why_right"
        )
        browser.post("/requests/new", fields(**{name: value}, right_anyway="y", why_right="Seen on the passport"))
        first = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == newest().id, CaseEvent.seq == 1)).one()
        assert first.detail["why_right"] == "Seen on the passport"

    @pytest.mark.parametrize(
        ("changed", "name", "words"),
        [
            ({"received_on": ["2", "6", "2026"]}, "received_on", "cannot be in the future"),
            ({"received_on": ["31", "2", "2026"]}, "received_on", "Enter a real date"),
            ({"received_on": ["1", "1", "203"]}, "received_on", "Enter a real date"),
            ({"received_on": ["", "", ""]}, "received_on", "Enter the day the request was received"),
            ({"born_on": ["28", "5", "2026"]}, "born_on", "cannot have been received before the child was born"),
            ({"born_on": ["2", "6", "2026"]}, "born_on", "The date of birth cannot be in the future"),
            ({"source": ""}, "source", "Choose who asked"),
            ({"source": "9"}, "source", "Not a valid choice"),
            ({"forename": "  "}, "forename", "Enter the first name"),
            ({"surname": "x" * 201}, "surname", "Use 200 characters or fewer"),
            ({"upn": UPN + "99"}, "upn", "Use 13 characters or fewer"),
            ({"contact_email": "not an address"}, "contact_email", "Enter an email address"),
            ({"note": "n" * 10_001}, "note", "Use 10,000 characters or fewer"),
            ({"worker": "999999"}, "worker", "Not a valid choice"),
        ],
        ids=lambda value: str(value)[:30] if isinstance(value, str) else "",
    )
    def test_what_cannot_be_is_refused_beside_its_field_even_if_vouched_for(self, browser, changed, name, words):
        page = refused(browser, **changed, right_anyway="y", why_right="because")
        assert words in error(page, name)

    def test_everything_typed_is_still_there_after_an_error(self, browser):
        page = refused(browser, source="", surname="O'Brien", postcode="OX1 1ND", note="Tall 🙂 story")
        assert page.xpath("//input[@name='surname']/@value") == ["O'Brien"]
        assert page.xpath("//input[@name='born_on']/@value") == ["14", "9", "2016"]
        assert page.xpath("//textarea[@name='note']")[0].text.strip() == "Tall 🙂 story"

    def test_every_error_of_the_summary_leads_to_a_box(self, browser):
        page = refused(browser, source="", forename="", received_on=["", "", ""], upn="A1")
        targets = page.xpath("//*[contains(@class,'govuk-error-summary__list')]//a/@href")
        assert len(targets) >= 3
        assert all(page.xpath(f"//*[@id='{target[1:]}']") for target in targets)


class TestAChildWhoIsKnown:
    def known(self, **more) -> Person:
        child = factories.person(forename="Róisín", surname="Ó Súilleabháin", born_on=date(2016, 9, 14), **more)
        db.session.commit()
        return child

    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"forename": "Roisin", "surname": "O'Suilleabhain"},
            {"forename": "Roisín", "surname": "Ó Súileabháin"},
            {"forename": "Ó Súilleabháin", "surname": "Róisín"},
            {"born_on": ["15", "9", "2016"]},
            {"born_on": ["14", "9", "2015"]},
        ],
        ids=["the same", "no accents", "misspelt", "names changed over", "a day out", "a year out"],
    )
    def test_is_found_by_a_like_name_and_date_of_birth(self, browser, changed):
        self.known()
        page = refused(browser, **changed)
        assert "This child may be known already: choose which it is" in error(page, "same_child")

    @pytest.mark.parametrize(("name", "number"), [("upn", UPN), ("nhs_number", NHS_NUMBER)])
    def test_is_found_by_number_whatever_the_name(self, browser, name, number):
        self.known(**{name: number})
        page = refused(browser, forename="Somebody", surname="Else", **{name: number.lower()})
        assert len(page.xpath("//input[@name='same_child']")) == 2

    @pytest.mark.parametrize(
        "changed", [{"forename": "Aoife"}, {"born_on": ["2", "1", "2012"]}], ids=["a sibling", "a namesake"]
    )
    def test_another_child_is_not_taken_for_them(self, browser, changed):
        self.known()
        browser.post("/requests/new", fields(**changed))
        assert count(Person) == 2

    def test_their_earlier_requests_are_shown_with_what_the_six_months_rule_says(self, browser):
        received = TODAY - timedelta(weeks=26)
        factories.case(received_on=received, child=self.known(), steps=factories.lifetime(received))
        db.session.commit()
        text = " ".join(refused(browser).text_content().split())
        assert "Final plan issued, plan issued 20 April 2026" in text
        assert "They were last assessed on 20 April 2026. Until 20 October 2026" in text
        assert "CFA 2014 s.36(6)(b)" in text

    def test_a_refusal_starts_no_waiting_time(self, browser):
        steps = [(H.ASSESSMENT_REFUSED, date(2026, 3, 2), {"reason": "5(1)"})]
        factories.case(received_on=date(2026, 2, 2), child=self.known(), steps=steps)
        db.session.commit()
        assert "That starts no waiting time" in refused(browser).text_content()

    def test_the_same_child_has_a_second_case_and_no_second_record(self, browser):
        child = self.known()
        browser.post(
            "/requests/new", fields(same_child=str(child.id), surname="O’Sullivan", upn=UPN, postcode="OX1 1ND")
        )
        assert (count(Person), newest().person_id) == (1, child.id)
        person = db.session.get_one(Person, child.id)
        assert (person.surname, person.upn, person.postcode) == ("Ó Súilleabháin", UPN, "OX1 1ND")
        history = list(db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == newest().id)))
        assert history[0].detail["surname_as_given"] == "O’Sullivan"
        assert history[-1].happening is H.PERSON_DETAILS_CHANGED
        assert history[-1].detail["upn_after"] == UPN

    def test_a_different_child_has_a_record_of_their_own(self, browser):
        self.known()
        browser.post("/requests/new", fields(same_child="new"))
        assert count(Person) == 2

    def test_a_child_who_was_not_among_those_shown_cannot_be_chosen(self, browser):
        self.known()
        stranger = factories.person(forename="Max", surname="Mustermann", born_on=date(2010, 1, 1))
        db.session.commit()
        assert "choose which it is" in error(refused(browser, same_child=str(stranger.id)), "same_child")

    def test_nothing_is_asked_where_nobody_is_like_them(self, browser):
        factories.person(forename="Max", surname="Mustermann", born_on=date(2010, 1, 1))
        db.session.commit()
        browser.post("/requests/new", fields())
        assert count(Case) == 1

    def test_looking_takes_few_questions_however_many_share_a_date_of_birth(self, app):
        from sqlalchemy import event

        born_on = date(2016, 9, 14)
        for n in range(60):
            factories.person(forename=f"Child{n}", surname=f"Name{n * 7919}", born_on=born_on)
        known = self.known()
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        found = likely_matches(forename="Roisin", surname="O Suilleabhain", born_on=born_on, upn=UPN, nhs_number="1")
        assert [match.person.id for match in found] == [known.id]
        assert len(asked) <= 6


class TestOnceOnly:
    def test_a_form_posted_twice_opens_one_case(self, browser):
        sent = fields(submission="d" * 32)
        first, second = browser.post("/requests/new", sent), browser.post("/requests/new", sent)
        assert first.location == second.location
        assert (count(Case), count(Person)) == (1, 1)

    def test_a_double_click_at_the_very_same_moment_opens_one_case(self, app, worker):
        sent = fields(submission="f" * 32)
        clicks = [HouseClient(app, worker) for _ in range(2)]
        tokens = [click.token() for click in clicks]
        answers: list[int] = []

        def click(browser: HouseClient, token: str) -> None:
            with app.app_context():
                answer = browser.browser.post("/requests/new", data={**sent, "csrf_token": token})
            answers.append(answer.status_code)

        together = [threading.Thread(target=click, args=pair) for pair in zip(clicks, tokens, strict=True)]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
        assert count(Case) == 1
        assert answers.count(302) >= 1 and set(answers) <= {200, 302}


class TestWhoMay:
    def test_somebody_who_may_only_look_may_not(self, client, user):
        client(user(Role.DATA_OFFICER)).get("/requests/new", status=403)

    def test_a_form_without_its_token_is_offered_again(self, browser):
        page = html.fromstring(browser.post("/requests/new", fields(), token=None, status=400).text)
        assert page.xpath("//form[@action='/requests/new']//input[@name='surname']/@value") == ["Ó Súilleabháin"]
        assert count(Case) == 0

    def test_what_was_typed_is_held_while_signing_in_again(self, client):
        page = html.fromstring(client(None).post("/requests/new", fields(), status=401).text)
        assert page.xpath("//input[@name='held']/@value")[0]
        assert "What you typed is kept" in page.text_content()
