"""What weighs on services and workers now: the advice each service owes, the plans each worker has in hand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, case, exists, func, or_, select

from casetracker.extensions import db
from casetracker.forecast.snapshots import name_of_table
from casetracker.models import Advice, Case, CaseEvent
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import FIRST_CLOCK

BEFORE_A_PLAN = (Stage.REQUESTED, Stage.ORDERED_TO_ASSESS, Stage.ASSESSING)
_NOBODY = ""


@dataclass(frozen=True, slots=True)
class Pressures:
    """The queues of services and the loads of workers, counted over all open cases."""

    waited_for_since: Mapping[str, Sequence[int]]
    """By table of advice: the days (ordinals) from which its outstanding pieces have been waited for, in order."""
    load: Mapping[str, int]
    """By worker (the number of the user as text; "" for nobody): cases that are past their advice."""

    def queue(self, table: str) -> int:
        """Return how many pieces are outstanding."""
        return len(self.waited_for_since.get(table, ()))

    def ahead(self, table: str, since: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return how many of them have been waited for longer than ones asked for on each of the days `since`."""
        return np.searchsorted(self.waited_for_since.get(table, ()), since)


def pressures() -> Pressures:
    """Return them as they are; for as long as no entry is added the same answer serves every range of a night."""
    newest = db.session.scalar(select(func.max(CaseEvent.id)))
    return _counted(db.engine.url.render_as_string(hide_password=False), newest)


@lru_cache(maxsize=4)
def _counted(_database: str, _newest: int | None) -> Pressures:
    """Count. The two arguments say of what state of which database the answer is."""
    return Pressures(_queues(), _loads())


def _queues() -> dict[str, list[int]]:
    """Return the outstanding pieces of each table; one that was sent back has been answered once and is in no queue."""
    query = (
        select(Advice.kind, Advice.giver, Advice.runs_from, func.count())
        .join(Case, and_(Case.id == Advice.case_id, Case.episode == Advice.episode))
        .where(
            Advice.is_outstanding,
            Advice.first_received_on.is_(None),
            Advice.runs_from.is_not(None),
            Case.is_open,
            Case.stage.in_(BEFORE_A_PLAN),
            Case.clock_started_on.is_not(None),
        )
        .group_by(Advice.kind, Advice.giver, Advice.runs_from)
    )
    days: defaultdict[str, list[int]] = defaultdict(list)
    rows: Any = db.session.execute(query)
    for kind, giver, since, number in rows:
        days[name_of_table(kind, giver)] += [since.toordinal()] * number
    return {table: sorted(found) for table, found in days.items()}


def _loads() -> dict[str, int]:
    def asked_for(*more: Any) -> Any:
        return exists().where(
            Advice.case_id == Case.id,
            Advice.episode == Case.episode,
            Advice.asked_on.is_not(None),
            Advice.not_needed_on.is_(None),
            *more,
        )

    in_hand = case(
        (Case.stage.in_((Stage.PLANNING, Stage.CONSULTING)), True),
        else_=and_(Case.agreed_to_assess_on.is_not(None), asked_for(), ~asked_for(Advice.is_outstanding)),
    )
    query = (
        select(Case.named_worker_id, func.count())
        .where(
            Case.is_open,
            Case.stage.in_((Stage.ASSESSING, Stage.PLANNING, Stage.CONSULTING)),
            Case.clock_started_on.is_not(None),
            or_(Case.clock_basis.in_(FIRST_CLOCK), Case.final_due_on.is_not(None)),
            in_hand,
        )
        .group_by(Case.named_worker_id)
    )
    return {_NOBODY if worker is None else str(worker): number for worker, number in db.session.execute(query)}
