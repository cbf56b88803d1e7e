"""What each notification must tell the family, and who else must be told (law.md 1.1, 1.5, 1.8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.timetable import COMMENCEMENT, Mark


class Notification(StrEnum):
    """A thing the authority must tell the family of."""

    CONSIDERING = "considering"
    """That it is considering whether an assessment is necessary (reg 4(2))."""
    WILL_ASSESS = "will_assess"
    REFUSE_TO_ASSESS = "refuse_to_assess"
    REFUSE_TO_ISSUE = "refuse_to_issue"
    DRAFT_PLAN = "draft_plan"
    FINAL_PLAN = "final_plan"
    TRANSFER = "transfer"
    EXCEPTION_USED = "exception_used"


class Content(StrEnum):
    """One thing that a notification says."""

    DECISION = "decision"
    REASONS = "reasons"
    RIGHT_TO_GIVE_VIEWS = "right_to_give_views"
    RIGHT_TO_APPEAL = "right_to_appeal"
    TIME_LIMITS = "time_limits"
    MEDIATION_RIGHT = "mediation_right"
    MEDIATION_CERTIFICATE = "mediation_certificate"
    MEDIATION_ADVISER = "mediation_adviser"
    MEDIATION_TIMESCALES = "mediation_timescales"
    MEDIATION_WHAT_TO_SAY = "mediation_what_to_say"
    MEDIATION_CONTACT = "mediation_contact"
    DISAGREEMENT_RESOLUTION = "disagreement_resolution"
    INFORMATION_AND_ADVICE = "information_and_advice"
    COPY_OF_PLAN = "copy_of_plan"
    RIGHT_TO_REPRESENTATIONS = "right_to_representations"
    RIGHT_TO_ASK_FOR_SETTING = "right_to_ask_for_setting"
    RIGHT_TO_MEETING = "right_to_meeting"
    REPRESENTATIONS_END = "representations_end"
    WHERE_TO_FIND_SETTINGS = "where_to_find_settings"
    HAS_TRANSFERRED = "has_transferred"
    WHETHER_IT_WILL_ASSESS = "whether_it_will_assess"
    WHEN_IT_WILL_REVIEW = "when_it_will_review"
    WHICH_EXCEPTION = "which_exception"
    LATER_STEPS_KEEP_THEIR_TIME = "later_steps_keep_their_time"


class Recipient(StrEnum):
    """Somebody besides the child's parent or the young person who must be told."""

    HEALTH = "responsible_commissioning_body"
    SOCIAL_CARE = "social_services_officers"
    SETTING = "head_principal_or_early_years_person"
    EVERYBODY_NOTIFIED = "everybody_told_it_was_considering"
    NAMED_SETTING = "named_setting"


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of law here has in common."""

    notification: Notification
    words: str
    authority: str
    mark: Mark = Mark.READ
    in_force_from: date = COMMENCEMENT
    in_force_until: date | None = None
    """The last day on which it had to be said; None while it must."""

    def governs(self, *, notification: Notification, on: date, reading: Reading) -> bool:
        """Return whether the row is for this notification when it is sent `on` this day."""
        return (
            self.notification is notification
            and self.in_force_from <= max(on, COMMENCEMENT)
            and (self.in_force_until is None or on <= self.in_force_until)
            and (reading.unconfirmed_rules or self.mark is not Mark.UNCONFIRMED)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRow(Row):
    """One thing that a notification must say."""

    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow(Row):
    """Somebody else who must have a notification."""

    recipient: Recipient


def _says(
    notification: Notification, content: Content, words: str, authority: str, mark: Mark = Mark.READ
) -> ContentRow:
    return ContentRow(notification, words, authority, mark, content=content)


_REG_32 = (
    (Content.MEDIATION_RIGHT, "your right to ask for mediation", "32(a)"),
    (Content.MEDIATION_CERTIFICATE, "that you need a mediation certificate before you appeal", "32(b)"),
    (Content.MEDIATION_ADVISER, "how to reach the mediation adviser", "32(c)"),
    (Content.MEDIATION_TIMESCALES, "by when to ask for mediation", "32(d)"),
    (
        Content.MEDIATION_WHAT_TO_SAY,
        "that you must tell us that you want mediation, what it is about, and any health provision you want",
        "32(e)",
    ),
    (Content.MEDIATION_CONTACT, "whom to reach at the authority", "32(f)"),
)


def _with_appeal(notification: Notification, authority: str, right: str, mark: Mark) -> Iterator[ContentRow]:
    """Yield what every notification says that can be appealed against, with the mediation information of reg 32."""
    yield _says(notification, Content.RIGHT_TO_APPEAL, right, authority, mark)
    yield _says(notification, Content.TIME_LIMITS, "by when to appeal", authority, mark)
    for content, words, paragraph in _REG_32:
        yield _says(notification, content, words, f"{authority} with reg {paragraph}", mark)
    yield _says(
        notification,
        Content.DISAGREEMENT_RESOLUTION,
        "that there are services to resolve disagreements",
        authority,
        mark,
    )
    yield _says(
        notification,
        Content.INFORMATION_AND_ADVICE,
        "where to find information and advice about special educational needs",
        authority,
        mark,
    )


_N = Notification
_REG_13 = "CFA 2014 s.38; SEND Regs 2014, reg 13(1)(a)"
_APPEAL = "your right to appeal to the First-tier Tribunal against this decision"
CONTENTS: tuple[ContentRow, ...] = (
    _says(
        _N.CONSIDERING,
        Content.DECISION,
        "that the authority is considering whether an assessment is necessary",
        "CFA 2014 s.36(7); SEND Regs 2014, reg 4(2)",
    ),
    _says(
        _N.CONSIDERING,
        Content.RIGHT_TO_GIVE_VIEWS,
        "your right to give your views, in writing or by word of mouth, and to send evidence",
        "CFA 2014 s.36(7)",
    ),
    _says(_N.WILL_ASSESS, Content.DECISION, "that the authority will assess", "SEND Regs 2014, reg 5(1)"),
    _says(_N.REFUSE_TO_ASSESS, Content.DECISION, "that the authority will not assess", "SEND Regs 2014, reg 5(1)"),
    _says(_N.REFUSE_TO_ASSESS, Content.REASONS, "the reasons", "CFA 2014 s.36(5)"),
    *_with_appeal(_N.REFUSE_TO_ASSESS, "SEND Regs 2014, reg 5(3)", _APPEAL, Mark.READ),
    _says(_N.REFUSE_TO_ISSUE, Content.DECISION, "that there will be no plan", "SEND Regs 2014, reg 10(1)"),
    _says(_N.REFUSE_TO_ISSUE, Content.REASONS, "the reasons", "CFA 2014 s.36(9)"),
    *_with_appeal(_N.REFUSE_TO_ISSUE, "SEND Regs 2014, reg 10(3)", _APPEAL, Mark.READ),
    _says(_N.DRAFT_PLAN, Content.COPY_OF_PLAN, "a copy of the draft plan, which names no setting", "CFA 2014 s.38"),
    _says(_N.DRAFT_PLAN, Content.RIGHT_TO_REPRESENTATIONS, "your right to comment on the draft", _REG_13),
    _says(_N.DRAFT_PLAN, Content.RIGHT_TO_ASK_FOR_SETTING, "your right to ask for a setting", _REG_13),
    _says(_N.DRAFT_PLAN, Content.RIGHT_TO_MEETING, "your right to meet an officer of the authority", _REG_13),
    _says(
        _N.DRAFT_PLAN,
        Content.REPRESENTATIONS_END,
        "the last day to answer: at least 15 days, beginning with the day the draft reached you",
        _REG_13,
    ),
    _says(
        _N.DRAFT_PLAN,
        Content.WHERE_TO_FIND_SETTINGS,
        "where to find information about schools and colleges",
        "SEND Regs 2014, reg 13(1)(b)",
    ),
    _says(_N.FINAL_PLAN, Content.COPY_OF_PLAN, "the final plan", "SEND Regs 2014, reg 13(2)"),
    *_with_appeal(
        _N.FINAL_PLAN,
        "SEND Regs 2014, reg 14(2)",
        "your right to appeal against sections B, F and I of the plan (CFA 2014 s.51(2)(c))",
        Mark.QUOTED,
    ),
    _says(_N.TRANSFER, Content.HAS_TRANSFERRED, "that the plan has been transferred", "SEND Regs 2014, reg 15"),
    _says(
        _N.TRANSFER,
        Content.WHETHER_IT_WILL_ASSESS,
        "whether the authority proposes to assess",
        "SEND Regs 2014, reg 15",
    ),
    _says(
        _N.TRANSFER, Content.WHEN_IT_WILL_REVIEW, "when the authority will review the plan", "SEND Regs 2014, reg 15"
    ),
    _says(
        _N.EXCEPTION_USED,
        Content.WHICH_EXCEPTION,
        "which exception to the time limit is relied on, and why",
        "Code of Practice 9.42",
        Mark.QUOTED,
    ),
    _says(
        _N.EXCEPTION_USED,
        Content.LATER_STEPS_KEEP_THEIR_TIME,
        "that the later steps keep the time the law gives them",
        "Code of Practice 9.42",
        Mark.UNCONFIRMED,
    ),
)
"""What each notification must say."""


def _also(
    notification: Notification, recipient: Recipient, words: str, authority: str, mark: Mark = Mark.READ
) -> RecipientRow:
    return RecipientRow(notification, words, authority, mark, recipient=recipient)


_ICB = "the integrated care board"
_HEAD = "the head teacher or principal, or the person responsible for SEN at an early years provider"
RECIPIENTS: tuple[RecipientRow, ...] = (
    _also(_N.CONSIDERING, Recipient.HEALTH, _ICB, "SEND Regs 2014, reg 4(2)(a)"),
    _also(
        _N.CONSIDERING,
        Recipient.SOCIAL_CARE,
        "the officers who carry out the authority’s social services functions",
        "SEND Regs 2014, reg 4(2)(b)",
    ),
    _also(_N.CONSIDERING, Recipient.SETTING, _HEAD, "SEND Regs 2014, reg 4(2)(c) and (d)"),
    *(
        _also(n, Recipient.EVERYBODY_NOTIFIED, "everybody told that it was considered", "SEND Regs 2014, reg 5(2)")
        for n in (_N.WILL_ASSESS, _N.REFUSE_TO_ASSESS)
    ),
    _also(_N.REFUSE_TO_ISSUE, Recipient.HEALTH, _ICB, "SEND Regs 2014, reg 10(2)"),
    _also(_N.REFUSE_TO_ISSUE, Recipient.SETTING, _HEAD, "SEND Regs 2014, reg 10(2)"),
    _also(_N.FINAL_PLAN, Recipient.NAMED_SETTING, "the setting named in the plan", "SEND Regs 2014, reg 13(2)"),
    _also(_N.FINAL_PLAN, Recipient.HEALTH, _ICB, "SEND Regs 2014, reg 13(2)"),
)
"""Who else must have each notification."""


def contents_of(notification: Notification, *, on: date, reading: Reading = ORDINARY_READING) -> tuple[ContentRow, ...]:
    """Return what a notification sent `on` this day must say, in the order in which to say it."""
    return tuple(row for row in CONTENTS if row.governs(notification=notification, on=on, reading=reading))


def also_told(notification: Notification, *, on: date, reading: Reading = ORDINARY_READING) -> tuple[RecipientRow, ...]:
    """Return who must have a notification sent `on` this day, besides the child's parent or the young person."""
    return tuple(row for row in RECIPIENTS if row.governs(notification=notification, on=on, reading=reading))
