"""A manager's month and a data officer's figures, in a browser."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from casetracker import clock, jobs
from tests.browser.conftest import Site, check_accessible
from tests.browser.steps import fill_day

SignIn = Callable[[str], Page]


def test_a_manager_follows_a_figure_to_its_cases_and_freezes_it(sign_in: SignIn):
    page = sign_in("manager")
    page.get_by_role("link", name="Figures").click()
    page.get_by_role("link", name="Measures").click()
    page.get_by_role("link", name="Plans issued within 20 weeks, excluding exceptions").click()
    expect(page.get_by_role("img", name="Plans issued within 20 weeks, excluding exceptions")).to_be_visible()
    page.get_by_role("link", name="Calendar year", exact=True).click()
    row = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name=str(clock.today().year - 1), exact=True)
    )
    counted = row.get_by_role("cell").nth(2).inner_text()
    row.get_by_role("cell").nth(2).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name=f"{counted} counted")).to_be_visible()
    page.get_by_role("link", name="Back to the measure").click()
    page.get_by_role("link", name="Freeze a figure that is reported").click()
    check_accessible(page)
    fill_day(page, "known_on", clock.today())
    page.get_by_role("button", name="Freeze the figure").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a day that is over")
    check_accessible(page)
    fill_day(page, "known_on", clock.today() - timedelta(days=1))
    page.get_by_label("Where it is reported").fill("Improvement board")
    page.get_by_role("button", name="Freeze the figure").click()
    expect(page.get_by_text("Nothing keyed since of what happened up to")).to_be_visible()
    check_accessible(page)


def test_a_past_day_is_asked_for_by_keyboard(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/measures/plans_within_20_weeks")
    page.get_by_label("As known on").focus()
    day = clock.today() - timedelta(days=100)
    page.keyboard.type(f"{day:%d/%m/%Y}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("As known at the close of")).to_be_visible()
    page.get_by_role("link", name=re.compile("Keyed since")).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What was keyed since")
    check_accessible(page)


def test_a_data_officer_enters_a_figure_and_mends_what_is_missing(sign_in: SignIn, site: Site):
    with site.app.app_context():
        jobs.data_quality(on=clock.today() - timedelta(days=1))
        jobs.data_quality()
    page = sign_in("data")
    page.goto("/measures")
    page.get_by_role("link", name="Supported internships").click()
    page.get_by_role("link", name="Enter a figure").click()
    fill_day(page, "as_at", clock.today() - timedelta(days=30))
    page.get_by_label("Figure", exact=True).fill("many")
    page.get_by_label("Source").fill("SEN2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a number")
    check_accessible(page)
    page.get_by_label("Figure", exact=True).fill("57")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="57", exact=True)).to_be_visible()
    check_accessible(page)
    page.goto("/measures/data-quality")
    expect(page.get_by_role("img", name="Share of cases with no fault")).to_be_visible()
    page.get_by_role("link", name=re.compile("with: No UPN, no ULN")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("No UPN, no ULN")
    check_accessible(page)


@pytest.mark.parametrize(
    "path",
    [
        "/measures",
        "/measures/plans_within_20_weeks",
        "/measures/open_cases",
        "/measures/advice_within_6_weeks/by/kind?by=calendar&on={day}",
        "/measures/plans_within_20_weeks/by/ethnicity?by=calendar&on={day}",
        "/measures/data-quality",
        "/measures/equity",
        "/measures/entered/upload",
    ],
)
@pytest.mark.parametrize("width", [1280, 320])
def test_is_accessible_and_no_wider_than_its_window(sign_in: SignIn, path: str, width: int):
    page = sign_in("data")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path.format(day=clock.today().isoformat()))
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
