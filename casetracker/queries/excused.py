"""
Limits that an exception disapplies and whose day has passed: they raise no breach, and do not go out of sight.

An exception moves no date (docs/decisions/0003), so each keeps its day, its paragraph and how long ago the exception
was recorded; one that was recorded only after the day says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, literal_column, select

from casetracker.extensions import db
from casetracker.london import day_of
from casetracker.models import Case, CaseEvent, MilestoneRow, Person, User
from casetracker.statute.exceptions import ground
from casetracker.statute.happenings import Happening
from casetracker.statute.timetable import Duty

PER_PAGE = 50
MOST_COUNTED = 2_000
"""Beyond so many the page says "more than", so that counting stays quick."""


@dataclass(frozen=True, slots=True)
class ExcusedRow:
    """An open limit past its day, with the exception that excuses it."""

    case_id: int
    reference: str
    name: str
    worker: str
    duty: Duty
    subject: str
    due_on: date
    paragraph: str
    recorded_on: date | None
    """When the exception was first recorded; None where no entry of it was found."""
    age_days: int | None
    """Days since."""
    recorded_after: bool
    """Whether it was recorded only once the last day had passed."""


def past_their_day(*, today: date, team_id: int | None = None, number: int = 1) -> tuple[Sequence[ExcusedRow], int]:
    """
    Return a page of the excused limits past their day, the longest past first, and how many there are in all.

    They are counted no further than `MOST_COUNTED` + 1.
    """
    chosen = [MilestoneRow.is_open, MilestoneRow.due_on < today, MilestoneRow.excused_by != literal_column("''")]
    every = select(MilestoneRow.id)
    if team_id is not None:
        chosen.append(Case.team_id == team_id)
        every = every.join(Case, Case.id == MilestoneRow.case_id)
    count = select(func.count()).select_from(every.where(*chosen).limit(MOST_COUNTED + 1).subquery())
    query = (
        select(
            MilestoneRow.case_id,
            Case.reference,
            (Person.forename + " " + Person.surname).label("name"),
            func.coalesce(User.name, "").label("worker"),
            MilestoneRow.duty,
            MilestoneRow.subject,
            MilestoneRow.due_on,
            MilestoneRow.excused_by,
        )
        .join(Case, Case.id == MilestoneRow.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(User, User.id == Case.named_worker_id)
        .where(*chosen)
        .order_by(MilestoneRow.due_on, MilestoneRow.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    rows = db.session.execute(query).all()
    recorded = _recorded({row.case_id for row in rows})
    return [_row(row, recorded, today) for row in rows], db.session.scalar(count) or 0


def _recorded(case_ids: Iterable[int]) -> dict[tuple[int, str], date]:
    """Return the day on which each exception of these cases was first recorded, by case and paragraph."""
    query = (
        select(
            CaseEvent.case_id,
            CaseEvent.seq,
            CaseEvent.happening,
            CaseEvent.detail,
            CaseEvent.recorded_at,
            CaseEvent.corrects,
        )
        .where(
            CaseEvent.case_id.in_(case_ids),
            CaseEvent.happening.in_([Happening.EXCEPTION_RECORDED, Happening.ENTRY_WITHDRAWN]),
        )
        .order_by(CaseEvent.seq)
    )
    events = db.session.execute(query).all()
    withdrawn = {(event.case_id, event.corrects) for event in events if event.happening is Happening.ENTRY_WITHDRAWN}
    found: dict[tuple[int, str], date] = {}
    for event in events:
        if event.happening is Happening.EXCEPTION_RECORDED and (event.case_id, event.seq) not in withdrawn:
            paragraph = ground(event.detail["paragraph"]).paragraph
            found.setdefault((event.case_id, paragraph), day_of(event.recorded_at))
    return found


def _row(row: Any, recorded: dict[tuple[int, str], date], today: date) -> ExcusedRow:
    of_its_own = row.excused_by.rpartition(", ")[2]  # "44(3)(c), 13(3)(d)": recorded as the latter
    recorded_on = recorded.get((row.case_id, of_its_own))
    return ExcusedRow(
        case_id=row.case_id,
        reference=row.reference,
        name=row.name,
        worker=row.worker,
        duty=row.duty,
        subject=row.subject,
        due_on=row.due_on,
        paragraph=row.excused_by,
        recorded_on=recorded_on,
        age_days=(today - recorded_on).days if recorded_on is not None else None,
        recorded_after=recorded_on is not None and recorded_on > row.due_on,
    )
