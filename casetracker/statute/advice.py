"""The advice that reg 6 requires for this child, and where each piece of it has got to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Mark


class AdviceKind(StrEnum):
    """What the advice is about; the value is the word of the history files."""

    PARENTAL = "parental"
    EDUCATIONAL = "educational"
    MEDICAL = "medical"
    PSYCHOLOGICAL = "psychological"
    SOCIAL_CARE = "social_care"
    VISION = "vision"
    HEARING = "hearing"
    MULTI_SENSORY = "multi_sensory"
    PREPARING_FOR_ADULTHOOD = "preparing_for_adulthood"
    SPEECH_LANGUAGE = "speech_language"
    OCCUPATIONAL_THERAPY = "occupational_therapy"
    PHYSIOTHERAPY = "physiotherapy"
    EARLY_YEARS = "early_years"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One piece of advice the authority must seek, and the paragraph that says so."""

    kind: AdviceKind
    authority: str
    why: str
    mark: Mark = Mark.QUOTED


FROM_EVERY_CHILD = (
    Requirement(AdviceKind.PARENTAL, "SEND Regs 2014, reg 6(1)(a)", "the child's parent or the young person"),
    Requirement(AdviceKind.EDUCATIONAL, "SEND Regs 2014, reg 6(1)(b)", "the head teacher, principal or provider"),
    Requirement(AdviceKind.MEDICAL, "SEND Regs 2014, reg 6(1)(c)", "a health care professional named by the ICB"),
    Requirement(AdviceKind.PSYCHOLOGICAL, "SEND Regs 2014, reg 6(1)(d)", "an educational psychologist"),
    Requirement(AdviceKind.SOCIAL_CARE, "SEND Regs 2014, reg 6(1)(e)", "social care"),
)
"""The advice sought for every child (reg 6(1)(a) to (e))."""
PREPARING_FOR_ADULTHOOD = Requirement(
    AdviceKind.PREPARING_FOR_ADULTHOOD, "SEND Regs 2014, reg 6(1)(g)", "the child is in or beyond year 9"
)
SENSORY = {
    AdviceKind.VISION: Requirement(
        AdviceKind.VISION,
        "SEND Regs 2014, reg 6(2)",
        "the educational advice is given after consulting a qualified teacher of children with a vision impairment",
        Mark.UNCONFIRMED,
    ),
    AdviceKind.HEARING: Requirement(
        AdviceKind.HEARING,
        "SEND Regs 2014, reg 6(2)",
        "the educational advice is given after consulting a qualified teacher of deaf children",
        Mark.UNCONFIRMED,
    ),
    AdviceKind.MULTI_SENSORY: Requirement(
        AdviceKind.MULTI_SENSORY,
        "SEND Regs 2014, reg 6(2)",
        "the educational advice is given after consulting a teacher qualified for both hearing and vision",
        Mark.UNCONFIRMED,
    ),
}
SERVICE_FAMILY = Requirement(
    AdviceKind.OTHER,
    "SEND Regs 2014, reg 6(1)(b)",
    "the Secretary of State for Defence, as a parent serves in the armed forces",
    Mark.UNCONFIRMED,
)
_YEAR_9 = 9


_SENSES = {
    (True, True): AdviceKind.MULTI_SENSORY,
    (True, False): AdviceKind.VISION,
    (False, True): AdviceKind.HEARING,
}


def year_group(*, born_on: date, on: date) -> int:
    """
    Return the National Curriculum year of a child in their usual year group: 0 is reception, below 0 is earlier.

    The school year runs from 1 September; a child is five during the reception year.
    """
    school_year = on.year if on.month >= 9 else on.year - 1
    birth_year = born_on.year if born_on.month >= 9 else born_on.year - 1
    return school_year - birth_year - 5


