"""Whole journeys, in a browser, as the people who make them do."""

# ruff: noqa: E501  (rows of data, one to a line)

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from casetracker import clock
from casetracker.demonstration import load as demonstration
from casetracker.tasks.imports import run_waiting
from tests.browser.conftest import Site, check_accessible
from tests.browser.steps import fill_day, log, open_first_case, save
from tests.integration.imports.returns import case_of, write_return

SignIn = Callable[[str], Page]


def days_ago(number: int):
    return clock.today() - timedelta(days=number)


def log_a_request(page: Page, *, surname: str = "Quillfeather", days: int = 135) -> None:
    page.goto("/requests/new")
    fill_day(page, "received_on", days_ago(days))
    page.get_by_label("School or other education setting").check(force=True)
    page.get_by_label("First name").fill("Seán")
    page.get_by_label("Last name").fill(surname)
    fill_day(page, "born_on", days_ago(365 * 8))
    page.get_by_role("button", name="Log the request").click()


def test_a_request_from_receipt_to_final_plan(sign_in: SignIn):
    page = sign_in("caseworker")
    log_a_request(page, surname="Ó Súilleabháin-O’Brien")
    expect(page.get_by_role("heading", level=1, name="Seán Ó Súilleabháin-O’Brien")).to_be_visible()
    expect(page.get_by_text("Week 20 of 20, day 135")).to_be_visible()
    log(page, "Family told: we will assess", days_ago(100))
    for kind in ("educational", "medical", "psychological"):
        log(page, "Advice asked for", days_ago(99), advice_kind=kind)
        log(page, "Advice received", days_ago(60), advice_kind=kind)
    log(page, "Decided to make a plan", days_ago(40))
    log(page, "Draft plan sent", days_ago(30))
    log(page, "Representations received", days_ago(20))
    log(page, "Final plan issued", days_ago(2))
    expect(page.get_by_text("Final plan issued, since")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Final plan issued"))
    expect(row.get_by_text("Met", exact=True)).to_be_visible()
    expect(row.get_by_text("SEND Regs 2014, reg 13(2)")).to_be_visible()


def test_a_correction_keeps_what_it_corrects(sign_in: SignIn):
    page = sign_in("caseworker")
    log_a_request(page, days=50)
    log(page, "Family told: we will assess", days_ago(20))
    page.get_by_role("link", name=re.compile(r"^Correct\s*: Family told: we will assess")).click()
    fill_day(page, "occurred_on", days_ago(9))
    page.get_by_label("Why it is being corrected").fill("The letter went a week later")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("The entry has been corrected")).to_be_visible()
    struck = page.locator(".app-timeline__item--corrected")
    expect(struck).to_have_count(1)
    expect(page.get_by_text("The letter went a week later")).to_be_visible()


def test_a_lawless_step_is_refused_beside_its_day_and_keeps_what_was_typed(sign_in: SignIn):
    page = sign_in("caseworker")
    log_a_request(page, days=30)
    page.get_by_role("button", name="Log what happened").click()
    page.get_by_role("link", name="Note", exact=True).click()
    fill_day(page, "occurred_on", days_ago(60))
    page.get_by_label("Note").fill("A note of what was said 😀")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("A note of what was said 😀")
    check_accessible(page)
    page.locator(".govuk-error-summary a").first.click()
    expect(page.locator("#occurred_on-day")).to_be_focused()


def test_a_data_officer_brings_in_a_return(sign_in: SignIn, site: Site, tmp_path):
    folder = write_return(tmp_path / "return", case_of(1))
    page = sign_in("data")
    page.goto("/imports/new")
    page.get_by_label("A SEN2 return").check(force=True)
    page.locator("input[type=file]").set_input_files(sorted(folder.glob("*.csv")))
    page.get_by_role("button", name="Bring in").click()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    check_accessible(page)
    with site.app.app_context():
        assert run_waiting() == 1
    expect(page.get_by_text("Cases: 1 new")).to_be_visible(timeout=10_000)
    check_accessible(page)


