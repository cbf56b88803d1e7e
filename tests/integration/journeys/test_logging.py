"""Logging what happened: every form, what is refused, what is asked about, two people at once."""

import re
from datetime import date, timedelta

import pytest
from lxml import html

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, User
from casetracker.roles import Role
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from tests import factories
from tests.conftest import TODAY
from tests.house import HouseClient

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
RECEIVED = date(2026, 3, 2)
AGREED = RECEIVED + timedelta(weeks=5)
ASKED = [(H.ADVICE_ASKED, AGREED, {"advice_kind": "medical", "advice_giver": "Paediatrics"})]
ASSESSING = [(H.ASSESSMENT_AGREED, AGREED), *ASKED]
IN_HAND = [*ASSESSING, (H.ADVICE_RECEIVED, date(2026, 5, 11), {"advice_kind": "medical"})]
DRAFT = [*IN_HAND, (H.PLAN_AGREED, date(2026, 5, 12)), (H.DRAFT_PLAN_SENT, date(2026, 5, 13))]
CONSULTED = [*DRAFT, (H.SETTING_CONSULTED, date(2026, 5, 13), {"setting": "Oak School"})]
REFUSED = [(H.ASSESSMENT_REFUSED, AGREED)]
ISSUED = [*DRAFT, (H.FINAL_PLAN_ISSUED, date(2026, 5, 29))]
EXCEPTION = {"paragraph": "13(3)(c)", "evidence": "A letter from the hospital", "approved_by": "Morag Sinclair"}


def day(value: date, name: str = "occurred_on") -> dict[str, list[str]]:
    """Return a day as its three boxes are posted."""
    return {name: [str(value.day), str(value.month), str(value.year)]}


def fresh(case: Case) -> Case:
    db.session.expire_all()
    return db.session.get_one(Case, case.id)


def events(case: Case) -> list[CaseEvent]:
    db.session.expire_all()
    return list(db.session.query(CaseEvent).filter_by(case_id=case.id).order_by(CaseEvent.seq))


def made(steps=(), **more) -> Case:
    case = factories.case(received_on=RECEIVED, steps=steps, **more)
    db.session.commit()
    return case


def opened(browser: HouseClient, path: str) -> dict[str, str]:
    """Return the hidden fields of a form as they were when it was opened."""
    page = html.fromstring(browser.get(path).text)
    return {name: page.xpath(f"//input[@name='{name}']/@value")[0] for name in ("version", "submission")}


@pytest.fixture
def worker(session, user) -> User:
    return user(Role.CASEWORKER)


@pytest.fixture
def browser(worker, client) -> HouseClient:
    return client(worker)


