"""The pages of the measures: who may open them, that every number opens as many as it says, and what is typed wrong."""

import re
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.measures.shipped import MEASURES
from casetracker.models import EnteredFigure, FrozenFigure
from casetracker.roles import Role
from casetracker.services import histories
from casetracker.services.measures import quality
from casetracker.statute.happenings import Happening as H
from tests import factories, worlds
from tests.conftest import NOW, TODAY
from tests.integration.jobs.agreeing import at_noon

HEADLINE = "/measures/plans_within_20_weeks"


@pytest.fixture
def county(session):
    worlds.begin(demonstration.load, today=TODAY, now=NOW, cases=150, seed=11)


def links(text: str, words: str) -> list[tuple[str, str]]:
    """Return the address and the words of each link whose address has these words."""
    found = html.fromstring(text).xpath(f"//main//a[contains(@href, '{words}')]")
    return [(link.get("href"), link.text.strip()) for link in found]


def test_every_page_of_every_measure_opens(county, client, user, on_the_day):
    browser = client(user(Role.DATA_OFFICER))
    for measure in MEASURES:
        browser.get(f"/measures/{measure.key}" if measure.is_known_here else f"/measures/entered/{measure.key}")
    for span in ("month", "calendar", "academic", "financial", "rolling", "nonsense"):
        browser.get(f"{HEADLINE}?by={span}")
    for path in ("/measures", "/measures/data-quality", "/measures/equity", "/measures/equity?year=2025"):
        browser.get(path)


def test_with_nothing_in_the_tracker_every_page_still_opens(session, client, user, on_the_day):
    browser = client(user(Role.DATA_OFFICER))
    assert "Nothing had been counted" in browser.get(HEADLINE).text
    for path in ("/measures", "/measures/open_cases", "/measures/data-quality", "/measures/equity"):
        browser.get(path)
    assert "Nothing was counted" in browser.get(f"{HEADLINE}/by/sex?on=2026-05-31").text


def test_each_number_of_a_measure_opens_a_list_of_as_many(county, client, user, on_the_day):
    browser = client(user())
    for path in (f"{HEADLINE}?by=calendar", "/measures/advice_within_6_weeks?by=academic", "/measures/open_cases"):
        found = links(browser.get(path).text, "/cases?")
        assert found
        for href, words in found[:6]:
            (total,) = re.findall(r"<h1[^>]*>([\d,]+) ", browser.get(href).text)
            assert total == words, href


def test_each_number_of_a_breakdown_opens_a_list_of_as_many(county, client, user, on_the_day):
    browser = client(user())
    for path in (
        f"{HEADLINE}/by/need?by=calendar&on=2025-12-31",
        "/measures/open_cases/by/band?on=2026-06-30",
        "/measures/equity?year=2025",
    ):
        found = links(browser.get(path).text, "/cases?")
        assert found
        for href, words in found[:6]:
            (total,) = re.findall(r"<h1[^>]*>([\d,]+) ", browser.get(href).text)
            assert total == words, href


def test_a_list_names_its_day_and_its_days_and_has_no_column_with_nothing_in_it(session, client, user, on_the_day):
    overdue, early = TODAY - timedelta(weeks=30), TODAY - timedelta(weeks=10)
    for received in (early, overdue):
        factories.case(received_on=received, steps=factories.lifetime(received)[:1])
    db.session.commit()
    browser = client(user())

    def listed(key: str) -> tuple[list[str], list[list[str]]]:
        (table,) = html.fromstring(browser.get(f"/measures/{key}/cases?on={TODAY}").text).xpath("//main//table")
        rows = [[" ".join(cell.text_content().split()) for cell in row] for row in table.xpath(".//tr")]
        file = browser.get(f"/measures/{key}/cases.csv?on={TODAY}").text.splitlines()
        assert file[0].lstrip("\ufeff").split(",")[2:] == rows[0][1:]
        return rows[0], rows[1:]

    heads, rows = listed("plans_overdue")
    assert heads == ["Child", "Clock started", "Days overdue", "In the upper number"]
    assert [row[2:] for row in rows] == [["70", "Yes"], ["not yet", "No"]]
    heads, rows = listed("open_cases")
    assert heads[1:3] == ["Clock started", "Days on the clock"] and [row[2] for row in rows] == ["210", "70"]
    assert listed("requests")[0] == ["Child", "Request received", "In the upper number"]


def test_evenness_is_offered_for_years_in_which_something_was_counted(session, client, user, on_the_day):
    received = date(2024, 1, 8)
    factories.case(received_on=received, steps=factories.lifetime(received))
    db.session.commit()
    browser = client(user())

    def offered(path: str) -> list[str]:
        page = html.fromstring(browser.get(path).text)
        assert (
            page.xpath("//select[@id='year']/option[@selected]/text()")
            == page.xpath("//h1/../span/text()")[0].split()[-1:]
        )
        return page.xpath("//select[@id='year']/option/text()")

    assert offered("/measures/equity") == ["2024"]
    assert offered("/measures/equity?year=2026") == ["2026", "2024"]  # what was asked for by its address stays chosen


