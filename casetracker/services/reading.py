"""Reading advice: accept it, send it back with what is missing, accept a delay, or do without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.identifiers import folded
from casetracker.models import AccessLink, Advice, AdviceSubmission, Case, LinkPurpose, User
from casetracker.services import access, advice_files, histories, outbox
from casetracker.services.asking import LINKS_LAST, Sender, mail_fields
from casetracker.services.histories import NewEntry
from casetracker.statute.advice import SATISFIED_WITH_EARLIER_ADVICE, AdviceKind
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening


@dataclass(frozen=True, slots=True)
class Acting:
    """Who does something about a piece of advice, when, and the form it came from."""

    by: User
    today: date
    at: datetime
    seen_version: int | None = None
    submission: str | None = None
    reading: Reading = ORDINARY_READING


def record(advice: Advice, happening: Happening, detail: Mapping[str, str], *, acting: Acting, on: date) -> Case:
    """
    Record that something happened to a piece of advice.

    :raises histories.NotAllowed: if it cannot have happened to it
    :raises histories.SavedByAnother: if the case has moved on since it was looked at
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    about = {"advice_kind": advice.kind.value, "advice_ref": advice.key, "advice_giver": advice.giver}
    known = {name: value for name, value in {**about, **detail}.items() if value}
    if ":" in advice.key:  # a piece from a history that names none: kind and giver find it
        known.pop("advice_ref")
    entry = NewEntry(happening, on, acting.at, known, by_id=acting.by.id, submission=acting.submission)
    return histories.append(
        case_id=advice.case_id,
        entries=[entry],
        today=acting.today,
        seen_version=acting.seen_version,
        reading=acting.reading,
    )


def accept(advice: Advice, *, note: str, checked: Mapping[str, str], acting: Acting, sender: Sender) -> Case:
    """Accept advice as it was given, with what was checked, and thank its giver; its link then opens a copy only."""
    detail = {"note": note, "checked": "; ".join(f"{what}: {found}" for what, found in checked.items())}
    case = record(advice, Happening.ADVICE_ACCEPTED, detail, acting=acting, on=acting.today)
    if advice.mailbox:
        fields = mail_fields(advice, sender=sender)
        outbox.post(
            key=f"advice_accepted:{advice.id}:{case.version}",
            template="advice_accepted",
            to_address=advice.mailbox,
            to_name=advice.giver,
            fields={name: fields[name] for name in ("reference", "initials", "advice", "council")},
            at=acting.at,
            case_id=advice.case_id,
            advice_id=advice.id,
        )
    return case


def send_back(advice: Advice, *, missing: str, acting: Acting, sender: Sender) -> Case:
    """Send advice back for what is missing: the giver is told what, with a link to what they wrote."""
    case = record(advice, Happening.ADVICE_RETURNED, {"reason": missing}, acting=acting, on=acting.today)
    if advice.mailbox:
        fields = mail_fields(advice, sender=sender)
        link = _new_link(advice, acting=acting)
        kept = {name: fields[name] for name in ("reference", "initials", "advice", "council")}
        outbox.post(
            key=f"advice_returned:{advice.id}:{case.version}",
            template="advice_returned",
            to_address=advice.mailbox,
            to_name=advice.giver,
            fields={**kept, "missing": missing, "link": access.address_of(link, sender.keys)},
            at=acting.at,
            case_id=advice.case_id,
            advice_id=advice.id,
            secret=True,
        )
    return case


def _new_link(advice: Advice, *, acting: Acting) -> AccessLink:
    return access.issue(
        purpose=LinkPurpose.ADVICE,
        mailbox=advice.mailbox,
        at=acting.at,
        expires_at=acting.at + LINKS_LAST,
        by_id=acting.by.id,
        advice_id=advice.id,
    )


def accept_delay(advice: Advice, *, until: date, acting: Acting) -> Case:
    """Accept the giver's reason for more time: no chase goes out up to and including that day. The limit stays."""
    detail = {"expected_on": until.isoformat(), "reason": advice.late_reason}
    case = record(advice, Happening.ADVICE_DELAY_ACCEPTED, detail, acting=acting, on=acting.today)
    advice.held_until, advice.held_because = until, "a reason for more time was accepted"
    return case


