"""The only place that reads the clock. Edges call it and hand the day on; everything beneath is told."""

from datetime import UTC, date, datetime

from casetracker.london import day_of


def now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the legal day it is now: the date in London."""
    return day_of(now())
