"""Cases for tests, made through the same door as any other."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Advice, Case, Person, Service, ServiceType, User
from casetracker.services import histories, people, tallies
from casetracker.services.histories import NewEntry
from casetracker.statute.advice import AdviceKind
from casetracker.statute.happenings import Happening

Step = tuple[Happening, date] | tuple[Happening, date, dict[str, str]]


def person(
    *, forename: str = "Ada", surname: str = "O’Brien", born_on: date | None = date(2017, 3, 4), **more: str
) -> Person:
    """Make a child."""
    details = people.PersonDetails(forename=forename, surname=surname, born_on=born_on, **more)
    return people.add(details, at=datetime(2026, 1, 1, tzinfo=UTC))


def entry(step: Step, *, by: User | None = None) -> NewEntry:
    """Make an entry recorded at noon on the day it happened."""
    happening, on, *rest = step
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return NewEntry(happening, on, noon, rest[0] if rest else {}, by_id=by.id if by else None)


def case(
    *,
    received_on: date = date(2026, 1, 5),
    steps: Sequence[Step] = (),
    child: Person | None = None,
    worker: User | None = None,
    today: date = date(2026, 6, 1),
    reference: str | None = None,
) -> Case:
    """Make a case whose history is a request and then `steps`, and flush it."""
    child = child or person()
    new = Case(
        reference=reference or f"T-{child.id}-{received_on:%Y%m%d}",
        person_id=child.id,
        named_worker_id=worker.id if worker else None,
    )
    history = [entry((Happening.REQUEST_RECEIVED, received_on)), *(entry(step, by=worker) for step in steps)]
    made = histories.begin(case=new, entries=history, today=today)
    db.session.flush()
    return made


def service(*, name: str = "Children’s Community Health", **more: object) -> Service:
    """Make a service that gives advice, with a mailbox."""
    values: dict[str, object] = {"type": ServiceType.HEALTH, "mailbox": "advice@health.example", "kinds": ["medical"]}
    made = Service(name=name, **{**values, **more})
    db.session.add(made)
    db.session.flush()
    return made


def advice(
    of: Case,
    *,
    kind: AdviceKind = AdviceKind.MEDICAL,
    service: Service | None = None,
    asked_on: date = date(2026, 3, 2),
    ref: str | None = None,
    today: date = date(2026, 6, 1),
    **more: object,
) -> Advice:
    """Ask for a piece of advice through the history, and set who gives it; `more` sets the row's own columns."""
    ref = ref or f"{of.id}-{kind.value}-{asked_on:%Y%m%d}"
    detail = {"advice_kind": kind.value, "advice_ref": ref, "advice_giver": service.name if service else ""}
    histories.append(case_id=of.id, entries=[entry((Happening.ADVICE_ASKED, asked_on, detail))], today=today)
    made = db.session.scalars(select(Advice).where(Advice.case_id == of.id, Advice.key == ref)).one()
    with tallies.kept([of.id]):
        if service is not None:
            made.service_id, made.mailbox = service.id, service.mailbox
        for column, value in more.items():
            setattr(made, column, value)
    return made


def lifetime(received_on: date, *, weeks_to_plan: int = 20) -> list[Step]:
    """Return the steps of an ordinary case from agreement to final plan, `weeks_to_plan` after receipt."""
    H = Happening
    agreed, plan = received_on + timedelta(weeks=5), received_on + timedelta(weeks=weeks_to_plan - 5)
    asked: list[Step] = [
        (H.ADVICE_ASKED, agreed, {"advice_kind": kind}) for kind in ("educational", "medical", "psychological")
    ]
    received: list[Step] = [
        (H.ADVICE_RECEIVED, agreed + timedelta(weeks=5), {"advice_kind": kind})
        for kind in ("educational", "medical", "psychological")
    ]
    return [
        (H.ASSESSMENT_AGREED, agreed),
        *asked,
        *received,
        (H.PLAN_AGREED, plan),
        (H.DRAFT_PLAN_SENT, plan + timedelta(days=3)),
        (H.FINAL_PLAN_ISSUED, received_on + timedelta(weeks=weeks_to_plan)),
    ]
