"""The codes that an entry's detail can hold, in the words they are chosen by. Pure."""

from collections.abc import Callable, Mapping

from casetracker import wording
from casetracker.sen2.codes import SEN_TYPES
from casetracker.statute.advice import AdviceKind
from casetracker.statute.exceptions import CHOOSABLE, Ground, Phase
from casetracker.statute.happenings import Happening as H
from casetracker.statute.openings import CAN_BE_ORDERED, ROUTE_BY_PARAGRAPH, ROUTE_BY_WORD
from casetracker.statute.reviews import Auditor, Grade, ReviewOutcome
from casetracker.statute.standing import CaseStanding
from casetracker.statute.timetable import FIRST_CLOCK

Choices = tuple[tuple[str, str], ...]
_PHASES = {
    Phase.DECISION: "Deciding whether to assess",
    Phase.ADVICE: "Advice",
    Phase.NO_PLAN: "Deciding on no plan",
    Phase.FINAL_PLAN: "Final plan",
    Phase.RE_OPENED: "Re-opened case",
}


def _in_words(ground: Ground) -> str:
    return f"{_PHASES[ground.phase]}: {ground.words} (reg {ground.paragraph})"


GROUNDS: Choices = tuple((ground.paragraph, _in_words(ground)) for ground in CHOOSABLE)
KINDS: Choices = tuple((kind.value, wording.ADVICE[kind]) for kind in AdviceKind)
_SAME = (
    ("44(2)(b)", "assess"),
    ("44(2)(c)", "make and maintain a plan"),
    ("44(2)(d)", "reconsider"),
    ("44(2)(e)", "amend what the plan says"),
    ("44(2)(f)", "change only the school, or the type of school, it names"),
)
AGREEMENTS: Choices = (
    ("not_agreed", "No agreement was reached"),
    *(
        (paragraph, f"We agreed to {what} (reg 42(2), as if ordered under reg {paragraph})")
        for paragraph, what in _SAME
    ),
    ("42(3)", "We agreed something that could not be appealed against (2 weeks: reg 42(3))"),
)
ORDERS: Choices = (
    ("dismissed", "Dismissed: our decision stands (reg 44(2)(a))"),
    ("withdrawn", "Withdrawn by the family"),
    ("struck_out", "Struck out"),
    *((paragraph, f"We were ordered to {what} (reg {paragraph})") for paragraph, what in _SAME),
)
CONCESSIONS: Choices = (
    ("refusal_to_assess", "That we will assess (2, 10 and 14 weeks: reg 45(3) and (3A))"),
    ("refusal_to_make_plan", "That we will make a plan (draft in 5 weeks, final plan in 11: reg 45)"),
    ("contents", "What the plan says, with or without the school it names (5 weeks: reg 45(4))"),
    ("setting_only", "Only the school, or the type of school, that the plan names (2 weeks: reg 45)"),
)
REFUSALS: Choices = (
    ("5(1)", "After considering it, we decided not to assess (reg 5(1))"),
    ("4(1)", "At the first question: we decided that an assessment is not necessary (reg 4(1))"),
)
NOT_NEEDED: Choices = (
    ("6(4)", "Earlier advice is sufficient, and all three agree (reg 6(4))"),
    ("asked_by_mistake", "It was asked for by mistake"),
    ("other", "Another reason, given below"),
)
NOTIFICATIONS: Choices = (
    ("considering", "We are considering whether to assess (reg 4(2))"),
    ("exception", "An exception to a time limit applies"),
    ("delay", "The plan will be late, why, and when it is expected"),
    ("transfer", "The plan has been transferred to us, what we will do and when we will review it (reg 15)"),
    ("agreement", "What was agreed at mediation has been carried out (reg 42)"),
    ("other", "Something else"),
)
WITHDRAWERS: Choices = (
    ("parent", "Parent"),
    ("young person", "Young person"),
    ("school", "School or other setting"),
    ("other", "Somebody else"),
)
MOVES_IN: Choices = (
    ("with_plan", "With a plan that another authority made (reg 15)"),
    ("during_assessment", "Without a plan: we become responsible, and the clock starts (CFA 2014 s.24)"),
)
MEETINGS: Choices = (("meeting", "A meeting with the family"), ("review", "The review of a transferred plan (reg 15)"))
REVIEWED: Choices = (
    (ReviewOutcome.MAINTAIN.value, "To keep the plan as it is"),
    (ReviewOutcome.AMEND.value, "To amend the plan"),
    (ReviewOutcome.CEASE.value, "To cease to maintain the plan"),
)
GRADES: Choices = tuple((grade.value, wording.GRADES[grade]) for grade in Grade)
AUDITORS: Choices = tuple((auditor.value, wording.AUDITORS[auditor]) for auditor in Auditor)