def required_advice(
    *,
    born_on: date | None,
    on: date,
    vision_impaired: bool = False,
    hearing_impaired: bool = False,
    service_family: bool = False,
    also_asked_for: Collection[AdviceKind] = (),
    reading: Reading = ORDINARY_READING,
) -> tuple[Requirement, ...]:
    """
    Return the advice the authority must seek for a child assessed `on` this day (reg 6(1), 6(2)).

    `also_asked_for` holds the kinds that the authority thinks appropriate (reg 6(1)(f)) or that the parent or
    young person has reasonably asked for (reg 6(1)(h)). What is not confirmed is left out where the authority's
    `reading` leaves such rows out.
    """
    required = list(FROM_EVERY_CHILD)
    if born_on is not None and year_group(born_on=born_on, on=on) >= _YEAR_9:
        required.append(PREPARING_FOR_ADULTHOOD)
    sense = _SENSES.get((vision_impaired, hearing_impaired))
    if sense is not None:
        required.append(SENSORY[sense])
    if service_family:
        required.append(SERVICE_FAMILY)
    if not reading.unconfirmed_rules:
        required = [requirement for requirement in required if requirement.mark is not Mark.UNCONFIRMED]
    known = {requirement.kind for requirement in required}
    required.extend(
        Requirement(kind, "SEND Regs 2014, reg 6(1)(f) or (h)", "thought appropriate, or reasonably asked for")
        for kind in dict.fromkeys(also_asked_for)
        if kind not in known
    )
    return tuple(required)


class AdviceStatus(StrEnum):
    """Where one piece of advice has got to, in one word."""

    ASKED = "asked"
    SEEN = "seen"
    DRAFT = "draft"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"
    NOT_KNOWN = "not_known"
    """Not known to the service: an answer, but no receipt. A gap in what the plan will rest on."""
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class AdviceState:
    """Where one piece of advice has got to, as known on a day."""

    kind: AdviceKind
    giver: str = ""
    asked_on: date | None = None
    """None for advice that came without being asked for, such as a report sent in with the request."""
    reached_giver_on: date | None = None
    """When the giver had the request, where that was later than the day it was sent."""
    ref: str = ""
    """What the entries about it name it by; empty in histories that name pieces by kind and giver only."""
    authority: str = ""
    """The paragraph of reg 6 it was sought under, where that was recorded."""
    parent_requested: bool = False
    """Whether the family asked for it (reg 6(1)(h))."""
    chased_on: tuple[date, ...] = ()
    seen_on: date | None = None
    drafted_on: date | None = None
    delayed_on: date | None = None
    expected_on: date | None = None
    """When the giver, asking for more time, expects to give it."""
    delay_accepted: bool = False
    late_reason: str = ""
    first_received_on: date | None = None
    """The first receipt, whatever became of it."""
    received_on: date | None = None
    returned_on: date | None = None
    taken_back_on: date | None = None
    times_returned: int = 0
    days_lost: int = 0
    """Days from each return until the advice came again."""
    accepted_on: date | None = None
    not_known_on: date | None = None
    """The service said it does not know the child: an answer, but not advice, and so a gap."""
    not_needed_on: date | None = None
    episode: int = 1
    """The run of the clock in which it was asked for or came."""
    receipt_implied: bool = False
    """Whether it is taken to have been received only because it was accepted."""
    due_on: date | None = None
    """The last day of the giver's six weeks; filled in by `replay`."""
    excused_by: str = ""
    """The paragraph of reg 8(2) that reaches its six weeks; filled in by `replay`."""

    @property
    def subject(self) -> str:
        """What a milestone or a page calls this piece of advice."""
        return self.kind.value

    @property
    def runs_from(self) -> date | None:
        """The day from which the giver's six weeks run (reg 8(1)): the day they had the request."""
        return self.reached_giver_on or self.asked_on

    @property
    def answered_on(self) -> date | None:
        """When the giver answered: with the advice, or by saying that they do not know the child."""
        return self.received_on or self.not_known_on

    @property
    def is_outstanding(self) -> bool:
        """Whether it has been asked for and there is still nothing to go on."""
        return self.asked_on is not None and (self.answered_on or self.not_needed_on) is None

    @property
    def status(self) -> AdviceStatus:
        """Where it has got to; the last word on it comes first."""
        reached = (
            (self.not_needed_on, AdviceStatus.NOT_NEEDED),
            (self.accepted_on, AdviceStatus.ACCEPTED),
            (self.received_on, AdviceStatus.RECEIVED),
            (self.not_known_on, AdviceStatus.NOT_KNOWN),
            (self.returned_on, AdviceStatus.RETURNED),
            (self.taken_back_on, AdviceStatus.TAKEN_BACK),
            (self.drafted_on, AdviceStatus.DRAFT),
            (self.seen_on, AdviceStatus.SEEN),
        )
        return next((status for day, status in reached if day is not None), AdviceStatus.ASKED)


