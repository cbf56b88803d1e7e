"""Keeping each night how many cases had each fault, so that a page can show whether the data gets better."""

from datetime import date

from casetracker.measures.faults import FAULTS
from casetracker.models import QualityCount
from casetracker.queries.measures.quality import counted
from casetracker.upserts import put

ANY = ""
"""The rule under which the cases with any fault are counted."""


def keep(*, on: date) -> int:
    """Keep the counts of a night and return how many there are. Kept again, they stand in place of the earlier ones."""
    found = counted(today=on).all
    faults = {ANY: found.faulty, **{fault.key: found.by_fault[fault.key] for fault in FAULTS}}
    rows = [{"taken_on": on, "rule": rule, "faulty": faulty, "of": found.of} for rule, faulty in faults.items()]
    put(QualityCount, rows, key=("taken_on", "rule"))
    return len(rows)
