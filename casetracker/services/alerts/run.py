"""
One run over a caseload, or a range of it: what its statements are told, and how they are made, run and kept.

A statement is made once for each shape and is then told the day, the moment and the range: making one takes longer
than running it on one case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, bindparam, select, true

from casetracker.extensions import Instant, db
from casetracker.models import Alert
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.representations import earliest_final_plan
from casetracker.upserts import insert_into

FRESH_FOR = timedelta(days=3)
"""How old a forecast may be and still raise or close an alert: three nights may fail in a row."""
TODAY: ColumnElement[date] = bindparam("the_day", type_=Date)
NOW: ColumnElement[datetime] = bindparam("the_moment", type_=Instant)
FRESH_FROM: ColumnElement[date] = bindparam("fresh_from", type_=Date)
EARLIEST_PLAN: ColumnElement[date] = bindparam("earliest_plan", type_=Date)
"""The first day on which a plan may follow a draft served that day (reg 13(1)(a))."""
_FIRST, _LAST = bindparam("first_case", type_=BigInteger), bindparam("last_case", type_=BigInteger)
_LAST_OF_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement depends on besides what it is told."""

    dialect: str
    is_ranged: bool

    def holds(self, case_id: Any) -> ColumnElement[bool]:
        """Return the condition that a column of case ids is in the range."""
        return case_id.between(_FIRST, _LAST) if self.is_ranged else true()

    def free(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """
        Narrow a condition on alerts to those that nobody else is writing just now.

        A sweep never waits for an alert, so that it and somebody acting on several cannot come to wait for each other;
        what it leaves out now, the next one finds.
        """
        if self.dialect != "postgresql":
            return condition
        held = select(Alert.id).where(condition).with_for_update(of=Alert, skip_locked=True, key_share=True)
        return Alert.id.in_(held)

    def insert_into(self, model: Any, columns: Mapping[str, Any], found: Any) -> Any:
        """Return the statement that inserts what was found, leaving out what an index says is there already."""
        into = insert_into(model.__table__).from_select(list(columns), found, include_defaults=False)
        return into.on_conflict_do_nothing()


@dataclass(frozen=True)
class Run:
    """One run: the day it is of, the moment it writes, and the cases it is over."""

    on: date
    at: datetime | None = None
    """None for a run that writes nothing."""
    first_id: int | None = None
    last_id: int | None = None
    """The ends of the range of cases by id, both in it; None for no end. A job may be split into ranges."""
    reading: Reading = ORDINARY_READING

    @cached_property
    def shape(self) -> Shape:
        """The shape of its statements."""
        return Shape(db.engine.dialect.name, self.first_id is not None or self.last_id is not None)

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """What its statements are told, by name; each takes what it asks for."""
        return {
            "the_day": self.on,
            "the_moment": self.at,
            "fresh_from": self.on - FRESH_FOR,
            "earliest_plan": earliest_final_plan(served_on=self.on, reading=self.reading),
            "first_case": self.first_id or 0,
            "last_case": _LAST_OF_ALL if self.last_id is None else self.last_id,
        }

    def changed(self, make: Callable[..., Any], *more: Any) -> int:
        """Run the statement that is made for its shape, and return how many rows it wrote."""
        return changed(make(self.shape, *more), self.told)


def changed(statement: Any, told: Mapping[str, Any] | None = None) -> int:
    """Run one statement over many rows, and return how many it wrote."""
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result: Any = db.session.execute(statement, told, execution_options=options)
    return int(result.rowcount)
