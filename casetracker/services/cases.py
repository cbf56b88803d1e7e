"""Requests and cases: log one, record what happened to it, correct an entry, hand it over."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, Person, Setting, Tallied, User
from casetracker.services import histories, tallies
from casetracker.services.histories import NewEntry
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.happenings import Happening

TICKED = ("vision", "hearing", "out_of_school")
"""What is either so or not known to be, of a child: "yes" in an entry, else empty."""
_VISION, _HEARING = frozenset({"VI", "MSI"}), frozenset({"HI", "MSI"})
"""The codes of need in the return that tell of each."""


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What is known of a case besides the child and the history."""

    source: str
    primary_need: str
    vision: str
    """"yes" where an impairment is known, else empty; and so `hearing`."""
    hearing: str
    out_of_school: str = ""
    """"yes" where the child has no school, college or early years place to go to, else empty."""
    setting: str = ""
    """The setting in words, for the history."""


class NotPossible(Exception):
    """What was entered cannot be so; the message is fit for the page."""


def setting_of(*, urn: str = "", name: str = "") -> int | None:
    """Return the id of the setting with this URN, or failing that of this name, made known if it was not."""
    if not urn and not name:
        return None
    same = Setting.urn == urn if urn else func.lower(Setting.name) == name.lower()
    setting = db.session.scalars(select(Setting).where(same).order_by(Setting.id).limit(1)).first()
    if setting is None:
        setting = Setting(urn=urn or None, name=name or f"Setting {urn}")
        db.session.add(setting)
        db.session.flush()  # its id goes on the case
    return setting.id


