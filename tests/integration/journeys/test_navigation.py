"""The bar at the top: few entries, each open to whoever sees it, and a bar below for those with several places."""

import re

import pytest
from lxml import html

from casetracker import jobs
from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.roles import Role
from tests import worlds
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
MOST = 9
"""As many entries as fit beside each other on a desk's screen."""


def bars(page: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return the bars of a page by their labels: of each link its text, its address and what it says of here."""
    found = html.fromstring(page).xpath("//nav[contains(@class, 'app-nav')]")
    return {
        bar.get("aria-label"): [
            (link.text_content(), link.get("href"), link.get("aria-current", "")) for link in bar.iter("a")
        ]
        for bar in found
    }


@pytest.mark.parametrize("role", list(Role))
def test_every_place_is_reached_from_it_and_shows_where_one_is(client, user, role):
    browser = client(user(role))
    main = bars(browser.get("/timeliness").text)["Main"]
    assert 1 < len(main) <= MOST
    for name, address, _ in main:
        here = bars(browser.get(address, follow_redirects=True).text)
        (current,) = [entry for entry in here["Main"] if entry[2]]
        assert current == (name, address, "true" if name in here else "page")
        for place in here.get(name, ()):
            inside = bars(browser.get(place[1], follow_redirects=True).text)
            assert (*place[:2], "page") in inside[name]
            assert [entry[2] for entry in inside[name]].count("page") == 1


def test_an_entry_with_one_place_open_to_somebody_has_its_name(client, user):
    main = [name for name, *_ in bars(client(user(Role.CASEWORKER)).get("/timeliness").text)["Main"]]
    assert "Figures" in main
    assert "Data" not in main
    assert "Set up" in main


def after_a_night() -> None:
    demonstration.load(today=TODAY, now=NOW, cases=80)
    db.session.commit()
    jobs.sweep()
    for first_id, last_id in jobs.ranges_to_score():
        jobs.score_forecasts(first_id=first_id, last_id=last_id)
    for job in (jobs.sweep, jobs.snapshot, jobs.outlook, jobs.board, jobs.data_quality, jobs.chase, jobs.verify):
        job()


@pytest.fixture
def county(session, on_the_day) -> None:
    """A small county after a night with every job in it."""
    worlds.begin(after_a_night)


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("role", list(Role))
def test_every_link_that_somebody_is_shown_opens_for_them(client, user, role):
    browser = client(user(role))
    pages = [address for bar in bars(browser.get("/timeliness").text).values() for _, address, _ in bar]
    pages += [address for page in pages for bar in bars(opened(browser, page)).values() for _, address, _ in bar]
    links = {link: page for page in dict.fromkeys(pages) for link in links_of(opened(browser, page))}
    assert len(links) > 100
    shut = {
        link: page
        for link, page in links.items()
        if browser.browser.get(link, buffered=True).status_code not in (200, 302)
    }
    assert not shut


def opened(browser, address: str) -> str:
    return browser.get(address, follow_redirects=True).text


def links_of(page: str) -> list[str]:
    """Return where a page leads, one of those that differ only in a number or in what they ask."""
    found = html.fromstring(page).xpath("//main//a/@href")
    return list({re.sub(r"[0-9]+", "0", link.partition("?")[0]): link for link in found if link[:1] == "/"}.values())