SATISFIED_WITH_EARLIER_ADVICE = ("adviser_satisfied_on", "authority_satisfied_on", "family_satisfied_on")
"""Reg 6(4): earlier advice is not sought again only where all three are satisfied that it will do."""


def after(advice: list[AdviceState], entry: Entry, *, episode: int, reached_giver_on: date | None) -> list[AdviceState]:
    """
    Return the pieces of advice as they are once `entry`, which is about one of them, has happened.

    :raises ValueError: if nothing was asked for that it could be about, or the kind is no kind of advice
    """
    kind, on = _kind_of(entry), entry.occurred_on
    giver, ref = entry.detail.get("advice_giver", ""), entry.detail.get("advice_ref", "")
    if entry.happening is H.ADVICE_ASKED:
        if reached_giver_on is not None and reached_giver_on < on:
            raise ValueError("the giver cannot have had the request before it was sent")
        if ref and any(piece.ref == ref for piece in advice):
            raise ValueError("that piece of advice has been asked for already")
        return [*advice, _asked(entry, kind, episode=episode, reached_giver_on=reached_giver_on)]
    place = _which(advice, kind, giver, ref)
    before = AdviceState(kind, giver, ref=ref, episode=episode) if place is None else advice[place]
    _refuse_if_impossible(entry, before, asked=place is not None)
    changed = _AFTER[entry.happening](before, entry)
    if place is None:
        return [*advice, changed]
    return [*advice[:place], changed, *advice[place + 1 :]]


def _kind_of(entry: Entry) -> AdviceKind:
    word = entry.detail.get("advice_kind") or AdviceKind.OTHER
    if word not in _KINDS:
        raise ValueError(f"“{word}” is not a kind of advice")
    return AdviceKind(word)


def _asked(entry: Entry, kind: AdviceKind, *, episode: int, reached_giver_on: date | None) -> AdviceState:
    return AdviceState(
        kind,
        entry.detail.get("advice_giver", ""),
        entry.occurred_on,
        reached_giver_on,
        ref=entry.detail.get("advice_ref", ""),
        authority=entry.detail.get("authority", ""),
        parent_requested=entry.detail.get("parent_requested") == "yes",
        episode=episode,
    )


def _refuse_if_impossible(entry: Entry, advice: AdviceState, *, asked: bool) -> None:
    named = f"{advice.kind.value.replace('_', ' ')} advice"
    if entry.happening in _ONLY_IF_ASKED and not asked:
        raise ValueError(f"no {named} has been asked for")
    early = advice.receipt_implied and advice.accepted_on is not None and advice.accepted_on < entry.occurred_on
    if entry.happening is H.ADVICE_RECEIVED and early:
        raise ValueError(f"{named} cannot have been accepted before it was received")
    if entry.happening in (H.ADVICE_RETURNED, H.ADVICE_TAKEN_BACK) and advice.received_on is None:
        raise ValueError(f"no {named} has been received")
    if entry.happening is H.ADVICE_NOT_NEEDED and "6(4)" in entry.detail.get("reason", ""):
        missing = [word for word in SATISFIED_WITH_EARLIER_ADVICE if not entry.detail.get(word)]
        if missing:
            who = " and the ".join(word.split("_")[0] for word in missing)
            raise ValueError(f"reg 6(4): the {who} must be satisfied that the earlier {named} is sufficient")


