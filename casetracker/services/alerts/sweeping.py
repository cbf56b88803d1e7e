"""What the passing of a day does to the alerts of a whole caseload, or of a range of it."""

from dataclasses import dataclass

from casetracker.models import WORST_FIRST, AlertLevel
from casetracker.services.alerts import closing, describing, ledger, outcomes, raising, remedies
from casetracker.services.alerts.run import Run


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """What one sweep changed."""

    raised: dict[AlertLevel, int]
    closed: int
    returned: int
    settled: int
    """Alerts whose limit at stake is now known to have been met, missed or to have fallen away."""
    put_in_order: int
    """Alerts whose probability, remedy or harm is another than it was."""


def sweep(run: Run) -> AlertCounts:
    """
    Raise, close and put in order the alerts of a range of cases, as of the day of the run.

    It may be run for any day, twice, or for one long past: what a later sweep has established stands.
    """
    closed = closing.close_all(run)
    raised = {level: raising.raise_all(level, run) for level in WORST_FIRST}
    closed += closing.close_superseded(run)
    describing.describe(run)
    ledger.enter_raised(run)
    ledger.enter_closed(run)
    return AlertCounts(
        raised=raised,
        closed=closed,
        returned=ledger.enter_returned(run),
        settled=outcomes.settle(run),
        put_in_order=remedies.refresh(run),
    )
