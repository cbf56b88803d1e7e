"""
Chasing advice: each night the ladder of each service says which reminders are due, and each goes out once.

The ledger (`chases`) has one row for each piece and step, unique in the database: two workers, a job run twice and one
that was killed half-way all come to the same mails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from casetracker.chasing.ladder import USUAL, Rung, Step, Waiting, due_step, rungs
from casetracker.extensions import db
from casetracker.london import LONDON
from casetracker.models import AccessLink, Advice, Case, Chase, LinkPurpose, Service, User
from casetracker.plurals import counted
from casetracker.services import access, histories, outbox
from casetracker.services.asking import LINKS_LAST, Sender, mail_fields
from casetracker.services.histories import NewEntry
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.happenings import Happening
from casetracker.statute.working_days import is_worked

OPENS, SHUTS = time(8, 30), time(17, 30)


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due."""

    advice: Advice
    step: Step
    to_address: str
    to_name: str


def due(*, today: date, advice_id: int | None = None) -> list[Due]:
    """
    Return the reminders that are due on a day and have not gone, those longest due first: this is the dry run too.

    `advice_id` asks about one piece of advice.
    """
    if not is_a_day_for_mail(today):
        return []
    found = _due(today, rungs(USUAL), [] if advice_id is None else [Advice.id == advice_id])
    return sorted(found, key=lambda one: (one.step.planned_on, one.advice.id))


def is_a_day_for_mail(on: date) -> bool:
    """Return whether reminders go out on a day: a working day of England's; any weekday beyond the known calendar."""
    return is_worked(on)


def _due(today: date, usual: tuple[Rung, ...], about: Sequence[ColumnElement[bool]]) -> Iterator[Due]:
    climbed: dict[int, set[str]] = {}
    waited_for = (Advice.is_outstanding, Advice.mailbox != "", Advice.due_on.is_not(None), Case.is_open, *about)
    ledger = select(Chase.advice_id, Chase.step).join(Advice, Advice.id == Chase.advice_id)
    ledger = ledger.where(Advice.is_outstanding, *about)
    for advice_id, name in db.session.execute(ledger):
        climbed.setdefault(advice_id, set()).add(name)
    query = select(Advice).join(Case, Case.id == Advice.case_id).where(*waited_for).options(joinedload(Advice.service))
    for advice in db.session.scalars(query.execution_options(yield_per=1000)):
        own = advice.service.ladder if advice.service is not None else None
        step = due_step(
            waiting_of(advice), rungs(own) if own else usual, on=today, climbed=climbed.get(advice.id, frozenset())
        )
        if step is not None:
            yield _addressed(advice, step)


def waiting_of(advice: Advice) -> Waiting:
    """Return a piece of advice as a ladder sees it."""
    asked_on = advice.asked_on or advice.due_on
    if asked_on is None or advice.due_on is None:
        raise ValueError("only advice that was asked for is waited for")
    return Waiting(
        due_on=advice.due_on,
        asked_on=asked_on,
        returned_on=advice.returned_on,
        times_returned=advice.times_returned,
        held_until=advice.held_until,
        excused=bool(advice.excused_by),
    )


def _addressed(advice: Advice, step: Step) -> Due:
    service = advice.service
    if step.rung.to_manager and service is not None and service.manager_email:
        return Due(advice, step, service.manager_email, service.manager_name)
    return Due(advice, step, advice.mailbox, advice.giver)


def send(
    one: Due, *, today: date, at: datetime, sender: Sender, by: User | None = None, reading: Reading = ORDINARY_READING
) -> Chase | None:
    """Send one reminder: ledger, mail and history in one step; None where somebody else has sent it meanwhile."""
    advice, step = one.advice, one.step
    ledger = select(Chase.id).where(Chase.advice_id == advice.id, Chase.step == step.name)
    if db.session.scalar(ledger) is not None:
        return None
    mail = outbox.post(
        key=f"chase:{advice.id}:{step.name}",
        template=_template(one, today),
        to_address=one.to_address,
        to_name=one.to_name,
        fields=_fields(one, today=today, at=at, sender=sender),
        at=at,
        not_before=in_working_hours(at),
        case_id=advice.case_id,
        advice_id=advice.id,
        secret=True,
    )
    chase = Chase(
        advice_id=advice.id,
        step=step.name,
        planned_on=step.planned_on,
        made_at=at,
        made_by_id=by.id if by else None,
        mail_id=mail.id,
    )
    db.session.add(chase)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return None
    detail = {
        "advice_kind": advice.kind.value,
        "advice_ref": advice.key,
        "advice_giver": advice.giver,
        "note": f"Reminder {step.rung.name} sent to {one.to_address}",
    }
    if ":" in advice.key:
        detail.pop("advice_ref")
    entry = NewEntry(Happening.ADVICE_CHASED, today, at, detail, by_id=by.id if by else None)
    histories.append(case_id=advice.case_id, entries=[entry], today=today, reading=reading)
    return chase


def _to_manager(one: Due) -> bool:
    service = one.advice.service
    return bool(one.step.rung.to_manager and service is not None and one.to_address == service.manager_email)


def _template(one: Due, today: date) -> str:
    if _to_manager(one):
        return "advice_chase_manager"
    due_on = one.advice.due_on
    return "advice_chase_before" if due_on is not None and today <= due_on else "advice_chase_after"


def _fields(one: Due, *, today: date, at: datetime, sender: Sender) -> dict[str, str]:
    advice = one.advice
    fields = mail_fields(advice, sender=sender)
    fields["days"] = counted(abs((today - advice.due_on).days), "day") if advice.due_on else ""
    if _to_manager(one):
        service = db.session.get_one(Service, advice.service_id)
        return {**fields, "service": service.name, "link": ""}
    return {**fields, "link": access.address_of(_link(advice, at=at), sender.keys)}


def _link(advice: Advice, *, at: datetime) -> AccessLink:
    """Return the link last sent to the mailbox while it is good, or make a new one."""
    good = select(AccessLink).where(
        AccessLink.advice_id == advice.id,
        AccessLink.mailbox == advice.mailbox,
        AccessLink.revoked_at.is_(None),
        AccessLink.expires_at > at + timedelta(weeks=2),
    )
    there = db.session.scalars(good.order_by(AccessLink.id.desc())).first()
    return there or access.issue(
        purpose=LinkPurpose.ADVICE,
        mailbox=advice.mailbox,
        at=at,
        expires_at=at + LINKS_LAST,
        advice_id=advice.id,
    )


def in_working_hours(at: datetime) -> datetime:
    """Return this instant, or the next at which reminders go out: working days, from 8:30 to 17:30 in London."""
    local = at.astimezone(LONDON)
    if local.time() >= SHUTS:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, LONDON)
    elif local.time() < OPENS:
        local = datetime.combine(local.date(), OPENS, LONDON)
    while not is_a_day_for_mail(local.date()):
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, LONDON)
    return local.astimezone(at.tzinfo)


def hold(advice: Advice, *, until: date, because: str) -> None:
    """Send no reminder of a piece of advice up to and including a day."""
    advice.held_until, advice.held_because = until, because[:200]


def ladder_of(text: str) -> list[str] | None:
    """
    Return a service's own ladder from what was typed, one step to a word; None where nothing was.

    :raises casetracker.chasing.ladder.LadderWrong: if a step is none
    """
    steps = text.replace(",", " ").split()
    rungs(steps)
    return steps or None
