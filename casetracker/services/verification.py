"""
Whether every case row still is what its history says, and every history what it was.

What the passing of days changes (whose move it is, the family's 15 days, the marks of what is overdue) is brought into
line by the sweep, so it may be as it should be on the day asked about, or as on the day it was last brought into line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Advice, Case, CaseEvent, ImportBatch, JobRun, MilestoneRow, Outcome
from casetracker.queries import tallies
from casetracker.queries.entries import entry_of
from casetracker.queries.tallies import Alike
from casetracker.services import facts
from casetracker.services.histories import NewEntry, chained_hash
from casetracker.services.projection import Projection, project
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.history import replay
from casetracker.statute.timetable import Duty, Force

_AT_ONCE = 500
_TRIES = 3
MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that is not what the history says."""

    case: str
    what: str
    stored: str
    should_be: str


@dataclass(slots=True)
class Report:
    """What a verification found."""

    cases: int = 0
    entries: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)
    """The first of them."""

    def add(self, differences: Sequence[Difference]) -> None:
        """Count differences, and keep them while there is room."""
        self.found += len(differences)
        self.differences += differences[: max(0, MOST_KEPT - len(self.differences))]


@dataclass(frozen=True, slots=True)
class _Stored:
    """A case, its history and its milestones, as they are stored."""

    case: Case
    events: Sequence[CaseEvent]
    milestones: dict[str, MilestoneRow]
    advice: dict[str, Advice]
    facts: facts.Rows


@dataclass(frozen=True, slots=True)
class _Swept:
    """The newest day that has been swept, and when the last sweep for it began."""

    on: date
    at: datetime
    imports: frozenset[int]
    """The imports that had ended before it began, and whose cases it must have seen."""

    def saw(self, event: CaseEvent) -> bool:
        """Return whether an entry was there when the sweep was made; an import's is older than its storing."""
        return event.recorded_at < self.at and (event.import_batch_id is None or event.import_batch_id in self.imports)


def verify(*, on: date, sample: int | None = None, reading: Reading = ORDINARY_READING) -> Report:
    """
    Replay histories, all of them or a sample chosen by chance, and compare them with what is stored.

    With all of them go the sums that are kept of all.
    """
    report = Report()
    swept = _last_sweep()
    for ids in _chunks(sample):
        for stored in _read(ids):
            report.cases += 1
            report.entries += len(stored.events)
            report.add(_differences(stored, on=on, swept=swept, reading=reading))
        db.session.expunge_all()
    if sample is None:
        report.add([_as_difference(*one) for one in tallies.wrong()])
    return report


def _as_difference(alike: Alike, lacks: int) -> Difference:
    told = (f"{name} {value}" for name, value in alike._asdict().items() if value not in (None, "") and name != "of")
    return Difference("all cases", f"sum of {alike.of}: {', '.join(told)}", "kept", f"{lacks:+,} to what is kept")


def _last_sweep() -> _Swept | None:
    done = (JobRun.job == "sweep", JobRun.outcome == Outcome.DONE)
    on = db.session.scalar(select(func.max(JobRun.for_day)).where(*done))
    if on is None:
        return None
    at = db.session.scalars(select(func.max(JobRun.started_at)).where(*done, JobRun.for_day == on)).one()
    before = select(ImportBatch.id).where(ImportBatch.ended_at < at)
    return _Swept(on, at, frozenset(db.session.scalars(before)))


def _chunks(sample: int | None) -> Iterator[Sequence[int]]:
    if sample is not None:
        chosen = sorted(db.session.scalars(select(Case.id).order_by(func.random()).limit(sample)))
        yield from (chosen[start : start + _AT_ONCE] for start in range(0, len(chosen), _AT_ONCE))
        return
    last = 0
    while ids := db.session.scalars(select(Case.id).where(Case.id > last).order_by(Case.id).limit(_AT_ONCE)).all():
        yield ids
        last = ids[-1]


def _read(ids: Sequence[int]) -> Iterator[_Stored]:
    """Yield cases as they stood at one moment: one to which an entry was added while it was read is read again."""
    for _ in range(_TRIES):
        whole = _read_once(ids)
        now = dict(iter(db.session.execute(select(Case.id, Case.version).where(Case.id.in_(ids)))))
        yield from (stored for stored in whole if now.get(stored.case.id) == stored.case.version)
        ids = [stored.case.id for stored in whole if now.get(stored.case.id) != stored.case.version]
        if not ids:
            return


def _read_once(ids: Sequence[int]) -> list[_Stored]:
    again = {"populate_existing": True}
    in_order = select(CaseEvent).where(CaseEvent.case_id.in_(ids)).order_by(CaseEvent.case_id, CaseEvent.seq)
    cases = db.session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id), execution_options=again).all()
    events: dict[int, list[CaseEvent]] = {case.id: [] for case in cases}
    for event in db.session.scalars(in_order, execution_options=again):
        events.setdefault(event.case_id, []).append(event)
    milestones: dict[int, dict[str, MilestoneRow]] = {case.id: {} for case in cases}
    for row in db.session.scalars(select(MilestoneRow).where(MilestoneRow.case_id.in_(ids)), execution_options=again):
        milestones.setdefault(row.case_id, {})[row.key] = row
    advice: dict[int, dict[str, Advice]] = {case.id: {} for case in cases}
    for piece in db.session.scalars(select(Advice).where(Advice.case_id.in_(ids)), execution_options=again):
        advice.setdefault(piece.case_id, {})[piece.key] = piece
    counted = facts.stored([case.id for case in cases])
    return [_Stored(case, events[case.id], milestones[case.id], advice[case.id], counted[case.id]) for case in cases]


