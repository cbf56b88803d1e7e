"""The week of the whole service: what was breached in it, what is open longest, and the work of each team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Alert, AlertLevel, Case, Team
from casetracker.queries.caseload import is_due


@dataclass(frozen=True, slots=True)
class Breaches:
    """The breaches that came to light in a week."""

    number: int
    cases: int
    """The cases they are of."""
    still_open: int


@dataclass(frozen=True, slots=True)
class OpenLongest:
    """A case whose clock has run longest."""

    case_id: int
    reference: str
    started_on: date


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What a team holds."""

    name: str
    """Empty for the cases of no team."""
    open: int
    overdue: int
    """Open cases with something past its day."""
    held_by_nobody: int


def breaches(first: date, last: date) -> Breaches:
    """Return the breaches found from one day to another, both included."""
    query = select(
        func.count(), func.count(Alert.case_id.distinct()), func.count().filter(Alert.closed_on.is_(None))
    ).where(Alert.level == AlertLevel.BREACHED, Alert.raised_on.between(first, last))
    return Breaches(*db.session.execute(query).one())


def open_longest(number: int) -> Sequence[OpenLongest]:
    """Return the open cases whose clock has run longest."""
    query = (
        select(Case.id, Case.reference, Case.clock_started_on)
        .where(Case.is_open, Case.clock_started_on.is_not(None))
        .order_by(Case.clock_started_on, Case.id)
        .limit(number)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [OpenLongest(*row) for row in rows]


def by_team(*, today: date) -> Sequence[TeamLoad]:
    """Return each team's open cases, by its name; last those of no team."""
    query = (
        select(
            func.coalesce(Team.name, ""),
            func.count(),
            func.count().filter(is_due("overdue", today)),
            func.count().filter(Case.named_worker_id.is_(None)),
        )
        .select_from(Case)
        .outerjoin(Team, Team.id == Case.team_id)
        .where(Case.is_open)
        .group_by(Team.id, Team.name)
        .order_by(Team.name.is_(None), Team.name)
    )
    return [TeamLoad(*row) for row in db.session.execute(query)]