WAYS = [
    (H.PANEL_CONSIDERED, (), {}),
    (H.FURTHER_INFORMATION_ASKED, (), {"note": "Which school?"}),
    (H.FURTHER_INFORMATION_RECEIVED, [(H.FURTHER_INFORMATION_ASKED, date(2026, 3, 9))], {}),
    (H.ASSESSMENT_AGREED, (), {}),
    (H.ASSESSMENT_REFUSED, (), {"reason": "5(1)"}),
    (H.REQUEST_WITHDRAWN, (), {"by": "parent", "evidence": "email"}),
    (H.ADVICE_ASKED, [(H.ASSESSMENT_AGREED, AGREED)], {"advice_kind": "medical", "advice_giver": "Paediatrics"}),
    (H.ADVICE_CHASED, ASSESSING, {"advice_kind": "medical"}),
    (H.ADVICE_RECEIVED, ASSESSING, {"advice_kind": "medical"}),
    (H.ADVICE_RETURNED, IN_HAND, {"advice_kind": "medical", "reason": "No dates"}),
    (H.ADVICE_ACCEPTED, IN_HAND, {"advice_kind": "medical"}),
    (H.ADVICE_NOT_KNOWN_TO_SERVICE, ASSESSING, {"advice_kind": "medical"}),
    (H.ADVICE_NOT_NEEDED, ASSESSING, {"advice_kind": "medical", "reason": "asked_by_mistake"}),
    (H.PLAN_AGREED, IN_HAND, {}),
    (H.PLAN_REFUSED, IN_HAND, {"note": "No provision beyond what the school has"}),
    (H.DRAFT_PLAN_SENT, [*IN_HAND, (H.PLAN_AGREED, date(2026, 5, 12))], {}),
    (H.REPRESENTATIONS_RECEIVED, DRAFT, {}),
    (H.MEETING_HELD, (), {"reason": "meeting"}),
    (H.SETTING_CONSULTED, DRAFT, {"setting": "Oak School"}),
    (H.SETTING_REPLIED, CONSULTED, {"setting": "Oak School"}),
    (H.FINAL_PLAN_ISSUED, DRAFT, {}),
    (H.ANNUAL_REVIEW_FINISHED, ISSUED, {"outcome": "amend"}),
    (H.PLAN_AUDITED, ISSUED, {"grade": "requires_improvement", "audited_by": "multi_agency"}),
    (H.EXCEPTION_RECORDED, DRAFT, EXCEPTION),
    (H.EXCEPTION_ENDED, [*DRAFT, (H.EXCEPTION_RECORDED, date(2026, 5, 14), EXCEPTION)], {"paragraph": "13(3)(c)"}),
    (H.MEDIATION_ASKED, REFUSED, {}),
    (H.MEDIATION_HELD, REFUSED, {"reason": "44(2)(b)"}),
    (H.APPEAL_REGISTERED, REFUSED, {}),
    (H.APPEAL_DECIDED, [*REFUSED, (H.APPEAL_REGISTERED, date(2026, 5, 1))], {"reason": "44(2)(b)"}),
    (H.CONCEDED, [*REFUSED, (H.APPEAL_REGISTERED, date(2026, 5, 1))], {"reason": "refusal_to_assess"}),
    (H.MOVED_OUT, (), {"note": "To Berkshire"}),
    (H.MOVED_IN, [(H.MOVED_OUT, date(2026, 4, 1))], {"reason": "during_assessment"}),
    (H.DIED, (), {}),
    (H.CASE_CLOSED, ISSUED, {"reason": "Moved to the plans team"}),
    (H.NOTIFICATION_SENT, (), {"reason": "considering"}),
    (H.NOTE_ADDED, (), {"note": "Rang the school"}),
    (H.CONTACT_RECORDED, (), {"name": "Siobhán O’Brien", "phone": "01632 960000", "email": "s@example.org"}),
]


