"""A manager's month with the board, and what the public then sees."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from casetracker import clock, jobs
from tests.browser.conftest import Site, check_accessible
from tests.browser.steps import fill_day
from tests.integration.comparators.releases import SUPPRESSED, cells, timeliness

SignIn = Callable[[str], Page]
HEADLINE = "Plans issued within 20 weeks, excluding exceptions"


def work_out(site: Site) -> None:
    with site.app.app_context():
        jobs.board()


def test_a_number_on_the_board_opens_into_its_cases(site: Site, sign_in: SignIn):
    work_out(site)
    page = sign_in("manager")
    page.get_by_role("link", name="Figures").click()
    page.get_by_role("link", name="Board", exact=True).click()
    check_accessible(page)
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=HEADLINE))
    expect(row.get_by_text("a step towards the 100% that the law asks")).to_be_visible()
    top = row.get_by_role("link", name="plans issued within 20 weeks, with no exception")
    number = int(top.inner_text().split()[0].replace(",", ""))
    top.click()
    expect(page.locator("main tbody tr")).to_have_count(min(number, 50))
    check_accessible(page)


def test_a_managers_month_from_a_target_to_a_report_that_anybody_may_read(site: Site, sign_in: SignIn, tmp_path: Path):
    work_out(site)
    site.app.config["PUBLIC_FIGURES"] = True
    page = sign_in("manager")
    page.goto("/board/plans_within_20_weeks")
    check_accessible(page)
    page.get_by_role("link", name="Set a target").click()
    page.get_by_label("Target").fill("65")
    page.get_by_label("Agreed by").fill("SEND Improvement and Assurance Board")
    expect(page.locator("#due_on-year")).not_to_have_value("")  # the target that stood is there to be changed
    for part in ("day", "month", "year"):
        page.locator(f"#due_on-{part}").fill("")
    fill_day(page, "agreed_on", date(2026, 1, 5))
    check_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("65.0%, agreed by SEND Improvement and Assurance Board on 5 January 2026")).to_be_visible()
    page.get_by_role("link", name="Write the owner’s note").click()
    page.get_by_label("Owner").fill("Head of SEND")
    page.get_by_label("Note").fill("Two psychologists began in May.")
    page.get_by_role("button", name="Save").click()

    page.goto("/reports")
    page.get_by_role("link", name="Begin a report").click()
    last_month = f"{clock.today().replace(day=1) - timedelta(days=1):%B %Y}"
    expect(page.get_by_label("Month").locator("option:checked")).to_have_text(last_month)
    page.get_by_role("button", name="Begin").click()
    check_accessible(page)
    page.get_by_role("group", name="Shown on the public page").get_by_label(HEADLINE).check(force=True)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Summary").fill("More plans were in time.")
    page.get_by_role("group", name="Action 1").get_by_label("What will be done").fill("Look at week 14 each week")
    check_accessible(page)
    page.get_by_role("button", name="Save and check").click()
    check_accessible(page)
    page.get_by_role("button", name="Issue the report").click()
    expect(page.get_by_role("heading", level=1, name=f"SEND highlight report 1: {last_month}")).to_be_visible()
    expect(page.get_by_text("Two psychologists began in May.")).to_be_visible()
    check_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    page.context.clear_cookies()
    page.goto("/performance")
    expect(page.get_by_role("heading", name="Plans that were on time")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Read this page in easy read").click()
    expect(page.get_by_role("img", name="in every 10")).to_be_visible()
    check_accessible(page)


def test_a_data_officer_brings_in_a_release_by_keyboard(sign_in: SignIn, tmp_path: Path):
    path = timeliness(
        tmp_path / "timeliness_20_week.csv",
        {"931": cells(100, 40), "873": cells(50, 30), "919": SUPPRESSED, "838": cells(80, 70)},
        year=2025,
    )
    page = sign_in("data")
    page.goto("/comparators/import")
    check_accessible(page)
    page.get_by_label("Files").set_input_files(path)
    page.get_by_label("Year of the release").fill("2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Brought in")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Back to comparators").click()
    expect(page.get_by_text("3 of 3").first).to_be_visible()
    check_accessible(page)
    page.goto("/comparators/own?year=2025")
    check_accessible(page)