def test_every_list_of_every_measure_opens(county, client, user, on_the_day):
    browser = client(user())
    for measure in MEASURES:
        if measure.is_known_here:
            for ending in ("", ".csv"):
                browser.get(f"/measures/{measure.key}/cases{ending}?by=calendar&on=2025-12-31")


def test_the_lists_are_files_too(county, client, user, on_the_day):
    browser = client(user())
    rows = browser.get(f"{HEADLINE}/cases.csv?by=calendar&on=2025-12-31&part=rest").text.strip().splitlines()
    assert rows[0].endswith("In the upper number") and len(rows) > 1
    assert all(row.endswith(",no") for row in rows[1:])
    faulty = browser.get("/measures/data-quality/no_ethnicity.csv").text.splitlines()
    assert faulty[0].lstrip("\ufeff") == "Reference,Name,Named worker,Team"


@pytest.mark.parametrize(
    ("typed", "said"), [("banana", "not a date"), ("2026-06-02", "still to come"), ("30/2/2026", "no such day")]
)
def test_a_day_that_cannot_be_asked_about_is_said_to_be_wrong_and_kept(session, client, user, on_the_day, typed, said):
    page = html.fromstring(client(user()).get(HEADLINE, query_string={"known_on": typed}).text)
    assert said in page.xpath("string(//p[@id='known_on-error'])")
    assert page.xpath("//input[@id='known_on']/@value") == [typed]
    assert page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == ["#known_on"]


@pytest.mark.parametrize(
    "path",
    [
        "/measures/nonsense",
        "/measures/neet",
        "/measures/entered/plans_within_20_weeks",
        f"{HEADLINE}/by/nonsense?on=2026-05-31",
        f"{HEADLINE}/by/sex?on=nonsense",
        f"{HEADLINE}/cases?on=2026-05-31&part=nonsense",
        f"{HEADLINE}/cases?on=1066-10-14",
        f"{HEADLINE}/cases?on=2026-05-31&dimension=band&group=x",
        "/measures/reported/99",
        "/measures/data-quality/nonsense",
        "/measures/equity?measure=requests",
        "/measures/equity?year=1066",
    ],
)
def test_what_there_is_no_page_of_is_not_found(session, client, user, on_the_day, path):
    client(user(Role.DATA_OFFICER)).get(path, status=404)


def test_a_breakdown_that_names_no_day_is_of_the_day_that_is_asked_about(session, client, user, on_the_day):
    browser = client(user())
    for path, shown in (("", "June 2026"), ("?known_on=30/4/2026", "April 2026"), ("?by=calendar", "2026")):
        caption = html.fromstring(browser.get(f"{HEADLINE}/by/sex{path}").text).xpath("string(//h1/../span)")
        assert caption.startswith(shown)


def test_a_past_day_is_asked_and_what_was_keyed_since_is_shown(session, client, user, on_the_day):
    received = date(2025, 12, 1)
    issued = received + timedelta(weeks=20)
    case = factories.case(received_on=received, steps=factories.lifetime(received)[:-1])
    late = histories.NewEntry(H.FINAL_PLAN_ISSUED, issued, at_noon(date(2026, 5, 20)))
    histories.append(case_id=case.id, entries=[late], today=date(2026, 5, 20))
    db.session.commit()
    browser = client(user())
    assert ">100.0%<" in browser.get(HEADLINE).text
    then = browser.get(f"{HEADLINE}?known_on=30/4/2026&by=calendar").text
    assert "As known at the close of" in then and ">100.0%<" not in then
    since = browser.get(f"{HEADLINE}/since?by=month&on={issued}&known_on=2026-04-30").text
    assert (
        "1 case counts" in since
        and "Ada O’Brien" in since
        and f"{(date(2026, 5, 20) - issued).days} days late" in since
    )


