"""The overview and timeliness: every number opens the cases behind it, and there are as many as it says."""

import csv
import io
import re
from decimal import Decimal

import pytest
from lxml import html
from sqlalchemy import select

from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.models import Alert
from casetracker.roles import Role
from casetracker.services import sweeps
from tests import factories, worlds
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.usefixtures("session", "on_the_day")


def swept() -> None:
    demonstration.load(today=TODAY, now=NOW, cases=500)
    sweeps.sweep(on=TODAY, at=NOW)


@pytest.fixture
def county(session, on_the_day) -> None:
    """A small county, swept last night."""
    worlds.begin(swept)


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def main_of(answer):
    return html.fromstring(answer.text).find(".//main")


def whole(text: str) -> int:
    """Return the first whole number of a text."""
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def numbers_in(main) -> dict[str, int]:
    """Return the number that each link of a page's tables and cards promises, by its address."""
    links = main.xpath(".//td//a | .//p[@class='app-big']/a")
    return {a.get("href"): whole(words(a)) for a in links if "%" not in words(a)}


@pytest.mark.usefixtures("county")
class TestOverview:
    def test_every_number_opens_as_many_cases_or_alerts(self, client, user):
        browser = client(user(Role.MANAGER))
        promised = numbers_in(main_of(browser.get("/overview")))
        assert len(promised) > 60
        opened = {
            href: whole(words(main_of(browser.get(href)).find(".//h2[@class='govuk-heading-m']"))) for href in promised
        }
        assert opened == promised

    def test_alerts_that_somebody_has_in_hand_are_counted_and_listed_with_the_others(self, client, user):
        browser = client(user(Role.MANAGER))
        of_level = "/alerts?level=breached&state=any"
        before = numbers_in(main_of(browser.get("/overview")))[of_level]
        one = db.session.scalars(select(Alert.id).where(Alert.level == "breached", Alert.closed_on.is_(None))).first()
        browser.post(f"/alerts/do/snooze?alert={one}", {"until": ["8", "6", "2026"], "reason": "Panel"})
        after = numbers_in(main_of(browser.get("/overview")))[of_level]
        listed = whole(words(main_of(browser.get(of_level)).find(".//h2[@class='govuk-heading-m']")))
        to_act_on = whole(words(main_of(browser.get("/alerts?level=breached")).xpath(".//h2[@id='alerts']")[0]))
        assert before == after == listed == to_act_on + 1

    def test_the_table_adds_up_to_the_open_cases(self, client, user):
        main = main_of(client(user(Role.MANAGER)).get("/overview"))
        table = main.xpath(".//table[contains(@class, 'app-heat')]")[0]
        rows = [[whole(words(cell)) for cell in row.findall("td")] for row in table.findall(".//tbody/tr")]
        *stages, sums = rows
        assert all(sum(row[:-1]) == row[-1] for row in rows)
        assert [sum(column) for column in zip(*stages, strict=True)] == sums
        assert sums[-1] == whole(words(main.xpath(".//p[@class='app-big']")[0]))

    def test_the_load_of_the_workers_adds_up_to_the_open_cases(self, client, user):
        main = main_of(client(user(Role.MANAGER)).get("/overview"))
        loads = main.xpath(".//table[not(contains(@class, 'app-heat'))]//tbody/tr/td[1]")
        assert sum(whole(words(cell)) for cell in loads) == whole(words(main.xpath(".//p[@class='app-big']")[0]))

    def test_asks_the_database_a_few_things_however_many_cases_there_are(self, client, user, queries_of):
        browser = client(user(Role.MANAGER))
        browser.get("/overview")
        with queries_of() as asked:
            browser.get("/overview")
        assert len(asked) <= 12


def test_an_empty_overview_says_so_and_stands(client, user):
    main = main_of(client(user(Role.MANAGER)).get("/overview"))
    assert "no plans" in words(main)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CASEWORKER, 200), (Role.MANAGER, 200), (Role.DATA_OFFICER, 200), (Role.ADMINISTRATOR, 200)],
)
def test_who_sees_the_overview(client, user, role, status):
    client(user(role)).get("/overview", status=status)


