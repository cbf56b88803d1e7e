"""What people save beside the forecasts: a plan for the backlog, and the staff there are."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.forecast.capacity import Staff
from casetracker.forecast.dial import Order, Turned
from casetracker.models import BacklogPlan, StaffFigures, User
from casetracker.periods import month_of
from casetracker.upserts import put


def save_plan(*, turned: Turned, order: Order, submission: str, by: User, today: date, at: datetime) -> bool:
    """
    Save how many overdue plans are meant to be issued by the end of the month, and return whether it is a new plan.

    It is saved once however often it is sent; and not where the last plan is the same, by the same person, of that day.
    """
    latest = db.session.scalars(select(BacklogPlan).order_by(BacklogPlan.id.desc()).limit(1)).first()
    same = (today, by.id, turned.number, order)
    if latest and (latest.made_on, latest.made_by_id, latest.number, latest.taken_first) == same:
        return False
    row: dict[str, Any] = {
        "made_at": at,
        "made_on": today,
        "made_by_id": by.id,
        "ends_on": month_of(today).ends_on,
        "number": turned.number,
        "taken_first": order,
        "figures": asdict(turned),
        "submission": submission,
    }
    put(BacklogPlan, [row], key=("submission",), in_place=False)
    return True


def save_staff(*, staff: Staff, target: float, beside: Mapping[str, float], by: User, at: datetime) -> None:
    """
    Save what the two years ahead are worked out with, unless it is what is in use already.

    `beside` is the staff laid beside those that there are, by the names of the form.
    """
    figures = {**asdict(staff), "target": target, **beside}
    latest = db.session.scalars(select(StaffFigures).order_by(StaffFigures.id.desc()).limit(1)).first()
    if latest is None or latest.figures != figures:
        db.session.add(StaffFigures(saved_at=at, saved_by_id=by.id, figures=figures))
