"""An import from beginning to end, as steps that an edge commits one by one, so that a killed one can be taken up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete, insert, or_, select, update

from casetracker.extensions import db
from casetracker.models import ImportBatch, ImportKind, ImportRefusal, Outcome
from casetracker.services.imports.incoming import REFUSED, IncomingCase, Remark
from casetracker.services.imports.storing import Context, Tally, store

STEP = 250
"""How many cases are stored in one transaction."""
KILLED_AFTER = timedelta(minutes=3)
"""How long a running import may be silent before it is taken to have been killed."""


def begin(
    *, kind: ImportKind, source: str, at: datetime, by_id: int | None = None, dry_run: bool = False, stored_at: str = ""
) -> ImportBatch:
    """Record that an import is to be done."""
    batch = ImportBatch(
        kind=kind,
        source=source[:500],
        stored_at=stored_at,
        started_at=at,
        by_id=by_id,
        outcome=Outcome.WAITING,
        dry_run=dry_run,
    )
    db.session.add(batch)
    db.session.flush()  # its id goes on all that it brings
    return batch


def claim(*, at: datetime, batch_id: int | None = None) -> ImportBatch | None:
    """
    Take one import that waits, or whose worker was killed, and return it; None where there is none.

    Two workers never take the same one: the later finds that the row has changed.
    """
    free = or_(
        ImportBatch.outcome == Outcome.WAITING,
        (ImportBatch.outcome == Outcome.RUNNING) & (ImportBatch.worked_at < at - KILLED_AFTER),
    )
    waiting = select(ImportBatch.id).where(free).order_by(ImportBatch.id).limit(1)
    # A worker takes only what was uploaded: a command's import has its files elsewhere.
    waiting = waiting.where(ImportBatch.stored_at != "" if batch_id is None else ImportBatch.id == batch_id)
    found = db.session.scalar(waiting)
    if found is None:
        return None
    taken = db.session.execute(
        update(ImportBatch).where(ImportBatch.id == found, free).values(outcome=Outcome.RUNNING, worked_at=at, done=0)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    db.session.execute(delete(ImportRefusal).where(ImportRefusal.batch_id == found))
    return db.session.get_one(ImportBatch, found, populate_existing=True)


def expect(batch_id: int, *, total: int) -> None:
    """Record how many cases there are to read, which is what the progress bar is out of."""
    db.session.get_one(ImportBatch, batch_id).total = total


class Run:
    """One run of an import: cases in, a tally and remarks kept with the batch."""

    def __init__(self, batch_id: int, cases: Iterable[IncomingCase], context: Context) -> None:
        self.batch_id = batch_id
        self.context = replace(context, batch_id=None if context.dry_run else batch_id)
        self.tally = Tally()
        self._cases: Iterator[IncomingCase] = iter(cases)

    def step(self, *, at: datetime) -> int:
        """Store the next cases and return how many there were; 0 when all have been read."""
        chunk = list(islice(self._cases, STEP))
        if chunk:
            tally, remarks = store(chunk, self.context)
            self.tally.add(tally)
            self.keep(remarks)
            self._got_on(len(chunk), at)
        return len(chunk)

    def keep(self, remarks: Iterable[Remark]) -> None:
        """Keep remarks with the import, and count the rows that its reader refused."""
        rows = [
            {
                "batch_id": self.batch_id,
                "severity": remark.severity,
                "file": remark.file[:200],
                "line": remark.line,
                "column": remark.column[:60],
                "rule": remark.rule[:500],
                "value": remark.value[:500],
            }
            for remark in remarks
        ]
        if rows:
            db.session.execute(insert(ImportRefusal), rows)

    def refused_in_reading(self, rows: Counter[str]) -> None:
        """Count the rows that were refused before they came near a case."""
        self.tally.refused.update(rows)

    def _got_on(self, number: int, at: datetime) -> None:
        batch = db.session.get_one(ImportBatch, self.batch_id)
        batch.done += number
        batch.worked_at = at
        batch.counts = self.tally.as_counts()

    def finish(
        self, *, at: datetime, notes: Iterable[str] = (), header: Mapping[str, str] | None = None
    ) -> ImportBatch:
        """Record that all has been read."""
        batch = db.session.get_one(ImportBatch, self.batch_id)
        batch.counts = self.tally.as_counts()
        batch.header = dict(header or {})
        batch.message = "\n".join(notes)
        batch.outcome, batch.ended_at, batch.worked_at = Outcome.DONE, at, at
        batch.total = batch.total or batch.done
        return batch


def fail(batch_id: int, *, at: datetime, reason: str) -> ImportBatch:
    """Record that an import could not be done, and why, in words for the person who asked for it."""
    batch = db.session.get_one(ImportBatch, batch_id)
    batch.outcome, batch.ended_at, batch.message = Outcome.FAILED, at, reason
    return batch


def refusals(batch_id: int, *, severity: str = REFUSED) -> Iterator[ImportRefusal]:
    """Yield what an import could not take, in the order of its files and lines."""
    query = (
        select(ImportRefusal)
        .where(ImportRefusal.batch_id == batch_id, ImportRefusal.severity == severity)
        .order_by(ImportRefusal.file, ImportRefusal.line, ImportRefusal.id)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(query)
