"""Storing incoming cases, a batch at a time: new ones whole, known ones by the entries they have gained."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, Person, Setting, Team, User
from casetracker.roles import Role
from casetracker.services import histories, people
from casetracker.services.histories import NewCase, NewEntry
from casetracker.services.imports.incoming import (
    REFUSED,
    IncomingCase,
    IncomingEntry,
    Remark,
    Settled,
    in_order,
    settle,
)
from casetracker.services.returns import keeping
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening

_IN_ONE_QUESTION = 400
"""How many keys are asked about at once: SQLite takes no more than some hundreds of parameters everywhere."""


@dataclass(slots=True)
class Tally:
    """What became of the rows read: `read` is always the sum of the rest, file by file."""

    loaded: Counter[str] = field(default_factory=Counter)
    already: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    cases_new: int = 0
    cases_added_to: int = 0
    cases_unchanged: int = 0
    cases_refused: int = 0

    def add(self, other: "Tally") -> None:
        """Add another tally's figures to this one."""
        self.loaded.update(other.loaded)
        self.already.update(other.already)
        self.refused.update(other.refused)
        self.cases_new += other.cases_new
        self.cases_added_to += other.cases_added_to
        self.cases_unchanged += other.cases_unchanged
        self.cases_refused += other.cases_refused

    def as_counts(self) -> dict[str, Any]:
        """Return the figures as they are kept with the import and shown."""
        files = sorted({*self.loaded, *self.already, *self.refused})
        return {
            "files": {
                name: {
                    "read": self.loaded[name] + self.already[name] + self.refused[name],
                    "loaded": self.loaded[name],
                    "already_there": self.already[name],
                    "refused": self.refused[name],
                }
                for name in files
            },
            "cases": {
                "new": self.cases_new,
                "added_to": self.cases_added_to,
                "unchanged": self.cases_unchanged,
                "refused": self.cases_refused,
            },
        }


@dataclass(frozen=True, slots=True)
class Context:
    """What every batch of one import shares."""

    batch_id: int | None
    today: date
    at: datetime
    reading: Reading = ORDINARY_READING
    dry_run: bool = False


def same_entry(entry: NewEntry) -> tuple[str, date, str]:
    """
    Return what makes two entries the same one: what happened, when, and to which piece of advice or setting.

    A family is told once on a day what was decided after a review, however much of it is known.
    """
    if entry.happening is Happening.ANNUAL_REVIEW_FINISHED:
        return entry.happening.value, entry.occurred_on, ""
    about = sorted((word, text) for word, text in entry.detail.items() if word in _TELLING)
    return entry.happening.value, entry.occurred_on, repr(about)


_TELLING = frozenset(
    {"advice_kind", "advice_giver", "audited_by", "grade", "paragraph", "reason", "setting", "worker", "note"}
)


def store(batch: Sequence[IncomingCase], context: Context) -> tuple[Tally, list[Remark]]:
    """
    Store a batch of incoming cases and return what became of their rows, with a remark for each row refused.

    Safe to run again: a case is known by its reference, and an entry it has already is left as it is.
    """
    tally, remarks = Tally(), [remark for case in batch for remark in case.remarks]
    known = _known_cases([case.reference for case in batch])
    histories_of = _histories([case.id for case in known.values()])
    new: list[tuple[IncomingCase, Settled]] = []
    for incoming in batch:
        tally.refused.update(incoming.rows_refused)
        case = known.get(incoming.reference)
        if case is not None:
            _add_to(case, incoming, histories_of.get(case.id, []), context, tally, remarks)
            continue
        settled = settle(in_order(incoming.entries), on=context.today, reading=context.reading)
        _report(incoming, settled, tally, remarks)
        if settled.standing is not None:
            new.append((incoming, settled))
            tally.cases_new += 1
    if not context.dry_run:
        ids = {case.reference: case.id for case in known.values()} | _store_new(new, context)
        kept = {ids[case.reference]: case.kept for case in batch if case.kept is not None and case.reference in ids}
        keeping.keep(kept, at=context.at)
    return tally, remarks


def _report(incoming: IncomingCase, settled: Settled, tally: Tally, remarks: list[Remark]) -> None:
    remarks += [_refusal(item, rule) for item, rule in settled.set_aside]
    rows = Counter(item.source.file for item in settled.entries if item.source.counts)
    tally.refused.update(item.source.file for item, _ in settled.set_aside if item.source.counts)
    if settled.standing is not None:
        tally.loaded.update(rows)
        tally.loaded.update(incoming.rows)
        return
    rule = "nothing true could be said of the case without the rows refused, so the whole of it is refused"
    remarks.append(Remark(REFUSED, incoming.source.file, incoming.source.line, "", rule, incoming.source.value))
    tally.refused.update(rows)
    tally.refused.update(incoming.rows)
    tally.cases_refused += 1


def _refusal(item: IncomingEntry, rule: str) -> Remark:
    value = item.source.value or f"{item.entry.happening.value} {item.entry.occurred_on.isoformat()}"
    return Remark(REFUSED, item.source.file, item.source.line, "event", rule, value)


