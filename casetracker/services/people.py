"""Children and young people: added to the record, and changed with a trace in the history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from casetracker.extensions import db
from casetracker.identifiers import name_key, problem_with_upn
from casetracker.models import Case, Person, PersonName, User
from casetracker.services import histories
from casetracker.services.cases import NotPossible
from casetracker.services.histories import NewEntry
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening

_CHANGEABLE = tuple("forename surname born_on sex ethnicity postcode upn uln upn_unknown nhs_number".split())


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is known of a child or young person."""

    forename: str
    surname: str
    born_on: date | None
    sex: str = "U"
    ethnicity: str = ""
    postcode: str = ""
    upn: str | None = None
    uln: str | None = None
    upn_unknown: str = ""
    """The return's code for why there is neither."""
    nhs_number: str | None = None
    reference: str | None = None


def add(details: PersonDetails, *, at: datetime) -> Person:
    """Add a child or young person to the record."""
    (person_id,) = add_all([details], at=at)
    return db.session.scalars(select(Person).where(Person.id == person_id)).one()


def add_all(those: Sequence[PersonDetails], *, at: datetime) -> list[int]:
    """Add children and young people to the record; return their ids, in the same order."""
    if not those:
        return []
    rows = [
        asdict(details)
        | {name: getattr(details, name) or None for name in ("upn", "uln", "nhs_number")}
        | {"sex": details.sex or "U", "recorded_at": at, **_worked_out(details)}
        for details in those
    ]
    ids = db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows).all()
    _keep_names({person_id: row["name_key"] for person_id, row in zip(ids, rows, strict=True)})
    return list(ids)


def _worked_out(of: PersonDetails | Person) -> dict[str, Any]:
    """Return what is kept beside what is known, so that nobody need work it out over all people."""
    return {
        "name_key": name_key(f"{of.surname} {of.forename}"),
        "upn_is_odd": bool(of.upn and problem_with_upn(of.upn)),
    }


def _keep_names(keys: Mapping[int, str]) -> None:
    """Keep each word of these people's names, so that a search finds them by any."""
    rows = [{"person_id": person_id, "word": word} for person_id, key in keys.items() for word in set(key.split())]
    if rows:
        db.session.execute(insert(PersonName), rows)


def change_details(
    *,
    case_id: int,
    details: PersonDetails,
    by: User,
    today: date,
    at: datetime,
    why_right: str = "",
    seen_version: int | None = None,
    submission: str | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Change what is known of the child a case is about, and record in its history what was known before and after.

    Where nothing differs, nothing is recorded.

    :raises NotPossible: if the child would have been born after a request for them was received
    :raises histories.SavedByAnother: if the case has moved on since `seen_version`
    :raises histories.AlreadyRecorded: if the same form has been posted before
    """
    case = db.session.scalars(select(Case).where(Case.id == case_id)).one()
    person = db.session.scalars(select(Person).where(Person.id == case.person_id).with_for_update()).one()
    _refuse_birth_after_request(person, details.born_on)
    changed = {
        name: (getattr(person, name), getattr(details, name))
        for name in _CHANGEABLE
        if (getattr(person, name) or "") != (getattr(details, name) or "")
    }
    if not changed:
        histories.refuse_repeats([submission] if submission else [])
        return case
    detail = {}
    for name, (before, after) in changed.items():
        detail[f"{name}_before"], detail[f"{name}_after"] = str(before or ""), str(after or "")
    if why_right:
        detail["why_right"] = why_right
    entry = NewEntry(Happening.PERSON_DETAILS_CHANGED, today, at, detail, by_id=by.id, submission=submission)
    case = histories.append(case_id=case_id, entries=[entry], today=today, seen_version=seen_version, reading=reading)
    for name, (_, after) in changed.items():
        setattr(person, name, after)
    for name, value in _worked_out(person).items():
        setattr(person, name, value)
    db.session.execute(delete(PersonName).where(PersonName.person_id == person.id))
    _keep_names({person.id: person.name_key})
    return case


def _refuse_birth_after_request(person: Person, born_on: date | None) -> None:
    first = db.session.scalar(select(func.min(Case.received_on)).where(Case.person_id == person.id))
    if born_on is not None and first is not None and first < born_on:
        raise NotPossible(f"A request for them was received on {first:%-d %B %Y}, before that date of birth")
