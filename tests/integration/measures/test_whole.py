"""Periods before the record begins, of which there are only the cases that lasted: marked, and no baseline."""

from datetime import UTC, date, datetime

import pytest
from lxml import html

from casetracker.board.rating import Travel
from casetracker.extensions import db
from casetracker.models import ImportBatch, ImportKind, Outcome, ReturnDetails
from casetracker.queries import board as queries
from casetracker.queries import reading
from casetracker.queries.measures.whole import on_record_from
from casetracker.services import board
from tests import factories
from tests.conftest import TODAY
from tests.integration.board.test_board import plans

AT = datetime(2026, 6, 1, 1, 15, tzinfo=UTC)
KEY = "plans_within_20_weeks"


def returned(year: int) -> None:
    """Make a case that came with the return of a collection year."""
    case = factories.case(received_on=date(year - 1, 3, 1), child=factories.person())
    db.session.add(ReturnDetails(case_id=case.id, as_at=date(year, 1, 18), collection_year=year, recorded_at=AT))
    db.session.flush()


def imported(received_on: date) -> None:
    """Make a case that came with a history."""
    batch = ImportBatch(kind=ImportKind.HISTORY, source="x", started_at=AT, outcome=Outcome.DONE)
    db.session.add(batch)
    db.session.flush()
    factories.case(received_on=received_on, child=factories.person()).import_batch_id = batch.id
    db.session.flush()


@pytest.mark.parametrize(
    ("years", "history", "begins"),
    [
        ((), None, None),
        ((), date(2019, 5, 7), None),
        ((2024,), None, date(2023, 1, 1)),
        ((2025, 2024), None, date(2023, 1, 1)),
        ((2024,), date(2019, 5, 7), date(2019, 5, 7)),
        ((2024,), date(2024, 5, 7), date(2023, 1, 1)),
    ],
)
def test_the_record_begins_with_the_earliest_return_or_an_earlier_history(session, years, history, begins):
    plans(1, received_on=date(2018, 1, 8), weeks=20)
    for year in years:
        returned(year)
    if history:
        imported(history)
    assert on_record_from() == begins


@pytest.fixture
def before_and_after(session):
    """Plans of 2022, which lasted, and of the spring of 2023 on."""
    for received_on in (date(2022, 2, 1), date(2022, 12, 1), date(2023, 3, 1)):
        plans(3, received_on=received_on, weeks=20)
    board.refresh(today=TODAY, at=AT)


def test_earlier_periods_are_marked_and_later_ones_are_not(before_and_after, client, user, on_the_day):
    returned(2024)
    db.session.commit()
    browser = client(user())

    def heads(path):
        return [
            " ".join(head.split()) for head in html.fromstring(browser.get(path).text).xpath("//tbody/tr/th//text()")
        ]

    assert heads("/measures/requests?by=calendar")[-3:] == ["2023", "2022", "(not whole)"]
    assert "On record from 1 January 2023" in browser.get("/measures/requests?by=calendar").text
    assert "(not whole)" not in browser.get("/measures/requests").text  # the last 24 months
    assert ", not whole" in browser.get("/measures/requests/by/sex?by=calendar&on=2022-05-05").text
    assert ", not whole" not in browser.get("/measures/requests/by/sex?by=calendar&on=2023-05-05").text
    assert "On record from 1 January 2023" in browser.get("/board").text


def test_programs_are_told_of_each_figure_whether_it_is_whole(before_and_after):
    returned(2026)
    told = {item["ends_on"]: item["whole"] for item in reading.figures([KEY])}
    assert (told["2025-06-30"], told["2025-12-31"], told["2026-05-31"]) == (False, True, True)


def test_they_are_no_baseline(before_and_after):
    assert queries.one(KEY).baseline.of_what == "12 months to July 2023"
    returned(2024)
    assert queries.one(KEY).baseline is None
    assert queries.one(KEY).current.is_whole


def test_no_direction_of_travel_is_told_from_a_period_that_is_not_whole(before_and_after):
    assert queries.one(KEY).before is not None
    returned(2027)
    assert not queries.one(KEY).current.is_whole and queries.one(KEY).before is None
    assert queries.one(KEY).travel is Travel.UNKNOWN


def test_a_figure_of_the_board_says_that_it_is_not_whole(before_and_after):
    returned(2026)
    months = queries.one(KEY).months
    assert months[0].words == "June 2024, not whole" and not months[0].is_whole
    assert months[-1].words == "May 2026"
