"""One short form for each thing that can happen, made from a table of its fields."""

from collections.abc import Callable, Mapping
from typing import Any

from wtforms import Field
from wtforms.validators import Email

from casetracker.forms import RecordingForm, choice_field, day_field, long_field, radio_field, text_field, tick_field
from casetracker.journeys.cases import choices
from casetracker.statute.happenings import ADVICE_HAPPENINGS
from casetracker.statute.happenings import Happening as H
from casetracker.statute.standing import CaseStanding

Make = Callable[[], Field]
LONGEST_REASON = 2_000


def _note(label: str = "Note") -> Make:
    return lambda: long_field(label)


def _text(label: str, **options: Any) -> Make:
    return lambda: text_field(label, **options)


def _day(label: str, **options: Any) -> Make:
    return lambda: day_field(label, **options)


def _one_of(label: str, codes: choices.Choices, **options: Any) -> Make:
    return lambda: radio_field(label, codes, **options)


def _why(label: str, needed: str) -> Make:
    return lambda: long_field(label, needed=needed, longest=LONGEST_REASON)


_KIND: Make = lambda: choice_field("Which advice", choices.KINDS, needed="Choose which advice")  # noqa: E731
_GIVER = _text("Advice giver", hint="The service, setting or person")
_ADVICE: Mapping[str, Make] = {"advice_kind": _KIND, "advice_giver": _GIVER, "note": _note()}
_SETTING: Mapping[str, Make] = {
    "setting": _text("Setting", needed="Enter the name of the setting"),
    "note": _note(),
}
_PARAGRAPH = _one_of("Which exception", choices.GROUNDS, needed="Choose the paragraph that applies")
_EXCEPTION: Mapping[str, Make] = {
    "paragraph": _PARAGRAPH,
    "until": _day("Last day it applies", hint="Needed for a closure or an absence. Leave empty if it goes on."),
    "advice_kind": lambda: choice_field(
        "Which advice",
        choices.KINDS,
        hint="Only for an exception under reg 8(2)",
        blank="All of it, or not about advice",
    ),
    "evidence": _why("What shows that it applies", "Say what shows that the exception applies"),
    "approved_by": _text("Who approved it", needed="Enter who approved it"),
    "family_told_on": _day("Day the family was told", hint="Leave empty if they have not been told yet"),
    "family_told": lambda: long_field("What the family was told", longest=LONGEST_REASON),
}