def _which(advice: list[AdviceState], kind: AdviceKind, giver: str, ref: str) -> int | None:
    """
    Return the place of the piece meant: the one named, or else of this kind, by this giver if named, unfinished first.

    A giver is often spelled one way when asked and another when answering, so that the only unfinished piece of its
    kind is taken to be the one.
    """
    if ref:
        return next((n for n, a in enumerate(advice) if a.ref == ref), None)
    of_kind = [n for n, a in enumerate(advice) if a.kind is kind]
    unfinished = [n for n in of_kind if advice[n].accepted_on is None and advice[n].not_needed_on is None]
    named = [n for n in of_kind if not giver or advice[n].giver in ("", giver)]
    for choice in ([n for n in named if n in unfinished], named[-1:], unfinished if len(unfinished) == 1 else []):
        if choice:
            return choice[0]
    return None


_KINDS = frozenset(kind.value for kind in AdviceKind)
_ONLY_IF_ASKED = frozenset(
    {
        H.ADVICE_CHASED,
        H.ADVICE_SEEN,
        H.ADVICE_DRAFTED,
        H.ADVICE_DELAYED,
        H.ADVICE_DELAY_ACCEPTED,
        H.ADVICE_PASSED_ON,
    }
)


def _received(advice: AdviceState, entry: Entry) -> AdviceState:
    """The first receipt is the one in time or late, whatever was added to it later, unless it was sent back."""
    on = entry.occurred_on
    lost = (on - advice.returned_on).days if advice.returned_on is not None else 0
    return replace(
        advice,
        first_received_on=min(day for day in (advice.first_received_on, on) if day is not None),
        received_on=advice.received_on or on,
        days_lost=advice.days_lost + max(0, lost),
        late_reason=entry.detail.get("late_reason", "") or advice.late_reason,
        returned_on=None,
        taken_back_on=None,
        not_known_on=None,
    )


def _delayed(advice: AdviceState, entry: Entry) -> AdviceState:
    expected = entry.detail.get("expected_on", "")
    return replace(
        advice,
        delayed_on=entry.occurred_on,
        expected_on=date.fromisoformat(expected) if expected else None,
        delay_accepted=False,
        late_reason=entry.detail.get("reason", "") or advice.late_reason,
    )


def _accepted(advice: AdviceState, entry: Entry) -> AdviceState:
    on = entry.occurred_on
    return replace(
        advice,
        accepted_on=on,
        received_on=advice.received_on or on,
        first_received_on=advice.first_received_on or on,
        receipt_implied=advice.receipt_implied or advice.received_on is None,
    )


def _delay_accepted(advice: AdviceState, entry: Entry) -> AdviceState:
    expected = entry.detail.get("expected_on", "")
    return replace(
        advice, delay_accepted=True, expected_on=date.fromisoformat(expected) if expected else advice.expected_on
    )


_AFTER: dict[H, Callable[[AdviceState, Entry], AdviceState]] = {
    H.ADVICE_CHASED: lambda advice, entry: replace(advice, chased_on=(*advice.chased_on, entry.occurred_on)),
    H.ADVICE_RECEIVED: _received,
    # What is sent back has still to be given: the receipt no longer counts.
    H.ADVICE_RETURNED: lambda advice, entry: replace(
        advice,
        returned_on=entry.occurred_on,
        times_returned=advice.times_returned + 1,
        received_on=None,
        accepted_on=None,
        receipt_implied=False,
    ),
    H.ADVICE_TAKEN_BACK: lambda advice, entry: replace(
        advice, taken_back_on=entry.occurred_on, received_on=None, accepted_on=None, receipt_implied=False
    ),
    H.ADVICE_ACCEPTED: _accepted,
    H.ADVICE_NOT_KNOWN_TO_SERVICE: lambda advice, entry: replace(advice, not_known_on=entry.occurred_on),
    H.ADVICE_NOT_NEEDED: lambda advice, entry: replace(advice, not_needed_on=entry.occurred_on),
    H.ADVICE_SEEN: lambda advice, entry: replace(advice, seen_on=advice.seen_on or entry.occurred_on),
    H.ADVICE_DRAFTED: lambda advice, entry: replace(advice, drafted_on=advice.drafted_on or entry.occurred_on),
    H.ADVICE_DELAYED: _delayed,
    H.ADVICE_DELAY_ACCEPTED: _delay_accepted,
    # The piece is still owed; the caseworker asks whoever should have been asked.
    H.ADVICE_PASSED_ON: lambda advice, entry: advice,
}
