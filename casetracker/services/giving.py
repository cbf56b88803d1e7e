"""Giving advice: a team's draft, what is sent in the end, and what givers can say in one step instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from casetracker.agreed_forms.answers import missing, plain_text, settled, wrong
from casetracker.agreed_forms.definition import Form
from casetracker.extensions import db
from casetracker.identifiers import folded
from casetracker.models import Advice, AdviceDraft, AdviceSubmission, Case, FormVersion, User
from casetracker.plurals import counted
from casetracker.queries import agreed_forms
from casetracker.services import advice_files, histories, outbox
from casetracker.services.asking import Sender, mail_fields
from casetracker.services.histories import NewEntry
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening
from casetracker.wording import HAPPENINGS

REMEMBERED = 6
"""How many earlier values of each answer a draft keeps, to tell who changed what since somebody looked."""


@dataclass(frozen=True, slots=True)
class Giver:
    """Who is giving advice, on which day, and in whose name mails about it go out."""

    name: str
    today: date
    at: datetime
    sender: Sender
    reading: Reading = ORDINARY_READING


class NotComplete(Exception):
    """Something is missing or wrong: `problems` has the key of each question and a message."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(f"{counted(len(problems), 'answer')} missing or wrong")
        self.problems = problems


class NotPossible(Exception):
    """That cannot be done to the advice as it stands; the message is fit for the page."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An answer that a colleague changed while somebody else was changing it too."""

    theirs: Any
    by: str


@dataclass(slots=True)
class Saved:
    """What became of a draft that was saved."""

    version: int
    conflicts: dict[str, Conflict] = field(default_factory=dict)


def open_form(advice: Advice, *, giver: Giver) -> FormVersion | None:
    """
    Return the version of the form that a piece of advice is given on, which is settled the first time it is opened.

    The case history has that it was opened. None where it has no form: files alone are taken then.
    """
    if advice.form_version_id is None and advice.form_id is not None:
        live = agreed_forms.live_version(advice.form_id)
        advice.form_version_id = live.id if live else None
    if advice.seen_on is None and advice.is_outstanding:
        record(advice, Happening.ADVICE_SEEN, {}, giver=giver)
    return db.session.get(FormVersion, advice.form_version_id) if advice.form_version_id is not None else None


def record(
    advice: Advice, happening: Happening, detail: Mapping[str, str], *, giver: Giver, on: date | None = None
) -> None:
    """Record in the case history what a giver did or said about a piece of advice."""
    about = {
        "advice_kind": advice.kind.value,
        "advice_ref": advice.key,
        "advice_giver": advice.giver,
        "said_by": giver.name,
    }
    known = {name: value for name, value in {**about, **detail}.items() if value}
    entry = NewEntry(happening, on or giver.today, giver.at, known)
    histories.append(case_id=advice.case_id, entries=[entry], today=giver.today, reading=giver.reading)


def save_draft(advice: Advice, answers: Mapping[str, Any], *, seen_version: int, giver: Giver) -> Saved:
    """
    Keep what was written, answer by answer, and return the draft's version.

    Where a colleague has changed an answer since `seen_version` and this changes it too, theirs stays and both are
    returned: nobody overwrites what they have not seen.

    :raises NotPossible: if the advice is not waited for any more
    """
    refuse_unless_open(advice)
    draft = _held_draft(advice, giver)
    version = draft.version + 1
    kept, changes = dict(draft.answers), dict(draft.changes)
    conflicts: dict[str, Conflict] = {}
    changed = False
    for key, value in answers.items():
        there = kept.get(key)
        if _same(there, value):
            continue
        known = changes.get(key, {"history": []})
        since = [(earlier, by) for at_version, earlier, by in known["history"] if at_version > seen_version]
        by_others = any(by != giver.name for _, by in since)
        if by_others and _same(since[0][0], value):
            continue  # only the colleague has changed it
        if by_others:
            conflicts[key] = Conflict(there, str(known.get("by", "")))
            continue
        history = [*known["history"], [version, there, giver.name]][-REMEMBERED:]
        changes[key] = {"by": giver.name, "at": giver.at.isoformat(), "history": history}
        kept[key] = value
        changed = True
    if changed:
        draft.answers, draft.changes, draft.version = kept, changes, version
        draft.saved_at, draft.saved_by = giver.at, giver.name
        db.session.flush()
    return Saved(draft.version, conflicts)


def _held_draft(advice: Advice, giver: Giver) -> AdviceDraft:
    """Return the draft, held against anybody else until this is done; begun where there is none."""
    # Writing the row holds it on either database: SQLite, which has no other lock, lets one writer in at a time.
    db.session.execute(update(Advice).where(Advice.id == advice.id).values(key=Advice.key))
    draft = db.session.get(AdviceDraft, advice.id, populate_existing=True)
    if draft is None:
        draft = AdviceDraft(
            advice_id=advice.id, version=0, answers={}, changes={}, saved_at=giver.at, saved_by=giver.name
        )
        db.session.add(draft)
        db.session.flush()
        if advice.drafted_on is None:
            record(advice, Happening.ADVICE_DRAFTED, {}, giver=giver)
    return draft


def _same(one: Any, other: Any) -> bool:
    return (one or "") == (other or "") or (not one and not other)


def refuse_unless_open(advice: Advice) -> None:
    """
    Raise unless the advice can still be written.

    :raises NotPossible: with the reason
    """
    if advice.not_needed_on is not None:
        raise NotPossible("This advice is no longer needed")
    if advice.received_on is not None:
        raise NotPossible("This advice has been sent. To change it, take it back first")


