"""From which day all that happened is on record, where the first of it came with an earlier SEN2 return."""

from datetime import date

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.measures.definition import Measure, Over
from casetracker.models import Case, CaseFacts, ImportBatch, ImportKind, ReturnDetails
from casetracker.periods import Period
from casetracker.queries.remembered import until_the_caseload_changes


@until_the_caseload_changes
def on_record_from() -> date | None:
    """
    Return the first day from which the record is whole; None where no return was brought in.

    A return tells of one calendar year, the one before its collection, and of what was still open or in force then. So
    the record begins with the year of the earliest return, or with the first request of an imported history, which
    tells of every case, if that is earlier. Without a return there is nothing that was left out.
    """
    collected = db.session.scalar(select(func.min(ReturnDetails.collection_year)))
    if collected is None:
        return None
    history = (
        select(func.min(CaseFacts.received_on))
        .join(Case, Case.id == CaseFacts.case_id)
        .join(ImportBatch, ImportBatch.id == Case.import_batch_id)
        .where(ImportBatch.kind == ImportKind.HISTORY)
    )
    told_of = date(collected - 1, 1, 1)
    return min(told_of, db.session.scalar(history) or told_of)


def is_whole(measure: Measure, period: Period, begins: date | None) -> bool:
    """Return whether all that a figure is of is on record: the whole period, or of a measure of a day that day."""
    first = period.ends_on if measure.over is Over.DAY else period.starts_on
    return begins is None or first >= begins
