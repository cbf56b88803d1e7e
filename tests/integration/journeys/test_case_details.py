"""What is known of a case besides the child: changed with a trace, and put right without a dead end."""

from datetime import date

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent
from casetracker.roles import Role
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY

pytestmark = pytest.mark.usefixtures("session", "on_the_day")


def fields(case: Case, **changed: object) -> dict[str, object]:
    known = {"version": case.version, "source": "2", "primary_need": "ASD", "setting_name": "Hilltop School"}
    return {**known, **changed}


def text(answer) -> str:
    return " ".join(" ".join(html.fromstring(answer.text).find(".//main").itertext()).split())


def made() -> Case:
    case = factories.case(received_on=date(2026, 5, 11))
    db.session.commit()
    return case


class TestChanging:
    def test_is_shown_on_the_case_with_what_it_was_in_the_history(self, client, user):
        case, browser = made(), client(user(name="Wilma Worker"))
        browser.post(f"/cases/{case.id}/details", fields(case, vision="y", setting_urn="123456"))
        shown = text(browser.get(f"/cases/{case.id}"))
        for part in (
            "Setting Hilltop School",
            "Who asked School or other education setting",
            "autistic",
            "vision impairment",
        ):
            assert part.lower() in shown.lower()
        assert "Details of the case changed" in shown
        assert "Setting: not known → Hilltop School (URN 123456)" in shown
        assert "Who asked: not known → School or other education setting" in shown
        form = html.fromstring(browser.get(f"/cases/{case.id}/details").text)
        assert form.get_element_by_id("vision").get("checked") is not None
        assert form.get_element_by_id("setting_urn").get("value") == "123456"

    def test_a_child_out_of_school_is_said_to_be_until_it_is_said_otherwise(self, client, user):
        case, browser = made(), client(user())
        browser.post(f"/cases/{case.id}/details", fields(case, out_of_school="y"))
        db.session.refresh(case)
        assert case.out_of_school
        assert "Setting Hilltop School: out of school" in text(browser.get(f"/cases/{case.id}"))
        assert "Out of school: not known → yes" in text(browser.get(f"/cases/{case.id}"))
        form = html.fromstring(browser.get(f"/cases/{case.id}/details").text)
        assert form.get_element_by_id("out_of_school").get("checked") is not None
        browser.post(f"/cases/{case.id}/details", fields(case))
        db.session.refresh(case)
        assert not case.out_of_school

    def test_an_impairment_known_later_asks_for_its_teacher_s_advice(self, client, user):
        case = factories.case(received_on=date(2026, 5, 11), steps=[(H.ASSESSMENT_AGREED, date(2026, 5, 25))])
        db.session.commit()
        browser = client(user())
        assert "Ask for advice of a teacher" not in text(browser.get(f"/cases/{case.id}"))
        before = text(browser.get(f"/cases/{case.id}"))
        browser.post(f"/cases/{case.id}/details", fields(case, hearing="y"))
        after = text(browser.get(f"/cases/{case.id}"))
        assert "reg 6(2)" in after and "reg 6(2)" not in before
        db.session.refresh(case)
        browser.post(f"/cases/{case.id}/details", fields(case))
        assert "reg 6(2)" not in text(browser.get(f"/cases/{case.id}"))

    def test_nothing_changed_records_nothing_and_twice_records_once(self, client, user):
        case, browser = made(), client(user())
        once = fields(case, submission="a" * 32)
        for _ in range(2):
            browser.post(f"/cases/{case.id}/details", once)
        db.session.refresh(case)
        browser.post(f"/cases/{case.id}/details", fields(case))
        kinds = select(func.count(CaseEvent.id)).where(CaseEvent.happening == H.CASE_DETAILS_CHANGED)
        assert db.session.scalar(kinds) == 1

    def test_the_second_of_two_people_is_shown_what_the_first_did_and_keeps_what_was_typed(self, client, user):
        case, browser = made(), client(user())
        seen = fields(case, setting_name="Typed School")
        browser.post(f"/cases/{case.id}/details", fields(case, setting_name="First School"))
        answer = text(browser.post(f"/cases/{case.id}/details", seen, status=200))
        assert "Somebody else has changed this case since you opened it" in answer
        assert "Details of the case changed" in answer

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"source": ""}, "Choose who asked"),
            ({"setting_urn": "12"}, "A URN has 6 figures"),
            ({"source": "9"}, "Not a"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, client, user, changed, message):
        case = made()
        answer = client(user()).post(f"/cases/{case.id}/details", fields(case, **changed), status=200)
        assert message in text(answer)
        assert "Hilltop School" in answer.text

    def test_is_for_those_who_work_cases_and_those_who_answer_for_the_data(self, client, user):
        case = made()
        officer = client(user(Role.DATA_OFFICER))
        shown = officer.get(f"/cases/{case.id}").text
        for page in ("details", "person"):
            assert f'href="/cases/{case.id}/{page}"' in shown
            officer.get(f"/cases/{case.id}/{page}")
        assert f'href="/cases/{case.id}/log' not in shown
        client(user(Role.ADMINISTRATOR)).get(f"/cases/{case.id}/details", status=403)


