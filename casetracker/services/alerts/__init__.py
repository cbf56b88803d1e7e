"""
Breach alerts: which milestones call for one, raising and closing them, and what was done about them.

Whole caseloads are raised and closed in a few statements (`sweeping`); one case's alerts are closed and put right as
soon as its history says so (`following`, from services/histories.py). What people do is in `acting`.
"""

from casetracker.services.alerts.acting import (
    LONGEST_ACTION,
    LONGEST_SNOOZE,
    Acted,
    NotPossible,
    Seen,
    acknowledge,
    comment,
    escalate,
    reopen,
    see,
    snooze,
)
from casetracker.services.alerts.following import follow
from casetracker.services.alerts.sweeping import sweep

__all__ = [
    "LONGEST_ACTION",
    "LONGEST_SNOOZE",
    "Acted",
    "NotPossible",
    "Seen",
    "acknowledge",
    "comment",
    "escalate",
    "follow",
    "reopen",
    "see",
    "snooze",
    "sweep",
]
