"""Figures that were reported, beside what is known now: restated, by how much, and by which cases."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.london import LONDON, day_of
from casetracker.measures.definition import Measure, Over
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import BY_KEY
from casetracker.models import Case, CaseEvent, FrozenFigure, ImportBatch, Person
from casetracker.periods import Period
from casetracker.queries.measures import behind
from casetracker.queries.measures.figures import for_period
from casetracker.queries.measures.known import Asked
from casetracker.statute.happenings import Happening

MOST_SHOWN = 500
MOST_REPORTED = 24


@dataclass(frozen=True, slots=True)
class Since:
    """An entry recorded after the day whose knowledge a figure was made of."""

    happening: Happening
    occurred_on: date
    recorded_at: datetime
    corrects: bool
    """Whether it stands in place of an earlier one, or takes one out."""
    days_late: int
    """Days from the day it happened to the day it was recorded."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A case that counts otherwise now: what it added to each number then, and what it adds now."""

    case_id: int
    reference: str
    name: str
    upper_then: int
    lower_then: int
    upper_now: int
    lower_now: int
    since: tuple[Since, ...]
    """What was recorded of it since."""
    imported: bool
    """Whether the whole of it came with an import, which says itself when each thing was known."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure as it was reported, and as the same question is answered now."""

    frozen: FrozenFigure
    measure: Measure
    period: Period
    then: Figure
    now: Figure
    again: Figure
    """What was known on that day, asked for now: the same, unless an import has since said more of what was known."""

    @property
    def is_restated(self) -> bool:
        return self.now != self.then

    @property
    def has_drifted(self) -> bool:
        """Whether even what was known on that day is answered otherwise now."""
        return self.again != self.then

    @property
    def definition_changed(self) -> bool:
        return self.measure.version != self.frozen.version


def of_measure(measure: Measure, *, today: date) -> list[Reported]:
    """Return the figures of a measure that were reported, newest first, the most shown being `MOST_REPORTED`."""
    query = (
        select(FrozenFigure)
        .where(FrozenFigure.measure == measure.key)
        .options(joinedload(FrozenFigure.frozen_by))
        .order_by(FrozenFigure.known_on.desc(), FrozenFigure.id.desc())
        .limit(MOST_REPORTED)
    )
    return [_reported(frozen, today=today) for frozen in db.session.scalars(query)]


def one(frozen_id: int, *, today: date) -> Reported | None:
    """Return a figure that was reported, or None where there is none of this number."""
    query = select(FrozenFigure).where(FrozenFigure.id == frozen_id).options(joinedload(FrozenFigure.frozen_by))
    frozen = db.session.scalars(query).first()
    return _reported(frozen, today=today) if frozen is not None else None


def restated(frozen_ids: Collection[int], *, today: date) -> frozenset[int]:
    """Return which of these figures are answered otherwise now."""
    query = select(FrozenFigure).where(FrozenFigure.id.in_(frozen_ids))
    return frozenset(one.id for one in db.session.scalars(query) if _now(one, today=today) != as_frozen(one))


def _reported(frozen: FrozenFigure, *, today: date) -> Reported:
    period, again = _period(frozen), for_period(asked_then(frozen, today=today), _period(frozen))
    return Reported(frozen, BY_KEY[frozen.measure], period, as_frozen(frozen), _now(frozen, today=today), again)


def _period(frozen: FrozenFigure) -> Period:
    return Period(frozen.span, frozen.starts_on, frozen.ends_on)


def _now(frozen: FrozenFigure, *, today: date) -> Figure:
    """Return what is answered now; how things stood on a day is as it was known then, and is not restated."""
    of_a_day = BY_KEY[frozen.measure].over is Over.DAY
    asked = asked_then(frozen, today=today) if of_a_day else asked_now(frozen, today=today)
    return for_period(asked, _period(frozen))


