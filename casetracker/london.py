"""The legal day: the date in London, whatever clock an instant was read from."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def day_of(instant: datetime) -> date:
    """Return the legal day of an instant, which must carry its time zone."""
    return instant.astimezone(LONDON).date()
