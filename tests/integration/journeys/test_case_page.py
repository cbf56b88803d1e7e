"""The case page: how a case stands now and stood on a past day; correcting an entry; the child's details."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, Person
from casetracker.roles import Role
from casetracker.services import cases
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from tests import factories
from tests.conftest import NOW, TODAY
from tests.house import HouseClient

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
RECEIVED = date(2026, 3, 2)
AGREED = date(2026, 4, 8)
ASKED = (H.ADVICE_ASKED, AGREED, {"advice_kind": "medical", "advice_giver": "Paediatrics"})
EXCEPTION = {
    "paragraph": "5(4)(c)",
    "evidence": "A letter from the hospital",
    "approved_by": "Morag Sinclair",
    "family_told_on": "2026-03-12",
    "family_told": "That we need two more weeks",
}


def day(value: date) -> dict[str, list[str]]:
    return {"occurred_on": [str(value.day), str(value.month), str(value.year)]}


def made(steps=(), **more) -> Case:
    case = factories.case(received_on=RECEIVED, steps=steps, **more)
    db.session.commit()
    return case


def events(case: Case) -> list[CaseEvent]:
    db.session.expire_all()
    return list(db.session.query(CaseEvent).filter_by(case_id=case.id).order_by(CaseEvent.seq))


def words(page: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(" ".join(found.itertext()).split()) for found in page.xpath(path))


@pytest.fixture
def browser(user, client) -> HouseClient:
    return client(user(Role.CASEWORKER))


def seen(browser: HouseClient, case: Case, query: str = "") -> html.HtmlElement:
    return html.fromstring(browser.get(f"/cases/{case.id}{query}").text)


class TestTheHeader:
    def test_it_says_who_the_week_the_day_the_stage_and_whose_move_it_is(self, browser):
        page = seen(browser, made([(H.ASSESSMENT_AGREED, AGREED), ASKED]))
        header = words(page, "//dl[1]")
        assert "Aged 9, year 4, born 4 March 2017" in header
        assert "Week 13 of 20, day 91" in header
        assert "From 2 March 2026, when the request was received" in header
        assert "Assessing: gathering advice, since 8 April 2026" in header
        assert "Whose move Advice givers" in header

    def test_a_reopened_case_counts_the_weeks_of_its_own_clock(self, browser):
        steps = [
            (H.ASSESSMENT_REFUSED, AGREED, {"reason": "5(1)"}),
            (H.APPEAL_REGISTERED, date(2026, 4, 20)),
            (H.CONCEDED, date(2026, 5, 4), {"reason": "refusal_to_assess"}),
        ]
        header = words(seen(browser, made(steps)), "//dl[1]")
        assert "Week 4 of 14, day 28" in header
        assert "when we conceded (reg 45)" in header

    def test_a_case_brought_forward_with_no_start_shows_no_clock(self, browser):
        child = factories.person()
        case = Case(reference="OLD-1", person_id=child.id)
        from casetracker.services import histories

        histories.begin(
            case=case,
            entries=[factories.entry((H.BROUGHT_FORWARD, date(2020, 1, 1), {"stage": "issued"}))],
            today=TODAY,
        )
        db.session.commit()
        page = seen(browser, case)
        assert "Week" not in words(page, "//dl[1]")
        assert "No time limit runs." in words(page, "//table")

    def annual_review(self, browser, *after) -> str:
        """Return what is said of a plan issued on 1 April 2024, with what happened afterwards."""
        steps = [
            (H.ASSESSMENT_AGREED, date(2024, 2, 1)),
            (H.PLAN_AGREED, date(2024, 3, 1)),
            (H.DRAFT_PLAN_SENT, date(2024, 3, 2)),
            (H.FINAL_PLAN_ISSUED, date(2024, 4, 1)),
        ]
        case = factories.case(received_on=date(2024, 1, 8), steps=[*steps, *after])
        db.session.commit()
        return words(seen(browser, case), "//div[dt='Annual review']/dd")

    def reviewed(self, outcome: str, met_on: str) -> tuple:
        return (H.ANNUAL_REVIEW_FINISHED, date(2026, 3, 3), {"outcome": outcome, "met_on": met_on})

    def test_a_plan_in_force_says_when_its_annual_review_is_due(self, browser):
        assert self.annual_review(browser) == "Overdue was due by 31 March 2025 (CFA 2014 s.44(1))"
        said = self.annual_review(browser, self.reviewed("amend", "2026-02-16"))
        assert said.startswith(
            "Due by 2 March 2027 (CFA 2014 s.44(1)) Before a move of phase it is due earlier (reg 18)"
        )
        assert said.endswith("Last decided: to amend the plan. Family told on 3 March 2026")

    def test_a_decision_that_the_family_was_told_late_is_said_to_be_late(self, browser):
        said = self.annual_review(browser, self.reviewed("maintain", "2026-01-16"))
        assert said.endswith("3 March 2026, 46 days after the meeting, where reg 20(10) gives four weeks")

    def test_a_plan_that_is_to_end_has_no_next_review(self, browser):
        said = self.annual_review(browser, self.reviewed("cease", "2026-02-16"))
        assert said.startswith("The plan is to end. Log the day it ceases Last decided: to cease to maintain the plan.")

    def test_a_case_with_no_plan_in_force_has_no_row_of_reviews(self, browser):
        assert self.annual_review(browser, (H.CASE_CLOSED, date(2026, 5, 30), {"reason": "ceased"})) == ""
        assert words(seen(browser, made([(H.ASSESSMENT_AGREED, AGREED)])), "//div[dt='Annual review']") == ""


class TestTimeLimits:
    def test_each_milestone_is_drawn_and_said_in_a_table_with_its_regulation(self, browser):
        page = seen(browser, made([(H.ASSESSMENT_AGREED, AGREED), ASKED]))
        table = words(page, "//table[caption[contains(., 'Milestones')]]")
        assert "Tell the family whether we will assess 13 Apr 2026 8 Apr 2026 Met SEND Regs 2014, reg 5(1)" in table
        assert "Final plan issued 20 Jul 2026 Pending SEND Regs 2014, reg 13(2)" in table
        assert "Draft plan sent 22 Jun 2026 Pending Code of Practice 9.44 (no limit in law) (our own target" in table
        drawing = words(page, "//*[local-name()='svg' and @role='img']")
        assert "Tell the family whether we will assess: met" in drawing
        assert "Week 13 of 20" in drawing

    def test_an_exception_shows_both_its_dates_its_evidence_and_what_the_family_was_told(self, browser):
        steps = [
            (H.EXCEPTION_RECORDED, date(2026, 3, 9), EXCEPTION),
            (H.ASSESSMENT_AGREED, date(2026, 4, 20)),
        ]
        text = words(seen(browser, made(steps)), "//main")
        assert "Tell the family whether we will assess 13 Apr 2026 20 Apr 2026 Excused reg 5(4)(c)" in text
        assert "Approved by Morag Sinclair" in text
        assert "Shown by A letter from the hospital" in text
        assert "On 12 March 2026 That we need two more weeks" in text


class TestWhatToDoNext:
    def test_it_proposes_the_advice_that_reg_6_requires_and_links_to_its_form(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED), ASKED])
        page = seen(browser, case)
        steps = words(page, "//*[contains(@class,'govuk-task-list')]")
        (asking,) = [words(page, f"//a[@href='/cases/{case.id}/advice/ask']")]
        assert "psychological advice (reg 6(1)(d))" in asking
        assert "medical advice" not in asking
        assert "Chase medical advice, which is overdue Overdue was due by 20 May 2026" in steps

    def test_a_vision_impairment_said_at_the_request_asks_for_vision_advice(self, browser, user):
        case = cases.log_request(
            person=factories.person(),
            received_on=RECEIVED,
            source="1",
            by=user(),
            today=TODAY,
            at=NOW,
            detail={"vision": "yes"},
        )
        cases.record(case_id=case.id, happening=H.ASSESSMENT_AGREED, occurred_on=AGREED, by=user(), today=TODAY, at=NOW)
        db.session.commit()
        page = seen(browser, case)
        assert "vision advice (reg 6(2))" in words(page, "//*[contains(@class,'govuk-task-list')]")
        assert "Vision impairment" in words(page, "//dl[1]")

    def test_the_link_of_a_step_opens_a_form_with_its_advice_chosen(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        page = html.fromstring(browser.get(f"/cases/{case.id}/log/advice_asked?advice_kind=psychological").text)
        assert page.xpath("//select[@name='advice_kind']/option[@selected]/@value") == ["psychological"]


class TestAsItWasKnown:
    def test_a_past_day_shows_what_was_known_then_with_a_banner_and_nothing_to_press(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED), ASKED])
        page = seen(browser, case, "?on=2026-04-07")
        text = words(page, "//main")
        assert "as it was known at the close of 7 April 2026" in text
        assert "Deciding whether to assess" in text
        assert "Week 6 of 20, day 36" in text
        assert "Family told: we will assess" not in text
        assert "Log what happened" not in text

    def test_a_correction_made_later_had_not_been_made_then(self, browser, user):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        cases.correct(
            event=events(case)[1],
            occurred_on=date(2026, 4, 14),
            detail={},
            reason="slip",
            by=user(),
            today=TODAY,
            at=NOW,
        )
        db.session.commit()
        then = words(seen(browser, case, "?on=2026-05-01"), "//main")
        assert "13 Apr 2026 8 Apr 2026 Met " in then and "corrected" not in then
        now = words(seen(browser, case), "//main")
        assert "13 Apr 2026 14 Apr 2026 Met late" in now

    @pytest.mark.parametrize("on", ["nonsense", "2026-02-31", "", "2999-01-01"])
    def test_a_day_that_is_none_or_to_come_shows_today(self, browser, on):
        assert "as it was known at the close" not in words(seen(browser, made(), f"?on={on}"), "//main")

    def test_a_day_before_the_request_shows_a_case_not_open(self, browser):
        assert "Not open" in words(seen(browser, made(), "?on=2025-01-01"), "//dl[1]")


class TestCorrecting:
    def path(self, case: Case, seq: int) -> str:
        return f"/cases/{case.id}/entries/{seq}/correct"

    def test_the_old_entry_stays_struck_through_and_the_new_says_why(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        browser.get(self.path(case, 2))
        browser.post(self.path(case, 2), {**day(date(2026, 4, 9)), "why": "The letter went a day later"})
        page = seen(browser, case)
        assert words(page, "//li[@id='entry-2']//s") == "8 April 2026: Family told: we will assess"
        assert "Why it was corrected: The letter went a day later" in words(page, "//li[@id='entry-3']")
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).agreed_to_assess_on == date(2026, 4, 9)

    def test_a_reason_is_needed(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        answer = browser.post(self.path(case, 2), day(date(2026, 4, 9)), status=200)
        assert "Say why it is being corrected" in answer.text
        assert len(events(case)) == 2

    def test_an_entry_that_did_not_happen_is_taken_out(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        fields = {**day(AGREED), "did_not_happen": "y", "why": "It was about another child"}
        browser.post(self.path(case, 2), fields)
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).stage is Stage.REQUESTED

    def test_what_the_law_refuses_is_explained_by_the_entry_that_could_not_stand(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED), (H.PLAN_AGREED, date(2026, 5, 20))])
        fields = {**day(AGREED), "did_not_happen": "y", "why": "It was about another child"}
        answer = browser.post(self.path(case, 2), fields, status=200)
        assert "The entry “Decided to make a plan” of 20 May 2026 could not then stand" in answer.text
        assert "It was about another child" in answer.text

    def test_the_day_of_receipt_can_be_corrected_and_moves_every_date(self, browser):
        case = made()
        browser.post(self.path(case, 1), {**day(date(2026, 2, 27)), "why": "The email came on the Friday"})
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).final_due_on == date(2026, 7, 17)

    def test_detail_that_the_form_does_not_ask_for_is_kept(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED), (H.ADVICE_ASKED, AGREED, {**ASKED[2], "imported_as": "CP-7"})])
        fields = {**day(date(2026, 4, 10)), "advice_kind": "medical", "advice_giver": "Paediatrics", "why": "slip"}
        browser.post(self.path(case, 3), fields)
        assert events(case)[-1].detail["imported_as"] == "CP-7"

    def test_an_entry_corrected_twice_is_corrected_where_it_stands(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        browser.post(self.path(case, 2), {**day(date(2026, 4, 9)), "why": "once"})
        assert browser.get(self.path(case, 2), status=302).location == f"/cases/{case.id}"
        browser.post(self.path(case, 3), {**day(date(2026, 4, 10)), "why": "twice"})
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).agreed_to_assess_on == date(2026, 4, 10)

    def test_two_who_correct_at_once_are_told(self, browser):
        case = made([(H.ASSESSMENT_AGREED, AGREED)])
        browser.post(self.path(case, 2), {**day(date(2026, 4, 9)), "why": "first", "version": "2"})
        answer = browser.post(
            self.path(case, 2), {**day(date(2026, 4, 10)), "why": "second", "version": "2"}, status=200
        )
        assert "Somebody else has changed this case since you opened it" in answer.text
        assert "second" in answer.text

    def test_an_entry_that_is_not_there_is_not_found(self, browser):
        case = made()
        browser.get(self.path(case, 9), status=404)


class TestTheChildsDetails:
    def fields(self, **changed) -> dict[str, object]:
        return {"forename": "Ada", "surname": "O’Brien", "born_on": ["4", "3", "2017"], **changed}

    def test_a_change_is_kept_with_what_was_known_before(self, browser):
        case = made()
        page = html.fromstring(browser.get(f"/cases/{case.id}/person").text)
        assert page.xpath("//input[@name='surname']/@value") == ["O’Brien"]
        browser.post(f"/cases/{case.id}/person", self.fields(surname="Ó Súilleabháin", postcode="ox11nd", sex="F"))
        recorded = events(case)[-1]
        assert recorded.happening is H.PERSON_DETAILS_CHANGED
        assert recorded.detail["surname_before"] == "O’Brien" and recorded.detail["surname_after"] == "Ó Súilleabháin"
        person = db.session.get_one(Person, case.person_id)
        assert (person.surname, person.postcode, person.name_key) == ("Ó Súilleabháin", "OX1 1ND", "o suilleabhain ada")
        assert "Surname: O’Brien → Ó Súilleabháin" in words(seen(browser, case), "//li[@id='entry-2']")

    def test_nothing_changed_records_nothing(self, browser):
        case = made()
        browser.post(f"/cases/{case.id}/person", self.fields())
        assert len(events(case)) == 1

    def test_a_date_of_birth_after_the_request_is_refused(self, browser):
        case = made()
        answer = browser.post(f"/cases/{case.id}/person", self.fields(born_on=["3", "3", "2026"]), status=200)
        assert "The request cannot have been received before the child was born" in answer.text

    def test_a_number_that_fails_its_check_can_be_vouched_for(self, browser):
        case = made()
        path = f"/cases/{case.id}/person"
        answer = browser.post(path, self.fields(nhs_number="943 476 5910"), status=200)
        assert "The last figure of this NHS number" in answer.text
        vouched = self.fields(nhs_number="943 476 5910", right_anyway="y", why_right="It is on their letter")
        browser.post(path, vouched)
        assert events(case)[-1].detail["why_right"] == "It is on their letter"
        assert db.session.get_one(Person, case.person_id).nhs_number == "9434765910"

    def test_the_second_of_two_sees_what_the_first_recorded(self, browser):
        case = made()
        browser.post(f"/cases/{case.id}/log/note_added", {**day(TODAY), "note": "Meanwhile"})
        answer = browser.post(f"/cases/{case.id}/person", {**self.fields(surname="New"), "version": "1"}, status=200)
        assert "Recorded since you opened this form" in answer.text
        assert html.fromstring(answer.text).xpath("//input[@name='surname']/@value") == ["New"]


def test_the_page_asks_the_database_a_bounded_number_of_questions(browser, app):
    from sqlalchemy import event

    steps = [
        (H.ASSESSMENT_AGREED, AGREED),
        *[(H.NOTE_ADDED, AGREED + timedelta(days=n), {"note": "x"}) for n in range(40)],
    ]
    case = made(steps)
    browser.get(f"/cases/{case.id}")
    asked = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    browser.get(f"/cases/{case.id}")
    assert len(asked) <= 11, asked


def test_notes_alone_can_be_shown(browser):
    case = made([(H.ASSESSMENT_AGREED, AGREED), (H.NOTE_ADDED, AGREED, {"note": "Rang the school"})])
    timeline = words(seen(browser, case, "?only=notes"), "//ol")
    assert "Rang the school" in timeline and "we will assess" not in timeline


def test_an_import_is_named_as_who_recorded_what_it_brought(browser):
    assert "Recorded by an import, 2 March 2026 at 12:00pm" in words(seen(browser, made()), "//li[@id='entry-1']")


def test_it_is_recorded_when_it_was_keyed_and_not_only_when_it_happened(browser):
    case = made()
    browser.post(f"/cases/{case.id}/log/panel_considered", day(date(2026, 5, 28)))
    recorded = events(case)[-1]
    assert recorded.occurred_on == date(2026, 5, 28)
    assert recorded.recorded_at == datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    assert "28 May 2026: Considered by panel" in words(seen(browser, case), "//li[@id='entry-2']")
    assert "1 June 2026 at 10:30am" in words(seen(browser, case), "//li[@id='entry-2']")
