"""The weekly summary: who gets it, when, and that each figure is what the rows say."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Digest, DigestKind, Mail
from casetracker.roles import Role
from tests import factories
from tests.integration.digests.people import mails, reader, team, tick
from tests.integration.digests.test_contents import alert, close, held

pytestmark = pytest.mark.usefixtures("session")
MONDAY = date(2026, 6, 1)


@pytest.fixture
def head():
    """Somebody who heads the service, and has no role in casework."""
    return reader("head@example.gov.uk", Role.DATA_OFFICER, head_of_service=True)


def summary(traveller, day: date) -> str:
    tick(traveller, day)
    return mails("weekly_summary")["head@example.gov.uk"][-1].body


def test_each_figure_is_what_the_rows_say(on_the_day, head):
    north = team("North")
    worker = reader()
    for received_on, weeks in ((date(2026, 1, 12), 20), (date(2025, 12, 1), 26), (date(2025, 9, 1), 20)):
        steps = factories.lifetime(received_on, weeks_to_plan=weeks)
        factories.case(received_on=received_on, steps=steps, today=MONDAY)
    alert(held("A", worker, team_id=north.id), raised_on=date(2026, 5, 25))
    close(alert(held("B", team_id=north.id), raised_on=date(2026, 5, 31)))
    alert(held("C"), raised_on=date(2026, 5, 24))  # the Sunday before last
    body = summary(on_the_day, MONDAY)
    assert "This is the week to 31 May 2026." in body
    assert "This month so far: 50.0% (1 of 2)" in body
    assert "This year so far: 66.7% (2 of 3)" in body
    assert "Alerts that stand: 2\n- Breached: 2\n" in body
    assert "Breaches that came to light last week: 2, on 2 cases; 1 still stands." in body
    assert "Open longest\n- A: 21 weeks\n  http://localhost/cases/" in body
    assert "- North: 2 open, 2 overdue, 1 held by nobody\n- No team: 1 open, 1 overdue, 1 held by nobody" in body
    assert "O’Brien" not in body and "A.O." not in body


def test_an_empty_service_says_so(on_the_day, head):
    body = summary(on_the_day, MONDAY)
    for words in ("This month so far: no plan issued", "No breach came to light last week.", "No case is open."):
        assert words in body


def test_it_comes_once_a_week_on_its_first_working_day(on_the_day, head):
    made = {}
    for number in range(21):
        day = date(2026, 5, 18) + timedelta(days=number)
        made[day] = len([*tick(on_the_day, day), *tick(on_the_day, day, 9)])
    assert [day for day, number in made.items() if number] == [
        date(2026, 5, 18),
        date(2026, 5, 26),  # the Monday was a bank holiday
        date(2026, 6, 1),
    ]
    of = select(Digest.for_day).where(Digest.kind == DigestKind.WEEKLY).order_by(Digest.for_day)
    assert db.session.scalars(of).all() == [date(2026, 5, 18), date(2026, 5, 25), date(2026, 6, 1)]
    subjects = db.session.scalars(select(Mail.subject).order_by(Mail.id)).all()
    assert subjects[0] == "EHC needs assessments: the week to 17 May 2026"


def test_who_heads_it_no_more_or_cannot_sign_in_gets_none(on_the_day, head):
    head.head_of_service = False
    reader("stopped@example.gov.uk", Role.MANAGER, head_of_service=True, active=False)
    tick(on_the_day, MONDAY)
    assert mails("weekly_summary") == {}
