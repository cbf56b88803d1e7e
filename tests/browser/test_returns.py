"""A data officer's return, in a browser: built, put right, explained, signed off."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from casetracker import clock
from casetracker.extensions import db
from casetracker.models import Case, Person, Placement, PlanNeed, Sen2Return
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Need, Placed
from casetracker.services.returns import keeping
from casetracker.tasks.returns import run_waiting
from tests.browser.conftest import Site, check_accessible
from tests.browser.steps import fill_day

SignIn = Callable[[str], Page]


def build(page: Page, site: Site) -> None:
    page.goto("/sen2")
    page.get_by_label("Collection").select_option("2026")
    if not page.locator("input[name=dmo]").first.is_visible():
        page.locator("summary", has_text="Designated officers").click()
    for name in ("dmo", "dco", "dsco"):
        page.locator(f"input[name={name}][value=yes]").check(force=True)
    page.get_by_role("button", name="Build the return").click()
    expect(page.get_by_text("Waiting for the worker to begin")).to_be_visible()
    check_accessible(page)
    with site.app.app_context():
        assert run_waiting() == 1
        db.session.remove()
    expect(page.get_by_role("heading", name="What it adds up to")).to_be_visible(timeout=15_000)  # it looks by itself


def put_the_rest_right(site: Site) -> None:
    """Do for every other case what was done for one: a small county has dozens of them."""
    with site.app.app_context():
        db.session.execute(update(Person).where(Person.upn.is_(None), Person.uln.is_(None)).values(upn_unknown="UN1"))
        lacking = select(Case.id).where(Case.final_plan_on.is_not(None), Case.id.not_in(select(Placement.case_id)))
        where = {"rank": "1", "urn": "900001", "in_sen_unit": False, "in_resourced_provision": False}
        placements = (Placed(NAMED, **where), Placed(ATTENDED, entered_on=date(2025, 9, 1), **where))
        kept = Kept(is_active=True, as_at=clock.today(), placements=placements, needs=(Need("ASD", "1"),))
        keeping.keep(dict.fromkeys(db.session.scalars(lacking).all(), kept), at=clock.now())
        without_need = select(Case.id).where(Case.final_plan_on.is_not(None), Case.id.not_in(select(PlanNeed.case_id)))
        db.session.add_all(PlanNeed(case_id=n, code="ASD", rank="1") for n in db.session.scalars(without_need).all())
        db.session.commit()
        db.session.remove()


def test_a_return_from_build_to_sign_off(sign_in: SignIn, site: Site):
    page = sign_in("data")
    page.get_by_role("link", name="Data").click()
    page.get_by_role("link", name="SEN2 return").click()
    check_accessible(page)
    build(page, site)
    check_accessible(page)
    expect(page.get_by_text("to put right before it can be signed off")).to_be_visible()

    # A plan without a placement: put right from the list, by keyboard.
    page.get_by_role("link", name="See every case").click()
    check_accessible(page)
    page.get_by_label("Kind").select_option("error")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Enter it").first.focus()
    page.keyboard.press("Enter")
    for part in ("attended0", "named0"):
        page.locator(f"#{part}-rank").select_option("1")
        page.locator(f"#{part}-urn").fill("900001")
    page.locator("#primary_need").select_option("ASD")
    check_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#attended0-entered_on-error")).to_be_visible()
    check_accessible(page)
    expect(page.locator("#attended0-urn")).to_have_value("900001")  # what was typed is kept
    fill_day(page, "attended0-entered_on", date(2025, 9, 1))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is saved, and will be in the next return")).to_be_visible()
    put_the_rest_right(site)
    build(page, site)
    expect(page.get_by_text("before it can be signed off")).to_contain_text("to explain")

    # What is queried is explained, rule by rule, and the note travels with the return.
    while page.get_by_role("link", name="Explain all").count():
        page.get_by_role("link", name="Explain all").first.click()
        check_accessible(page)
        page.get_by_label("Why it is right as it stands").fill("Looked at, and right as it stands.")
        page.get_by_role("button", name="Save the note").click()
        expect(page.get_by_text("The notes travel with the return.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the XML").click()
    assert download.value.suggested_filename == "sen2-2026-931-2.xml"

    page.get_by_role("button", name="Sign off").click()
    check_accessible(page)
    page.get_by_role("button", name="Sign off").click()
    expect(page.locator("#sure-error")).to_be_visible()
    page.locator("#sure").check(force=True)
    page.get_by_role("button", name="Sign off").click()
    expect(page.get_by_text("Submission 1, by Desmond Okoro")).to_be_visible()
    check_accessible(page)
    with site.app.app_context():
        signed = db.session.scalars(select(Sen2Return).where(Sen2Return.submission == 1)).one()
        assert signed.errors == 0 and set(signed.files) == {"return.xml", "return-csv.zip", "notes.csv"}
