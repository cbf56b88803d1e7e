"""The words the pages use for codes: one place, so that a thing has one name everywhere."""

from casetracker.statute.advice import AdviceKind, AdviceStatus
from casetracker.statute.happenings import Happening as H
from casetracker.statute.reviews import Auditor, Grade
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Basis, Duty

HAPPENINGS = {
    H.BROUGHT_FORWARD: "Brought forward from an earlier record",
    H.REQUEST_RECEIVED: "Request received",
    H.FURTHER_INFORMATION_ASKED: "Further information asked for",
    H.FURTHER_INFORMATION_RECEIVED: "Further information received",
    H.PANEL_CONSIDERED: "Considered by panel",
    H.ASSESSMENT_AGREED: "Family told: we will assess",
    H.ASSESSMENT_REFUSED: "Family told: we will not assess",
    H.REQUEST_WITHDRAWN: "Request withdrawn",
    H.ADVICE_ASKED: "Advice asked for",
    H.ADVICE_CHASED: "Advice chased",
    H.ADVICE_RECEIVED: "Advice received",
    H.ADVICE_RETURNED: "Advice sent back",
    H.ADVICE_ACCEPTED: "Advice accepted",
    H.ADVICE_NOT_KNOWN_TO_SERVICE: "Not known to the service",
    H.ADVICE_NOT_NEEDED: "Advice no longer needed",
    H.ADVICE_DECLINED: "Decided not to seek advice the family asked for",
    H.ADVICE_SEEN: "Request for advice opened by its giver",
    H.ADVICE_DRAFTED: "Advice begun by its giver",
    H.ADVICE_DELAYED: "Giver needs more time for advice",
    H.ADVICE_DELAY_ACCEPTED: "More time for advice: reason accepted",
    H.ADVICE_PASSED_ON: "Wrong person asked for advice",
    H.ADVICE_TAKEN_BACK: "Advice sent in error, taken back",
    H.PLAN_AGREED: "Decided to make a plan",
    H.PLAN_REFUSED: "Family told: there will be no plan",
    H.DRAFT_PLAN_SENT: "Draft plan sent",
    H.REPRESENTATIONS_RECEIVED: "Representations received",
    H.MEETING_HELD: "Meeting held",
    H.SETTING_CONSULTED: "Setting consulted",
    H.SETTING_REPLIED: "Setting replied",
    H.FINAL_PLAN_ISSUED: "Final plan issued",
    H.ANNUAL_REVIEW_FINISHED: "Annual review finished: family told",
    H.PLAN_AUDITED: "Plan audited",
    H.EXCEPTION_RECORDED: "Exception recorded",
    H.EXCEPTION_ENDED: "Exception ended",
    H.MEDIATION_ASKED: "Mediation asked for",
    H.MEDIATION_HELD: "Mediation held",
    H.APPEAL_REGISTERED: "Appeal registered",
    H.APPEAL_DECIDED: "Appeal decided",
    H.CONCEDED: "Conceded by the authority",
    H.MOVED_OUT: "Moved out of the area",
    H.MOVED_IN: "Moved into the area",
    H.DIED: "The child or young person died",
    H.CASE_CLOSED: "Case closed",
    H.WORKER_ASSIGNED: "Named worker assigned",
    H.NOTIFICATION_SENT: "Notification sent",
    H.NOTE_ADDED: "Note",
    H.CONTACT_RECORDED: "Contact recorded",
    H.PERSON_DETAILS_CHANGED: "Details of the child changed",
    H.CASE_DETAILS_CHANGED: "Details of the case changed",
    H.ENTRY_WITHDRAWN: "Entry withdrawn: it did not happen",
}
STAGES = {
    Stage.NOT_OPEN: "Not open",
    Stage.REQUESTED: "Deciding whether to assess",
    Stage.ORDERED_TO_ASSESS: "Ordered or agreed to assess",
    Stage.ASSESSING: "Assessing: gathering advice",
    Stage.PLANNING: "Writing the draft plan",
    Stage.CONSULTING: "Consulting on the draft plan",
    Stage.RECONSIDERING: "Reconsidering",
    Stage.AMENDING: "Amending the plan",
    Stage.TRANSFERRED: "Transferred in with a plan",
    Stage.ISSUED: "Final plan issued",
    Stage.REFUSED: "Refused: no assessment",
    Stage.NO_PLAN: "Assessed: no plan",
    Stage.WITHDRAWN: "Withdrawn",
    Stage.MOVED_OUT: "Moved out",
    Stage.DIED: "Died",
    Stage.CLOSED: "Closed",
}
PARTIES = {
    Party.AUTHORITY: "Us",
    Party.ADVICE_GIVER: "Advice givers",
    Party.FAMILY: "The family",
    Party.SETTING: "A setting",
    Party.TRIBUNAL: "The tribunal",
    Party.NOBODY: "Nobody",
}
DUTIES = {
    Duty.DECIDE_WHETHER_TO_ASSESS: "Tell the family whether we will assess",
    Duty.RECEIVE_ADVICE: "Advice to be received",
    Duty.NOTIFY_NO_PLAN: "Decide whether to make a plan",
    Duty.REPRESENTATIONS_WINDOW: "Family’s 15 days for representations",
    Duty.SETTING_REPLY: "Setting’s reply to consultation",
    Duty.ISSUE_FINAL_PLAN: "Final plan issued",
    Duty.NOTIFY_WILL_ASSESS: "Tell the family that we will assess",
    Duty.SEND_DRAFT_PLAN: "Draft plan sent",
    Duty.RECONSIDER: "Reconsider",
    Duty.ISSUE_AMENDED_PLAN: "Amended plan issued",
    Duty.CARRY_OUT_AGREEMENT: "Carry out what was agreed at mediation",
    Duty.TELL_FAMILY_OF_TRANSFER: "Tell the family of the transfer",
    Duty.REVIEW_TRANSFERRED_PLAN: "Review the transferred plan",
    Duty.GATHER_ADVICE: "All advice in hand",
    Duty.REVIEW_PLAN: "Review the plan",
    Duty.TELL_REVIEW_DECISION: "Tell the family what was decided after the review",
    Duty.MEDIATION_WINDOW: "Family may ask for mediation",
    Duty.APPEAL_WINDOW: "Family may appeal",
}
ADVICE = {
    AdviceKind.PARENTAL: "Parent’s or young person’s views",
    AdviceKind.EDUCATIONAL: "Educational advice",
    AdviceKind.MEDICAL: "Medical advice",
    AdviceKind.PSYCHOLOGICAL: "Psychological advice",
    AdviceKind.SOCIAL_CARE: "Social care advice",
    AdviceKind.VISION: "Vision advice",
    AdviceKind.HEARING: "Hearing advice",
    AdviceKind.MULTI_SENSORY: "Multi-sensory advice",
    AdviceKind.PREPARING_FOR_ADULTHOOD: "Preparing for adulthood advice",
    AdviceKind.SPEECH_LANGUAGE: "Speech and language advice",
    AdviceKind.OCCUPATIONAL_THERAPY: "Occupational therapy advice",
    AdviceKind.PHYSIOTHERAPY: "Physiotherapy advice",
    AdviceKind.EARLY_YEARS: "Early years advice",
    AdviceKind.OTHER: "Other advice",
}
_ADVICE_BY_WORD = {kind.value: words for kind, words in ADVICE.items()}
ADVICE_STATUSES = {
    AdviceStatus.ASKED: "Asked for",
    AdviceStatus.SEEN: "Opened by its giver",
    AdviceStatus.DRAFT: "Being written",
    AdviceStatus.RECEIVED: "Received, to be read",
    AdviceStatus.ACCEPTED: "Accepted",
    AdviceStatus.RETURNED: "Sent back",
    AdviceStatus.TAKEN_BACK: "Taken back by its giver",
    AdviceStatus.NOT_KNOWN: "Not known to the service: a gap",
    AdviceStatus.NOT_NEEDED: "No longer needed",
}
GRADES = {
    Grade.OUTSTANDING: "Outstanding",
    Grade.GOOD: "Good",
    Grade.REQUIRES_IMPROVEMENT: "Requires improvement",
    Grade.INADEQUATE: "Inadequate",
}
AUDITORS = {
    Auditor.IN_HOUSE: "In-house",
    Auditor.MULTI_AGENCY: "Multi-agency",
    Auditor.EXTERNAL: "External",
}
BASES = {
    Basis.REQUEST: "the request was received",
    Basis.BROUGHT_TO_ATTENTION: "the child was brought to our attention (CFA 2014 s.24)",
    Basis.MEDIATION_AGREEMENT: "it was agreed at mediation (reg 42)",
    Basis.TRIBUNAL_ORDER: "the tribunal ordered it (reg 44)",
    Basis.CONCESSION: "we conceded (reg 45)",
    Basis.TRANSFER: "the plan was transferred to us (reg 15)",
    Basis.NOT_KNOWN: "how it started is not known",
}
SOURCES = (
    ("1", "Parent or young person"),
    ("2", "School or other education setting"),
    ("3", "Health care professional"),
    ("4", "Social care professional"),
    ("5", "Somebody else"),
)


def of_duty(duty: str | None, subject: str = "") -> str:
    """Return a milestone in words: "Medical advice", "Oak School to reply"."""
    if not duty:
        return ""
    if duty == Duty.RECEIVE_ADVICE:
        return _ADVICE_BY_WORD.get(subject, DUTIES[Duty.RECEIVE_ADVICE])
    words = DUTIES[Duty(duty)]
    return f"{words}: {subject}" if subject else words


def of_basis(basis: str) -> str:
    """Return what started a clock in words."""
    return BASES[Basis(basis)]


def of_stage(stage: str) -> str:
    """Return a stage in words."""
    return STAGES[Stage(stage)]


def of_happening(happening: str) -> str:
    """Return a happening in words."""
    return HAPPENINGS[H(happening)]


def of_party(party: str) -> str:
    """Return whose move it is in words."""
    return PARTIES[Party(party)]


def of_advice(kind: str) -> str:
    """Return a kind of advice in words."""
    return _ADVICE_BY_WORD.get(kind, kind)


def of_advice_status(status: str) -> str:
    """Return where a piece of advice has got to in words."""
    return ADVICE_STATUSES[AdviceStatus(status)]
