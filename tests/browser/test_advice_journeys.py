"""Advice from asking to accepting, and a form from draft to live, in a browser, as the people who do it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from casetracker import clock
from tests.browser.conftest import Site, check_accessible
from tests.browser.steps import fill_day, log
from tests.browser.test_journeys import log_a_request
from tests.integration.giving.post import code_in, delivered, link_in, text_of

SignIn = Callable[[str], Page]
HEALTH = "health.advice@thameshire.example"
FORUM = "pcf@forum.example"


@pytest.fixture
def visitor(browser: Browser, site: Site):
    """Open a browser of somebody else's: `visitor()`."""
    contexts = []

    def make() -> Page:
        context = browser.new_context(base_url=site.url, viewport={"width": 1000, "height": 900}, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(6_000)
        return page

    yield make
    for context in contexts:
        context.close()


def come_in(page: Page, site: Site, mailbox: str, name: str, *, keyboard: bool = False) -> None:
    """Open the newest link in a mailbox and enter its code, by keyboard alone where asked to."""
    mails = [mail for mail in delivered(site.app, to=mailbox) if "http://" in text_of(mail)]
    page.goto(link_in(mails[-1]))
    check_accessible(page)
    button = page.get_by_role("button", name="Send the code")
    if keyboard:
        button.focus()
        page.keyboard.press("Enter")
    else:
        button.click()
    page.get_by_label("Six-digit code").wait_for()
    check_accessible(page)
    code = code_in(delivered(site.app, to=mailbox)[-1])
    page.get_by_label("Six-digit code").focus()
    page.keyboard.type(code)
    for text in (name, "Paediatrician"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Leave").wait_for()


def fill_section(page: Page, said: str) -> None:
    """Fill in every box that is asked, as somebody who scrolls down does."""
    for radios in page.locator("fieldset:visible").filter(has=page.locator("input[type=radio]")).all():
        radios.locator("input[type=radio]").first.check(force=True)
    for box in page.locator("textarea:visible").all():
        box.fill(said)
    for box in page.locator("input[type=text]:visible").all():
        name = box.get_attribute("id") or ""
        if name.endswith(("-day", "-month", "-year")):
            box.fill({"day": "1", "month": "10", "year": "2026"}[name.rsplit("-", 1)[1]])
            continue
        box.fill("5" if box.get_attribute("inputmode") == "decimal" else said)
    for box in page.locator("input[type=checkbox]").all():
        box.check(force=True)
    for box in page.locator("select:visible").all():
        box.select_option(index=1)


def through_the_form(page: Page, said: str, *, most: int = 20) -> None:
    """Fill in section after section until the answers are there to be checked."""
    page.locator(".govuk-task-list__link").first.click()
    for _ in range(most):
        page.wait_for_load_state()
        if page.get_by_role("heading", level=1, name="Check and send").count():
            return
        fill_section(page, said)
        check_accessible(page)
        page.get_by_role("button", name="Save and go on").last.click()
        page.wait_for_load_state()
        assert not page.locator(".govuk-error-summary").count(), page.locator(".govuk-error-summary").inner_text()
    raise AssertionError("the form has no end")


def test_from_the_agreement_to_accepted_advice_that_moves_the_case(sign_in: SignIn, site: Site, visitor):
    page = sign_in("caseworker")
    log_a_request(page, surname="Quillfeather", days=35)
    log(page, "Family told: we will assess", clock.today() - timedelta(days=1))
    page.get_by_role("link", name=re.compile(r"^Ask for parent’s")).click()
    expect(page.get_by_role("heading", level=1, name="Ask for advice")).to_be_visible()
    check_accessible(page)
    for kind in ("psychological", "social_care", "educational", "parental"):
        box = page.locator(f"#{kind}_ask")
        if box.is_checked():
            box.uncheck(force=True)
    page.locator("#medical_ask").check(force=True)
    page.get_by_role("button", name="Ask for what is ticked").click()
    expect(page.get_by_text("1 piece of advice asked for.")).to_be_visible()
    check_accessible(page)

    first = visitor()
    come_in(first, site, HEALTH, "Gita Giver", keyboard=True)
    expect(first.get_by_text("S.Q.").first).to_be_visible()
    assert "Quillfeather" not in first.content()
    check_accessible(first)
    first.locator(".govuk-task-list__link").first.click()
    fill_section(first, "By Gita")
    first.get_by_role("button", name="Save and come back later").click()
    expect(first.get_by_text("Your draft is saved.")).to_be_visible()

    second = visitor()
    come_in(second, site, HEALTH, "Colin Colleague")
    expect(second.get_by_text("Last saved by Gita Giver")).to_be_visible()
    through_the_form(second, "Seen on the ward")
    check_accessible(second)
    second.get_by_label("Your role").fill("Consultant")
    second.get_by_role("button", name="Send the advice").click()
    expect(second.get_by_text("Thank you. Your advice has been sent.")).to_be_visible()

    page.get_by_role("link", name="Medical advice", exact=True).click()
    expect(page.get_by_role("heading", name="What was given")).to_be_visible()
    expect(page.get_by_text("Seen on the ward").first).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Send it back for what is missing").click()
    check_accessible(page)
    page.get_by_label("What is missing").fill("How many hours of nursing a week?")
    page.get_by_role("button", name="Save").click()

    come_in(second, site, HEALTH, "Colin Colleague")
    expect(second.get_by_text("How many hours of nursing a week?")).to_be_visible()
    second.get_by_role("link", name="Health", exact=True).click()
    second.get_by_label(re.compile("Medical history")).fill("Nine hours of nursing a week")
    second.get_by_role("button", name="Save and come back later").click()
    second.get_by_role("button", name="Check and send").click()
    second.get_by_role("button", name="Send the advice").click()
    expect(second.get_by_text("Thank you. Your advice has been sent.")).to_be_visible()

    page.reload()
    page.get_by_role("link", name="Accept it").click()
    check_accessible(page)
    page.get_by_label(re.compile("special educational needs are")).check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The advice is accepted")).to_be_visible()
    page.get_by_role("link", name="Version 2").click()
    expect(page.get_by_text("Nine hours of nursing a week").first).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Back to the advice").click()
    page.get_by_role("link", name=re.compile("Back to all advice")).click()
    page.get_by_role("link", name=re.compile("^Back to Seán")).click()
    row = page.get_by_role("table", name="Each piece of advice and where it has got to").get_by_role("row").nth(1)
    expect(row.get_by_text("Accepted")).to_be_visible()


def test_leaving_a_page_of_the_form_saves_it(sign_in: SignIn, site: Site, visitor):
    page = sign_in("caseworker")
    log_a_request(page, surname="Leaver", days=35)
    log(page, "Family told: we will assess", clock.today() - timedelta(days=1))
    page.get_by_role("link", name=re.compile(r"^Ask for parent’s")).click()
    page.get_by_role("button", name="Ask for what is ticked").click()
    giver = visitor()
    come_in(giver, site, HEALTH, "Gita Giver")
    giver.goto("/giving/sections/health")
    giver.get_by_label(re.compile("Medical history")).fill("Half a thought")
    giver.get_by_role("link", name="Back to the whole form").click()
    for _ in range(20):  # it is sent as the page goes, and is there a moment later
        giver.wait_for_timeout(250)
        giver.goto("/giving/sections/health")
        if giver.get_by_label(re.compile("Medical history")).input_value():
            break
    expect(giver.get_by_label(re.compile("Medical history"))).to_have_value("Half a thought")


def test_the_young_person_s_form_is_easy_to_read(site: Site, sign_in: SignIn):
    page = sign_in("admin")
    page.goto("/forms")
    page.get_by_role("row").filter(has_text="My views").get_by_role("link").click()
    size = page.locator(".app-easy-read .govuk-label").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 24
    assert page.locator(".app-easy-read img").count() > 10
    check_accessible(page)


def test_a_form_from_draft_to_live_with_the_forum(sign_in: SignIn, site: Site, visitor):
    page = sign_in("admin")
    page.goto("/forms")
    check_accessible(page)
    page.get_by_role("row").filter(has_text="Medical advice").get_by_role("link").click()
    check_accessible(page)
    page.get_by_role("button", name="Copy as a draft").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("^Edit Medical"))).to_be_visible()
    check_accessible(page)
    page.locator("#section-health").get_by_role("link", name=re.compile("^Add a question")).click()
    page.get_by_label("Question", exact=True).fill("What helps on a bad day?")
    page.get_by_label("Kind of answer").select_option("long_text")
    check_accessible(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name=re.compile("^Up What helps on a bad day")).click()
    page.get_by_role("link", name="Back to the version").click()
    expect(page.get_by_text("The Parent Carer Forum has not agreed to it as it is now worded.")).to_be_visible()
    page.get_by_role("link", name="Send for comment and agreement").click()
    page.get_by_label("Email address").fill(FORUM)
    fill_day(page, "until", clock.today() + timedelta(days=14))
    check_accessible(page)
    page.get_by_role("button", name="Save").click()

    forum = visitor()
    come_in(forum, site, FORUM, "Jo Parent")
    expect(forum.get_by_text("Question “What helps on a bad day?”: added")).to_be_visible()
    check_accessible(forum)
    forum.get_by_role("link", name=re.compile("^Comment on What helps on a bad day")).click()
    forum.get_by_label("Your comment").fill("Say whose bad day")
    check_accessible(forum)
    forum.get_by_role("button", name="Save").click()
    page.reload()
    page.get_by_role("link", name=re.compile("^Answer")).click()
    page.get_by_label("What was done about it").fill("It is the child’s")
    page.get_by_role("button", name="Save").click()
    forum.reload()
    expect(forum.get_by_text("It is the child’s")).to_be_visible()
    forum.get_by_role("link", name="Record your agreement").click()
    forum.get_by_label("Who speaks for you").fill("Jo Parent")
    fill_day(forum, "agreed_on", clock.today())
    forum.get_by_label("Reference of the minutes").fill("PCF/14")
    check_accessible(forum)
    forum.get_by_role("button", name="Save").click()
    expect(forum.get_by_text("Your agreement is recorded.")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Put it in use").click()
    page.get_by_label("What changed, and why").fill("Asks for what helps")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This version is in use from today.")).to_be_visible()
    expect(page.get_by_text("PCF/14")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("caseworker", "/advice"),
        ("caseworker", "/advice/outstanding"),
        ("caseworker", "/advice/search?q=needs"),
        ("caseworker", "/directory"),
        ("caseworker", "/directory?q=school"),
        ("caseworker", "/directory/services/1"),
        ("caseworker", "/directory/services/1/edit"),
        ("caseworker", "/directory/closures"),
        ("manager", "/mail"),
        ("manager", "/mail/outbox"),
        ("manager", "/mail/texts"),
        ("manager", "/mail/texts/advice_request"),
        ("data", "/directory/import"),
    ],
)
def test_the_pages_are_accessible_and_fit_a_phone(sign_in: SignIn, who, path):
    page = sign_in(who)
    page.goto(path)
    check_accessible(page)
    page.set_viewport_size({"width": 360, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, f"{path} is {wide} pixels wide on a phone"


def test_reminders_and_words_of_mails_by_a_manager(sign_in: SignIn, site: Site):
    page = sign_in("manager")
    page.goto("/mail/texts/access_code")
    page.get_by_label("Subject").fill("Code for {{initials}}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is not one of this mail’s fields").first).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_value("Code for {{initials}}")
    page.get_by_label("Subject").fill("A code from {{council}}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The words are changed.")).to_be_visible()
