"""Keeping each night how many cases had each fault, so that a page can show whether the data gets better."""

from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from casetracker.extensions import db
from casetracker.measures.faults import FAULTS
from casetracker.models import QualityCount
from casetracker.queries.measures.quality import counted

ANY = ""
"""The rule under which the cases with any fault are counted."""


def keep(*, on: date) -> int:
    """Keep the counts of a night and return how many there are. Kept again, they stand in place of the earlier ones."""
    found = counted(today=on).all
    faults = {ANY: found.faulty, **{fault.key: found.by_fault[fault.key] for fault in FAULTS}}
    rows = [{"taken_on": on, "rule": rule, "faulty": faulty, "of": found.of} for rule, faulty in faults.items()]
    dialects: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    into = dialects.get(db.engine.dialect.name, insert)(QualityCount).values(rows)
    newer = {"faulty": into.excluded.faulty, "of": into.excluded.of}
    db.session.execute(into.on_conflict_do_update(index_elements=["taken_on", "rule"], set_=newer))
    return len(rows)