@pytest.mark.usefixtures("county")
class TestTimeliness:
    @pytest.mark.parametrize("by", ["month", "calendar", "academic", "financial", "rolling"])
    def test_every_number_opens_as_many_plans_and_the_file_has_the_same_figures(self, client, user, by):
        browser = client(user(Role.DATA_OFFICER))
        main = main_of(browser.get(f"/timeliness?by={by}"))
        promised = numbers_in(main)
        assert promised
        some = dict(list(promised.items())[:25])
        assert {href: whole(words(main_of(browser.get(href)).find("h1"))) for href in some} == some
        answer = browser.get(f"/timeliness/timeliness.csv?by={by}")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        shown = main.xpath(".//table[.//caption[contains(., 'latest first, as at')]]//tbody/tr")
        assert [row["Period"] for row in reversed(rows)] == [
            words(line.find("th")).removesuffix(" (so far)") for line in shown
        ]
        for row, line in zip(reversed(rows), shown, strict=True):
            cells = [words(cell) for cell in line.findall("td")]
            assert cells[0] == (f"{row['Percent, no exception']}%" if row["Percent, no exception"] else "no plans")
            assert whole(cells[5]) == int(row["Plans issued"])
            if row["Percent"]:
                share = Decimal(100 * int(row["Within 20 weeks"])) / int(row["Plans issued"])
                assert abs(share - Decimal(row["Percent"])) <= Decimal("0.05")

    def test_the_cases_behind_a_number_are_its_cases_on_the_page_and_in_the_file(self, client, user):
        browser = client(user(Role.DATA_OFFICER))
        href = max(numbers_in(main_of(browser.get("/timeliness?by=calendar"))).items(), key=lambda item: item[1])[0]
        names = []
        page: str | None = href
        while page:
            main = main_of(browser.get(page))
            names += [words(cell) for cell in main.xpath(".//tbody/tr/th")]
            page = next(iter(main.xpath(".//a[@rel='next']/@href")), None)
        answer = browser.get(main.xpath(".//a[contains(., 'Download as CSV')]/@href")[0])
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row["Name"] for row in rows] == names and len(names) > 50
        assert all(row["Plan issued"].startswith(href.split("on=")[1][:4]) for row in rows)

    def test_england_the_past_and_the_target_are_drawn_and_the_table_beside_has_the_sources(self, app, client, user):
        app.config["TIMELINESS_TARGET"] = "60"
        main = main_of(client(user(Role.MANAGER)).get("/timeliness?by=calendar"))
        assert "Oxfordshire, published" in words(main)  # 931 is Oxfordshire's number
        assert "England, published" in words(main) and "Local target" in words(main)
        sources = main.xpath(".//details//tbody/tr")
        years = {(words(row.find("th")), words(row.find("td"))): words(row) for row in sources}
        assert "53.7%" in years["2023", "Oxfordshire"] and "46.1%" in years["2025", "England"]
        assert all("DfE, Education, health and care plans, release of 20" in text for text in years.values())

    def test_an_authority_with_no_published_past_is_told_so(self, app, client, user):
        app.config["LOCAL_AUTHORITY_CODE"] = "999"
        assert "no published past is shipped" in words(main_of(client(user()).get("/timeliness")))

    def test_asks_the_database_a_few_things_however_many_cases_there_are(self, client, user, queries_of):
        browser = client(user(Role.MANAGER))
        browser.get("/timeliness")
        with queries_of() as asked:
            browser.get("/timeliness")
        assert len(asked) <= 8


def test_with_no_plan_yet_it_says_what_to_do(client, user):
    factories.case()
    db.session.commit()
    assert "Bring in a past return" in words(main_of(client(user(Role.DATA_OFFICER)).get("/timeliness")))
    assert "A data officer can" in words(main_of(client(user(Role.MANAGER)).get("/timeliness")))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("by=x", 404), ("on=2025-02-30", 404), ("on=0203-01-01", 404), ("on=2025-01-31&bucket=x", 404),
        ("on=2025-01-31&page=-1", 200), ("on=2025-01-31&page=99999999", 200), ("on=2025-01-31&by=%00", 200),
    ],
)  # fmt: skip
def test_an_address_that_means_nothing_does_no_harm(client, user, query, status):
    client(user()).get(f"/timeliness/cases?{query}", status=status)
