"""What the alerts page says of an alert."""

from collections.abc import Mapping
from datetime import date

from casetracker.identifiers import as_key
from casetracker.models import AlertLevel
from casetracker.queries.alerts import AlertRow, Wanted
from casetracker.statute.timetable import Duty

_REASONS = {
    AlertLevel.DUE_SOON: "A limit set by law ends within 10 working days.",
    AlertLevel.BREACHED: "A limit set by law was missed and no exception is on record.",
}
_WAITING = {
    Duty.RECEIVE_ADVICE: "The advice was not received within its six weeks.",
    Duty.SETTING_REPLY: "The setting has not replied within its 15 days. You may decide without it.",
}


def reason(row: AlertRow) -> str:
    """Return why there is an alert, in words."""
    internal = "Our own target has passed, and the final plan waits for it."
    return _REASONS.get(row.level) or _WAITING.get(row.duty, internal)


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
