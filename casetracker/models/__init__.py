"""The tables, by noun."""

from casetracker.models.alerts import Alert, AlertLevel, last_day_that_is_soon
from casetracker.models.cases import Case, CaseEvent, MilestoneRow
from casetracker.models.people import Person, PersonName, SavedView, Setting, Team
from casetracker.models.records import ImportBatch, ImportKind, ImportRefusal, JobRun, KpiSnapshot, Outcome
from casetracker.models.users import SignInAttempt, User

__all__ = [
    "Alert",
    "AlertLevel",
    "Case",
    "CaseEvent",
    "ImportBatch",
    "ImportKind",
    "ImportRefusal",
    "JobRun",
    "KpiSnapshot",
    "MilestoneRow",
    "Outcome",
    "Person",
    "PersonName",
    "SavedView",
    "Setting",
    "SignInAttempt",
    "Team",
    "User",
    "last_day_that_is_soon",
]
