"""One person's deadlines: every open milestone of their cases, and every action they have promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select

from casetracker.extensions import db
from casetracker.models import Alert, Case, CaseEvent, MilestoneRow, User
from casetracker.queries import holding
from casetracker.statute.timetable import Duty


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is to be done."""

    key: str
    """The same for as long as it is the same milestone or alert."""
    case_id: int
    reference: str
    duty: Duty
    subject: str
    due_on: date
    authority: str
    """The regulation that sets it; empty for a promised action."""
    excused_by: str
    for_name: str
    """Whose it is, where it is that of somebody they cover; else empty."""
    changed_at: datetime
    version: int
    promised: bool = False


def of_person(user_id: int, *, on: date) -> Sequence[Deadline]:
    """Return somebody's deadlines and those of whoever they cover on a day, soonest first."""
    found = [*_milestones(user_id, on), *_promised(user_id, on)]
    return sorted(found, key=lambda one: (one.due_on, one.case_id, one.key))


def _milestones(user_id: int, on: date) -> list[Deadline]:
    of = holding.pairs([user_id], on=on)
    query = (
        select(
            Case.id,
            MilestoneRow.key,
            Case.reference,
            MilestoneRow.duty,
            MilestoneRow.subject,
            MilestoneRow.due_on,
            MilestoneRow.authority,
            MilestoneRow.excused_by,
            of.c.for_id,
            User.name,
            CaseEvent.recorded_at,
            Case.version,
        )
        .select_from(of)
        .join(User, User.id == of.c.for_id)
        .join(Case, Case.named_worker_id == of.c.for_id)
        .join(MilestoneRow, and_(MilestoneRow.case_id == Case.id, MilestoneRow.is_open))
        .join(CaseEvent, and_(CaseEvent.case_id == Case.id, CaseEvent.seq == Case.version))
    )
    return [
        Deadline(
            key=f"milestone:{row.id}:{row.key}",
            case_id=row.id,
            reference=row.reference,
            duty=row.duty,
            subject=row.subject,
            due_on=row.due_on,
            authority=row.authority,
            excused_by=row.excused_by,
            for_name="" if row.for_id == user_id else row.name,
            changed_at=row.recorded_at,
            version=row.version,
        )
        for row in db.session.execute(query)
    ]


def _promised(user_id: int, on: date) -> list[Deadline]:
    theirs = holding.promised(holding.pairs([user_id], on=on)).subquery("theirs")
    for_id = holding.whose(theirs.c.user_id, theirs.c.for_id).label("for_id")
    whose = select(theirs.c.alert_id, for_id).group_by(theirs.c.alert_id, theirs.c.user_id).subquery("whose")
    query = (
        select(
            Alert.id,
            Alert.case_id,
            Case.reference,
            Alert.duty,
            Alert.subject,
            Alert.action_due_on,
            Alert.acknowledged_at,
            whose.c.for_id,
            User.name,
            Case.version,
        )
        .join(whose, whose.c.alert_id == Alert.id)
        .join(User, User.id == whose.c.for_id)
        .join(Case, Case.id == Alert.case_id)
        .where(Alert.action_due_on.is_not(None), Alert.acknowledged_at.is_not(None))
    )
    return [
        Deadline(
            key=f"action:{row.id}",
            case_id=row.case_id,
            reference=row.reference,
            duty=row.duty,
            subject=row.subject,
            due_on=row.action_due_on,
            authority="",
            excused_by="",
            for_name="" if row.for_id == user_id else row.name,
            changed_at=row.acknowledged_at,
            version=row.version,
            promised=True,
        )
        for row in db.session.execute(query)
    ]