class TestEveryForm:
    @pytest.mark.parametrize(("happening", "steps", "fields"), WAYS, ids=[way[0].value for way in WAYS])
    def test_it_opens_and_records_what_was_filled_in(self, browser, happening, steps, fields):
        case = made(steps)
        path = f"/cases/{case.id}/log/{happening.value}"
        hidden = opened(browser, path)
        browser.post(path, {**hidden, **day(TODAY), **fields, "confirmed": "y"})
        recorded = events(case)[-1]
        assert (recorded.happening, recorded.occurred_on) == (happening, TODAY)
        assert {name: recorded.detail[name] for name in fields} == fields
        browser.get(f"/cases/{case.id}")

    def test_every_happening_that_can_be_logged_is_among_them(self):
        from casetracker.journeys.cases.offers import GROUPS, NOT_LOGGED_HERE

        tried = {way[0] for way in WAYS}
        assert tried == set(H) - NOT_LOGGED_HERE == {h for _, happenings in GROUPS for h in happenings}

    def test_only_what_the_law_lets_happen_next_is_offered(self, browser):
        case = made()
        page = browser.get(f"/cases/{case.id}/log").text
        assert f"/cases/{case.id}/log/assessment_agreed" in page
        assert f"/cases/{case.id}/log/final_plan_issued" not in page

    def test_what_cannot_happen_yet_leads_back_to_the_choice_with_the_reason(self, browser):
        case = made()
        answer = browser.get(f"/cases/{case.id}/log/final_plan_issued", status=302)
        assert answer.location == f"/cases/{case.id}/log"
        assert "cannot happen to a case at the stage this one is at" in browser.get(answer.location).text

    @pytest.mark.parametrize("word", ["nonsense", "request_received", "entry_withdrawn", "worker_assigned"])
    def test_what_is_not_logged_here_has_no_form(self, browser, word):
        case = made()
        browser.get(f"/cases/{case.id}/log/{word}", status=404)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("on", "words"),
        [
            (RECEIVED - timedelta(days=1), "The day cannot be before the request was received (2 March 2026)"),
            (TODAY + timedelta(days=1), "2 June 2026 is in the future"),
            (date(2010, 1, 1), "That is before Ada was born (4 March 2017)"),
        ],
        ids=["before receipt", "in the future", "before birth"],
    )
    def test_an_impossible_day(self, browser, on, words):
        case = made()
        answer = browser.post(
            f"/cases/{case.id}/log/panel_considered", {**day(on), "confirmed": "y", "note": "kept"}, status=200
        )
        page = html.fromstring(answer.text)
        assert page.xpath("//*[@id='occurred_on-error']")[0].text_content().strip().endswith(words)
        assert page.xpath("//textarea[@name='note']")[0].text.strip() == "kept"
        assert len(events(case)) == 1

    @pytest.mark.parametrize("boxes", [["31", "2", "2026"], ["1", "1", "0203"], ["", "5", "2026"], ["x", "y", "z"]])
    def test_a_day_that_is_none(self, browser, boxes):
        case = made()
        answer = browser.post(f"/cases/{case.id}/log/panel_considered", {"occurred_on": boxes}, status=200)
        assert "Enter a real date" in answer.text
        assert html.fromstring(answer.text).xpath("//input[@name='occurred_on']/@value") == boxes

    def test_an_exception_whose_dates_do_not_satisfy_its_paragraph_with_the_reason_beside_it(self, browser):
        case = made()
        fields = {**EXCEPTION, "paragraph": "5(4)(d)", **day(date(2026, 5, 1), "until")}
        answer = browser.post(
            f"/cases/{case.id}/log/exception_recorded", {**day(date(2026, 4, 9)), **fields}, status=200
        )
        error = html.fromstring(answer.text).xpath("//*[@id='paragraph-error']")[0].text_content()
        assert "reg 5(4)(d): they were away for 23 days, and it must be 28 or more" in error.replace("Reg", "reg")

    def test_a_reply_from_a_setting_that_was_not_consulted(self, browser):
        case = made(CONSULTED)
        answer = browser.post(
            f"/cases/{case.id}/log/setting_replied", {**day(TODAY), "setting": "Elm School"}, status=200
        )
        assert (
            "no consultation of"
            in html.fromstring(answer.text).xpath("//*[@id='setting-error']")[0].text_content().lower()
        )

    @pytest.mark.parametrize(
        ("told", "met", "field", "words"),
        [
            (
                TODAY,
                TODAY + timedelta(days=1),
                "met_on",
                "The review meeting cannot have been after the family was told",
            ),
            (TODAY, date(2026, 5, 28), "met_on", "cannot have been before the plan was made (29 May 2026)"),
            (TODAY + timedelta(days=1), TODAY, "occurred_on", "2 June 2026 is in the future"),
        ],
        ids=["after the decision", "before the plan", "in the future"],
    )
    def test_a_review_that_cannot_have_been_with_the_reason_beside_the_day(self, browser, told, met, field, words):
        case = made(ISSUED)
        fields = {**day(told), **day(met, "met_on"), "outcome": "maintain", "confirmed": "y"}
        answer = browser.post(f"/cases/{case.id}/log/annual_review_finished", fields, status=200)
        assert words in html.fromstring(answer.text).xpath(f"//*[@id='{field}-error']")[0].text_content()
        assert fresh(case).version == len(ISSUED) + 1

    def test_every_error_of_the_summary_leads_to_a_box(self, browser):
        case = made(DRAFT)
        answer = browser.post(f"/cases/{case.id}/log/exception_recorded", {"occurred_on": ["", "", ""]}, status=200)
        page = html.fromstring(answer.text)
        targets = page.xpath("//*[contains(@class,'govuk-error-summary__list')]//a/@href")
        assert len(targets) == 4
        assert all(page.xpath(f"//*[@id='{target[1:]}']") for target in targets)


