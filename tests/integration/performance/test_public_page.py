"""The public pages: off by default, the same figures as the report, and the same for everybody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casetracker.extensions import db
from casetracker.highlights.draft import Draft
from casetracker.highlights.plain import TOO_SMALL
from casetracker.roles import Role
from casetracker.services import highlights
from tests.conftest import TODAY
from tests.integration.reports.test_reports import figure

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def issued(app, session, user):
    """A report whose headline and a small count are public, and whose appeals are not."""
    manager = user(Role.MANAGER, name="Morag Sinclair")
    for key, numbers in {"plans_within_20_weeks": (533, 993), "requests": (3, None), "appeals": (70, None)}.items():
        figure(key, *numbers)
    begun = highlights.begin(month=date(2026, 5, 1), today=TODAY, at=AT, by_id=manager.id)
    keys = ("plans_within_20_weeks", "requests", "appeals")
    highlights.save(report_id=begun.id, draft=Draft(measures=keys, public=keys[:2], summary="S"), seen_version=1)
    highlights.issue(
        report_id=begun.id, number=1, reason="", council="Example County Council", today=TODAY, at=AT, by=manager
    )
    db.session.commit()
    return begun.id, manager


def test_they_are_not_found_until_the_setting_says_so(client, issued):
    client(None).get("/performance", status=404)
    client(None).get("/performance/easy-read", status=404)


def test_they_show_what_was_chosen_and_nothing_else(app, client, issued):
    app.config["PUBLIC_FIGURES"] = True
    page = client(None).get("/performance").text
    assert "533 of 993 new plans were finished within 20 weeks" in page and "53.7%" in page
    assert TOO_SMALL in page and "Appeals" not in page and "Morag" not in page
    easy = client(None).get("/performance/easy-read").text
    assert "about 5 in every 10" in easy and "ready in 20 weeks" in easy and TOO_SMALL in easy


def test_figures_that_move_on_do_not_change_them_until_a_report_is_issued(app, client, issued):
    app.config["PUBLIC_FIGURES"] = True
    report_id, manager = issued
    figure("plans_within_20_weeks", 600, 993, known_on=TODAY)
    db.session.commit()
    assert "53.7%" in client(None).get("/performance").text
    later = TODAY + timedelta(days=1)
    highlights.issue(
        report_id=report_id, number=2, reason="Keyed late", council="Example", today=later, at=AT, by=manager
    )
    db.session.commit()
    page = client(None).get("/performance").text
    assert "60.4%" in page and "which puts an earlier one right: Keyed late" in page


def test_a_cache_may_keep_them_because_nobody_is_in_them(app, client, issued):
    app.config["PUBLIC_FIGURES"] = True
    _, manager = issued
    stranger, known = client(None).get("/performance"), client(manager).get("/performance")
    assert "Set-Cookie" not in stranger.headers and "Set-Cookie" not in known.headers
    assert "Cookie" not in stranger.headers.get("Vary", "")
    assert "Sign out" not in known.text
    again = client(None).get("/performance", status=304, headers={"If-None-Match": stranger.headers["ETag"]})
    assert again.data == b""


def test_with_no_report_they_say_so(app, client, session):
    app.config["PUBLIC_FIGURES"] = True
    assert "No figures have been published here yet" in client(None).get("/performance").text
