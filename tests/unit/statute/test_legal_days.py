"""The legal day is London's, whatever the hour and wherever the server stands."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from casetracker import clock


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 23, 0, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
    ids=[
        "the night before the clocks go forward",
        "the night after they have gone forward",
        "just before they go forward",
        "the night before the clocks go back",
        "the night after they have gone back",
        "the end of the year",
        "just before a summer midnight",
        "a summer midnight",
    ],
)
def test_today_is_the_day_in_london(instant, day):
    with time_machine.travel(instant, tick=False):
        assert clock.today() == day
        assert clock.now() == instant
