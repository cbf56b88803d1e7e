"""The imports there have been, and the rows they could not take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import ImportBatch, ImportRefusal

SHOWN = 100


@dataclass(frozen=True, slots=True)
class SomeRefusals:
    """The first of the rows refused or questioned, and how many there are."""

    rows: Sequence[ImportRefusal]
    refused: int
    queries: int


def latest(*, number: int = 50) -> Sequence[ImportBatch]:
    """Return the newest imports."""
    return db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(number)).all()


def one(batch_id: int) -> ImportBatch:
    """
    Return an import.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return db.session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).one()


def every_refusal(batch_id: int) -> Iterator[ImportRefusal]:
    """Yield the rows refused and then those questioned, in the order of their files and lines."""
    query = (
        select(ImportRefusal)
        .where(ImportRefusal.batch_id == batch_id)
        .order_by(ImportRefusal.severity.desc(), ImportRefusal.file, ImportRefusal.line, ImportRefusal.id)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(query)


def some_refusals(batch_id: int) -> SomeRefusals:
    """Return the first rows an import could not take as they were."""
    tallied = (
        select(ImportRefusal.severity, func.count()).where(ImportRefusal.batch_id == batch_id).group_by("severity")
    )
    counts: dict[str, int] = dict(iter(db.session.execute(tallied)))
    rows = [row for row, _ in zip(every_refusal(batch_id), range(SHOWN), strict=False)]
    return SomeRefusals(rows, counts.get("refused", 0), counts.get("query", 0))
