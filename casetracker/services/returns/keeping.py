"""Keeping what the return asks of a case and its history does not hold: from an earlier return, or as entered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from casetracker.extensions import db
from casetracker.models import Placement, PlanNeed, ReturnDetails
from casetracker.sen2.kept import COLUMNS, Kept

_IN_ONE_QUESTION = 400
"""How many keys are asked about at once: SQLite takes no more than some hundreds of parameters everywhere."""


def keep(found: Mapping[int, Kept], *, at: datetime, by_id: int | None = None) -> int:
    """
    Keep what is known of each case, by its number, in place of what was; return how many cases it was kept of.

    What somebody entered since, and what a later return said, stays. Safe to do again.
    """
    stands = _standing(list(found))
    fresh = {case_id: kept for case_id, kept in found.items() if _is_newer(kept, stands.get(case_id))}
    if not fresh:
        return 0
    ids = list(fresh)
    for table in (Placement, PlanNeed, ReturnDetails):
        for start in range(0, len(ids), _IN_ONE_QUESTION):
            chunk = ids[start : start + _IN_ONE_QUESTION]
            db.session.execute(
                delete(table).where(table.case_id.in_(chunk)), execution_options={"synchronize_session": False}
            )
    own = {"recorded_at": at, "recorded_by_id": by_id}
    _insert(ReturnDetails, [{"case_id": n, **own, **{c: getattr(k, c) for c in COLUMNS}} for n, k in fresh.items()])
    _insert(Placement, [{"case_id": n, **asdict(placed)} for n, k in fresh.items() for placed in k.placements])
    _insert(PlanNeed, [{"case_id": n, **asdict(need)} for n, k in fresh.items() for need in k.needs])
    return len(fresh)


def _is_newer(kept: Kept, stands: tuple[date, int | None] | None) -> bool:
    if stands is None or kept.as_at is None:
        return stands is None and kept.as_at is not None
    as_at, from_return = stands
    if kept.collection_year is None:
        return True  # somebody is entering it now
    return as_at <= kept.as_at if from_return is not None else as_at < kept.as_at


def _standing(case_ids: Sequence[int]) -> dict[int, tuple[date, int | None]]:
    found: dict[int, tuple[date, int | None]] = {}
    for start in range(0, len(case_ids), _IN_ONE_QUESTION):
        chunk = case_ids[start : start + _IN_ONE_QUESTION]
        query = select(ReturnDetails.case_id, ReturnDetails.as_at, ReturnDetails.collection_year)
        for case_id, as_at, year in db.session.execute(query.where(ReturnDetails.case_id.in_(chunk))):
            found[case_id] = (as_at, year)
    return found


def _insert(table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table), rows)
