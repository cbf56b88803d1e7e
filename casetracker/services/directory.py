"""The directory: settings from the DfE's register, services with their mailboxes, and the people in them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table as Table_
from sqlalchemy import bindparam, insert, select, update

from casetracker.csvin.refusals import Refusal
from casetracker.csvin.table import Row, Table
from casetracker.extensions import db
from casetracker.identifiers import name_key
from casetracker.models import Service, ServicePerson, ServiceType, Setting
from casetracker.queries import directory as queries
from casetracker.statute.advice import AdviceKind

_BATCH = 1_000
_NEEDED = {"urn": "URN", "name": "EstablishmentName"}
_COLUMNS = {
    "urn": "URN",
    "name": "EstablishmentName",
    "authority_code": "LA (code)",
    "establishment_number": "EstablishmentNumber",
    "type": "TypeOfEstablishment (name)",
    "phase": "PhaseOfEducation (name)",
    "status": "EstablishmentStatus (name)",
    "postcode": "Postcode",
    "telephone": "TelephoneNum",
    "head_title": "HeadPreferredJobTitle",
}
_ADDRESS = ("Street", "Locality", "Address3", "Town", "County (name)")
_HEAD = ("HeadTitle (name)", "HeadFirstName", "HeadLastName")
_DAYS = {"opened_on": "OpenDate", "closed_on": "CloseDate"}
_KNOWN = frozenset({*_COLUMNS.values(), *_ADDRESS, *_HEAD, *_DAYS.values()})


@dataclass(slots=True)
class Counts:
    """What became of a file."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def import_register(path: Path, *, on: date, authorities: Collection[str] = ()) -> Counts:
    """
    Bring settings up to date from the register's file of all establishments (Get Information About Schools).

    Those of `authorities` only, by code, where any are given. What is known by URN is changed; nothing is removed.

    :raises casetracker.csvin.refusals.FileRefused: if the file lacks a column or cannot be read
    """
    table = Table(path, _KNOWN, frozenset(_NEEDED.values()))
    counts, rows = Counts(), iter(table)
    while batch := list(islice(rows, _BATCH)):
        _store_settings(batch, counts, on=on, authorities=authorities)
    counts.refusals += table.refusals
    return counts


def _store_settings(batch: list[Row], counts: Counts, *, on: date, authorities: Collection[str]) -> None:
    wanted: dict[str, dict[str, Any]] = {}
    for row in batch:
        if not (row["URN"].isdecimal() and len(row["URN"]) == 6 and row["EstablishmentName"]):
            counts.refusals.append(row.refused("URN", "a URN of 6 figures and a name are wanted"))
        elif authorities and row["LA (code)"] not in authorities:
            counts.left_out += 1
        else:
            wanted[row["URN"]] = _values(row)
    there = {s.urn: s for s in db.session.scalars(select(Setting).where(Setting.urn.in_(wanted)))}
    new = [{**values, "registered_on": on} for urn, values in wanted.items() if urn not in there]
    changed = [
        {"b_id": there[urn].id, **values, "registered_on": on}
        for urn, values in wanted.items()
        if urn in there and any(getattr(there[urn], name) != value for name, value in values.items())
    ]
    if new:
        db.session.execute(insert(Setting), new)
    if changed:
        names = [name for name in changed[0] if name != "b_id"]
        table = cast(Table_, Setting.__table__)
        statement = update(table).where(table.c.id == bindparam("b_id"))
        db.session.connection().execute(statement.values({name: bindparam(name) for name in names}), changed)
    counts.new += len(new)
    counts.changed += len(changed)
    counts.unchanged += len(wanted) - len(new) - len(changed)
    db.session.expire_all()