def as_frozen(frozen: FrozenFigure) -> Figure:
    """Return a frozen figure by itself, with the numbers that it is made of."""
    return Figure(frozen.numerator, frozen.denominator, frozen.value)


def asked_then(frozen: FrozenFigure, *, today: date) -> Asked:
    """Return the question a reported figure answered."""
    return Asked(BY_KEY[frozen.measure], frozen.known_on, today, frozen.counts_reopened)


def asked_now(frozen: FrozenFigure, *, today: date) -> Asked:
    """Return the same question, of what had happened by the same day, asked with what is known now."""
    return with_later_knowledge(asked_then(frozen, today=today))


def with_later_knowledge(asked: Asked) -> Asked:
    """Return a question, of what had happened by the same day, asked with all that is known now."""
    return replace(asked, known_on=asked.today, as_at=asked.known_on)


def changed(then: Asked, now: Asked, period: Period) -> list[Changed]:
    """Return the cases that count otherwise with later knowledge, the most shown being `MOST_SHOWN`."""
    before, after = behind.weights(then, period).subquery("before"), behind.weights(now, period).subquery("after")
    zero = literal(0)
    both = union_all(
        select(before.c.case_id, before.c.upper, before.c.lower, zero.label("upper_now"), zero.label("lower_now")),
        select(after.c.case_id, zero, zero, after.c.upper, after.c.lower),
    ).subquery("both")
    sums = [func.sum(both.c[name]).label(name) for name in ("upper", "lower", "upper_now", "lower_now")]
    differ = or_(
        func.sum(both.c.upper) != func.sum(both.c.upper_now), func.sum(both.c.lower) != func.sum(both.c.lower_now)
    )
    query: Any = (
        select(both.c.case_id, *sums).group_by(both.c.case_id).having(differ).order_by(both.c.case_id).limit(MOST_SHOWN)
    )
    rows = db.session.execute(query).all()
    ids = [row.case_id for row in rows]
    names, since, imported = _names(ids), recorded_since(ids, then.known_on), _imported_since(ids, then.known_on)
    return [
        Changed(
            case_id=row.case_id,
            reference=names[row.case_id][0],
            name=names[row.case_id][1],
            upper_then=int(row.upper),
            lower_then=int(row.lower),
            upper_now=int(row.upper_now),
            lower_now=int(row.lower_now),
            since=tuple(since.get(row.case_id, ())),
            imported=row.case_id in imported,
        )
        for row in rows
    ]


def _names(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    query = select(Case.id, Case.reference, Person).join(Person, Person.id == Case.person_id).where(Case.id.in_(ids))
    return {case_id: (reference, person.name) for case_id, reference, person in db.session.execute(query)}


def end_of(day: date) -> datetime:
    """Return the instant at which a day ends, by London's clocks."""
    return datetime.combine(day + timedelta(days=1), time.min, LONDON)


def recorded_since(ids: Sequence[int], day: date) -> Mapping[int, list[Since]]:
    """Return what was recorded of these cases after the close of a day, though it happened on it or before."""
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id.in_(ids), CaseEvent.recorded_at >= end_of(day), CaseEvent.occurred_on <= day)
        .order_by(CaseEvent.case_id, CaseEvent.seq)
    )
    found: dict[int, list[Since]] = defaultdict(list)
    for event in db.session.scalars(query):
        recorded_on = day_of(event.recorded_at)
        late = (recorded_on - event.occurred_on).days
        found[event.case_id].append(
            Since(event.happening, event.occurred_on, event.recorded_at, event.corrects is not None, late)
        )
    return found


def _imported_since(ids: Sequence[int], day: date) -> set[int]:
    """Return which of these cases an import brought whole after a day, whatever it says of when things were known."""
    query = (
        select(Case.id)
        .join(ImportBatch, ImportBatch.id == Case.import_batch_id)
        .where(Case.id.in_(ids), ImportBatch.ended_at >= end_of(day))
    )
    return set(db.session.scalars(query))
