"""The forms for asking for advice and for deciding on what came."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional

from casetracker import wording
from casetracker.forms import (
    LONGEST_NOTE,
    RecordingForm,
    add_error,
    choice_field,
    day_field,
    long_field,
    radio_field,
    text_field,
    tick_field,
)
from casetracker.models import Service
from casetracker.services.asking import NewPiece
from casetracker.services.proposing import Proposal, Proposed
from casetracker.statute.advice import AdviceKind
from casetracker.statute.exceptions import CHOOSABLE, Phase

SOMEBODY_ELSE = "else"
LONGEST_REASON = 2_000
_ADDRESS = Email("Enter an email address, such as advice@example.org")
_THOUGHT_FIT, _FAMILY_ASKED = "6(1)(f)", "6(1)(h)"
SEEK, DECLINE = "seek", "decline"


def _address_field(label: str, hint: str = "", default: str = "") -> Any:
    return text_field(label, hint=hint, longest=254, checks=(Optional(), _ADDRESS), default=default)


def _givers(services: Sequence[Service]) -> list[tuple[str, str]]:
    """Return the givers to choose from; one without a mailbox says so."""
    named = [(str(s.id), s.name if s.mailbox else f"{s.name} (no mailbox on record)") for s in services]
    return [*named, (SOMEBODY_ELSE, "Somebody else, named below")]


class AskForm(RecordingForm):
    """Every piece of advice proposed for a case: which to ask for now, and of whom. Made for the case in hand."""

    proposals: Sequence[Proposal] = ()

    def parts(self, proposal: Proposal) -> dict[str, Field]:
        """Return the fields about one proposal."""
        return {name: self[f"{proposal.kind}_{name}"] for name in ("ask", "giver", "name", "mailbox", "young")}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each piece that is ticked; one that is not is left alone."""
        right = bool(super().validate(extra_validators))
        ticked = [proposal for proposal in self.proposals if self.parts(proposal)["ask"].data]
        if not ticked and self.proposals:
            add_error(self.parts(self.proposals[0])["ask"], "Tick the advice to ask for now")
            return False
        return all([_has_a_giver(self.parts(proposal)) for proposal in ticked]) and right  # noqa: C419  (every error)

    def pieces(self) -> list[NewPiece]:
        """Return what is to be asked for."""
        return [
            _piece(proposal, self.parts(proposal)) for proposal in self.proposals if self.parts(proposal)["ask"].data
        ]


def _has_a_giver(parts: dict[str, Field]) -> bool:
    if not parts["giver"].data:
        add_error(parts["giver"], "Choose who is to give it")
        return False
    if parts["giver"].data == SOMEBODY_ELSE and not parts["name"].data:
        add_error(parts["name"], "Enter who is to give it")
        return False
    return True


def _piece(proposal: Proposal, parts: dict[str, Field]) -> NewPiece:
    chosen = parts["giver"].data
    return NewPiece(
        kind=proposal.kind,
        authority=proposal.requirement.authority,
        service_id=int(chosen) if chosen != SOMEBODY_ELSE else None,
        giver=parts["name"].data or "",
        mailbox=parts["mailbox"].data or "",
        for_young_person=bool(parts["young"].data),
    )


def ask_form(proposed: Proposed) -> type[AskForm]:
    """Make the form for what is proposed, with the likeliest giver of each piece chosen already."""
    fields: dict[str, Any] = {"proposals": proposed.proposals}
    for proposal in proposed.proposals:
        fields |= _fields_of(proposal, proposed)
    return type("AskFormOfCase", (AskForm,), fields)


def _fields_of(proposal: Proposal, proposed: Proposed) -> dict[str, Any]:
    kind, family = proposal.kind, proposal.kind is AdviceKind.PARENTAL
    likeliest = proposal.givers[0] if proposal.givers else None
    name, mailbox = (proposed.contacts[-1] if proposed.contacts else ("", "")) if family else ("", "")
    giver = str(likeliest.id) if likeliest else SOMEBODY_ELSE
    asked = wording.ADVICE[kind]
    return {
        f"{kind}_ask": tick_field(
            f"Ask for {asked[0].lower()}{asked[1:]}", default=bool(likeliest and likeliest.mailbox) or bool(mailbox)
        ),
        f"{kind}_giver": choice_field("Who is to give it", _givers(proposal.givers), default=giver),
        f"{kind}_name": text_field(
            "Name of the person or service", hint="For somebody who is not in the list", default=name
        ),
        f"{kind}_mailbox": _address_field(
            "Their email address", "Leave empty to use the mailbox in the directory", default=mailbox
        ),
        f"{kind}_young": tick_field("Send the child’s or young person’s own form"),
    }