class TestWhatIsAskedAbout:
    def test_a_final_plan_with_no_draft_is_recorded_only_once_confirmed(self, browser):
        case = made([*IN_HAND, (H.PLAN_AGREED, date(2026, 5, 12))])
        path = f"/cases/{case.id}/log/final_plan_issued"
        answer = browser.post(path, day(TODAY), status=200)
        assert "Nothing has been saved yet. No draft plan has been recorded" in answer.text
        assert fresh(case).stage is Stage.PLANNING
        browser.post(path, {**day(TODAY), "confirmed": "y"})
        assert fresh(case).stage is Stage.ISSUED

    def test_a_final_plan_inside_the_familys_fifteen_days(self, browser):
        case = made([*DRAFT[:-1], (H.DRAFT_PLAN_SENT, date(2026, 5, 25))])
        answer = browser.post(f"/cases/{case.id}/log/final_plan_issued", day(TODAY), status=200)
        assert "The family has until 8 June 2026 to make representations" in answer.text

    def test_the_very_same_thing_twice_on_a_day(self, browser):
        case = made([(H.PANEL_CONSIDERED, date(2026, 5, 30))])
        answer = browser.post(f"/cases/{case.id}/log/panel_considered", day(date(2026, 5, 30)), status=200)
        assert "The very same is on record for that day already" in answer.text

    def test_something_of_long_ago(self, browser):
        case = made()
        answer = browser.post(f"/cases/{case.id}/log/panel_considered", day(date(2026, 3, 9)), status=200)
        assert "That is 84 days ago" in answer.text

    def test_a_weekend_is_not_odd(self, browser):
        case = made()
        browser.post(f"/cases/{case.id}/log/panel_considered", day(date(2026, 5, 30)))
        assert events(case)[-1].happening is H.PANEL_CONSIDERED


class TestTwoPeople:
    def test_the_second_sees_what_the_first_recorded_keeps_what_they_typed_and_can_save_again(self, client, user):
        case = made()
        first, second = client(user(name="Wilma Worker")), client(user(name="Omar Officer"))
        path = f"/cases/{case.id}/log/note_added"
        hidden = opened(second, path)
        first.post(f"/cases/{case.id}/log/panel_considered", {**day(TODAY), **opened(first, path)})
        answer = second.post(path, {**day(TODAY), **hidden, "note": "O’Brien’s mother rang"}, status=200)
        page = html.fromstring(answer.text)
        assert "Somebody else has changed this case since you opened it" in answer.text
        assert "Considered by panel, 1 June 2026, by Wilma Worker" in answer.text
        assert page.xpath("//textarea[@name='note']")[0].text.strip() == "O’Brien’s mother rang"
        assert page.xpath("//input[@name='version']/@value") == ["2"]
        second.post(path, {**day(TODAY), **hidden, "version": "2", "note": "O’Brien’s mother rang"})
        assert [event.happening for event in events(case)[1:]] == [H.PANEL_CONSIDERED, H.NOTE_ADDED]

    def test_what_the_first_did_may_make_the_seconds_step_impossible(self, client, user):
        case = made()
        first, second = client(user()), client(user())
        path = f"/cases/{case.id}/log/assessment_agreed"
        hidden = opened(second, path)
        first.post(f"/cases/{case.id}/log/assessment_refused", {**day(TODAY), "reason": "5(1)"})
        assert "since you opened it" in second.post(path, {**day(TODAY), **hidden}, status=200).text
        answer = second.post(path, {**day(TODAY), **hidden, "version": "2"}, status=200)
        assert "cannot happen to a case that is at “Refused: no assessment”" in answer.text
        assert fresh(case).stage is Stage.REFUSED

    def test_a_form_sent_twice_records_once(self, browser):
        case = made()
        path = f"/cases/{case.id}/log/note_added"
        fields = {**day(TODAY), **opened(browser, path), "note": "Once"}
        first, second = browser.post(path, fields), browser.post(path, fields)
        assert first.location == second.location == f"/cases/{case.id}"
        assert len(events(case)) == 2


class TestWhatPeopleType:
    @pytest.mark.parametrize(
        "text", ["👨‍👩‍👧 says “fine”", "Ó Súilleabháin & O'Brien", "<script>alert(1)</script>", "Zoë\nŁukasz"]
    )
    def test_a_note_is_kept_as_it_was_typed(self, browser, text):
        case = made()
        browser.post(f"/cases/{case.id}/log/note_added", {**day(TODAY), "note": text})
        assert events(case)[-1].detail["note"] == text
        shown = html.fromstring(browser.get(f"/cases/{case.id}").text)
        assert any(text in p.text_content() for p in shown.xpath("//li[@id='entry-2']//p"))

    def test_ten_thousand_characters_are_kept_and_one_more_is_an_error_beside_the_field(self, browser):
        case = made()
        path = f"/cases/{case.id}/log/note_added"
        browser.post(path, {**day(TODAY), "note": "x" * 10_000})
        assert len(events(case)[-1].detail["note"]) == 10_000
        answer = browser.post(path, {**day(TODAY), "note": "y" * 10_001}, status=200)
        page = html.fromstring(answer.text)
        assert "Use 10,000 characters or fewer" in page.xpath("//*[@id='note-error']")[0].text_content()
        assert page.xpath("//textarea[@name='note']")[0].text.strip() == "y" * 10_001