class TestTheDayOfReceipt:
    """The most important date there is: it can be put right whatever was recorded with the request."""

    def logged(self, browser) -> int:
        answer = browser.post(
            "/requests/new",
            {
                "received_on": ["11", "5", "2026"], "source": "1", "forename": "Ada", "surname": "Lovell",
                "born_on": ["3", "4", "2017"], "contact_name": "Ann Lovell", "worker": str(browser.me.id),
            },
        )  # fmt: skip
        return int(answer.headers["Location"].rsplit("/", 1)[1])

    @pytest.mark.parametrize("day", ["6", "14"])
    def test_earlier_or_later_the_clock_moves_with_it(self, client, user, day):
        me = user()
        browser = client(me)
        browser.me = me
        case_id = self.logged(browser)
        version = db.session.get_one(Case, case_id).version
        right = {"occurred_on": [day, "5", "2026"], "why": "Keyed wrongly", "version": version}
        browser.post(f"/cases/{case_id}/entries/1/correct", right)
        case = db.session.get_one(Case, case_id, populate_existing=True)
        assert case.received_on == case.clock_started_on == date(2026, 5, int(day))
        assert case.named_worker_id == me.id
        assert "Ann Lovell" in text(browser.get(f"/cases/{case_id}"))

    def test_a_correction_that_changes_nothing_is_not_one(self, client, user):
        case = made()
        same = {"occurred_on": ["11", "5", "2026"], "why": "No reason", "version": case.version}
        answer = client(user()).post(f"/cases/{case.id}/entries/1/correct", same, status=200)
        assert "Nothing has been changed" in text(answer)

    @pytest.mark.parametrize(
        ("day", "message"),
        [
            (["31", "8", "2014"], "The duty to assess began on 1 September 2014"),
            (["1", "6", "2025"], "That is 365 days ago: check for a slip"),
        ],
    )
    def test_a_day_that_cannot_be_or_is_hard_to_believe_is_asked_about(self, client, user, day, message):
        asked = {
            "received_on": day,
            "source": "1",
            "forename": "Ada",
            "surname": "Lovell",
            "born_on": ["3", "4", "2013"],
        }
        answer = client(user()).post("/requests/new", asked, status=200)
        assert message in text(answer)
        assert db.session.scalar(select(func.count(Case.id))) == 0


def test_a_bad_date_is_said_once_and_errors_are_in_the_order_of_the_page(client, user):
    answer = client(user()).post("/requests/new", {"received_on": ["31", "2", "2026"]}, status=200)
    listed = html.fromstring(answer.text).xpath("//ul[contains(@class, 'govuk-error-summary__list')]/li")
    said = [" ".join(line.itertext()).strip() for line in listed]
    assert said[0].startswith("Enter a real date") and said[1] == "Choose who asked"
    assert len(said) == len(set(said))


def test_what_turns_a_line_round_is_taken_out_of_what_is_typed(client, user):
    asked = {
        "received_on": [str(TODAY.day), str(TODAY.month), str(TODAY.year)], "source": "1", "forename": "Ada\u202e",
        "surname": "Lovell\u200f", "born_on": ["3", "4", "2017"],
    }  # fmt: skip
    client(user()).post("/requests/new", asked)
    assert db.session.scalars(select(Case)).one().person_id
    page = client(user()).get("/cases?closed=yes&q=lovell")
    assert "Ada Lovell" in page.text
