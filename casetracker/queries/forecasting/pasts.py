"""The pasts that the forecast learns from: whole histories, read in a few queries, some hundreds of cases at a time."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from casetracker.extensions import db
from casetracker.forecast.snapshots import History
from casetracker.models import Case, CaseEvent, Person, Team, User
from casetracker.queries.entries import STORED, entry_of
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening

MOST_CLOSED = 6_000
"""How many closed cases the forecast learns from: the ones that ended last."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Workers:
    """Who is meant by the words that histories name a worker by."""

    by_word: Mapping[str, frozenset[int]]
    """Users by their names and addresses, folded."""

    def named(self, text: str, *, holder_id: int | None) -> str:
        """
        Return what the forecast knows a worker by: the number of the user, or the text where it is of none.

        Of two people of one name it is the one who holds the case.
        """
        folded = _folded(text)
        found = self.by_word.get(folded, frozenset())
        if holder_id in found:
            return str(holder_id)
        return str(min(found)) if len(found) == 1 else folded


def histories(
    *,
    limit: int = MOST_CLOSED,
    case_ids: Collection[int] | None = None,
    told: Callable[[int], object] = lambda done: None,
) -> list[History]:
    """
    Return the histories of all open cases and of those that ended last, at most `limit`; or of `case_ids` alone.

    Imported pasts with no day of receipt are left out. `told` is told of each batch: how many cases it had.
    """
    ids = sorted(case_ids) if case_ids is not None else _worth_learning_from(limit)
    workers = _workers()
    found: list[History] = []
    for start in range(0, len(ids), _BATCH):
        found += _read(ids[start : start + _BATCH], workers)
        told(len(ids[start : start + _BATCH]))
    return found


def _worth_learning_from(limit: int) -> list[int]:
    known = Case.received_on.is_not(None)
    open_ = select(Case.id).where(Case.is_open, or_(known, Case.clock_started_on.is_not(None)))
    closed = (
        select(Case.id)
        .where(Case.is_open.is_(False), known, Case.ended_on.is_not(None))
        .order_by(Case.ended_on.desc(), Case.id.desc())
        .limit(limit)
    )
    return sorted({*db.session.scalars(open_), *db.session.scalars(closed)})


def _workers() -> Workers:
    by_word: defaultdict[str, set[int]] = defaultdict(set)
    for user_id, name, email in db.session.execute(select(User.id, User.name, User.email)):
        by_word[_folded(name)].add(user_id)
        by_word[_folded(email)].add(user_id)
    return Workers({word: frozenset(ids) for word, ids in by_word.items() if word})


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _read(ids: Sequence[int], workers: Workers) -> Iterator[History]:
    of_case = select(
        Case.id,
        Case.request_source,
        Case.primary_need,
        Case.named_worker_id,
        Person.born_on,
        Person.sex,
        Person.ethnicity,
        Team.name.label("team"),
    )
    rows = db.session.execute(
        of_case.join(Person, Person.id == Case.person_id)
        .outerjoin(Team, Team.id == Case.team_id)
        .where(_one_of(Case.id, ids))
        .order_by(Case.id)
    ).all()
    entries = _entries(ids)
    for row in rows:
        worker = str(row.named_worker_id) if row.named_worker_id is not None else ""
        yield History(
            case_id=row.id,
            entries=tuple(_with_worker(entry, workers, row.named_worker_id) for entry in entries.get(row.id, ())),
            worker=worker,
            source=row.request_source,
            born_on=row.born_on,
            need=row.primary_need,
            groups=(row.sex, row.ethnicity, row.primary_need, row.team or ""),
        )


def _entries(ids: Sequence[int]) -> dict[int, list[Entry]]:
    query = select(*STORED).where(_one_of(CaseEvent.case_id, ids)).order_by(CaseEvent.case_id, CaseEvent.seq)
    rows = db.session.execute(query)
    return {
        case_id: [entry_of(row) for row in of_one] for case_id, of_one in groupby(rows, key=lambda row: row.case_id)
    }


def _one_of(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition of being one of some sorted ids: a range first, so that one stretch of an index is read."""
    return and_(column.between(ids[0], ids[-1]), column.in_(ids))


def _with_worker(entry: Entry, workers: Workers, holder_id: int | None) -> Entry:
    if entry.happening is not Happening.WORKER_ASSIGNED:
        return entry
    worker = workers.named(entry.detail.get("worker", ""), holder_id=holder_id)
    detail = {**entry.detail, "worker": worker}
    return Entry(entry.seq, entry.happening, entry.occurred_on, entry.recorded_on, detail, entry.corrects)