class TestWhatNoBrowserSends:
    def test_a_nul_in_a_note_is_left_out(self, browser):
        case = made()
        browser.post(f"/cases/{case.id}/log/note_added", {**day(TODAY), "note": "one\0two"})
        assert events(case)[-1].detail["note"] == "onetwo"

    @pytest.mark.parametrize("key", ["\0", "x" * 300, "", "' OR 1=1"])
    def test_a_key_that_is_none_of_ours_is_replaced(self, browser, key):
        case = made()
        browser.post(f"/cases/{case.id}/log/note_added", {**day(TODAY), "note": "n", "submission": key})
        assert len(events(case)[-1].submission) == 32

    @pytest.mark.parametrize("version", ["999999999999999999999", "-1", "x", "\0"])
    def test_a_version_that_is_none_of_ours_records_nothing_or_is_not_a_version(self, browser, version):
        case = made()
        fields = {**day(TODAY), "note": "n", "version": version}
        browser.post(f"/cases/{case.id}/log/note_added", fields, status=200 if version.isdigit() else 302)

    def test_the_last_day_of_the_calendar_is_no_day(self, browser):
        case = made()
        fields = {**day(TODAY), **EXCEPTION, "paragraph": "5(4)(a)", "until": ["31", "12", "9999"]}
        answer = browser.post(f"/cases/{case.id}/log/exception_recorded", fields, status=200)
        assert "Enter a real date" in answer.text


class TestWhoAsks:
    def test_a_form_without_its_token_is_shown_again_with_what_was_typed(self, browser):
        case = made()
        answer = browser.post(
            f"/cases/{case.id}/log/note_added", {**day(TODAY), "note": "Kept 🙂"}, token=None, status=400
        )
        page = html.fromstring(answer.text)
        assert page.xpath("//form[@action]//input[@name='note']/@value") == ["Kept 🙂"]
        assert len(events(case)) == 1

    def test_what_was_typed_survives_an_ended_session(self, app, worker, client):
        from casetracker.services import accounts

        accounts.create_user(email="ended@example.gov.uk", name="E", role=Role.CASEWORKER, password="a long passphrase")
        case = made()
        stranger = client(None)
        path = f"/cases/{case.id}/log/note_added"
        fields = {**day(TODAY), "note": "Typed before the session ended\nÓ Súilleabháin", "submission": "e" * 32}
        answer = stranger.post(path, fields, status=401)
        held = html.fromstring(answer.text).xpath("//input[@name='held']/@value")[0]
        signed_in = stranger.post(
            "/sign-in",
            {"email": "ended@example.gov.uk", "password": "a long passphrase", "held": held, "next": path},
            status=200,
        )
        page = html.fromstring(signed_in.text)
        form = page.xpath(f"//form[@action='{path}']")[0]
        again = [(i.get("name"), i.get("value")) for i in form.xpath(".//input[@type='hidden']")]
        sent = {name: [v for n, v in again if n == name] for name, _ in again if name != "csrf_token"}
        stranger.post(path, sent)
        assert events(case)[-1].detail["note"] == fields["note"]

    @pytest.mark.parametrize("role", [Role.DATA_OFFICER, Role.ADMINISTRATOR])
    def test_somebody_who_may_only_look_cannot_record(self, client, user, role):
        case = made()
        browser = client(user(role))
        assert "Log what happened" not in browser.get(f"/cases/{case.id}").text
        browser.get(f"/cases/{case.id}/log", status=403)
        browser.post(f"/cases/{case.id}/log/note_added", {**day(TODAY), "note": "No"}, status=403)

    @pytest.mark.parametrize(
        "path",
        [
            "/cases/99999999999999999999",
            "/cases/999999",
            "/cases/999999/log",
            "/cases/abc",
            "/cases/999999/entries/1/correct",
        ],
    )
    def test_a_case_that_is_not_there_is_not_found(self, browser, path):
        browser.get(path, status=404)

    def test_the_chosen_worker_becomes_the_named_worker(self, browser, user):
        case, other = made(), user(name="Nia Newhand")
        answer = browser.post(f"/cases/{case.id}/assign", {"worker": str(other.id)})
        assert answer.location == f"/cases/{case.id}"
        assert fresh(case).named_worker_id == other.id
        assert re.search(r"Named worker</dt>\s*<dd[^>]*>Nia Newhand", browser.get(f"/cases/{case.id}").text)