class AddForm(RecordingForm):
    """Advice beyond what was proposed: thought appropriate, or asked for by the family."""

    kind = choice_field(
        "Which advice", [(k.value, wording.ADVICE[k]) for k in AdviceKind], needed="Choose which advice"
    )
    why_asked = radio_field(
        "Why it is sought",
        (
            (_THOUGHT_FIT, "We think it appropriate (reg 6(1)(f))"),
            (_FAMILY_ASKED, "The family has asked for it (reg 6(1)(h))"),
        ),
        needed="Choose why it is sought",
    )
    decision = radio_field(
        "Our decision on what the family asked",
        (
            (SEEK, "The request is reasonable: ask for it"),
            (DECLINE, "The request is not reasonable: do not ask for it"),
        ),
        hint="Only where the family has asked",
    )
    giver = choice_field("Who is to give it", ())
    name = text_field("Name of the person or service", hint="For somebody who is not in the list")
    mailbox = _address_field("Their email address", "Leave empty to use the mailbox in the directory")
    reason = long_field("Reason", hint="Needed where the family’s request is turned down", longest=LONGEST_REASON)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what depends on who wanted it."""
        right = bool(super().validate(extra_validators))
        if self.by_family and not self.decision.data:
            add_error(self.decision, "Choose what was decided about the family’s request")
            right = False
        if self.is_declined:
            return right and _needs_a_reason(self)
        return _has_a_giver({"giver": self.giver, "name": self.name}) and right

    @property
    def by_family(self) -> bool:
        return bool(self.why_asked.data == _FAMILY_ASKED)

    @property
    def is_declined(self) -> bool:
        return self.by_family and self.decision.data == DECLINE

    def offer(self, services: Sequence[Service]) -> None:
        """Offer these givers."""
        self.giver.choices = [SelectChoice("", "Choose"), *(SelectChoice(v, t) for v, t in _givers(services))]

    def piece(self) -> NewPiece:
        """Return what is to be asked for."""
        return NewPiece(
            kind=AdviceKind(self.kind.data),
            authority=f"SEND Regs 2014, reg {self.why_asked.data}",
            why=self.reason.data or "",
            service_id=int(self.giver.data) if self.giver.data != SOMEBODY_ELSE else None,
            giver=self.name.data or "",
            mailbox=self.mailbox.data or "",
            parent_requested=self.by_family,
        )


def _needs_a_reason(form: AddForm) -> bool:
    if not form.reason.data:
        add_error(form.reason, "Say why the family’s request is not reasonable")
        return False
    return True


class SufficientForm(RecordingForm):
    """Reg 6(4): earlier advice is not sought again where its giver, the authority and the family all agree."""

    which = text_field(
        "Which earlier advice",
        hint="What it is, who gave it and its date",
        needed="Say which earlier advice is sufficient",
    )
    adviser_satisfied_by = text_field("Who gave it", needed="Enter who gave the advice")
    adviser_satisfied_on = day_field("Day they said that it is sufficient", needed="Enter the day its giver agreed")
    authority_satisfied_by = text_field("Who decided it for us", needed="Enter who decided it for us")
    authority_satisfied_on = day_field("Day we were satisfied that it is", needed="Enter the day we were satisfied")
    family_satisfied_by = text_field("Who agreed for the family", needed="Enter who agreed for the family")
    family_satisfied_on = day_field("Day the family agreed", needed="Enter the day the family agreed")


class NotNeededForm(RecordingForm):
    """Why a piece of advice that was asked for is not needed any more."""

    reason = radio_field(
        "Why it is no longer needed",
        (("asked_by_mistake", "It was asked for by mistake"), ("other", "Another reason, given below")),
        needed="Choose why it is not needed",
    )
    note = long_field("Note", longest=LONGEST_REASON)


class ReturnForm(RecordingForm):
    """What is missing from advice that is sent back."""

    missing = long_field(
        "What is missing",
        hint="Its giver reads this as you write it. Say what is needed so that the advice can be used.",
        needed="Say what is missing",
        longest=LONGEST_REASON,
    )


class DelayForm(RecordingForm):
    """Until when nobody is chased, as the reason for more time is accepted."""

    until = day_field("Nobody is chased up to", needed="Enter the day until which nobody is chased")


class MailboxForm(RecordingForm):
    """To whom, or where, the request is to be sent instead."""

    giver = choice_field("Service", ())
    mailbox = _address_field("Email address", "Leave empty to use the mailbox in the directory")

    def offer(self, services: Sequence[Service]) -> None:
        """Offer these services; leaving it empty keeps the one that was asked."""
        named = [SelectChoice(str(service.id), service.name) for service in services]
        self.giver.choices = [SelectChoice("", "The same as now"), *named]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that something would change."""
        right = bool(super().validate(extra_validators))
        if right and not self.giver.data and not self.mailbox.data:
            add_error(self.mailbox, "Choose a service, or enter an email address")
            return False
        return right


_GROUNDS = tuple(
    (ground.paragraph, f"{ground.words[0].upper()}{ground.words[1:]} (reg {ground.paragraph})")
    for ground in CHOOSABLE
    if ground.phase is Phase.ADVICE
)


class ExceptionForm(RecordingForm):
    """An exception to the six weeks of one piece of advice (reg 8(2))."""

    paragraph = radio_field("Which exception", _GROUNDS, needed="Choose the paragraph that applies")
    from_on = day_field("First day it applied", needed="Enter the first day it applied")
    until = day_field("Last day it applies", hint="Needed for an absence. Leave empty if it goes on.")
    evidence = long_field(
        "What shows that it applies", needed="Say what shows that the exception applies", longest=LONGEST_REASON
    )
    approved_by = text_field("Who approved it", needed="Enter who approved it")
    family_told_on = day_field("Day the family was told", hint="Leave empty if they have not been told yet")


class PaperForm(RecordingForm):
    """Advice that came another way: by letter, by email, or read out on the telephone."""

    received_on = day_field("Day we had it", needed="Enter the day we had it")
    given_by = text_field("Who gave it", needed="Enter who gave it")
    given_role = text_field("Their role")
    late_reason = text_field("Why it was late", hint="Only where it came after its last day", longest=LONGEST_REASON)
    said = long_field("What it says", hint="Leave empty where the file says it", longest=LONGEST_NOTE * 10)
    files = MultipleFileField(
        "Files", description="Each is checked, and scanned before anybody can open it", widget=GovFileInput()
    )


def check_something_given(form: PaperForm) -> bool:
    """Return whether there is a file or something written; put an error beside the files if not."""
    if form.said.data or any(file.filename for file in form.files.data or ()):
        return True
    add_error(form.files, "Choose a file, or write what the advice says")
    return False
