"""What the alerts page says of an alert."""

from collections.abc import Mapping
from datetime import date

from casetracker.identifiers import as_key
from casetracker.models import AlertLevel
from casetracker.queries.alerts import AlertRow, Wanted


def days_over(row: AlertRow, today: date) -> str:
    """Return how far past its day it is, or how long is left, in words."""
    days = (today - row.due_on).days
    if days == 0:
        return "today"
    unit = "day" if abs(days) == 1 else "days"
    return f"{days:,} {unit} over" if days > 0 else f"in {-days:,} {unit}"


def wanted(asked: Mapping[str, str]) -> Wanted:
    """Return what the page's query string asks for, leaving out what cannot be understood."""
    level = asked.get("level", "")
    return Wanted(
        level=AlertLevel(level) if level in set(AlertLevel) else None,
        worker_id=as_key(asked.get("worker", "")),
        team_id=as_key(asked.get("team", "")),
        acknowledged=asked.get("acknowledged") == "yes",
    )
