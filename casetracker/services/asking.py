"""Asking for advice (reg 6): what this child needs, from whom, and sending it all out on the day it is agreed to."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import AccessLink, Advice, Case, LinkPurpose, Person, Service, Tallied, User
from casetracker.queries import agreed_forms as forms
from casetracker.services import access, histories, outbox, tallies
from casetracker.services.access import Keys
from casetracker.services.histories import NewEntry
from casetracker.statute.advice import AdviceKind
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening
from casetracker.wording import ADVICE

BY_SERVICE = frozenset({Tallied.ADVICE, Tallied.WAITING})
"""The sums that tell who gives advice."""
LINKS_LAST = timedelta(weeks=26)
"""How long a link opens anything; each opening needs a code, and access ends with the involvement whatever its age."""


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name mails go out, and how the links in them are made."""

    keys: Keys
    council: str


@dataclass(frozen=True, slots=True)
class NewPiece:
    """A piece of advice about to be asked for, and its giver."""

    kind: AdviceKind
    authority: str
    why: str = ""
    service_id: int | None = None
    giver: str = ""
    """Who is asked, in words; the service's name where a service is."""
    mailbox: str = ""
    """Where the request goes; empty where it is asked for by letter or telephone."""
    parent_requested: bool = False
    for_young_person: bool = False
    """Whether it is asked on the young person's own form."""


def ask(
    pieces: Sequence[NewPiece],
    *,
    case_id: int,
    by: User,
    today: date,
    at: datetime,
    sender: Sender,
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> list[Advice]:
    """
    Ask for pieces of advice, all in one step: each is in the history, has its form, its link and its mail.

    :raises histories.NotAllowed: if advice cannot be asked for at the stage the case is at
    :raises histories.SavedByAnother: if the case has moved on since `seen_version`
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    services = _services_of(pieces)
    entries, refs = [], []
    for number, piece in enumerate(pieces):
        ref = secrets.token_hex(6)
        refs.append(ref)
        service = services.get(piece.service_id or 0)
        detail = {
            "advice_kind": piece.kind.value,
            "advice_giver": service.name if service else piece.giver,
            "advice_ref": ref,
            "authority": piece.authority,
        }
        if piece.parent_requested:
            detail["parent_requested"] = "yes"
        if piece.why:
            detail["note"] = piece.why
        first = submission if number == 0 else None
        entries.append(NewEntry(Happening.ADVICE_ASKED, today, at, detail, by_id=by.id, submission=first))
    histories.append(case_id=case_id, entries=entries, today=today, seen_version=seen_version, reading=reading)
    query = select(Advice).where(Advice.case_id == case_id, Advice.key.in_(refs))
    asked = {row.key: row for row in db.session.scalars(query)}
    with tallies.kept([case_id], BY_SERVICE):
        for ref, piece in zip(refs, pieces, strict=True):
            _address(asked[ref], piece, services.get(piece.service_id or 0))
    for ref in refs:
        send_request(asked[ref], by=by, at=at, sender=sender)
    return [asked[ref] for ref in refs]


def _services_of(pieces: Sequence[NewPiece]) -> dict[int, Service]:
    ids = {piece.service_id for piece in pieces if piece.service_id is not None}
    return {service.id: service for service in db.session.scalars(select(Service).where(Service.id.in_(ids)))}


def _address(advice: Advice, piece: NewPiece, service: Service | None) -> None:
    form = forms.form_for(piece.kind, for_young_person=piece.for_young_person)
    advice.service_id = service.id if service else None
    advice.form_id = form.id if form else None
    advice.mailbox = (piece.mailbox or (service.mailbox if service else "")).strip().lower()


def send_request(advice: Advice, *, by: User | None, at: datetime, sender: Sender, again: int = 0) -> AccessLink | None:
    """
    Make the link for a piece of advice and post the mail that asks for it; nothing where it has no mailbox.

    `again` counts the times it has been sent before, so that each sending is a mail of its own.
    """
    if not advice.mailbox:
        return None
    link = access.issue(
        purpose=LinkPurpose.ADVICE,
        mailbox=advice.mailbox,
        at=at,
        expires_at=at + LINKS_LAST,
        by_id=by.id if by else None,
        advice_id=advice.id,
    )
    outbox.post(
        key=f"advice_request:{advice.id}:{link.id}:{again}",
        template="advice_request",
        to_address=advice.mailbox,
        to_name=advice.giver,
        fields={**mail_fields(advice, sender=sender), "link": access.address_of(link, sender.keys)},
        at=at,
        case_id=advice.case_id,
        advice_id=advice.id,
        secret=True,
    )
    return link


def mail_fields(advice: Advice, *, sender: Sender) -> dict[str, str]:
    """Return what a mail about a piece of advice may say: the reference and initials, never a name."""
    case = db.session.get_one(Case, advice.case_id)
    due = f"{advice.due_on:%-d %B %Y}" if advice.due_on else ""
    return {
        "reference": case.reference,
        "initials": initials_of(advice),
        "advice": ADVICE[advice.kind],
        "due": due,
        "why": advice.authority or "SEND Regs 2014, reg 6(1)",
        "council": sender.council,
        "team": advice.giver,
    }


def initials(forename: str, surname: str) -> str:
    """Return a child's initials: as much as a giver is told before the code has been entered."""
    return "".join(f"{word[0].upper()}." for name in (forename, surname) for word in name.split()[:1])


def initials_of(advice: Advice) -> str:
    """Return the initials of the child a piece of advice is about."""
    person = db.session.get_one(Person, db.session.get_one(Case, advice.case_id).person_id)
    return initials(person.forename, person.surname)


def decline(
    *,
    case_id: int,
    kind: AdviceKind,
    from_whom: str,
    reason: str,
    by: User,
    today: date,
    at: datetime,
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """Record that advice the family asked for is not sought, as it was not reasonable to, and why (reg 6(1)(h))."""
    detail = {"advice_kind": kind.value, "advice_giver": from_whom, "reason": reason, "parent_requested": "yes"}
    entry = NewEntry(Happening.ADVICE_DECLINED, today, at, detail, by_id=by.id, submission=submission)
    return histories.append(case_id=case_id, entries=[entry], today=today, seen_version=seen_version, reading=reading)


def change_mailbox(
    advice: Advice, *, mailbox: str, service: Service | None, by: User, at: datetime, sender: Sender
) -> AccessLink | None:
    """Ask somebody else, or at another address: the links sent before open nothing from now on."""
    access.revoke_for_advice(advice.id, at=at, because="it was sent to another address")
    advice.mailbox = mailbox.strip().lower()
    if service is not None:
        histories.hold(advice.case_id)
        with tallies.kept([advice.case_id], BY_SERVICE):
            advice.service_id = service.id
    return send_request(advice, by=by, at=at, sender=sender)


def send_again(advice: Advice, *, by: User, at: datetime, sender: Sender) -> AccessLink | None:
    """Send the request once more with a new link; the old one opens nothing from now on."""
    access.revoke_for_advice(advice.id, at=at, because="a newer link was sent")
    return send_request(advice, by=by, at=at, sender=sender)
