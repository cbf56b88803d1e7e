"""One's digest and calendar, and who heads the service, in a browser: by keyboard alone, and held to WCAG 2.2 AA."""

import re
from collections.abc import Callable
from urllib.request import urlopen

from icalendar import Calendar
from playwright.sync_api import Page, expect

from casetracker.extensions import db
from casetracker.models import DigestChoice, User
from tests.browser.conftest import Site, check_accessible

SignIn = Callable[[str], Page]


def press(page: Page, role: str, name: str | re.Pattern[str], key: str = "Enter") -> None:
    """Reach something with the Tab key, and press a key there."""
    target = page.get_by_role(role, name=name)
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            break
    expect(target).to_be_focused()
    page.keyboard.press(key)


def test_choosing_when_the_digest_comes_by_keyboard(sign_in: SignIn, site: Site):
    page = sign_in("caseworker")
    press(page, "link", re.compile(r"^Wilma Adeyinka\s*: your digest and calendar$"))
    expect(page.get_by_role("heading", level=1, name="Your digest and calendar")).to_be_visible()
    check_accessible(page)
    press(page, "combobox", "At", "ArrowUp")
    press(page, "checkbox", "Send it on days with nothing new too", "Space")
    press(page, "button", "Save")
    expect(page.get_by_text("Your digest will come like that.")).to_be_visible()
    check_accessible(page)
    with site.app.app_context():
        chosen = db.session.query(DigestChoice).one()
        assert (chosen.hour, chosen.daily, chosen.when_nothing_is_new) == (7, True, False)


def test_a_wrong_choice_is_said_beside_the_field(sign_in: SignIn):
    page = sign_in("caseworker")
    page.goto("/digest")
    page.get_by_label("At").select_option("")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Choose the hour at which it comes").click()
    expect(page.get_by_label("At")).to_be_focused()
    check_accessible(page)


def test_a_calendar_made_read_renewed_and_switched_off(sign_in: SignIn, site: Site):
    site.app.config["PUBLIC_ADDRESS"] = site.url
    page = sign_in("caseworker")
    page.goto("/digest")
    press(page, "button", "Make a private address")
    box = page.get_by_label("Copy it now: it is shown only this once")
    expect(box).to_be_visible()
    check_accessible(page)
    first = box.input_value()
    with urlopen(first) as answer:  # noqa: S310  (our own server)
        events = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert events
    page.get_by_role("link", name="Back to your digest and calendar").click()
    expect(page.get_by_text("A calendar last read it")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Renew the address").click()
    second = box.input_value()
    assert second != first
    assert page.request.get(first).status == 404 and page.request.get(second).status == 200
    page.goto("/digest")
    page.get_by_role("link", name="Switch the calendar off").click()
    check_accessible(page)
    press(page, "button", "Switch it off")
    expect(page.get_by_text("its address opens nothing any more")).to_be_visible()
    assert page.request.get(second).status == 404


def test_an_administrator_says_who_heads_the_service(sign_in: SignIn, site: Site):
    page = sign_in("admin")
    page.goto("/mail")
    check_accessible(page)
    page.get_by_role("link", name="Who heads the service").click()
    check_accessible(page)
    press(page, "button", "Remove Morag Sinclair")
    expect(page.get_by_text("Nobody is named yet, so nobody gets it.")).to_be_visible()
    page.get_by_label("Add somebody").select_option(label="Morag Sinclair")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Morag Sinclair heads the service, and gets its weekly summary.")).to_be_visible()
    check_accessible(page)
    with site.app.app_context():
        assert [user.name for user in db.session.query(User).filter(User.head_of_service)] == ["Morag Sinclair"]