def _values(row: Row) -> dict[str, Any]:
    table = Setting.__table__.c
    values: dict[str, Any] = {
        name: row[column][: getattr(table[name].type, "length", None)] for name, column in _COLUMNS.items()
    }
    values["address"] = "\n".join(row[column] for column in _ADDRESS if row[column])[:400]
    values["head"] = " ".join(row[column] for column in _HEAD if row[column])[:200]
    values["name_key"] = name_key(row["EstablishmentName"])[:200]
    return values | {name: _day(row[column]) for name, column in _DAYS.items()}


def _day(text: str) -> date | None:
    for form in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    return None


def service_for_setting(setting_id: int) -> Service:
    """Return the service that a setting is, made known if it was not, so that it can be asked for advice."""
    there = queries.service_of_setting(setting_id)
    if there is not None:
        return there
    setting = queries.setting(setting_id)
    name = f"{setting.name} ({setting.urn})" if setting.urn else setting.name
    made = Service(
        name=name[:200],
        type=ServiceType.SETTING,
        setting_id=setting_id,
        kinds=[],
        covers_authority=False,
    )
    db.session.add(made)
    db.session.flush()
    return made


class NotPossible(Exception):
    """What was entered cannot be so; the message is fit for the page."""


def keep(service: Service | None, values: Mapping[str, Any]) -> Service:
    """
    Add a service, or change one.

    :raises NotPossible: if another has that name
    """
    same = select(Service).where(Service.name == values["name"])
    other = db.session.scalars(same).one_or_none()
    if other is not None and (service is None or other.id != service.id):
        raise NotPossible("There is a service of that name already")
    kept = service or Service(kinds=[])
    for name, value in values.items():
        setattr(kept, name, value)
    db.session.add(kept)
    db.session.flush()
    return kept


def add_person(service_id: int, *, name: str, role: str, email: str, telephone: str) -> ServicePerson:
    """Add somebody to a service."""
    person = ServicePerson(service_id=service_id, name=name, role=role, email=email, telephone=telephone)
    db.session.add(person)
    db.session.flush()
    return person


def import_services(path: Path) -> Counts:
    """
    Bring in services and their mailboxes: name, type, mailbox, kinds (with spaces between), manager, manager_email.

    :raises casetracker.csvin.refusals.FileRefused: if the file lacks a column or cannot be read
    """
    columns = frozenset({"name", "urn", "type", "mailbox", "kinds", "manager", "manager_email"})
    table = Table(path, columns, frozenset({"name", "type", "mailbox"}))
    counts = Counts()
    for row in table:
        values = _service_values(row, counts)
        if values is None:
            continue
        there = db.session.scalars(select(Service).where(Service.name == values["name"])).one_or_none()
        if there is not None and all(getattr(there, name) == value for name, value in values.items()):
            counts.unchanged += 1
            continue
        keep(there, values)
        counts.changed += there is not None
        counts.new += there is None
    counts.refusals += table.refusals
    return counts


def _service_values(row: Row, counts: Counts) -> dict[str, Any] | None:
    problem = next(_problems(row), None)
    if problem is not None:
        counts.refusals.append(row.refused(*problem))
        return None
    setting_id = db.session.scalar(select(Setting.id).where(Setting.urn == row["urn"])) if row["urn"] else None
    return {
        "name": row["name"][:200],
        "type": ServiceType(row["type"]),
        "mailbox": row["mailbox"].lower()[:254],
        "kinds": row["kinds"].split(),
        "manager_name": row["manager"][:200],
        "manager_email": row["manager_email"].lower()[:254],
        "setting_id": setting_id,
        "covers_authority": setting_id is None,
    }


def _problems(row: Row) -> Iterator[tuple[str, str]]:
    if not row["name"]:
        yield "name", "a name is wanted"
    if row["type"] not in set(ServiceType):
        yield "type", f"this is one of {', '.join(ServiceType)}"
    if "@" not in row["mailbox"]:
        yield "mailbox", "an email address is wanted"
    if set(row["kinds"].split()) - set(AdviceKind):
        yield "kinds", f"these are of {', '.join(AdviceKind)}"
