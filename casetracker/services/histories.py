"""
The one door to a case history: append an entry, bring the case row into line with what `replay` then says.

Nothing else writes `case_events`, the projected columns of `cases` and `advice`, `milestones`, or the facts that the
figures count; and with them go the sums that are kept of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from casetracker.extensions import db
from casetracker.london import day_of
from casetracker.models import Advice, Case, CaseEvent, MilestoneRow
from casetracker.queries.entries import entry_of
from casetracker.services import alerts, facts, tallies
from casetracker.services.projection import Projection, project
from casetracker.statute.advice import AdviceStatus
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening
from casetracker.statute.history import replay
from casetracker.statute.standing import CaseStanding, Objection


class NotAllowed(Exception):
    """The law, or the dates, do not allow the entry where it would stand. The message is fit for the page."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__("; ".join(objection.rule for objection in objections))
        self.objections = tuple(objections)


class SavedByAnother(Exception):
    """The case has moved on since the person opened it."""

    def __init__(self, *, seen: int, now: int | None) -> None:
        super().__init__("somebody else has changed this case since you opened it")
        self.seen = seen
        self.now = now


class AlreadyRecorded(Exception):
    """The same form has been posted before, and its entry stands."""

    def __init__(self, event: CaseEvent) -> None:
        super().__init__("this has already been recorded")
        self.event = event


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry about to be recorded."""

    happening: Happening
    occurred_on: date
    recorded_at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)
    corrects: int | None = None
    by_id: int | None = None
    submission: str | None = None
    import_batch_id: int | None = None


def entries_of(case_id: int) -> list[Entry]:
    """Return a case's whole history as the statute reads it, in the order of recording."""
    query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)
    return [entry_of(event) for event in db.session.scalars(query)]