def test_the_main_journey_by_keyboard_alone(page: Page):
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.get_by_label("Email address").focus()
    page.keyboard.type(f"caseworker@{demonstration.DOMAIN}")
    page.keyboard.press("Tab")
    page.keyboard.type(demonstration.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    page.locator("table tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log what happened").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Note", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Note").focus()
    page.keyboard.type("Written without a mouse")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Written without a mouse")).to_be_visible()


def test_pages_work_without_javascript(browser: Browser, site: Site):
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(f"caseworker@{demonstration.DOMAIN}")
    page.get_by_label("Password", exact=True).fill(demonstration.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("table tbody th a").first.click()
    page.get_by_role("button", name="Log what happened").click()
    page.get_by_role("link", name="Note", exact=True).click()
    page.get_by_label("Note").fill("No script ran")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No script ran")).to_be_visible()
    context.close()


def test_what_was_typed_is_kept_when_the_session_ends(sign_in: SignIn):
    page = sign_in("caseworker")
    open_first_case(page)
    page.get_by_role("button", name="Log what happened").click()
    page.get_by_role("link", name="Note", exact=True).click()
    page.get_by_label("Note").fill("Typed for an hour")
    page.wait_for_load_state("networkidle")  # an answer still on its way would bring the cookie back
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your session had ended")).to_be_visible()
    check_accessible(page)
    page.get_by_label("Email address").fill(f"caseworker@{demonstration.DOMAIN}")
    page.get_by_label("Password", exact=True).fill(demonstration.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Typed for an hour")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Send it").click()
    expect(page.locator(".app-timeline").get_by_text("Typed for an hour")).to_be_visible()


def test_the_second_of_two_people_sees_what_the_first_did(sign_in: SignIn, browser: Browser, site: Site):
    page = sign_in("caseworker")
    open_first_case(page)
    case = page.url
    page.goto(f"{case}/log/note_added")
    page.get_by_label("Note").fill("The second note")
    other = page.context.new_page()
    other.goto(f"{case}/log/note_added")
    other.get_by_label("Note").fill("The first note")
    save(other)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this case").first).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("The second note")
    check_accessible(page)
    save(page)
    expect(page.get_by_text("The second note")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("caseworker", ("/cases", "/requests/new", "/alerts", "/timeliness", "/overview")),
        ("manager", ("/overview", "/cases?all=1", "/cases?q=nobody-at-all", "/alerts", "/panels", "/timeliness?by=calendar", "/timeliness?by=rolling", "/jobs")),
        ("data", ("/imports", "/imports/new", "/jobs", "/timeliness?by=academic", "/timeliness?by=financial")),
        ("admin", ("/overview", "/imports", "/programs", "/cases/999999", "/alerts")),
    ],
)  # fmt: skip
def test_every_page_is_accessible(sign_in: SignIn, who: str, paths: tuple[str, ...]):
    page = sign_in(who)
    for path in paths:
        page.goto(path)
        check_accessible(page)


def test_the_pages_of_a_case_are_accessible_wide_and_narrow(sign_in: SignIn):
    page = sign_in("caseworker")
    open_first_case(page, "/cases?stage=assessing")
    case = page.url
    for path in (
        "",
        "/log",
        "/log/exception_recorded",
        "/log/advice_asked",
        "/entries/1/correct",
        "/assign",
        "?on=2026-01-01",
    ):
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{case}{path}")
            check_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} scrolls sideways at {width}"


@pytest.mark.parametrize("path", ["/sign-in", "/accessibility", "/no-such-page"])
def test_the_pages_of_nobody_are_accessible(page: Page, path: str):
    page.goto(path)
    check_accessible(page)


def test_an_empty_form_shows_its_errors_accessibly(sign_in: SignIn):
    page = sign_in("caseworker")
    page.goto("/requests/new")
    page.get_by_role("button", name="Log the request").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.title().startswith("Error:")
    check_accessible(page)
