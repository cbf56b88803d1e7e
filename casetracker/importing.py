"""Running an import to its end from an edge: each step is committed before the next begins."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from casetracker import clock, jobs, law
from casetracker.csvin.refusals import FileRefused
from casetracker.models import ImportBatch, ImportKind
from casetracker.services.imports import history, running, sen2
from casetracker.services.imports.incoming import IncomingCase
from casetracker.services.imports.reading import Reader
from casetracker.services.imports.storing import Context
from casetracker.transactions import unit_of_work

logger = logging.getLogger(__name__)
OPEN: dict[ImportKind, Callable[[Path], AbstractContextManager[Reader]]] = {
    ImportKind.SEN2_CSV: sen2.open_return,
    ImportKind.HISTORY: history.open_files,
}
"""What reads each kind of import from the folder its files are in."""


def run(batch: ImportBatch, folder: Path, *, progress: Callable[[int, int], None] | None = None) -> ImportBatch:
    """
    Read and store an import that has been claimed, step by step, and return its row as it ended.

    A file that cannot be read at all fails the import with the reason; a row that cannot is refused and reported.
    """
    batch_id, kind, dry_run = batch.id, batch.kind, batch.dry_run
    try:
        with OPEN[kind](folder) as reader:
            return _through(batch_id, reader, dry_run=dry_run, progress=progress)
    except FileRefused as refused:
        with unit_of_work():
            return running.fail(batch_id, at=clock.now(), reason=str(refused))


def _through(
    batch_id: int, reader: Reader, *, dry_run: bool, progress: Callable[[int, int], None] | None
) -> ImportBatch:
    context = Context(batch_id=batch_id, today=clock.today(), at=clock.now(), reading=law.reading(), dry_run=dry_run)
    job = running.Run(batch_id, _cases(reader, batch_id), context)
    with unit_of_work():
        running.expect(batch_id, total=reader.total)
    done = 0
    while True:
        with unit_of_work():
            number = job.step(at=clock.now())
        done += number
        if progress is not None:
            progress(done, reader.total)
        if not number:
            break
    with unit_of_work():
        job.keep(reader.remarks())
        job.refused_in_reading(reader.rows_refused())
        finished = job.finish(at=clock.now(), notes=reader.notes(), header=reader.header())
    if not dry_run and done:
        jobs.sweep()  # so that what came in stands as of today, and its alerts are raised, before anybody looks
    return finished


def _cases(reader: Reader, batch_id: int) -> Iterator[IncomingCase]:
    return reader.cases(batch_id=batch_id, today=clock.today())