def chained_hash(*, reference: str, seq: int, entry: NewEntry, previous: str) -> str:
    """Return the hash of an entry: SHA-256 over its canonical JSON and the hash of the one before it."""
    content = json.dumps(
        [
            reference,
            seq,
            entry.happening.value,
            entry.occurred_on.isoformat(),
            entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.by_id,
            dict(entry.detail),
            entry.corrects,
            previous,
        ],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def append(
    *,
    case_id: int,
    entries: Sequence[NewEntry],
    today: date,
    seen_version: int | None = None,
    reading: Reading = ORDINARY_READING,
) -> Case:
    """
    Record entries in a case's history, in one step, and bring the case into line.

    `seen_version` is the version the person had before them; leave it out where nobody was looking (an import).

    :raises NotAllowed: if the law or the dates refuse one of them; nothing is written
    :raises SavedByAnother: if the case has moved on since `seen_version`
    :raises AlreadyRecorded: if one came from a form that has been posted before
    """
    case = hold(case_id)
    refuse_repeats([entry.submission for entry in entries if entry.submission])
    if seen_version is not None and seen_version != case.version:
        raise SavedByAnother(seen=seen_version, now=case.version)
    _refuse_the_future(entries, today)
    history = entries_of(case_id)
    history += [_as_entry(case.version + n, entry) for n, entry in enumerate(entries, start=1)]
    standing = replay(history, on=today, reading=reading)
    if standing.objections:
        raise NotAllowed(standing.objections)
    rows = event_rows(
        case_id=case.id, reference=case.reference, entries=entries, after=case.version, previous=case.last_hash
    )
    db.session.add_all(CaseEvent(**row) for row in rows)
    try:
        db.session.flush()  # so that the later of two people who save at once learns of it here, not at the commit
    except IntegrityError as error:
        raise SavedByAnother(seen=case.version, now=None) from error
    case.version += len(entries)
    case.last_hash = rows[-1]["hash"]
    with tallies.kept([case_id]):
        _bring_into_line(case, project(standing), today=today)
    if any(map(facts.tells, entries)):
        facts.bring_into_line(case_id, facts.rows_of(history, on=today, reading=reading))
    alerts.follow(case_id=case.id, on=today, at=max(entry.recorded_at for entry in entries), reading=reading)
    return case


def hold(case_id: int) -> Case:
    """
    Hold a case until this transaction ends, so that one entry at a time is added to it, and return it as it is.

    What its row says once it is held is the truth, whatever was read before. Where rows cannot be held (SQLite),
    writing it lets nobody else write until this is done.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.execute(update(Case).where(Case.id == case_id).values(reference=Case.reference))
    held = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    return db.session.scalars(held, execution_options={"populate_existing": True}).one()


def bring_into_line(case_id: int, *, today: date, at: datetime, reading: Reading = ORDINARY_READING) -> None:
    """Write a case's projected rows anew from its history, as they would be had its last entry just been recorded."""
    case = hold(case_id)
    history = entries_of(case_id)
    with tallies.kept([case_id]):
        _bring_into_line(case, project(replay(history, on=today, reading=reading)), today=today)
    facts.bring_into_line(case_id, facts.rows_of(history, on=today, reading=reading))
    alerts.follow(case_id=case_id, on=today, at=at, reading=reading)


def refuse_repeats(submissions: Sequence[str]) -> None:
    """Raise `AlreadyRecorded` if any of these forms has been posted before."""
    if submissions:
        earlier = db.session.scalars(select(CaseEvent).where(CaseEvent.submission.in_(submissions))).first()
        if earlier is not None:
            raise AlreadyRecorded(earlier)


def _refuse_the_future(entries: Iterable[NewEntry], today: date) -> None:
    ahead = [entry for entry in entries if entry.occurred_on > today]
    if ahead:
        raise NotAllowed(
            [Objection(0, entry.happening, f"{entry.occurred_on:%-d %B %Y} is in the future") for entry in ahead]
        )


def _as_entry(seq: int, entry: NewEntry) -> Entry:
    recorded_on = day_of(entry.recorded_at)
    return Entry(seq, entry.happening, entry.occurred_on, recorded_on, entry.detail, entry.corrects)


def as_history(entries: Sequence[NewEntry]) -> list[Entry]:
    """Return entries not yet stored as the statute reads them."""
    return [_as_entry(seq, entry) for seq, entry in enumerate(entries, start=1)]


def event_rows(
    *, case_id: int, reference: str, entries: Sequence[NewEntry], after: int = 0, previous: str = ""
) -> list[dict[str, Any]]:
    """Return the rows of `case_events` for entries that follow number `after`, each chained to the one before."""
    rows = []
    for seq, entry in enumerate(entries, start=after + 1):
        link = chained_hash(reference=reference, seq=seq, entry=entry, previous=previous)
        rows.append(
            {
                "case_id": case_id,
                "seq": seq,
                "happening": entry.happening,
                "occurred_on": entry.occurred_on,
                "recorded_at": entry.recorded_at,
                "recorded_by_id": entry.by_id,
                "detail": dict(entry.detail),
                "corrects": entry.corrects,
                "import_batch_id": entry.import_batch_id,
                "submission": entry.submission,
                "previous_hash": previous,
                "hash": link,
            }
        )
        previous = link
    return rows


def _bring_into_line(case: Case, projection: Projection, *, today: date) -> None:
    for column, value in projection.case.items():
        setattr(case, column, value)
    stored = {row.key: row for row in db.session.scalars(select(MilestoneRow).where(MilestoneRow.case_id == case.id))}
    for key, values in projection.milestones.items():
        row = stored.pop(key, None)
        if row is None:
            db.session.add(MilestoneRow(case_id=case.id, key=key, marked_overdue_on=None, **values))
            continue
        for column, value in values.items():
            setattr(row, column, value)
        if not _is_overdue(row, today):
            row.marked_overdue_on = None
    if stored:
        gone = [row.id for row in stored.values()]
        db.session.execute(delete(MilestoneRow).where(MilestoneRow.id.in_(gone)))
    _bring_advice_into_line(case.id, projection)
    db.session.flush()  # so that the alerts are compared with the milestones as they now are


def _bring_advice_into_line(case_id: int, projection: Projection) -> None:
    """
    Project the pieces of advice. One that the history no longer has goes too, unless links and drafts hang on it.

    Such a piece was asked for through the tracker and its asking then taken out: it stays as one not needed.
    """
    stored = {row.key: row for row in db.session.scalars(select(Advice).where(Advice.case_id == case_id))}
    for key, values in projection.advice.items():
        row = stored.pop(key, None)
        if row is None:
            db.session.add(Advice(case_id=case_id, key=key, **values))
            continue
        for column, value in values.items():
            setattr(row, column, value)
    for row in stored.values():
        if row.service_id is None and row.form_id is None:
            db.session.delete(row)
        else:
            row.status, row.is_outstanding, row.asked_on, row.due_on = AdviceStatus.NOT_NEEDED, False, None, None


def _is_overdue(row: MilestoneRow, today: date) -> bool:
    """Return whether the milestone had been missed, so that the day a sweep found it so is kept."""
    return not row.excused_by and row.due_on < (row.done_on or row.lapsed_on or today)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case with its history, to be stored whole."""

    columns: Mapping[str, Any]
    """The columns of `cases` that are not projected: reference, person_id and so on."""
    entries: Sequence[NewEntry]
    standing: CaseStanding


def store_new(cases: Sequence[NewCase], *, reading: Reading = ORDINARY_READING) -> list[int]:
    """
    Store new cases with their whole histories in a few statements, and return their ids in the same order.

    Their standings must carry no objections: the caller has set unlawful entries aside already.
    """
    if not cases:
        return []
    projections = [project(new.standing) for new in cases]
    histories = [event_rows(case_id=0, reference=new.columns["reference"], entries=new.entries) for new in cases]
    rows = [
        {**new.columns, **projection.case, "version": events[-1]["seq"], "last_hash": events[-1]["hash"]}
        for new, projection, events in zip(cases, projections, histories, strict=True)
    ]
    ids = list(db.session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), rows))
    events = [{**row, "case_id": case_id} for case_id, history in zip(ids, histories, strict=True) for row in history]
    milestones = [
        {"case_id": case_id, "key": key, "marked_overdue_on": None, **values}
        for case_id, projection in zip(ids, projections, strict=True)
        for key, values in projection.milestones.items()
    ]
    advice = [
        {"case_id": case_id, "key": key, **values}
        for case_id, projection in zip(ids, projections, strict=True)
        for key, values in projection.advice.items()
    ]
    db.session.execute(insert(CaseEvent), events)
    if milestones:
        db.session.execute(insert(MilestoneRow), milestones)
    if advice:
        db.session.execute(insert(Advice), advice)
    known = (facts.rows_of(as_history(new.entries), on=new.standing.on, reading=reading) for new in cases)
    facts.store_all(list(zip(ids, known, strict=True)))
    tallies.add_new(ids)
    return ids


def begin(*, case: Case, entries: Sequence[NewEntry], today: date, reading: Reading = ORDINARY_READING) -> Case:
    """
    Begin the history of a case that is new in this transaction and has its reference, person and holders set.

    :raises NotAllowed: if the law or the dates refuse one of the entries
    """
    _refuse_the_future(entries, today)
    history = as_history(entries)
    standing = replay(history, on=today, reading=reading)
    if standing.objections:
        raise NotAllowed(standing.objections)
    projection = project(standing)
    for column, value in projection.case.items():
        setattr(case, column, value)
    db.session.add(case)
    db.session.flush()  # its id goes on every entry
    rows = event_rows(case_id=case.id, reference=case.reference, entries=entries)
    db.session.add_all(CaseEvent(**row) for row in rows)
    case.version, case.last_hash = len(rows), rows[-1]["hash"]
    db.session.add_all(
        MilestoneRow(case_id=case.id, key=key, marked_overdue_on=None, **values)
        for key, values in projection.milestones.items()
    )
    db.session.add_all(Advice(case_id=case.id, key=key, **values) for key, values in projection.advice.items())
    db.session.flush()  # the same form posted twice is found out here
    facts.store_all([(case.id, facts.rows_of(history, on=today, reading=reading))])
    tallies.add_new([case.id])
    return case
