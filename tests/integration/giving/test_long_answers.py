"""More than anybody should paste at once, in any script: it comes back to its giver, all of it."""

import pytest
from lxml import html

from tests.integration.giving.conftest import _hidden, ask_for_medical
from tests.integration.giving.test_drafts import draft_of

PATH = "/giving/sections/health"


@pytest.mark.parametrize("letter", ["x", "“", "ক", "👩"])
def test_a_hundred_thousand_characters_in_every_box_of_a_section_come_back_beside_their_errors(
    app, ready, caseworker, come_in, letter
):
    ask_for_medical(caseworker, ready)
    giver = come_in("team@health.example")
    version = _hidden(giver.get(PATH).text, "version")
    boxes = ("history", "medication", "growth", "mental_health")
    page = giver.post(
        PATH, {"version": version, "q-prognosis": "Kept", **{f"q-{box}": letter * 100_000 for box in boxes}}, status=200
    )
    shown = html.fromstring(page.text)
    for box in boxes:
        (area,) = shown.xpath(f"//textarea[@id='q-{box}']")
        assert len(area.text.strip()) == 100_000
    assert page.text.count("Use 30,000 characters or fewer, not 100,000") == 2 * len(boxes)
    assert draft_of(app) == {"prognosis": "Kept"}