def log_request(
    *,
    person: Person,
    received_on: date,
    source: str,
    by: User,
    today: date,
    at: datetime,
    named_worker_id: int | None = None,
    team_id: int | None = None,
    setting_id: int | None = None,
    primary_need: str = "",
    detail: Mapping[str, str] | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Open a case for a request received on a day, and start its clock.

    :raises NotPossible: if the day is before the child was born
    :raises histories.NotAllowed: if the day is in the future
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    if person.born_on is not None and received_on < person.born_on:
        raise NotPossible(f"The request cannot have been received before {person.forename} was born")
    histories.refuse_repeats([submission] if submission else [])
    case = Case(
        reference=_new_reference(received_on),
        person_id=person.id,
        setting_id=setting_id,
        primary_need=primary_need,
        request_source=source,
        team_id=team_id,
        named_worker_id=named_worker_id,
        out_of_school=(detail or {}).get("out_of_school") == "yes",
    )
    entries = [
        NewEntry(Happening.REQUEST_RECEIVED, received_on, at, dict(detail or {}), by_id=by.id, submission=submission)
    ]
    if named_worker_id is not None:
        worker = db.session.get_one(User, named_worker_id)
        entries.append(NewEntry(Happening.WORKER_ASSIGNED, received_on, at, {"worker": worker.name}, by_id=by.id))
    return histories.begin(case=case, entries=entries, today=today, reading=reading)


def _new_reference(received_on: date) -> str:
    """Return a reference that can be read out over the telephone: the year and seven figures no other case has."""
    while True:
        reference = f"EHC{received_on:%y}-{secrets.randbelow(10_000_000):07d}"
        if db.session.scalar(select(Case.id).where(Case.reference == reference)) is None:
            return reference


def record(
    *,
    case_id: int,
    happening: Happening,
    occurred_on: date,
    by: User,
    today: date,
    at: datetime,
    detail: Mapping[str, str] | None = None,
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Record that something happened to a case.

    :raises NotPossible: if the day is before the child was born
    :raises histories.NotAllowed: if the law or the dates do not allow it
    :raises histories.SavedByAnother: if the case has moved on since `seen_version`
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    _refuse_before_birth(case_id, occurred_on)
    entry = NewEntry(happening, occurred_on, at, dict(detail or {}), by_id=by.id, submission=submission)
    return histories.append(case_id=case_id, entries=[entry], today=today, seen_version=seen_version, reading=reading)


def _refuse_before_birth(case_id: int, occurred_on: date) -> None:
    person = db.session.scalars(select(Person).join(Case, Case.person_id == Person.id).where(Case.id == case_id)).one()
    if person.born_on is not None and occurred_on < person.born_on:
        raise NotPossible(f"That is before {person.forename} was born ({person.born_on:%-d %B %Y})")


def correct(
    *,
    event: CaseEvent,
    occurred_on: date | None,
    detail: Mapping[str, str] | None,
    reason: str,
    by: User,
    today: date,
    at: datetime,
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Correct an entry by a new one that stands in its place; `occurred_on` of None says that it did not happen.

    :raises NotPossible: if the day is before the child was born
    :raises histories.NotAllowed: if the case could not then have gone as the rest of its history says
    """
    withdrawn = occurred_on is None
    if occurred_on is not None:
        _refuse_before_birth(event.case_id, occurred_on)
    entry = NewEntry(
        Happening.ENTRY_WITHDRAWN if withdrawn else event.happening,
        occurred_on or event.occurred_on,
        at,
        {**(detail if detail is not None else event.detail), "why_corrected": reason},
        corrects=event.seq,
        by_id=by.id,
        submission=submission,
    )
    return histories.append(
        case_id=event.case_id, entries=[entry], today=today, seen_version=seen_version, reading=reading
    )


def change_details(
    *,
    case_id: int,
    details: CaseDetails,
    setting_name: str,
    setting_urn: str,
    by: User,
    today: date,
    at: datetime,
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Change what is known of a case, and record in its history what was known before and after.

    `setting_urn` or failing that `setting_name` says which setting the child attends; `details.setting` is not read.
    Where nothing differs, nothing is recorded.

    :raises histories.SavedByAnother: if the case has moved on since `seen_version`
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    case = db.session.scalars(select(Case).where(Case.id == case_id)).one()
    setting_id = setting_of(urn=setting_urn, name=setting_name)
    setting = db.session.get(Setting, setting_id) if setting_id is not None else None
    before = details_of(case, known_by(histories.entries_of(case_id), today))
    after = replace(details, setting=_in_words(setting))
    changed = {
        name: (getattr(before, name), getattr(after, name))
        for name in (field.name for field in fields(CaseDetails))
        if getattr(before, name) != getattr(after, name)
    }
    if not changed:
        histories.refuse_repeats([submission] if submission else [])
        return case
    detail = {}
    for name, (was, now) in changed.items():
        detail[f"{name}_before"], detail[f"{name}_after"] = was, now
    entry = NewEntry(Happening.CASE_DETAILS_CHANGED, today, at, detail, by_id=by.id, submission=submission)
    case = histories.append(case_id=case_id, entries=[entry], today=today, seen_version=seen_version, reading=reading)
    case.request_source, case.primary_need, case.setting_id = after.source, after.primary_need, setting_id
    case.out_of_school = after.out_of_school == "yes"
    return case


def details_of(case: Case, entries: Iterable[Entry]) -> CaseDetails:
    """Return what is known of a case with these entries, as the last change of it left it."""
    setting = db.session.get(Setting, case.setting_id) if case.setting_id is not None else None
    said = said_of_needs(entries)
    return CaseDetails(
        source=case.request_source,
        primary_need=case.primary_need,
        vision=said.get("vision", ""),
        hearing=said.get("hearing", ""),
        out_of_school=said.get("out_of_school", ""),
        setting=_in_words(setting),
    )


def _in_words(setting: Setting | None) -> str:
    return f"{setting.name} (URN {setting.urn})" if setting and setting.urn else (setting.name if setting else "")


def said_of_needs(entries: Iterable[Entry]) -> dict[str, str]:
    """Return what was said with the request, and since of what is ticked: sight, hearing, out of school."""
    said: dict[str, str] = {}
    for entry in entries:
        if entry.happening is Happening.REQUEST_RECEIVED:
            said = {**entry.detail, **said}
        elif entry.happening is Happening.CASE_DETAILS_CHANGED:
            said |= {name: entry.detail[key] for name in TICKED if (key := f"{name}_after") in entry.detail}
    return said


def senses_of(primary_need: str, said: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether a child is known to have a vision impairment, and a hearing impairment."""
    return (
        primary_need in _VISION or said.get("vision") == "yes",
        primary_need in _HEARING or said.get("hearing") == "yes",
    )


def assign(
    *, case_ids: Sequence[int], worker: User, by: User, today: date, at: datetime, reading: Reading = ORDINARY_READING
) -> int:
    """Give cases to a named worker, leaving out those they hold already, and return how many were handed over."""
    handed = 0
    for case_id in case_ids:
        case = db.session.get_one(Case, case_id)
        if case.named_worker_id == worker.id:
            continue
        entry = NewEntry(Happening.WORKER_ASSIGNED, today, at, {"worker": worker.name}, by_id=by.id)
        histories.append(case_id=case_id, entries=[entry], today=today, reading=reading)
        with tallies.kept([case_id], {Tallied.LOADS}):
            case.named_worker_id, case.team_id = worker.id, worker.team_id or case.team_id
        handed += 1
    return handed
