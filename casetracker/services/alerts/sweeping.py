"""What the passing of a day does to the alerts of a whole caseload, or of a range of it."""

from dataclasses import dataclass
from datetime import date, datetime

from casetracker.models import WORST_FIRST, AlertLevel
from casetracker.services.alerts import closing, describing, ledger, outcomes, raising, remedies
from casetracker.services.alerts.calling import Rules
from casetracker.services.alerts.scope import EVERY_CASE, Scope
from casetracker.statute.counting import ORDINARY_READING, Reading


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


def sweep(*, on: date, at: datetime, scope: Scope = EVERY_CASE, reading: Reading = ORDINARY_READING) -> AlertCounts:
    """
    Raise, close and put in order the alerts of a range of cases, as of the day `on`.

    It may be run for any day, twice, or for one long past: what a later sweep has established stands.
    """
    rules = Rules(on, reading)
    closed = closing.close_all(scope, rules)
    raised = {level: raising.raise_all(level, scope, rules) for level in WORST_FIRST}
    closed += closing.close_superseded(scope, on=on)
    describing.describe(scope, rules)
    ledger.enter_raised(scope, on=on, at=at)
    ledger.enter_closed(scope, on=on, at=at)
    return AlertCounts(
        raised=raised,
        closed=closed,
        returned=ledger.enter_returned(scope, on=on, at=at),
        settled=outcomes.settle(scope, on=on, at=at),
        put_in_order=remedies.refresh(scope, on=on),
    )