def _differences(stored: _Stored, *, on: date, swept: _Swept | None, reading: Reading) -> list[Difference]:
    reference = stored.case.reference
    found = [*_in_the_chain(stored), *_in_the_projection(stored, on=on, swept=swept, reading=reading)]
    found += _in_the_facts(stored, on=on, reading=reading)
    found += _in_the_marks(stored, swept) if swept is not None else []
    return [Difference(reference, what, str(there), str(should_be)) for what, there, should_be in found]


_Found = Iterator[tuple[str, Any, Any]]


def _in_the_chain(stored: _Stored) -> _Found:
    previous = ""
    for place, event in enumerate(stored.events, start=1):
        entry = NewEntry(
            event.happening, event.occurred_on, event.recorded_at, event.detail, event.corrects, event.recorded_by_id
        )
        expected = chained_hash(reference=stored.case.reference, seq=place, entry=entry, previous=previous)
        if (event.seq, event.previous_hash, event.hash) != (place, previous, expected):
            yield f"entry {event.seq}", event.hash, expected
        previous = event.hash
    if (stored.case.version, stored.case.last_hash) != (len(stored.events), previous):
        yield "version", f"{stored.case.version} {stored.case.last_hash}", f"{len(stored.events)} {previous}"


def _in_the_projection(stored: _Stored, *, on: date, swept: _Swept | None, reading: Reading) -> _Found:
    entries = [entry_of(event) for event in stored.events]
    found = list(_compared(stored, project(replay(entries, on=on, reading=reading))))
    as_at = _brought_into_line_on(entries, on=on, swept=swept)
    if found and as_at != on:
        wrong_then = {what for what, _, _ in _compared(stored, project(replay(entries, on=as_at, reading=reading)))}
        found = [(what, there, should_be) for what, there, should_be in found if what in wrong_then]
    yield from found


def _brought_into_line_on(entries: Sequence[Entry], *, on: date, swept: _Swept | None) -> date:
    recorded = max((entry.recorded_on for entry in entries), default=on)
    return min(on, max(recorded, swept.on) if swept is not None else recorded)


def _compared(stored: _Stored, projection: Projection) -> _Found:
    for column, value in projection.case.items():
        there = getattr(stored.case, column)
        if there != value:
            yield column, there, value
    yield from _compared_rows("milestone", stored.milestones, projection.milestones)
    asked_for_here = {
        key for key, row in stored.advice.items() if row.service_id is not None or row.form_id is not None
    }
    kept = asked_for_here - set(projection.advice)  # whose asking was taken out of the history: no longer its business
    advice = {key: row for key, row in stored.advice.items() if key not in kept}
    yield from _compared_rows("advice", advice, projection.advice)


def _compared_rows(what: str, rows: Mapping[str, Any], projected: Mapping[str, Mapping[str, Any]]) -> _Found:
    for key in sorted({*rows, *projected}):
        row, should = rows.get(key), projected.get(key)
        if row is None or should is None:
            there, wanted = ("there" if it is not None else "missing" for it in (row, should))
            yield f"{what} {key}", there, wanted
            continue
        for column, value in should.items():
            if getattr(row, column) != value:
                yield f"{key} {column}", getattr(row, column), value


def _in_the_facts(stored: _Stored, *, on: date, reading: Reading) -> _Found:
    """Yield each fact that is not what the history says was known, from and until when it says so."""
    should = facts.rows_of([entry_of(event) for event in stored.events], on=on, reading=reading)
    for table in facts.TABLES:
        there = {facts.key_of(table, row): row for row in stored.facts.of(table)}
        wanted = {facts.key_of(table, row): row for row in should.of(table)}
        for key in sorted({*there, *wanted}, key=str):
            if there.get(key) != wanted.get(key):
                yield f"{table.__tablename__} {' '.join(map(str, key))}".strip(), there.get(key), wanted.get(key)


def _in_the_marks(stored: _Stored, swept: _Swept) -> _Found:
    """Yield each milestone marked overdue that never was, or not marked though the last sweep must have seen it."""
    seen_by_sweep = all(swept.saw(event) for event in stored.events)
    for key, row in sorted(stored.milestones.items()):
        binds = not row.excused_by and row.force is not Force.RIGHT and row.duty is not Duty.REPRESENTATIONS_WINDOW
        was_missed = binds and row.due_on < (row.done_on or row.lapsed_on or swept.on)
        if row.marked_overdue_on is not None and not was_missed:
            yield f"{key} marked_overdue_on", row.marked_overdue_on, None
        if row.marked_overdue_on is None and was_missed and row.is_open and seen_by_sweep:
            yield f"{key} marked_overdue_on", None, f"marked by the sweep of {swept.on}"