def _add_to(
    case: Case,
    incoming: IncomingCase,
    already: list[NewEntry],
    context: Context,
    tally: Tally,
    remarks: list[Remark],
) -> None:
    """Add to a known case the entries it has gained since it was last brought in."""
    have: dict[tuple[str, date, str], list[NewEntry]] = {}
    for entry in already:
        have.setdefault(same_entry(entry), []).append(entry)
    fresh: list[IncomingEntry] = []
    for item in in_order(incoming.entries):
        same = have.get(same_entry(item.entry))
        if not same:
            fresh.append(item)
            continue
        entry = same.pop(0)
        if item.source.counts:
            # What this very import stored before it was killed and taken up again is its own work.
            own = entry.import_batch_id is not None and entry.import_batch_id == context.batch_id
            (tally.loaded if own else tally.already).update([item.source.file])
    own_case = case.import_batch_id is not None and case.import_batch_id == context.batch_id
    (tally.loaded if own_case else tally.already).update(incoming.rows)
    settled = settle(fresh, already=already, on=context.today, reading=context.reading)
    remarks += [_refusal(item, rule) for item, rule in settled.set_aside]
    tally.refused.update(item.source.file for item, _ in settled.set_aside if item.source.counts)
    tally.loaded.update(item.source.file for item in settled.entries if item.source.counts)
    if not settled.entries:
        tally.cases_new += own_case
        tally.cases_unchanged += not own_case
        return
    tally.cases_added_to += 1
    if not context.dry_run:
        entries = [item.entry for item in settled.entries]
        histories.append(case_id=case.id, entries=entries, today=context.today, reading=context.reading)


def _known_cases(references: Sequence[str]) -> dict[str, Case]:
    found: dict[str, Case] = {}
    for chunk in _chunks(references):
        found.update(
            (case.reference, case) for case in db.session.scalars(select(Case).where(Case.reference.in_(chunk)))
        )
    return found


def _histories(case_ids: Sequence[int]) -> dict[int, list[NewEntry]]:
    found: dict[int, list[NewEntry]] = {}
    for chunk in _chunks(case_ids):
        query = select(CaseEvent).where(CaseEvent.case_id.in_(chunk)).order_by(CaseEvent.case_id, CaseEvent.seq)
        for event in db.session.scalars(query):
            entry = NewEntry(
                event.happening,
                event.occurred_on,
                event.recorded_at,
                event.detail,
                corrects=event.corrects,
                import_batch_id=event.import_batch_id,
            )
            found.setdefault(event.case_id, []).append(entry)
    return found


def _store_new(new: Sequence[tuple[IncomingCase, Settled]], context: Context) -> dict[str, int]:
    """Store new cases, and return the number each was given by its reference."""
    if not new:
        return {}
    people = _people([case for case, _ in new], context)
    settings = _settings({case.setting_urn for case, _ in new if case.setting_urn})
    workers = _workers({case.worker_email for case, _ in new if case.worker_email})
    teams = _teams({case.team for case, _ in new if case.team})
    rows = []
    for case, settled in new:
        if settled.standing is None:
            continue
        columns = {
            "reference": case.reference,
            "person_id": people[case.person_key],
            "setting_id": settings.get(case.setting_urn),
            "primary_need": case.primary_need,
            "request_source": case.request_source,
            "team_id": teams.get(case.team),
            "named_worker_id": workers.get(case.worker_email),
            "import_batch_id": context.batch_id,
        }
        rows.append(NewCase(columns, [item.entry for item in settled.entries], settled.standing))
    ids = histories.store_new(rows, reading=context.reading)
    return dict(zip((row.columns["reference"] for row in rows), ids, strict=True))


def _people(cases: Sequence[IncomingCase], context: Context) -> dict[str, int]:
    """Return each case's person: the one its file's reference names, the one with its UPN, or a new one."""
    wanted = {case.person_key: case.person for case in cases}
    found: dict[str, int] = {}
    for chunk in _chunks(list(wanted)):
        same = select(Person.reference, Person.id).where(Person.reference.in_(chunk))
        found.update((key, person_id) for key, person_id in db.session.execute(same) if key)
    by_upn = {details.upn: key for key, details in wanted.items() if details.upn and key not in found}
    for chunk in _chunks(list(by_upn)):
        same = select(Person.upn, Person.id).where(Person.upn.in_(chunk))
        found.update((by_upn[upn], person_id) for upn, person_id in db.session.execute(same) if upn)
    new = {key: details for key, details in wanted.items() if key not in found}
    named = [replace(details, reference=key) for key, details in new.items()]
    found.update(zip(new, people.add_all(named, at=context.at), strict=True))
    return found


def _settings(urns: set[str]) -> dict[str, int]:
    rows = [{"urn": urn, "name": f"Setting {urn}"} for urn in sorted(urns)]
    return _known_or_new(Setting, "urn", rows)


def _teams(names: set[str]) -> dict[str, int]:
    return _known_or_new(Team, "name", [{"name": name} for name in sorted(names)])


def _workers(emails: set[str]) -> dict[str, int]:
    """Return the users with these addresses; one not known is made, inactive, so that nobody can sign in as them."""
    rows = [
        {
            "email": email,
            "name": email.partition("@")[0],
            "role": Role.CASEWORKER,
            "active": False,
            "demonstration": False,
            "session_key": "",
        }
        for email in sorted(emails)
    ]
    return _known_or_new(User, "email", rows)


def _known_or_new(table: Any, key: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    column = getattr(table, key)
    found: dict[str, int] = {}
    for chunk in _chunks([row[key] for row in rows]):
        found.update(db.session.execute(select(column, table.id).where(column.in_(chunk))).all())
    new = [dict(row) for row in rows if row[key] not in found]
    if new:
        ids = db.session.scalars(insert(table).returning(table.id, sort_by_parameter_order=True), new)
        found.update(zip((row[key] for row in new), ids, strict=True))
    return found


def _chunks(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + _IN_ONE_QUESTION] for start in range(0, len(items), _IN_ONE_QUESTION)]


def stable_key(*parts: object) -> str:
    """Return a short key that is the same for the same parts in every import."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:14]
