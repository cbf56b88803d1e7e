"""A manager looks ahead: where the year will end, a plan for the backlog, and the staff of two years, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from casetracker import clock
from casetracker.extensions import db
from casetracker.models import Case
from casetracker.services import tallies
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Basis
from tests.browser.conftest import Site, check_accessible
from tests.integration.ahead import nights

SignIn = Callable[[str], Page]
DAYS = {Stage.CONSULTING: 12, Stage.PLANNING: 45, Stage.ASSESSING: 90}


@pytest.fixture
def night(site: Site) -> None:
    """
    Keep a night of the county's open cases, with what is left to do setting when each will have its plan.

    Three overdue plans wait for nothing but to be issued, so that the dial has some to offer on whatever day it is.
    """
    with site.app.app_context():
        overdue = (Case.is_open, Case.final_due_on < clock.today(), Case.exceptions_apply.is_(False))
        three = select(Case.id).where(*overdue, Case.clock_basis == Basis.REQUEST).order_by(Case.final_due_on).limit(3)
        db.session.execute(update(Case).where(Case.id.in_(three)).values(stage=Stage.CONSULTING))
        tallies.mend()  # for this went by no door
        rows = db.session.execute(select(Case.id, Case.stage).where(Case.is_open)).all()
        nights.keep(clock.today(), {row.id: DAYS.get(row.stage, 130) for row in rows})
        db.session.commit()


@pytest.mark.usefixtures("night")
class TestAManagerLooksAhead:
    def test_where_the_year_will_end(self, sign_in: SignIn):
        page = sign_in("manager")
        page.get_by_role("link", name="Looking ahead").click()
        expect(page.get_by_role("heading", level=1, name="Where timeliness will end")).to_be_visible()
        expect(page.get_by_text("It advises people and decides nothing.")).to_be_visible()
        expect(page.get_by_role("img", name="Where each period’s timeliness will end")).to_be_visible()
        check_accessible(page)
        page.locator("summary").press("Enter")
        expect(page.get_by_text("It is a bound, and not advice")).to_be_visible()
        check_accessible(page)

    def test_the_dial_is_turned_by_keyboard_and_a_plan_saved(self, sign_in: SignIn):
        page = sign_in("manager")
        page.goto("/ahead/backlog")
        box = page.get_by_label("Overdue plans to issue by the end of the month")
        box.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("lots")
        page.keyboard.press("Enter")
        expect(page.locator(".govuk-error-summary")).to_contain_text("Enter a whole number from 0 to 100,000")
        expect(page.get_by_label("Overdue plans to issue by the end of the month")).to_have_value("lots")
        check_accessible(page)
        page.locator(".govuk-error-summary a").press("Enter")
        page.keyboard.press("Control+A")
        page.keyboard.type("2")
        page.keyboard.press("Tab")
        page.keyboard.type("Readiest")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("rowheader", name="2 (chosen)")).to_be_visible()
        check_accessible(page)
        page.get_by_role("button", name="Save 2, readiest first, as the plan for the month").press("Enter")
        expect(page.get_by_text("The plan is saved.")).to_be_visible()
        expect(page.get_by_role("cell", name="2, readiest first")).to_be_visible()
        check_accessible(page)

    def test_two_years_are_worked_out_and_the_staff_saved(self, sign_in: SignIn):
        page = sign_in("manager")
        page.goto("/ahead/capacity")
        check_accessible(page)
        page.get_by_label("Psychologists, whole-time").fill("6.5")
        page.get_by_label("Agency psychologists").fill("none")
        page.get_by_role("button", name="Work it out").click()
        expect(page.locator(".govuk-error-summary")).to_contain_text("Enter a number from 0 to 1,000")
        expect(page.get_by_label("Agency psychologists")).to_have_value("none")
        check_accessible(page)
        page.get_by_label("Agency psychologists").fill("4")
        page.get_by_role("button", name="Work it out").click()
        expect(page.get_by_role("img", name="Weeks that psychological advice takes")).to_be_visible()
        page.get_by_role("button", name="Save these people and hours as ours").click()
        expect(page.get_by_text("The people and hours are saved, with what is laid beside them.")).to_be_visible()
        page.goto("/ahead/capacity")
        expect(page.get_by_label("Psychologists, whole-time")).to_have_value("6.5")
        expect(page.get_by_label("Agency psychologists")).to_have_value("4")
        check_accessible(page)

    def test_nothing_widens_a_narrow_screen(self, sign_in: SignIn):
        page = sign_in("manager")
        page.set_viewport_size({"width": 320, "height": 700})
        for path in ("/ahead", "/ahead/backlog", "/ahead/capacity"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{path} is wider than the screen"
            check_accessible(page)
