"""A stored case history as the statute reads it."""

from typing import Any

from casetracker.london import day_of
from casetracker.models import CaseEvent
from casetracker.statute.entries import Entry

STORED = (
    CaseEvent.case_id,
    CaseEvent.seq,
    CaseEvent.happening,
    CaseEvent.occurred_on,
    CaseEvent.recorded_at,
    CaseEvent.detail,
    CaseEvent.corrects,
)
"""The columns that `entry_of` wants, and whose case it is."""


def entry_of(event: Any) -> Entry:
    """Return a stored entry (a `CaseEvent`, or a row with the columns of `STORED`) as the statute reads it."""
    return Entry(
        seq=event.seq,
        happening=event.happening,
        occurred_on=event.occurred_on,
        recorded_on=day_of(event.recorded_at),
        detail=event.detail,
        corrects=event.corrects,
    )
