"""What a person does on the pages, in words the journeys are written in."""

from datetime import date

from playwright.sync_api import Page, expect


def fill_day(page: Page, name: str, day: date) -> None:
    """Fill the three boxes of a date."""
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"#{name}-{part}").fill(str(value))


def open_first_case(page: Page, path: str = "/cases?all=1") -> None:
    """Open the most urgent case of a caseload."""
    page.goto(path)
    page.locator("table tbody th a").first.click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()


def log(page: Page, what: str, day: date, **fields: str) -> None:
    """Log one thing that happened to the case that is open; confirm it when the page asks."""
    page.get_by_role("button", name="Log what happened").click()
    page.get_by_role("link", name=what, exact=True).click()
    fill_day(page, "occurred_on", day)
    for name, value in fields.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    save(page)


def save(page: Page) -> None:
    """Press Save, and once more with the tick when something is odd enough to be asked about."""
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    if page.locator("input[name=confirmed]").count():
        page.locator("input[name=confirmed]").check(force=True)
        page.get_by_role("button", name="Save").click()
        page.wait_for_load_state()
    problem = page.locator(".govuk-error-summary")
    assert not problem.count(), problem.inner_text()
