"""The manager's overview: how many cases, at what stage, for how long, with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from casetracker.extensions import db
from casetracker.models import Alert, AlertLevel, Case, User
from casetracker.queries.caseload import BANDS, UNKNOWN_BAND, in_band, is_due
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.statute.stages import Stage


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """What one named worker holds."""

    worker_id: int | None
    name: str
    open: int
    overdue: int
    """Open cases with something past its day."""
    due_soon: int
    """Open cases whose next milestone falls due within 10 working days."""
    oldest_on: date | None
    """The day the longest-running of their clocks started."""


@until_the_caseload_changes
def by_stage_and_band(*, today: date) -> dict[tuple[Stage, str], int]:
    """Return how many open cases there are of each stage in each week band."""
    band = case(*((in_band(name, today), name) for name in BANDS), else_=UNKNOWN_BAND)
    query = select(Case.stage, band.label("band"), func.count()).where(Case.is_open).group_by(Case.stage, band)
    return {(stage, name): number for stage, name, number in db.session.execute(query)}


@until_the_caseload_changes
def by_worker(*, today: date) -> Sequence[WorkerLoad]:
    """Return each named worker's open cases, most first, with those that nobody holds."""
    query = (
        select(
            Case.named_worker_id,
            User.name,
            func.count().label("open"),
            func.count().filter(is_due("overdue", today)).label("overdue"),
            func.count().filter(is_due("soon", today)).label("due_soon"),
            func.min(Case.clock_started_on).label("oldest_on"),
        )
        .outerjoin(User, User.id == Case.named_worker_id)
        .where(Case.is_open)
        .group_by(Case.named_worker_id, User.name)
        .order_by(func.count().desc(), User.name)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [WorkerLoad(r[0], r[1] or "Nobody", r[2], r[3], r[4], r[5]) for r in rows]


@until_the_caseload_changes
def alerts_by_level() -> Mapping[AlertLevel, int]:
    """Return how many open alerts there are of each level."""
    query = select(Alert.level, func.count()).where(Alert.closed_on.is_(None)).group_by(Alert.level)
    found: dict[Any, int] = dict(iter(db.session.execute(query)))
    return {level: found.get(level, 0) for level in AlertLevel}
