"""The pages about the time to come: what each shows, to whom, what it refuses, and what it saves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import BacklogPlan, StaffFigures
from casetracker.queries import ahead
from casetracker.roles import Role
from casetracker.services import histories
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.ahead.nights import ended_case, keep, open_case, store

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
PAGES = ("/ahead", "/ahead/backlog", "/ahead/capacity")
STAFF = {
    "psychologists": "8", "psychologist_hours": "20", "hours_per_advice": "16",
    "caseworkers": "10", "caseworker_hours": "24", "hours_per_plan": "20", "target": "55",
    "extra_psychologists": "2", "extra_caseworkers": "1", "extra_from": "3",
    "agency_psychologists": "3", "agency_writers": "2", "agency_months": "6",
}  # fmt: skip


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def text(answer) -> str:
    return words(html.fromstring(answer.text).find(".//main"))


def lines(answer) -> list[str]:
    return [words(row) for row in html.fromstring(answer.text).findall(".//tbody/tr")]


def county() -> None:
    """Make a county with two years of requests, ten overdue cases and two that can be in time, and keep its night."""
    store(*[ended_case(n, days=80 + n % 100, on=TODAY - timedelta(days=3 * n)) for n in range(240)])
    stages = (Stage.CONSULTING, Stage.PLANNING, Stage.ASSESSING)
    late = store(*[open_case(n, waited=150 + 10 * n, on=TODAY, stage=stages[n % 3]) for n in range(10)])
    young = store(*[open_case(100 + n, waited=100, on=TODAY, stage=Stage.CONSULTING) for n in range(2)])
    keep(TODAY, {**{case: 10 if n < 4 else 400 for n, case in enumerate(late)}, **dict.fromkeys(young, 5)})
    db.session.commit()


def issued(on: date, *, reference: str):
    """Record that the plan of a case was issued late on a day, at noon."""
    steps = [(H.ASSESSMENT_AGREED, date(2026, 1, 5)), (H.PLAN_AGREED, on), (H.FINAL_PLAN_ISSUED, on)]
    case = factories.case(received_on=date(2025, 12, 1), steps=steps, today=on, reference=reference)
    db.session.commit()
    return case


class TestWhoMaySee:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("path", PAGES)
    def test_all_staff_see_them_before_and_after_the_first_night(self, client, user, role, path):
        assert "There is no forecast yet." in text(client(user(role)).get("/ahead"))
        client(user(role)).get(path)
        county()
        assert "It advises people and decides nothing." in text(client(user(role)).get(path))

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.DATA_OFFICER])
    def test_only_managers_and_administrators_save(self, client, user, role):
        county()
        browser = client(user(role))
        assert "Save" not in text(browser.get("/ahead/backlog"))
        browser.post("/ahead/backlog", {"number": "3", "order": "oldest"}, status=403)
        browser.post("/ahead/capacity", STAFF, status=403)
        assert db.session.scalar(select(func.count(BacklogPlan.id))) == 0


class TestWhereTimelinessWillEnd:
    def test_every_period_has_its_line(self, client, user):
        county()
        answer = client(user(Role.MANAGER)).get("/ahead")
        shown = lines(answer)
        assert [line.split("%")[0].rsplit(" ", 1)[0] for line in shown] == [
            "June 2026", "April to June 2026", "2026", "2025/26",
        ]  # fmt: skip
        month = ahead.current(today=TODAY)
        assert f"{next(iter(month.values())).percent:.1f}%" in shown[0]

    def test_it_says_when_it_rests_on_what_is_usual_elsewhere(self, client, user):
        county()
        assert "rests on what is usual elsewhere" in text(client(user(Role.MANAGER)).get("/ahead"))

    def test_this_page_and_the_two_years_each_say_what_they_suppose(self, client, user):
        county()
        browser = client(user(Role.MANAGER))
        year, two_years = text(browser.get("/ahead")), text(browser.get("/ahead/capacity"))
        assert "Two years ahead supposes instead that the staff and hours entered there do the work" in year
        assert "The figures here are not those of Where timeliness will end ." in two_years
        assert "could have them all today, however unlikely that is" in year

    def test_it_says_when_it_is_old(self, client, user, on_the_day):
        county()
        on_the_day.move_to(TODAY + timedelta(days=3))
        for role, leads in ((Role.ADMINISTRATOR, True), (Role.CASEWORKER, False)):
            answer = client(user(role)).get("/ahead")
            assert "The forecast is of 1 June 2026." in text(answer)
            assert ('see <a class="govuk-link" href="/jobs">Jobs</a>' in answer.text) is leads

    def test_it_says_how_many_open_cases_are_in_it_when_some_are_not(self, client, user):
        one, _ = store(open_case(1, waited=10, on=TODAY), open_case(2, waited=10, on=TODAY))
        keep(TODAY, {one: 30})
        db.session.commit()
        assert "1 of 2 open cases is in it" in text(client(user(Role.MANAGER)).get("/ahead"))

    def test_what_happened_is_shown_beside_what_was_foreseen(self, client, user, on_the_day):
        county()
        on_the_day.move_to(date(2026, 7, 10))
        keep_nothing_more = ahead.scored(today=date(2026, 7, 10))
        assert keep_nothing_more == []  # 29 days before the end is none of the weeks that are scored
        none_yet = text(client(user(Role.MANAGER)).get("/ahead"))  # June is over, and was foreseen
        assert "No forecast can be held against what happened yet" in none_yet
        assert "1, 2, 4, 8, 12 or 26 weeks before its end" in none_yet
        (case,) = store(open_case(500, waited=100, on=date(2026, 7, 3)))
        keep(date(2026, 7, 3), {case: 5})
        store(ended_case(900, days=100, on=date(2026, 7, 20)))
        db.session.commit()
        on_the_day.move_to(date(2026, 8, 3))
        answer = client(user(Role.MANAGER)).get("/ahead")
        assert lines(answer)[-1].startswith("July 2026 4 ")
        assert "Of 1 forecast of periods that are over" in text(answer)

    def test_it_asks_few_questions_of_the_database(self, client, user, queries_of):
        county()
        browser = client(user(Role.MANAGER))
        browser.get("/ahead")
        for path, most in zip(PAGES, (14, 14, 12), strict=True):
            with queries_of() as asked:
                browser.get(path)
            assert len(asked) <= most, f"{path} asked {len(asked)} questions"


class TestTheDial:
    def test_it_begins_at_the_present_pace_and_lays_settings_side_by_side(self, client, user):
        county()
        answer = client(user(Role.MANAGER)).get("/ahead/backlog")
        assert "10 overdue plans would count against the figure" in text(answer)
        assert "leaving out every case with an exception or on a clock that an appeal or mediation" in text(answer)
        assert "can be issued by then" not in text(answer)
        shown = [line.split()[0] for line in lines(answer)]
        assert shown == ["0", "4", "5", "8", "10"]
        assert "4 (chosen)" in text(answer)

    def test_the_order_asked_for_is_the_one_that_is_worked_out(self, client, user):
        county()
        browser = client(user(Role.MANAGER))
        oldest = lines(browser.get("/ahead/backlog?number=2&order=oldest"))
        readiest = lines(browser.get("/ahead/backlog?number=2&order=readiest"))
        assert [line for line in oldest if line.startswith("2 (chosen)")] != [
            line for line in readiest if line.startswith("2 (chosen)")
        ]

    @pytest.mark.parametrize("number", ["-1", "2.5", "", "lots", "1e9", "nan", "100,001"])
    def test_a_number_that_cannot_be_is_refused_beside_its_box_and_kept_in_it(self, client, user, number):
        county()
        answer = client(user(Role.MANAGER)).get(f"/ahead/backlog?number={number}&order=oldest")
        assert "Enter a whole number from 0 to 100,000" in text(answer)
        page = html.fromstring(answer.text)
        assert page.get_element_by_id("number").get("value", "") == number
        assert page.findtext(".//title").startswith("Error: ")
        assert not page.xpath("//form[@method='post' and contains(@action, 'backlog')]")

    def test_an_order_that_there_is_not_is_refused(self, client, user):
        county()
        client(user(Role.MANAGER)).get("/ahead/backlog?number=3&order=nicest")

    def test_a_plan_is_saved_once_however_often_it_is_sent(self, client, user):
        county()
        browser = client(user(Role.MANAGER))
        plan = {"number": "3", "order": "readiest", "submission": "a-form-of-its-own"}
        browser.post("/ahead/backlog", plan)
        browser.post("/ahead/backlog", plan)
        saved = db.session.scalars(select(BacklogPlan)).one()
        assert (saved.number, saved.taken_first, saved.made_on, saved.ends_on) == (
            3, "readiest", TODAY, date(2026, 6, 30),
        )  # fmt: skip
        assert saved.figures["number"] == 3 and saved.figures["left"] == 7

    def test_a_plan_is_held_against_what_was_done(self, client, user, on_the_day):
        county()
        browser = client(user(Role.MANAGER))
        browser.post("/ahead/backlog", {"number": "3", "order": "oldest", "submission": "one"})
        before = lines(browser.get("/ahead/backlog"))[-1]
        assert "3, oldest first 0 3 to go" in before
        store(ended_case(900, days=200, on=date(2026, 6, 20)), ended_case(901, days=100, on=date(2026, 6, 20)))
        db.session.commit()
        on_the_day.move_to(date(2026, 7, 2))
        after = lines(client(user(Role.MANAGER)).get("/ahead/backlog"))[-1]
        assert "3, oldest first 1 2 short" in after

    def test_what_was_issued_before_the_plan_was_saved_is_not_counted_as_done(self, client, user, on_the_day):
        county()
        late = issued(TODAY, reference="BEFORE")
        on_the_day.move_to(datetime(2026, 6, 1, 13, tzinfo=UTC))
        browser = client(user(Role.MANAGER))
        browser.post("/ahead/backlog", {"number": "2", "order": "oldest", "submission": "one"})
        assert late.final_plan_on == TODAY
        assert "2, oldest first 0 2 to go" in lines(browser.get("/ahead/backlog"))[-1]
        on_the_day.move_to(NOW + timedelta(days=1))
        issued(TODAY + timedelta(days=1), reference="AFTER")
        assert "2, oldest first 1 1 to go" in lines(browser.get("/ahead/backlog"))[-1]

    def test_the_same_plan_saved_again_that_day_is_no_second_plan(self, client, user, on_the_day):
        county()
        browser = client(user(Role.MANAGER))
        plans = [("3", "oldest"), ("3", "oldest"), ("3", "readiest"), ("4", "readiest")]
        for place, (number, order) in enumerate(plans):
            browser.post("/ahead/backlog", {"number": number, "order": order, "submission": f"form-{place}"})
        found = db.session.execute(select(BacklogPlan.number, BacklogPlan.taken_first).order_by(BacklogPlan.id)).all()
        assert [tuple(row) for row in found] == [(3, "oldest"), (3, "readiest"), (4, "readiest")]
        on_the_day.move_to(NOW + timedelta(days=1))
        browser.post("/ahead/backlog", {"number": "4", "order": "readiest", "submission": "next-day"})
        assert db.session.scalar(select(func.count(BacklogPlan.id))) == 4

    @pytest.mark.parametrize(("day", "most"), [(15, 10), (16, 4)], ids=["time for a draft", "no time for one"])
    def test_no_more_is_offered_than_can_lawfully_be_issued_by_the_end_of_the_month(
        self, client, user, on_the_day, day, most
    ):
        """A draft of 15 June leaves the family until the 29th, and its plan can follow on the 30th (reg 13(1)(a))."""
        county()
        on_the_day.move_to(date(2026, 6, day))
        browser = client(user(Role.MANAGER))
        page = browser.get("/ahead/backlog?number=10&order=oldest")
        shown = [line.split()[0] for line in lines(page)]
        assert shown[-1] == str(most)
        said = "4 of them can be issued by then and 6 cannot"
        assert (
            said in text(page),
            "6 have no draft yet: after one sent today the plan can follow on 1 July 2026" in text(page),
        ) == (most < 10, most < 10)
        assert ("You asked for 10, which is more than can be issued" in text(page)) == (most < 10)
        browser.post("/ahead/backlog", {"number": "10", "order": "oldest", "submission": "one"})
        assert db.session.scalars(select(BacklogPlan.number)).all() == [most]

    def test_a_draft_on_which_the_family_still_has_its_days_is_not_offered_and_the_page_says_why(
        self, client, user, on_the_day
    ):
        on_the_day.move_to(datetime(2026, 6, 17, 12, tzinfo=UTC))
        steps = [(H.ASSESSMENT_AGREED, date(2026, 1, 5)), (H.DRAFT_PLAN_SENT, date(2026, 6, 16))]
        case = factories.case(received_on=date(2025, 12, 1), steps=steps, today=date(2026, 6, 17))
        keep(date(2026, 6, 17), {case.id: 10})
        db.session.commit()
        page = client(user(Role.MANAGER)).get("/ahead/backlog?number=1&order=oldest")
        assert "1 has a draft, and the family’s 15 days go on until 30 June 2026 or later" in text(page)
        assert [line.split()[0] for line in lines(page)] == ["0"]

    def test_a_plan_issued_since_the_night_is_not_offered_again_and_is_counted_as_issued(
        self, client, user, on_the_day
    ):
        steps = [(H.ASSESSMENT_AGREED, date(2026, 1, 5)), (H.DRAFT_PLAN_SENT, date(2026, 5, 1))]
        late = [factories.case(received_on=date(2025, 12, 1), steps=steps, today=TODAY) for _ in range(3)]
        keep(TODAY, {case.id: 400 for case in late})
        db.session.commit()
        browser = client(user(Role.MANAGER))
        assert text(browser.get("/ahead/backlog")).count("3 overdue plans would count") == 1
        first, second = (factories.entry((what, TODAY)) for what in (H.FINAL_PLAN_ISSUED, H.REQUEST_WITHDRAWN))
        histories.append(case_id=late[0].id, entries=[first], today=TODAY)
        histories.append(case_id=late[1].id, entries=[second], today=TODAY)
        db.session.commit()
        page = browser.get("/ahead/backlog?number=0&order=oldest")
        assert "1 overdue plan would count" in text(page)
        assert "1 issued late this month was recorded since the forecast, and is counted as issued" in text(page)
        assert [line.split()[0] for line in lines(page)] == ["0", "1"]
        assert lines(page)[0].split()[2] == "0.0%"

    def test_a_later_plan_of_the_month_stands_in_place_of_the_earlier(self, client, user, on_the_day):
        county()
        browser = client(user(Role.MANAGER))
        browser.post("/ahead/backlog", {"number": "3", "order": "oldest", "submission": "one"})
        on_the_day.move_to(NOW + timedelta(days=1))
        browser.post("/ahead/backlog", {"number": "5", "order": "oldest", "submission": "two"})
        later, earlier = lines(browser.get("/ahead/backlog"))[-2:]
        assert "5, oldest first 0 5 to go" in later
        assert "3, oldest first Replaced on 2 June 2026" in earlier
        on_the_day.move_to(date(2026, 7, 1))
        (case,) = store(open_case(500, waited=200, on=date(2026, 7, 1), stage=Stage.CONSULTING))
        keep(date(2026, 7, 1), {case: 10})
        db.session.commit()
        browser = client(user(Role.MANAGER))
        browser.post("/ahead/backlog", {"number": "1", "order": "oldest", "submission": "three"})
        assert "5, oldest first 0 5 short" in lines(browser.get("/ahead/backlog"))[-2]

    def test_a_plan_with_no_token_is_refused(self, client, user):
        county()
        client(user(Role.MANAGER)).post("/ahead/backlog", {"number": "3", "order": "oldest"}, token=None, status=400)


class TestTwoYears:
    def test_the_four_courses_stand_side_by_side(self, client, user):
        county()
        answer = client(user(Role.MANAGER)).get("/ahead/capacity")
        shown = lines(answer)
        names = ("The staff there are", "Extra staff", "Agency for 6 months", "Extra staff and agency for 6 months")
        assert all(line.startswith(name) for line, name in zip(shown, names, strict=False))
        assert "Nobody has saved people and hours yet." in text(answer)
        assert "So that neither queue grows, the requests expected in the second year need" in text(answer)

    def test_what_is_asked_for_is_worked_out_again_the_same(self, client, user):
        county()
        browser = client(user(Role.MANAGER))
        path = "/ahead/capacity?" + "&".join(f"{name}={value}" for name, value in STAFF.items())
        assert lines(browser.get(path)) == lines(browser.get(path))
        assert lines(browser.get(path)) != lines(browser.get(path.replace("psychologists=8&", "psychologists=0&", 1)))

    def test_figures_that_cannot_be_are_refused_beside_their_boxes_and_kept(self, client, user):
        county()
        asked = {**STAFF, "hours_per_advice": "0", "agency_months": "half"}
        path = "/ahead/capacity?" + "&".join(f"{name}={value}" for name, value in asked.items())
        answer = client(user(Role.MANAGER)).get(path)
        assert "Enter a number from 1 to 200" in text(answer)
        assert "Enter a whole number from 1 to 24" in text(answer)
        page = html.fromstring(answer.text)
        assert page.get_element_by_id("agency_months").get("value") == "half"
        assert "When it breaks" not in text(answer)

    def test_what_is_saved_is_what_it_begins_with(self, client, user):
        county()
        browser = client(user(Role.MANAGER, name="Morag Sinclair"))
        browser.post("/ahead/capacity", STAFF)
        browser.post("/ahead/capacity", STAFF)
        assert db.session.scalar(select(func.count(StaffFigures.id))) == 1
        answer = client(user(Role.MANAGER)).get("/ahead/capacity")
        page = html.fromstring(answer.text)
        assert page.get_element_by_id("psychologists").get("value") == "8"
        assert {name: page.get_element_by_id(name).get("value") for name in STAFF} == STAFF
        assert "saved by Morag Sinclair" in text(answer)
        assert "More staff can make timeliness worse at first" in text(answer)

    def test_figures_saved_without_any_laid_beside_them_begin_with_the_usual_ones(self, client, user):
        county()
        manager = user(Role.MANAGER)
        client(manager).post("/ahead/capacity", STAFF)
        kept = db.session.scalars(select(StaffFigures)).one()
        kept.figures = {
            name: value for name, value in kept.figures.items() if "extra" not in name and "agency" not in name
        }
        db.session.commit()
        page = html.fromstring(client(manager).get("/ahead/capacity").text)
        assert page.get_element_by_id("psychologists").get("value") == "8"
        assert page.get_element_by_id("agency_months").get("value") == "6"

    def test_figures_that_cannot_be_are_not_saved(self, client, user):
        county()
        browser = client(user(Role.MANAGER))
        answer = browser.post("/ahead/capacity", {**STAFF, "psychologists": "-1"}, status=200)
        assert "Enter a number from 0 to 1,000" in text(answer)
        assert db.session.scalar(select(func.count(StaffFigures.id))) == 0
