"""Nights as the forecast makes them: scores for the cases that are there, and the outlook kept of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy import insert, select

from casetracker.extensions import db
from casetracker.forecast.grid import CELLS, STEP
from casetracker.models import Case, CaseFacts
from casetracker.services import outlooks, tallies
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Basis
from tests import factories


@dataclass
class Made:
    """Scores made up: every case has its plan after so many days for certain, or never."""

    case_id: np.ndarray
    cdf: np.ndarray


def scores(days: dict[int, int | None]) -> Made:
    """Return scores of cases by id: the days until each has its plan, None where it never does."""
    ids = np.array(sorted(days), dtype=np.int64)
    ends = STEP * np.arange(CELLS) + 1
    rows = [np.zeros(CELLS) if days[n] is None else (ends >= days[n]) for n in ids]
    return Made(ids, np.array(rows, dtype=np.float32).reshape(-1, CELLS))


def open_case(
    number: int, *, waited: int, on: date, stage: Stage = Stage.ASSESSING, **more: object
) -> dict[str, object]:
    """Return the row of an open case whose request was received so many days ago."""
    return {
        "reference": f"OPEN-{number}",
        "stage": stage,
        "is_open": True,
        "whose_move": Party.AUTHORITY,
        "episode": 1,
        "clock_basis": Basis.REQUEST,
        "received_on": on - timedelta(days=waited),
        "clock_started_on": on - timedelta(days=waited),
        **more,
    }


def ended_case(number: int, *, days: int | None, on: date, **more: object) -> dict[str, object]:
    """Return the row of a case whose plan was issued on a day, so many days after the request; None for no plan."""
    issued = days is not None
    received_on = on - timedelta(days=days if days is not None else 42)
    return {
        "reference": f"ENDED-{number}",
        "stage": Stage.ISSUED if issued else Stage.REFUSED,
        "is_open": False,
        "whose_move": Party.NOBODY,
        "episode": 1,
        "clock_basis": Basis.REQUEST,
        "received_on": received_on,
        "agreed_to_assess_on": received_on + timedelta(days=42) if issued else None,
        "refused_to_assess_on": None if issued else on,
        "draft_sent_on": on - timedelta(days=20) if issued else None,
        "final_plan_on": on if issued else None,
        "final_plan_month": on.year * 100 + on.month if issued else None,
        "days_to_plan": days,
        "counts_for_timeliness": issued,
        **more,
    }


def store(*rows: dict[str, object]) -> list[int]:
    """Store such cases, all of one child, and return their ids in order."""
    child = factories.person()
    for row in rows:
        db.session.execute(insert(Case), [{"person_id": child.id, **row}])
    tallies.mend()
    wanted = [row["reference"] for row in rows]
    found = dict(iter(db.session.execute(select(Case.reference, Case.id).where(Case.reference.in_(wanted)))))
    db.session.add_all(_facts(found[str(row["reference"])], row) for row in rows if row.get("final_plan_on"))
    db.session.flush()
    return [found[reference] for reference in wanted]


def _facts(case_id: int, row: dict[str, object]) -> CaseFacts:
    """Return what is known of a case with a plan, from the day it was issued."""
    same = ("is_open", "final_plan_on", "days_to_plan", "counts_for_timeliness", "exceptions_apply")
    told = {name: row[name] for name in same if name in row}
    unsaid = {"exceptions_apply": False, "exceptions": "", "counts_for_timeliness": False, "reopened": False}
    return CaseFacts(
        case_id=case_id,
        known_from=row["final_plan_on"],
        psychology_awaited=False,
        psychology_ready=False,
        **{**unsaid, **told},
    )


def at_night(on: date) -> datetime:
    """Return half past two of a night, when the outlook is kept."""
    return datetime.combine(on, time(2, 30), UTC)


def keep(on: date, days: dict[int, int | None]) -> int:
    """Keep a night whose scores are these."""
    first, last = (min(days), max(days)) if days else (1, 1)
    outlooks.keep_part(scores=scores(days), first_id=first, last_id=last, on=on)
    return outlooks.keep(on=on, at=at_night(on))
