"""The tokens of programs that read figures, as an administrator makes and stops them."""

import re

import pytest
from lxml import html

from casetracker.roles import Role

pytestmark = pytest.mark.usefixtures("session", "on_the_day")


@pytest.fixture
def administrator(client, user):
    return client(user(Role.ADMINISTRATOR, name="Agnes Fairweather"))


def read(client, token: str, *, status: int = 200) -> None:
    client(None).get("/api/v1/measures", headers={"Authorization": f"Bearer {token}"}, status=status)


def rows(page: str) -> list[list[str]]:
    found = html.fromstring(page).xpath("//main//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found]


def test_a_token_is_shown_once_reads_figures_and_is_stopped_for_good(administrator, client):
    page = administrator.post("/programs", {"name": "Power BI", "days": "30"}, status=200)
    [token] = re.findall(r"ctr_[A-Za-z0-9_-]{43}", page.text)
    assert "no-store" in page.headers["Cache-Control"]
    read(client, token)
    later = administrator.get("/programs")
    assert token not in later.text
    [row] = rows(later.text)
    assert row[0] == "Power BI" and row[1].endswith("by Agnes Fairweather")
    assert row[2:] == ["1 Jul 2026", "1 Jun 2026", "Stop Power BI"]
    [stop] = html.fromstring(later.text).xpath("//main//tbody//form/@action")
    administrator.post(stop)
    read(client, token, status=401)
    [row] = rows(administrator.get("/programs").text)
    assert row[2].startswith("1 Jul 2026: stopped 1 June 2026") and row[4] == ""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "", "days": "30"}, "Enter a name"),
        ({"name": "Power BI", "days": ""}, "Enter a whole number from 1 to 3,650"),
        ({"name": "Power BI", "days": "ten"}, "Enter a whole number from 1 to 3,650"),
        ({"name": "Power BI", "days": "3651"}, "Enter a whole number from 1 to 3,650"),
        ({"name": "Taken", "days": "30"}, "There is a token of that name already"),
        ({"name": "\u200b", "days": "30"}, "Enter a name"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_made(administrator, fields, message):
    administrator.post("/programs", {"name": "Taken", "days": "1"}, status=200)
    page = administrator.post("/programs", fields, status=200)
    assert message in page.text and "ctr_" not in page.text
    assert [row[0] for row in rows(page.text)] == ["Taken"]


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.DATA_OFFICER])
def test_nobody_else_may(client, user, role):
    browser = client(user(role))
    browser.get("/programs", status=403)
    browser.post("/programs", {"name": "Mine", "days": "1"}, status=403)