def do_without(
    advice: Advice, *, reason: str, note: str, satisfied: Mapping[str, tuple[date | None, str]], acting: Acting
) -> Case:
    """
    Record that a piece of advice is no longer needed; its links open nothing from now on.

    `satisfied` holds the day and the name of each of the three who agree under reg 6(4), by
    `SATISFIED_WITH_EARLIER_ADVICE`.

    :raises histories.NotAllowed: if reg 6(4) is given as the reason and one of the three is missing
    """
    detail = {"reason": reason, "note": note, **agreed_by(satisfied)}
    case = record(advice, Happening.ADVICE_NOT_NEEDED, detail, acting=acting, on=acting.today)
    access.revoke_for_advice(advice.id, at=acting.at, because="the advice is no longer needed")
    return case


def agreed_by(satisfied: Mapping[str, tuple[date | None, str]]) -> dict[str, str]:
    """Return who was satisfied with earlier advice, and on which day, as an entry keeps it (reg 6(4))."""
    detail = {}
    for word in SATISFIED_WITH_EARLIER_ADVICE:
        on, name = satisfied.get(word, (None, ""))
        if on is not None:
            detail[word] = on.isoformat()
        if name:
            detail[f"{word.removesuffix('_on')}_by"] = name
    return detail


def except_from_limit(
    advice: Advice,
    *,
    paragraph: str,
    from_on: date,
    until: date | None,
    evidence: str,
    approved_by: str,
    family_told_on: date | None,
    acting: Acting,
) -> Case:
    """
    Record an exception to the six weeks of one piece of advice (reg 8(2)): it disapplies the limit and moves no date.

    :raises histories.NotAllowed: if the dates do not satisfy the paragraph
    """
    detail = {
        "paragraph": paragraph,
        "from_on": from_on.isoformat(),
        "until": until.isoformat() if until else "",
        "evidence": evidence,
        "approved_by": approved_by,
        "family_told_on": family_told_on.isoformat() if family_told_on else "",
    }
    return record(advice, Happening.EXCEPTION_RECORDED, detail, acting=acting, on=acting.today)


def rely_on_earlier(
    case_id: int,
    kind: AdviceKind,
    *,
    which: str,
    satisfied: Mapping[str, tuple[date | None, str]],
    acting: Acting,
) -> Case:
    """
    Record that advice is not sought, as earlier advice is sufficient and all three agree (reg 6(4)).

    :raises histories.NotAllowed: if one of the three is missing
    """
    detail = {"advice_kind": kind.value, "reason": "6(4)", "note": which, **agreed_by(satisfied)}
    entry = NewEntry(
        Happening.ADVICE_NOT_NEEDED,
        acting.today,
        acting.at,
        detail,
        by_id=acting.by.id,
        submission=acting.submission,
    )
    return histories.append(
        case_id=case_id,
        entries=[entry],
        today=acting.today,
        seen_version=acting.seen_version,
        reading=acting.reading,
    )


def record_paper(
    advice: Advice,
    *,
    received_on: date,
    given_by: str,
    given_role: str,
    late_reason: str,
    said: str,
    acting: Acting,
) -> AdviceSubmission:
    """
    Record advice that came by letter, by e-mail or by telephone, with the files taken in for it.

    :raises histories.NotAllowed: if the day is to come, or the advice was not waited for
    """
    last = select(func.max(AdviceSubmission.number)).where(AdviceSubmission.advice_id == advice.id)
    submission = AdviceSubmission(
        advice_id=advice.id,
        number=(db.session.scalar(last) or 0) + 1,
        answers={"said": said} if said else {},
        given_at=acting.at,
        given_by=given_by,
        given_role=given_role,
        search_text=folded(said),
    )
    db.session.add(submission)
    db.session.flush()
    advice_files.attach(advice.id, submission.id)
    detail = {"late_reason": late_reason, "note": f"Given by {given_by}, and recorded for them"}
    record(advice, Happening.ADVICE_RECEIVED, detail, acting=acting, on=received_on)
    return submission
