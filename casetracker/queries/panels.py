"""
The days of the panel, and what each has to decide: the cases that cannot wait for the one after it.

A case waits for the panel while it has to be decided whether to assess, or to assess after all; and, once all the
advice asked for is in, whether to make a plan (its limit is that for saying that there will be none).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import Case, MilestoneRow, Panel, Person, User
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Duty

MOST_SHOWN = 500
_other = aliased(MilestoneRow)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A day on which the panel sits."""

    id: int
    held_on: date
    cannot_wait: int
    """Cases whose limit passes before the panel after it; of the last panel entered, on its day."""


@dataclass(frozen=True, slots=True)
class Item:
    """A case that the panel has to decide."""

    case_id: int
    reference: str
    name: str
    duty: Duty
    due_on: date
    received_on: date | None
    worker: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a panel has to decide."""

    id: int
    held_on: date
    following: date | None
    """The panel after it; None where none is entered."""
    cannot_wait: Sequence[Item]
    can_wait: Sequence[Item]
    """The rest, for the next panel only: what it may decide early."""


def upcoming(today: date) -> list[Sitting]:
    """Return the panels from a day on, the next one first."""
    panels = db.session.execute(_to_come(today)).all()
    days = [panel.held_on for panel in panels]
    numbers = [0] * len(days)
    if days:
        for due_on, number in _waiting_until(days[-1]):
            numbers[max(0, bisect_right(days, due_on) - 1)] += number
    return [Sitting(panel.id, panel.held_on, number) for panel, number in zip(panels, numbers, strict=True)]


@until_the_caseload_changes
def _waiting_until(last: date) -> Sequence[tuple[date, int]]:
    """Return how many cases wait for the panel with each limit up to a day."""
    due = _waiting(MilestoneRow.due_on, func.count()).where(MilestoneRow.due_on <= last)
    return [(due_on, number) for due_on, number in db.session.execute(due.group_by(MilestoneRow.due_on))]


def agenda(panel_id: int, *, today: date) -> Agenda | None:
    """Return what a panel has to decide; None where there is no such panel, or it was called off or is over."""
    panels = db.session.execute(_to_come(today)).all()
    place = next((n for n, panel in enumerate(panels) if panel.id == panel_id), None)
    if place is None:
        return None
    held_on = panels[place].held_on
    following = panels[place + 1].held_on if place + 1 < len(panels) else None
    is_next, ends = place == 0, MilestoneRow.due_on < following if following else MilestoneRow.due_on <= held_on
    begins = [] if is_next else [MilestoneRow.due_on >= held_on]
    return Agenda(
        panel_id,
        held_on,
        following,
        cannot_wait=_items(*begins, ends),
        can_wait=_items(~ends) if is_next else (),
    )


def next_panel(today: date) -> date | None:
    """Return the day of the next panel, today's included; None where none is entered."""
    return db.session.scalar(select(func.min(Panel.held_on)).where(_stands(), Panel.held_on >= today))


def last_before(due_on: date, *, today: date) -> date | None:
    """Return the last panel that is still to come and not after a day; None where there is none."""
    return db.session.scalar(select(func.max(Panel.held_on)).where(_stands(), Panel.held_on.between(today, due_on)))


def _stands() -> ColumnElement[bool]:
    return Panel.called_off_at.is_(None)


def _to_come(today: date) -> Any:
    return select(Panel.id, Panel.held_on).where(_stands(), Panel.held_on >= today).order_by(Panel.held_on)


def _items(*which: ColumnElement[bool]) -> list[Item]:
    name = Person.forename + " " + Person.surname
    columns = (Case.id, Case.reference, name, MilestoneRow.duty, MilestoneRow.due_on, Case.received_on)
    query = _waiting(*columns, func.coalesce(User.name, "")).where(*which)
    query = query.join(Person, Person.id == Case.person_id).outerjoin(User, User.id == Case.named_worker_id)
    rows = db.session.execute(query.order_by(MilestoneRow.due_on, Case.id).limit(MOST_SHOWN))
    return [Item(*row) for row in rows]


def _waiting(*columns: Any) -> Any:
    advice = (_other.case_id == Case.id, _other.duty == Duty.RECEIVE_ADVICE, _other.episode == Case.episode)
    has_its_advice = and_(
        Case.stage == Stage.ASSESSING, exists().where(*advice), ~exists().where(*advice, _other.is_open)
    )
    whether_to_assess = MilestoneRow.duty.in_([Duty.DECIDE_WHETHER_TO_ASSESS, Duty.RECONSIDER])
    whether_to_plan = and_(MilestoneRow.duty == Duty.NOTIFY_NO_PLAN, has_its_advice)
    return (
        select(*columns)
        .select_from(MilestoneRow)
        .join(Case, Case.id == MilestoneRow.case_id)
        .where(MilestoneRow.is_open, Case.is_open, or_(whether_to_assess, whether_to_plan))
    )
