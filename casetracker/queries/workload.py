"""The manager's overview: how many cases, at what stage, for how long, with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all

from casetracker.extensions import db
from casetracker.models import Alert, AlertLevel, Case, Tallied, Tally, User
from casetracker.queries.alerts import MOST_COUNTED
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
    band = case(*((in_band(name, today, Tally.day), name) for name in BANDS), else_=UNKNOWN_BAND).label("band")
    each = select(Tally.word, band, Tally.number).where(Tally.of == Tallied.STAGES).subquery()
    number = func.sum(each.c.number)
    query = select(each.c.word, each.c.band, number).group_by(each.c.word, each.c.band).having(number != 0)
    return {(Stage(stage), name): number for stage, name, number in db.session.execute(query)}


@until_the_caseload_changes
def by_worker(*, today: date) -> Sequence[WorkerLoad]:
    """Return each named worker's open cases, most first, with those that nobody holds."""
    number = func.sum(Tally.number)
    held = (
        select(
            Tally.holder,
            number.label("open"),
            func.coalesce(number.filter(is_due("overdue", today, Tally.day)), 0).label("overdue"),
            func.coalesce(number.filter(is_due("soon", today, Tally.day)), 0).label("due_soon"),
        )
        .where(Tally.of == Tallied.LOADS)
        .group_by(Tally.holder)
        .having(number != 0)
        .subquery()
    )
    oldest = select(func.min(Case.clock_started_on)).where(Case.is_open)
    oldest_on = case(
        (held.c.holder.is_(None), oldest.where(Case.named_worker_id.is_(None)).scalar_subquery()),
        else_=oldest.where(Case.named_worker_id == held.c.holder).scalar_subquery(),
    )
    query = (
        select(held.c.holder, User.name, held.c.open, held.c.overdue, held.c.due_soon, oldest_on)
        .outerjoin(User, User.id == held.c.holder)
        .order_by(held.c.open.desc(), User.name)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [WorkerLoad(r[0], r[1] or "Nobody", *r[2:]) for r in rows]


def alerts_by_level() -> Mapping[AlertLevel, int]:
    """Return how many open alerts there are of each level, counted no further than `MOST_COUNTED` + 1."""
    query = union_all(*(_of_level(level) for level in AlertLevel))
    return {AlertLevel(level): number for level, number in db.session.execute(query)}


def _of_level(level: AlertLevel) -> Select[Any]:
    some = select(Alert.id).where(Alert.closed_on.is_(None), Alert.level == level).limit(MOST_COUNTED + 1).subquery()
    return select(literal(level.value), select(func.count()).select_from(some).scalar_subquery())
