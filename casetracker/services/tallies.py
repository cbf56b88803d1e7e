"""Keeping the sums: whoever changes what they count does it inside `kept`, and the difference is added to them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import delete, func, insert, literal, or_, select, text

from casetracker.extensions import db
from casetracker.models import Tallied, Tally
from casetracker.queries import tallies
from casetracker.queries.tallies import COLUMNS, Alike
from casetracker.services.alerts.run import changed


@contextmanager
def kept(case_ids: Sequence[int], kinds: Collection[Tallied] = tuple(Tallied)) -> Iterator[None]:
    """
    Add to the sums whatever is changed of some cases inside.

    They must be held, so that nobody else changes them meanwhile; and one `kept` may not be inside another.
    """
    before = tallies.of_cases(case_ids, kinds)
    yield
    db.session.flush()  # so that what was changed is counted
    after = tallies.of_cases(case_ids, kinds)
    after.subtract(before)
    _add([(alike, number) for alike, number in after.items() if number])


def add_new(case_ids: Sequence[int]) -> None:
    """Add cases that are new to the sums."""
    _add(list(tallies.of_cases(case_ids).items()))


def _add(lines: Sequence[tuple[Alike, int]]) -> None:
    if lines:
        db.session.execute(insert(Tally), [{**alike._asdict(), "number": number} for alike, number in lines])


def mend() -> int:
    """Add to every sum what it lacks beside counting anew, and return how many were wrong."""
    lines = insert(Tally).from_select([*Alike._fields, "number"], tallies.differences())
    return changed(lines)


def is_folded() -> bool:
    """Return whether every group has one line, and none has a line that adds up to nothing."""
    more = or_(func.count() > 1, func.sum(Tally.number) == 0)
    found = select(literal(1)).select_from(Tally).group_by(*COLUMNS).having(more)
    return db.session.execute(found.limit(1)).first() is None


def fold() -> None:
    """
    Put one line in place of all of each group.

    In one statement on PostgreSQL, so that a line somebody commits meanwhile is either in it or left; SQLite has one
    writer at a time, and it is this from the first statement on.
    """
    names = ", ".join(Alike._fields)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(
            text(
                "WITH gone AS (DELETE FROM tallies RETURNING *) "  # noqa: S608  # column names alone
                f"INSERT INTO tallies ({names}, number) "
                f"SELECT {names}, sum(number) FROM gone GROUP BY {names} HAVING sum(number) <> 0"
            )
        )
        return
    db.session.execute(delete(Tally).where(Tally.number == 0))
    last = db.session.scalar(select(func.max(Tally.id))) or 0
    total = func.sum(Tally.number)
    folded = select(*COLUMNS, total).where(Tally.id <= last).group_by(*COLUMNS).having(total != 0)
    db.session.execute(insert(Tally).from_select([*Alike._fields, "number"], folded))
    db.session.execute(delete(Tally).where(Tally.id <= last))