NEEDS: Choices = tuple((code.code, code.label) for code in SEN_TYPES)

CODES: Mapping[tuple[H | None, str], Choices] = {
    (H.CASE_DETAILS_CHANGED, "source"): wording.SOURCES,
    (H.CASE_DETAILS_CHANGED, "primary_need"): NEEDS,
    (None, "advice_kind"): KINDS,
    (None, "paragraph"): GROUNDS,
    (H.MEDIATION_HELD, "reason"): AGREEMENTS,
    (H.APPEAL_DECIDED, "reason"): ORDERS,
    (H.CONCEDED, "reason"): CONCESSIONS,
    (H.ASSESSMENT_REFUSED, "reason"): REFUSALS,
    (H.ADVICE_NOT_NEEDED, "reason"): NOT_NEEDED,
    (H.NOTIFICATION_SENT, "reason"): NOTIFICATIONS,
    (H.REQUEST_WITHDRAWN, "by"): WITHDRAWERS,
    (H.MOVED_IN, "reason"): MOVES_IN,
    (H.MEETING_HELD, "reason"): MEETINGS,
    (H.ANNUAL_REVIEW_FINISHED, "outcome"): REVIEWED,
    (H.PLAN_AUDITED, "grade"): GRADES,
    (H.PLAN_AUDITED, "audited_by"): AUDITORS,
}
"""The words of each coded detail, by what happened (None: whatever happened)."""


def in_words(happening: H, name: str, value: str) -> str:
    """Return a detail in the words it was chosen by, or as it stands where it is no code of ours."""
    codes = CODES.get((happening, name)) or CODES.get((None, name)) or ()
    return dict(codes).get(value, value)


def _paragraph_can_apply(value: str, standing: CaseStanding) -> bool:
    clock = standing.clock
    named = next((ground for ground in CHOOSABLE if ground.paragraph == value), None)
    if clock is None or named is None or named.phase in (Phase.ADVICE, Phase.FINAL_PLAN):
        return True
    return (named.phase is Phase.RE_OPENED) == (clock.basis not in FIRST_CLOCK)


def _is_on_record(value: str, standing: CaseStanding) -> bool:
    return any(claim.ground.paragraph == value for claim in standing.exceptions)


def _can_be_ordered(value: str, standing: CaseStanding) -> bool:
    route = ROUTE_BY_PARAGRAPH.get(value) or ROUTE_BY_WORD.get(value)
    can_be = CAN_BE_ORDERED.get(standing.stage)
    return route is None or can_be is None or route in can_be


_OFFERED: Mapping[tuple[H, str], Callable[[str, CaseStanding], bool]] = {
    (H.EXCEPTION_RECORDED, "paragraph"): _paragraph_can_apply,
    (H.EXCEPTION_ENDED, "paragraph"): _is_on_record,
    (H.MEDIATION_HELD, "reason"): _can_be_ordered,
    (H.APPEAL_DECIDED, "reason"): _can_be_ordered,
    (H.CONCEDED, "reason"): _can_be_ordered,
    (H.ADVICE_CHASED, "advice_kind"): lambda value, s: any(a.kind == value and a.is_outstanding for a in s.advice),
    (H.ADVICE_RETURNED, "advice_kind"): lambda value, s: any(a.kind == value and a.received_on for a in s.advice),
    (H.ADVICE_ACCEPTED, "advice_kind"): lambda value, s: any(a.kind == value and a.received_on for a in s.advice),
}


def is_offered(happening: H, name: str, value: str, standing: CaseStanding) -> bool:
    """Return whether a choice makes sense for a case that stands like this. The law has the last word on saving."""
    offered = _OFFERED.get((happening, name))
    return not value or offered is None or offered(value, standing)