def submit(
    advice: Advice, *, role: str, late_reason: str, key: str, giver: Giver, files_in_place: bool = False
) -> AdviceSubmission:
    """
    Send what the draft holds, once for the form it came from.

    `files_in_place` says that files are sent instead of the form.

    :raises NotComplete: if something is missing or wrong
    :raises NotPossible: if the advice is not waited for any more
    """
    there = db.session.scalars(select(AdviceSubmission).where(AdviceSubmission.key == key)).one_or_none()
    if there is not None:
        return there
    refuse_unless_open(advice)
    draft = _held_draft(advice, giver)
    version = open_form(advice, giver=giver)
    form = Form.from_data(version.definition) if version is not None else None
    answers = _complete(advice, form, draft.answers, files_in_place=files_in_place)
    late = advice.due_on is not None and giver.today > advice.due_on and not advice.excused_by
    if late and not late_reason:
        raise NotComplete([("late_reason", "Say why it is late")])
    last = select(func.max(AdviceSubmission.number)).where(AdviceSubmission.advice_id == advice.id)
    submission = AdviceSubmission(
        advice_id=advice.id,
        number=(db.session.scalar(last) or 0) + 1,
        form_version_id=version.id if version is not None and answers else None,
        answers=answers,
        given_at=giver.at,
        given_by=giver.name,
        given_role=role,
        key=key,
        search_text=folded(plain_text(form, answers)) if form is not None else "",
    )
    db.session.add(submission)
    db.session.flush()
    advice_files.attach(advice.id, submission.id)
    record(advice, Happening.ADVICE_RECEIVED, {"late_reason": late_reason if late else ""}, giver=giver)
    tell_worker(advice, Happening.ADVICE_RECEIVED, said=late_reason if late else "", giver=giver)
    return submission


def _complete(advice: Advice, form: Form | None, answers: Mapping[str, Any], *, files_in_place: bool) -> dict[str, Any]:
    files = advice_files.of_draft(advice.id)
    if files_in_place or form is None:
        if not files:
            raise NotComplete([("files", "Choose a file to send")])
        return settled(form, answers) if form is not None else {}
    found = [*missing(form, answers, files={file.question for file in files}), *wrong(form, answers)]
    if found:
        raise NotComplete(found)
    return settled(form, answers)


def not_known(advice: Advice, *, note: str, giver: Giver) -> None:
    """Record that the service does not know the child: an answer, but no advice."""
    refuse_unless_open(advice)
    record(advice, Happening.ADVICE_NOT_KNOWN_TO_SERVICE, {"note": note}, giver=giver)
    tell_worker(advice, Happening.ADVICE_NOT_KNOWN_TO_SERVICE, said=note, giver=giver)


def more_time(advice: Advice, *, expected_on: date, reason: str, giver: Giver) -> None:
    """Record that the giver needs more time, why, and when the advice is expected. No limit moves."""
    refuse_unless_open(advice)
    record(advice, Happening.ADVICE_DELAYED, {"expected_on": expected_on.isoformat(), "reason": reason}, giver=giver)
    said = f"{reason}\n\nExpected on {expected_on:%-d %B %Y}."
    tell_worker(advice, Happening.ADVICE_DELAYED, said=said, giver=giver)


def pass_on(advice: Advice, *, to: str, mailbox: str, note: str, giver: Giver) -> None:
    """Record that somebody else should have been asked, and who. Nothing is sent there until a caseworker says so."""
    refuse_unless_open(advice)
    whom = f"{to} ({mailbox})" if mailbox else to
    record(advice, Happening.ADVICE_PASSED_ON, {"pass_to": whom, "note": note}, giver=giver)
    tell_worker(advice, Happening.ADVICE_PASSED_ON, said=f"Should be asked instead: {whom}\n\n{note}", giver=giver)


def take_back(advice: Advice, *, reason: str, giver: Giver) -> None:
    """
    Take back what was sent in error. It stays on record as withdrawn, and the advice is waited for again.

    :raises NotPossible: if it has not been sent, or has been accepted
    """
    if advice.received_on is None or advice.accepted_on is not None:
        raise NotPossible("Only advice that has been sent and not yet accepted can be taken back")
    latest = db.session.scalars(
        select(AdviceSubmission)
        .where(AdviceSubmission.advice_id == advice.id, AdviceSubmission.withdrawn_at.is_(None))
        .order_by(AdviceSubmission.number.desc())
    ).first()
    if latest is not None:
        latest.withdrawn_at, latest.withdrawn_by, latest.withdrawn_because = giver.at, giver.name, reason
    record(advice, Happening.ADVICE_TAKEN_BACK, {"reason": reason}, giver=giver)
    tell_worker(advice, Happening.ADVICE_TAKEN_BACK, said=reason, giver=giver)


def tell_worker(advice: Advice, happening: Happening, *, said: str, giver: Giver) -> None:
    """Send the named worker word of what a giver did: what happened, and what was said."""
    case = db.session.get_one(Case, advice.case_id)
    worker = db.session.get(User, case.named_worker_id) if case.named_worker_id is not None else None
    if worker is None or not worker.active:
        return
    fields = mail_fields(advice, sender=giver.sender)
    address = giver.sender.keys.address.rstrip("/")
    outbox.post(
        key=f"advice_news:{advice.id}:{happening}:{case.version}",
        template="advice_news",
        to_address=worker.email,
        to_name=worker.name,
        fields={
            **{name: fields[name] for name in ("reference", "initials", "advice", "council")},
            "what": HAPPENINGS[happening],
            "said": said or "Nothing was added.",
            "link_case": f"{address}/cases/{advice.case_id}/advice/{advice.id}",
        },
        at=giver.at,
        case_id=advice.case_id,
        advice_id=advice.id,
    )
