"""A manager's morning with the review queue, in a browser: what is to be done, why, by whom, and how it comes back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from casetracker import clock
from casetracker.demonstration import load as demonstration
from casetracker.statute.working_days import is_working_day
from tests.browser.conftest import Site, check_accessible
from tests.browser.steps import fill_day, save

SignIn = Callable[[str], Page]
ALERTS = "table:has(caption:has-text('worst first'))"
TODO = "table:has(caption:has-text('What is to be done'))"


def alert_links(page: Page) -> Locator:
    """Return the links of the queue that open one alert each."""
    return page.locator(f"{ALERTS} tbody th a")


def press(page: Page, link: Locator) -> None:
    """Follow a link or press a button by keyboard."""
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_what_is_to_be_done_to_an_alert_in_hand_by_keyboard_alone(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/alerts")
    check_accessible(page)
    group = page.locator(f"{TODO} tbody tr").first
    to_do, number = group.locator("a").inner_text(), group.locator("td").last.inner_text()
    press(page, group.locator("a"))
    expect(page.locator("h2#alerts")).to_have_text(re.compile(rf"^{number} alerts?: {to_do}$", re.IGNORECASE))
    check_accessible(page)

    press(page, alert_links(page).first)
    expect(page.get_by_role("heading", name=re.compile("What is to be done|What would still save it"))).to_be_visible()
    expect(page.get_by_role("table", name=re.compile("Story")).get_by_text("Raised").first).to_be_visible()
    check_accessible(page)
    address = page.url

    press(page, page.get_by_role("button", name="Say what will be done"))
    check_accessible(page)
    expect(page.get_by_label("What kind of action")).not_to_have_value("")
    page.get_by_label("What will be done", exact=True).focus()
    page.keyboard.type("Psychologist booked for Thursday")
    page.keyboard.press("Tab")
    expect(page.get_by_label("By whom")).to_be_focused()
    page.keyboard.press("ArrowDown")
    by = clock.today() + timedelta(days=3)
    for part in (by.day, by.month, by.year):
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type(str(part))
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_text("1 alert is acknowledged.")).to_be_visible()

    page.goto("/alerts?state=in_hand")
    expect(page.get_by_text("Psychologist booked for Thursday")).to_be_visible()
    check_accessible(page)
    page.goto(address)
    expect(page.get_by_text("Psychologist booked for Thursday").first).to_be_visible()
    expect(page.get_by_role("button", name="Change what will be done")).to_be_visible()
    check_accessible(page)


def test_the_second_of_two_tabs_is_told_what_the_first_did(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/alerts")
    press(page, alert_links(page).first)
    press(page, page.get_by_role("button", name="Set aside"))
    other = page.context.new_page()
    other.goto(page.url)
    for tab, why in ((other, "The panel sits on Thursday"), (page, "The family is away")):
        tab.get_by_label("Why it can wait").fill(why)
        fill_day(tab, "until", clock.today() + timedelta(days=5))
        tab.get_by_role("button", name="Save").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("somebody has acted on this alert")
    expect(page.get_by_text("The panel sits on Thursday")).to_be_visible()
    expect(page.get_by_label("Why it can wait")).to_have_value("The family is away")
    check_accessible(page)
    other.close()
    save(page)
    expect(page.get_by_text("1 alert is set aside.")).to_be_visible()


def test_several_are_set_aside_and_come_back_when_the_day_has_come(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    page = sign_in("manager")
    page.goto("/alerts")
    boxes = page.locator(f"{ALERTS} input[type=checkbox]")
    chosen = [boxes.nth(place).get_attribute("id") for place in (0, 2)]
    for box in chosen:
        page.locator(f"#{box}").focus()
        page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Set aside"))
    expect(page.get_by_text("These 2 alerts:")).to_be_visible()
    check_accessible(page)

    page.get_by_label("Why it can wait").fill("The panel sits on Thursday")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter the day it comes back")
    expect(page.get_by_label("Why it can wait")).to_have_value("The panel sits on Thursday")
    check_accessible(page)
    fill_day(page, "until", clock.today() + timedelta(days=5))
    save(page)
    expect(page.get_by_text("2 alerts are set aside.")).to_be_visible()
    for box in chosen:
        expect(page.locator(f"#{box}")).to_have_count(0)
    page.goto("/alerts?state=snoozed")
    for box in chosen:
        expect(page.locator(f"#{box}")).to_have_count(1)
    check_accessible(page)

    real: Callable[[], datetime] = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=5))
    page.goto("/sign-in")  # five days later the session is over
    if page.get_by_label("Email address").count():
        sign_in("manager")
    page.goto("/alerts")
    for box in chosen:
        expect(page.locator(f"#{box}")).to_have_count(1)
    expect(page.get_by_text("back since").first).to_be_visible()


def test_in_the_middle_of_a_long_queue_one_acts_and_goes_on_by_keyboard(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/alerts")
    boxes = page.locator(f"{ALERTS} input[type=checkbox]")
    middle = boxes.count() // 2
    assert middle > 10
    ticked, following = (boxes.nth(place).get_attribute("id") for place in (middle, middle + 1))
    page.locator(f"#{ticked}").focus()
    page.keyboard.press("Space")
    check_accessible(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Act on those ticked")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(3):  # past the heading: every alert, what will be done, set aside
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Set aside")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("Why it can wait").fill("The panel sits on Thursday")
    fill_day(page, "until", clock.today() + timedelta(days=5))
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go on where you were in the list")).to_be_focused()
    check_accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator(f"#{following}")).to_be_focused()


def test_how_alerts_are_raised_is_set_and_the_rule_tried_first(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/alerts/settings")
    check_accessible(page)
    page.get_by_role("button", name="See what the rule would do").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose a level")
    check_accessible(page)
    page.get_by_label("Level", exact=True).select_option("breached")
    page.get_by_label("After so many days without action").fill("0")
    page.get_by_label("It goes to", exact=True).select_option("user")
    page.get_by_label("Who, if somebody named").select_option(index=1)
    page.get_by_role("button", name="See what the rule would do").click()
    expect(page.get_by_text("The rule is not made yet.")).to_be_visible()
    expect(page.locator("main li").first).to_contain_text("Breached")
    check_accessible(page)
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("After so many days without action")).to_have_value("0")
    page.get_by_role("button", name="See what the rule would do").click()
    page.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_text("The rule is made.")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name=re.compile(r"^Today these would escalate")).click()
    expect(page.get_by_role("heading", level=1, name="What would be escalated today")).to_be_visible()
    expect(page.locator("main li").first).to_contain_text("Breached")
    check_accessible(page)
    page.goto("/alerts")
    expect(page.get_by_text("escalated to")).to_have_count(0)


def test_the_queue_needs_no_script(browser: Browser, site: Site):
    context = browser.new_context(base_url=site.url, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(6_000)
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(f"manager@{demonstration.DOMAIN}")
    page.get_by_label("Password", exact=True).fill(demonstration.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/alerts")
    page.get_by_label("First of each level").select_option("harm")
    page.get_by_label("Level", exact=True).select_option("breached")
    page.get_by_role("button", name="Filter").click()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["order"] == ["harm"] and asked["level"] == ["breached"]
    found = int(re.sub(r"\D", "", page.locator("h2#alerts").inner_text()))
    page.get_by_label(re.compile("^Every alert found")).check(force=True)
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text(f"These {found} alerts:")).to_be_visible()
    page.get_by_label("Comment").fill("Gone through at the Monday meeting")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{found} alerts have your comment.")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {k: v for k, v in asked.items() if k in ("state", "level", "order")}
    alert_links(page).first.click()
    expect(page.get_by_text("Gone through at the Monday meeting")).to_be_visible()
    context.close()


def test_every_page_about_alerts_is_accessible_on_a_phone(sign_in: SignIn):
    page = sign_in("manager")
    page.goto("/alerts")
    one = urlsplit(alert_links(page).first.get_attribute("href") or "").path
    number = one.rsplit("/", 1)[1]
    page.set_viewport_size({"width": 360, "height": 800})
    acts = [f"/alerts/do/{what}?alert={number}" for what in ("acknowledge", "snooze", "escalate", "comment", "reopen")]
    beside = [f"/alerts/{name}" for name in ("excused", "were-we-right", "settings", "settings/due")]
    for path in ("/alerts", "/alerts?state=snoozed", one, *acts, *beside):
        page.goto(path)
        check_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{path} is {wide} pixels wide on a phone"


def test_panels_are_entered_by_keyboard_and_an_agenda_is_read_before_one_is_called_off(sign_in: SignIn):
    page = sign_in("manager")
    page.get_by_role("link", name="Alerts", exact=True).click()
    press(page, page.get_by_role("link", name="Panels", exact=True))
    before = page.locator("tbody tr").count()
    assert before
    press(page, page.locator("tbody th a").first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Panel of Thursday")
    check_accessible(page)
    press(page, page.get_by_role("link", name="Back to panels"))
    press(page, page.get_by_role("button", name="Enter", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("Enter the first day")
    check_accessible(page)
    ahead = [clock.today() + timedelta(days=days) for days in range(1, 60)]
    tuesdays = [day for day in ahead if day.weekday() == 1]  # the county's own panels are on Thursdays
    first = next(day for day in tuesdays if all(is_working_day(day + timedelta(weeks=n)) for n in (0, 2, 4)))
    fill_day(page, "first", first)
    page.get_by_label("Every two weeks").check(force=True)
    fill_day(page, "until", first + timedelta(weeks=4))
    press(page, page.get_by_role("button", name="Enter", exact=True))
    expect(page.get_by_text("3 panels are entered.")).to_be_visible()
    assert page.locator("tbody tr").count() == before + 3
    press(page, page.get_by_role("link", name=f"Call off {first:%A %-d %B %Y}"))
    check_accessible(page)
    press(page, page.get_by_role("button", name="Call it off"))
    expect(page.get_by_text("is called off.")).to_be_visible()
    assert page.locator("tbody tr").count() == before + 2
