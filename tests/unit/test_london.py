"""The legal day: London's, in summer and in winter."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from casetracker.london import day_of
from casetracker.models import CaseEvent
from casetracker.queries.entries import entry_of
from casetracker.statute.happenings import Happening


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 19, 0, tzinfo=timezone(-timedelta(hours=5))), date(2027, 1, 1)),
    ],
)
def test_the_legal_day_is_the_day_in_london(instant, day):
    assert day_of(instant) == day


def test_an_entry_made_after_midnight_in_summer_was_not_known_the_day_before():
    event = CaseEvent(
        seq=1,
        happening=Happening.REQUEST_RECEIVED,
        occurred_on=date(2026, 6, 30),
        recorded_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC),
        detail={},
    )
    assert entry_of(event).recorded_on == date(2026, 7, 1)
