"""The tables, by noun."""

from casetracker.models.access import AccessCode, AccessLink, AccessSession, LinkPurpose
from casetracker.models.advice import Advice, AdviceDraft, AdviceFile, AdviceSubmission, ScanState
from casetracker.models.agreed_forms import AgreedForm, FormAgreement, FormComment, FormState, FormVersion
from casetracker.models.alerts import Alert, AlertLevel, last_day_that_is_soon
from casetracker.models.cases import Case, CaseEvent, MilestoneRow
from casetracker.models.directory import Closure, Service, ServicePerson, ServiceType, Setting
from casetracker.models.facts import (
    AdviceFacts,
    AdviceFactsBefore,
    CaseFacts,
    CaseFactsBefore,
    DisputeFacts,
    DisputeFactsBefore,
    DisputeKind,
)
from casetracker.models.forecasts import FitState, Forecast, ForecastFit
from casetracker.models.mail import Chase, Mail, MailState, MailTemplate
from casetracker.models.measures import EnteredFigure, FrozenFigure, QualityCount
from casetracker.models.outlooks import BacklogPlan, KpiCone, Outlook, OutlookPart, StaffFigures
from casetracker.models.people import Person, PersonName, SavedView, Team
from casetracker.models.published import (
    NeighbourChoice,
    PublishedArea,
    PublishedFigure,
    PublishedFile,
    PublishedFootnote,
)
from casetracker.models.records import ImportBatch, ImportKind, ImportRefusal, JobRun, KpiSnapshot, Outcome
from casetracker.models.returns import (
    Placement,
    PlacementPart,
    PlanNeed,
    ReturnDetails,
    Sen2Issue,
    Sen2Note,
    Sen2Return,
)
from casetracker.models.users import SignInAttempt, User

__all__ = [
    "AccessCode",
    "AccessLink",
    "AccessSession",
    "Advice",
    "AdviceDraft",
    "AdviceFacts",
    "AdviceFactsBefore",
    "AdviceFile",
    "AdviceSubmission",
    "AgreedForm",
    "Alert",
    "AlertLevel",
    "BacklogPlan",
    "Case",
    "CaseEvent",
    "CaseFacts",
    "CaseFactsBefore",
    "Chase",
    "Closure",
    "DisputeFacts",
    "DisputeFactsBefore",
    "DisputeKind",
    "EnteredFigure",
    "FitState",
    "Forecast",
    "ForecastFit",
    "FormAgreement",
    "FormComment",
    "FormState",
    "FormVersion",
    "FrozenFigure",
    "ImportBatch",
    "ImportKind",
    "ImportRefusal",
    "JobRun",
    "KpiCone",
    "KpiSnapshot",
    "LinkPurpose",
    "Mail",
    "MailState",
    "MailTemplate",
    "MilestoneRow",
    "NeighbourChoice",
    "Outcome",
    "Outlook",
    "OutlookPart",
    "Person",
    "PersonName",
    "Placement",
    "PlacementPart",
    "PlanNeed",
    "PublishedArea",
    "PublishedFigure",
    "PublishedFile",
    "PublishedFootnote",
    "QualityCount",
    "ReturnDetails",
    "SavedView",
    "ScanState",
    "Sen2Issue",
    "Sen2Note",
    "Sen2Return",
    "Service",
    "ServicePerson",
    "ServiceType",
    "Setting",
    "SignInAttempt",
    "StaffFigures",
    "Team",
    "User",
    "last_day_that_is_soon",
]