class TestFreezing:
    def fields(self, **more: str) -> dict[str, str | list[str]]:
        return {
            "span": "month",
            "on": ["1", "5", "2026"],
            "known_on": ["31", "5", "2026"],
            "note": "Board, June",
            **more,
        }

    def test_a_figure_frozen_before_its_period_was_over_says_up_to_when_it_is(self, county, client, user, on_the_day):
        browser = client(user(Role.MANAGER))
        answer = browser.post(f"{HEADLINE}/freeze", self.fields(known_on=["20", "5", "2026"]))
        assert "(up to 20 May 2026)" in browser.get(answer.headers["Location"]).text
        assert "(up to 20 May 2026)" in browser.get(HEADLINE).text

    def test_a_figure_is_frozen_and_shown_as_it_was_reported(self, county, client, user, on_the_day):
        browser = client(user(Role.MANAGER, name="Morag Manager"))
        answer = browser.post(f"{HEADLINE}/freeze", self.fields())
        elsewhere = browser.post(f"{HEADLINE}/freeze", {**self.fields(), "note": "Board paper"}, status=200).text
        assert "It is frozen already" in elsewhere and "Board paper" in elsewhere
        frozen = db.session.scalars(select(FrozenFigure)).one()
        assert answer.headers["Location"].endswith(f"/measures/reported/{frozen.id}")
        page = browser.get(f"/measures/reported/{frozen.id}").text
        assert "Board, June" in page and "by Morag Manager" in page
        assert "Nothing keyed since of what happened up to 31 May 2026" in page and "(up to" not in page
        assert "Nothing<span" in browser.get(HEADLINE).text
        browser.post(f"{HEADLINE}/freeze", self.fields())
        assert len(db.session.scalars(select(FrozenFigure)).all()) == 1

    def test_today_is_refused_beside_the_day_with_what_was_typed_kept(self, county, client, user, on_the_day):
        fields = self.fields(known_on=["1", "6", "2026"])
        answer = client(user(Role.MANAGER)).post(f"{HEADLINE}/freeze", fields, status=200)
        page = html.fromstring(answer.text)
        assert "Choose a day that is over" in page.xpath("string(//*[@id='known_on-error'])")
        assert page.xpath("//textarea[@name='note']/text()")[0].strip() == "Board, June"
        assert db.session.scalars(select(FrozenFigure)).all() == []

    @pytest.mark.parametrize(
        ("role", "status"), [(Role.CASEWORKER, 403), (Role.ADMINISTRATOR, 403), (Role.MANAGER, 200)]
    )
    def test_is_for_managers_and_data_officers(self, session, client, user, on_the_day, role, status):
        client(user(role)).get(f"{HEADLINE}/freeze", status=status)


class TestEntering:
    def test_a_figure_is_entered_and_taken_back(self, session, client, user, on_the_day):
        browser = client(user(Role.DATA_OFFICER))
        day = ["31", "7", "2023"]
        fields = {"as_at": day, "numerator": "21", "denominator": "61", "source": "Invision 360"}
        browser.post("/measures/entered/plans_good_or_outstanding_by_hand/add", fields)
        assert "34.4%" in browser.get("/measures").text
        browser.post(
            "/measures/entered/plans_good_or_outstanding_by_hand/2023-07-31/take-back", {"why": "Another year’s"}
        )
        page = browser.get("/measures/entered/plans_good_or_outstanding_by_hand").text
        assert "None has been entered yet" in page and "Another year’s" in page
        browser.post(
            "/measures/entered/plans_good_or_outstanding_by_hand/2023-07-31/take-back", {"why": "Again"}, status=404
        )

    def test_what_is_wrong_is_said_beside_its_box_and_kept(self, session, client, user, on_the_day):
        fields = {
            "as_at": ["31", "7", "2023"],
            "value": "50",
            "numerator": "21",
            "denominator": "61",
            "source": "Audit",
        }
        answer = client(user(Role.DATA_OFFICER)).post("/measures/entered/neet/add", fields, status=200)
        page = html.fromstring(answer.text)
        assert "21 of 61 is 34.4%" in page.xpath("string(//*[@id='value-error'])")
        assert page.xpath("//input[@name='source']/@value") == ["Audit"]
        assert db.session.scalars(select(EnteredFigure)).all() == []

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.ADMINISTRATOR])
    def test_is_for_data_officers(self, session, client, user, on_the_day, role):
        browser = client(user(role))
        browser.get("/measures/entered/neet")
        browser.get("/measures/entered/neet/add", status=403)
        browser.get("/measures/entered/upload", status=403)


def test_a_fault_is_mended_from_its_list(county, client, user, on_the_day):
    quality.keep(on=TODAY - timedelta(days=1))
    quality.keep(on=TODAY)
    db.session.commit()
    browser = client(user())
    page = browser.get("/measures/data-quality").text
    assert "Share of cases with no fault" in page and "31 May 2026" in page
    href, number = links(page, "/data-quality/no_ethnicity")[0]
    listed = browser.get(href).text
    assert f"{number} case" in listed
    mend = links(listed, "/person")[0][0]
    assert "Ethnicity" in browser.get(mend).text


def test_the_pages_ask_a_bounded_number_of_questions(session, county, client, user, queries_of, on_the_day):
    browser = client(user())
    most = {
        "/measures": 150,
        HEADLINE: 14,
        "/measures/open_cases": 40,
        "/measures/data-quality": 12,
        "/measures/equity": 20,
    }
    for path, number in most.items():
        for times in (number, number):
            with queries_of() as asked:
                browser.get(path)
            assert len(asked) <= times, (path, len(asked))
    if db.engine.dialect.name == "sqlite":  # where nobody else's writing makes it another state of the caseload
        with queries_of() as asked:
            browser.get("/measures")
        assert len(asked) <= 8
