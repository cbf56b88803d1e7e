"""The bar at the top: few entries, each open to whoever sees it, and a bar below for those with several places."""

import pytest
from lxml import html

from casetracker.roles import Role

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
            inside = bars(browser.get(place[1]).text)
            assert (*place[:2], "page") in inside[name]
            assert [entry[2] for entry in inside[name]].count("page") == 1


def test_an_entry_with_one_place_open_to_somebody_has_its_name(client, user):
    main = [name for name, *_ in bars(client(user(Role.CASEWORKER)).get("/timeliness").text)["Main"]]
    assert "Figures" in main
    assert "Data" not in main
    assert "Set up" in main
