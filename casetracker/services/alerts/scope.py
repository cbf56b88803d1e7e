"""Which cases a statement is about, and how its rows are held."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true

from casetracker.extensions import db
from casetracker.models import Alert


@dataclass(frozen=True, slots=True)
class Scope:
    """A range of cases by id, both ends in it; None for no end. A job may be split into ranges."""

    first_id: int | None = None
    last_id: int | None = None

    def holds(self, case_id: Any) -> ColumnElement[bool]:
        """Return the condition that a column of case ids is in the range."""
        ends = []
        if self.first_id is not None:
            ends.append(case_id >= self.first_id)
        if self.last_id is not None:
            ends.append(case_id <= self.last_id)
        return and_(true(), *ends)


EVERY_CASE = Scope()


def just(case_id: int) -> Scope:
    """Return the range of one case."""
    return Scope(case_id, case_id)


def changed(statement: Any) -> int:
    """Run one statement over many rows, and return how many it wrote."""
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result: Any = db.session.execute(statement, execution_options=options)
    return int(result.rowcount)


def free(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """
    Narrow a condition on alerts to those that nobody else is writing just now.

    A sweep never waits for an alert, so that it and somebody acting on several cannot come to wait for each other; what
    it leaves out now, the next one finds.
    """
    if db.engine.dialect.name != "postgresql":
        return condition
    return Alert.id.in_(select(Alert.id).where(condition).with_for_update(of=Alert, skip_locked=True, key_share=True))