FIELDS: Mapping[H, Mapping[str, Make]] = {
    **dict.fromkeys(ADVICE_HAPPENINGS | {H.ADVICE_DECLINED}, _ADVICE),
    H.ADVICE_ASKED: {
        "advice_kind": _KIND,
        "advice_giver": _GIVER,
        "received_by_giver_on": _day(
            "Day they had the request",
            hint="Their six weeks run from it (reg 8(1)). Leave empty if it was the same day.",
        ),
        "note": _note(),
    },
    H.ADVICE_RETURNED: {**_ADVICE, "reason": _why("What is missing", "Say what is missing")},
    H.ADVICE_NOT_NEEDED: {
        "advice_kind": _KIND,
        "advice_giver": _GIVER,
        "reason": _one_of("Why it is not needed", choices.NOT_NEEDED, needed="Choose why it is not needed"),
        "adviser_satisfied_on": _day("Day its giver said that it is sufficient", hint="Only where reg 6(4) applies"),
        "authority_satisfied_on": _day("Day we were satisfied that it is", hint="Only where reg 6(4) applies"),
        "family_satisfied_on": _day("Day the family was satisfied that it is", hint="Only where reg 6(4) applies"),
        "note": _note(),
    },
    H.ASSESSMENT_REFUSED: {
        "reason": _one_of("On what question", choices.REFUSALS, needed="Choose on what question it was refused"),
        "note": _note("Reasons given"),
    },
    H.PLAN_REFUSED: {"note": _note("Reasons given")},
    H.DRAFT_PLAN_SENT: {
        "served_on": _day(
            "Day the family had it", hint="Their 15 days begin with it (reg 13(1)). Leave empty if it was the same day."
        ),
        "note": _note(),
    },
    H.SETTING_CONSULTED: _SETTING,
    H.SETTING_REPLIED: {**_SETTING, "note": _note("What it said")},
    H.EXCEPTION_RECORDED: _EXCEPTION,
    H.EXCEPTION_ENDED: {"paragraph": _PARAGRAPH, "note": _note()},
    H.MEDIATION_HELD: {
        "reason": _one_of("What came of it", choices.AGREEMENTS, needed="Choose what came of it"),
        "agreed_due_on": _day(
            "Other last day agreed in writing", hint="Takes the place of the limit (reg 42(5)). Leave empty if none."
        ),
        "certificate_on": _day("Day of the mediation certificate", hint="Leave empty if none"),
        "note": _note(),
    },
    H.APPEAL_DECIDED: {
        "reason": _one_of("What was decided", choices.ORDERS, needed="Choose what was decided"),
        "directed_due_on": _day(
            "Other last day that the tribunal set",
            hint="Takes the place of the limit (reg 44(1)). Leave empty if none.",
        ),
        "note": _note(),
    },
    H.CONCEDED: {
        "reason": _one_of("What was conceded", choices.CONCESSIONS, needed="Choose what was conceded"),
        "note": _note(),
    },
    H.REQUEST_WITHDRAWN: {
        "by": _one_of("Who withdrew it", choices.WITHDRAWERS, needed="Choose who withdrew it"),
        "evidence": _text("How we know", hint="Letter, email, telephone call", needed="Say how we know"),
        "note": _note(),
    },
    H.NOTIFICATION_SENT: {
        "reason": _one_of("About what", choices.NOTIFICATIONS, needed="Choose what it was about"),
        "note": _note(),
    },
    H.NOTE_ADDED: {"note": lambda: long_field("Note", needed="Enter the note")},
    H.CONTACT_RECORDED: {
        "name": _text("Name", needed="Enter a name"),
        "relation": _text("Who they are", hint="Mother, foster carer, social worker, SENCO"),
        "phone": _text("Telephone", longest=60),
        "email": _text("Email address", longest=254, checks=(Email("Enter an email address, such as a@example.org"),)),
        "address": lambda: long_field("Address", longest=500),
        "note": lambda: long_field("How they like to be reached", longest=LONGEST_REASON),
    },
    H.MOVED_OUT: {"note": _note("Where to, and what has been handed over")},
    H.MOVED_IN: {
        "reason": _one_of("How", choices.MOVES_IN, needed="Choose how they moved in"),
        "plan_made_on": _day("Day the other authority made the plan", hint="Leave empty if there is none"),
        "last_review_on": _day("Day that plan was last reviewed", hint="Leave empty if it has not been"),
        "note": _note(),
    },
    H.CASE_CLOSED: {"reason": _why("Why", "Say why the case is closed"), "note": _note()},
    H.ANNUAL_REVIEW_FINISHED: {
        "met_on": _day(
            "Day of the review meeting",
            hint="The four weeks to tell the family run from it (reg 20(10)). Leave empty only if it is not known.",
        ),
        "outcome": _one_of("What was decided", choices.REVIEWED, needed="Choose what was decided"),
        "note": _note(),
    },
    H.PLAN_AUDITED: {
        "grade": _one_of("Grade", choices.GRADES, needed="Choose the grade"),
        "audited_by": _one_of("By whom", choices.AUDITORS, needed="Choose by whom it was audited"),
        "note": _note("What was found"),
    },
    H.MEETING_HELD: {"reason": _one_of("What for", choices.MEETINGS, needed="Choose what it was for"), "note": _note()},
}
"""The fields of each form beside its day; a happening that is not here has a note alone."""
_DAYS = {
    H.REQUEST_RECEIVED: "Day it was received",
    H.ASSESSMENT_AGREED: "Day the family was told",
    H.ASSESSMENT_REFUSED: "Day the family was told",
    H.PLAN_REFUSED: "Day the family was told",
    H.PLAN_AGREED: "Day it was decided",
    H.ADVICE_ASKED: "Day it was asked for",
    H.ADVICE_RECEIVED: "Day it was received",
    H.DRAFT_PLAN_SENT: "Day it was sent",
    H.FINAL_PLAN_ISSUED: "Day it was sent to the family",
    H.ANNUAL_REVIEW_FINISHED: "Day the family was told what was decided",
    H.PLAN_AUDITED: "Day of the audit",
    H.NOTIFICATION_SENT: "Day it was sent",
    H.SETTING_CONSULTED: "Day it was consulted",
    H.SETTING_REPLIED: "Day it replied",
    H.EXCEPTION_RECORDED: "First day it applies",
    H.EXCEPTION_ENDED: "Last day it applied",
    H.MEDIATION_HELD: "Day of the mediation, or of the agreement",
    H.APPEAL_DECIDED: "Day of the order",
    H.CONCEDED: "Day we told the tribunal",
    H.MOVED_IN: "Day they moved, or the plan was transferred",
}
_WIDE = frozenset({H.NOTE_ADDED, H.CONTACT_RECORDED})


def day_label(happening: H) -> str:
    """Return what the day of an entry is called on its form."""
    return _DAYS.get(happening, "Day" if happening in _WIDE else "Day it happened")


def fields_of(happening: H) -> Mapping[str, Make]:
    """Return what the form for a happening asks beside its day."""
    return FIELDS.get(happening, {"note": _note()})


def _form(name: str, happening: H, last: Mapping[str, Field]) -> type[RecordingForm]:
    day = day_field(day_label(happening), needed="Enter the day")
    asked = {field: make() for field, make in fields_of(happening).items()}
    return type(name, (RecordingForm,), {"occurred_on": day, **asked, **last})


def entry_form(happening: H) -> type[RecordingForm]:
    """Return the form for something that happened."""
    return _form("EntryForm", happening, {"confirmed": tick_field("It is right all the same")})


def correction_form(happening: H) -> type[RecordingForm]:
    """Return the form for putting an entry right."""
    last = {
        "did_not_happen": tick_field("It did not happen: take the entry out"),
        "why": long_field("Why it is being corrected", needed="Say why it is being corrected", longest=LONGEST_REASON),
    }
    return _form("CorrectionForm", happening, last)


def narrow(form: RecordingForm, happening: H, standing: CaseStanding) -> None:
    """Leave out the choices that make no sense for a case that stands like this, unless none would be left."""
    for name in fields_of(happening):
        offered = getattr(form[name], "choices", None) or []
        kept = [choice for choice in offered if choices.is_offered(happening, name, choice.value, standing)]
        if any(choice.value for choice in kept):
            form[name].choices = kept


def detail_of(form: RecordingForm, happening: H) -> dict[str, str]:
    """Return what was filled in, as the history keeps it."""
    detail: dict[str, str] = {}
    for name in fields_of(happening):
        value: Any = form[name].data
        if value:
            detail[name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return detail


class AssignForm(RecordingForm):
    """Who holds the case."""

    worker = choice_field("Named worker", (), needed="Choose who is to hold the case")
