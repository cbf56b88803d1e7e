"""
Advice, counted fairly by service and kind. Each measure is a sentence and a condition on one table, so that a number
and the list it opens are the same rows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import Advice, AdviceLine, Case, Person, Service, Tallied, Tally
from casetracker.queries import tallies
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.statistics import Spread, Verdict, spread, verdict
from casetracker.statute.advice import AdviceKind

PAGE = 50


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is counted."""

    key: str
    name: str
    sentence: str


MEASURES = (
    Measure("asked", "Asked for", "Asked for in these months, and not found to be unnecessary since."),
    Measure("in_time", "In six weeks", "First received on or before its last day (reg 8(1)), whatever became of it."),
    Measure("late", "Late", "First received after its last day."),
    Measure("missing", "Missing", "Past its last day, and neither received nor answered."),
    Measure("running", "Running", "Not received yet, and its last day still to come."),
    Measure("not_known", "Not known", "Answered that the child is not known: an answer, but no advice."),
    Measure("excused", "Excused", "Late or missing, with an exception under reg 8(2) on record."),
    Measure("returned", "Sent back", "Sent back for more at least once."),
)
BY_KEY = {measure.key: measure for measure in MEASURES}


def _conditions(today: date) -> dict[str, ColumnElement[bool]]:
    """Return what makes a piece of advice, asked for and still needed, count in each measure."""
    received = Advice.first_received_on.is_not(None)
    unanswered = and_(~received, Advice.not_known_on.is_(None))
    past = and_(Advice.due_on.is_not(None), Advice.due_on < today)
    late = and_(received, Advice.first_received_on > Advice.due_on)
    return {
        "asked": Advice.asked_on.is_not(None),
        "in_time": and_(received, or_(Advice.due_on.is_(None), Advice.first_received_on <= Advice.due_on)),
        "late": late,
        "missing": and_(unanswered, past),
        "running": and_(unanswered, or_(Advice.due_on.is_(None), Advice.due_on >= today)),
        "not_known": and_(~received, Advice.not_known_on.is_not(None)),
        "excused": and_(Advice.excused_by != "", or_(late, and_(unanswered, past))),
        "returned": Advice.times_returned > 0,
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which advice is counted: asked for from one day to another, by whom, of what kind."""

    from_on: date
    until: date
    service_id: int | None = None
    """0 for advice with no service on record."""
    kind: AdviceKind | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses = [
        Advice.asked_on >= wanted.from_on,
        Advice.asked_on <= wanted.until,
        Advice.not_needed_on.is_(None),
    ]
    if wanted.service_id is not None:
        clauses.append(Advice.service_id == wanted.service_id if wanted.service_id else Advice.service_id.is_(None))
    if wanted.kind is not None:
        clauses.append(Advice.kind == wanted.kind)
    return clauses


@dataclass(slots=True)
class Figures:
    """What was counted of one service and kind, or of several together."""

    counts: Counter[str] = field(default_factory=Counter)
    to_receive: Counter[int] = field(default_factory=Counter)
    to_accept: Counter[int] = field(default_factory=Counter)
    days_lost: int = 0

    @property
    def decided(self) -> int:
        """Of how many it is known whether they came in six weeks: in time, late and missing."""
        return self.counts["in_time"] + self.counts["late"] + self.counts["missing"]

    @property
    def share(self) -> float | None:
        """The share given in six weeks, in per cent; None where none is decided."""
        return round(100 * self.counts["in_time"] / self.decided, 1) if self.decided else None

    @property
    def share_without_excused(self) -> float | None:
        """The same, leaving out what an exception excuses."""
        of = self.decided - self.counts["excused"]
        return round(100 * self.counts["in_time"] / of, 1) if of > 0 else None

    @property
    def receiving(self) -> Spread:
        return spread(self.to_receive)

    @property
    def accepting(self) -> Spread:
        return spread(self.to_accept)

    def copied(self) -> "Figures":
        """Return figures of their own with the same numbers."""
        return Figures(self.counts.copy(), self.to_receive.copy(), self.to_accept.copy(), self.days_lost)

    def add(self, line: Any) -> None:
        """Add a line of the kept sums."""
        number = int(line.number)
        if line.word == AdviceLine.DAYS_LOST:
            self.days_lost += number
            return
        if line.word == AdviceLine.ACCEPTED:
            self.to_accept[line.days] += number
            return
        if line.word == AdviceLine.RETURNED:
            self.counts["returned"] += number
            return
        became = line.word
        if became == AdviceLine.UNANSWERED:
            became = "missing" if line.is_past else "running"
        self.counts["asked"] += number
        self.counts[became] += number
        if line.is_so and became in ("late", "missing"):
            self.counts["excused"] += number
        if line.days is not None:
            self.to_receive[line.days] += number


@dataclass(frozen=True, slots=True)
class Line:
    """A service, or a kind, with its figures and what they show beside the average."""

    key: int | str
    name: str
    figures: Figures
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a run of months: all together, by service, by kind and by month."""

    all: Figures
    services: tuple[Line, ...]
    kinds: tuple[Line, ...]
    months: tuple[tuple[str, Figures], ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures added up: all together under an empty key, and by service, kind and month under theirs."""

    groups: dict[tuple[str, Any], Figures]

    def with_lines(self, lines: Iterable[Any]) -> "Sums":
        """Return these with lines of the kept sums added; what no line is of is not copied."""
        groups, own = dict(self.groups), set()
        for line in lines:
            for group in (_ALL, ("service", line.holder or 0), ("kind", line.also), ("month", line.month)):
                if group not in own:
                    own.add(group)
                    groups[group] = groups[group].copied() if group in groups else Figures()
                groups[group].add(line)
        return Sums(groups)

    def by(self, what: str) -> dict[Any, Figures]:
        """Return the figures of each service, kind or month that has any."""
        found = ((key, figures) for (group, key), figures in self.groups.items() if group == what)
        return {key: figures for key, figures in found if figures.counts["asked"]}


_ALL = ("all", "")


@until_the_caseload_changes
def table(wanted: Wanted, *, today: date) -> Table:
    """Return every figure of advice asked for in a run of whole months, as it stands on a day."""
    sums = tallies.added_up(_up_to, _since, wanted, today)
    everything = sums.groups.get(_ALL, Figures())
    average = everything.counts["in_time"] / everything.decided if everything.decided else 0.0
    names = {service.id: service.name for service in db.session.scalars(select(Service))}
    return Table(
        everything,
        _lines({key: (names.get(key, "Service not recorded"), f) for key, f in sums.by("service").items()}, average),
        _lines({key: (key, f) for key, f in sums.by("kind").items()}, average),
        tuple((f"{m // 100}-{m % 100:02d}", figures) for m, figures in sorted(sums.by("month").items())),
    )


def _up_to(settled: int, wanted: Wanted, today: date) -> Sums:
    return Sums({}).with_lines(db.session.execute(_summed(wanted, today, Tally.id <= settled)))


def _since(sums: Sums, settled: int, wanted: Wanted, today: date) -> Sums:
    return sums.with_lines(db.session.execute(_summed(wanted, today, Tally.id > settled)))


def _summed(wanted: Wanted, today: date, which: ColumnElement[bool]) -> Select[Any]:
    """Return lines of the kept sums added up, with whether the last day of what is unanswered is past."""
    first, last = (day.year * 100 + day.month for day in (wanted.from_on, wanted.until))
    is_past = func.coalesce(Tally.until < today, false()).label("is_past")
    lines = select(
        Tally.holder, Tally.also, Tally.month, Tally.word, Tally.days, Tally.is_so, is_past, Tally.number
    ).where(Tally.of == Tallied.ADVICE, Tally.month.between(first, last), which)
    if wanted.service_id is not None:
        lines = lines.where(Tally.holder == wanted.service_id if wanted.service_id else Tally.holder.is_(None))
    if wanted.kind is not None:
        lines = lines.where(Tally.also == wanted.kind.value)
    each = lines.subquery()
    alike = [column for column in each.c if column.name != "number"]
    number = func.sum(each.c.number)
    return select(*alike, number.label("number")).group_by(*alike).having(number != 0)


def _lines(found: dict[Any, tuple[str, Figures]], average: float) -> tuple[Line, ...]:
    lines = [
        Line(key, name, figures, verdict(figures.counts["in_time"], figures.decided, average=average))
        for key, (name, figures) in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.figures.counts["asked"], line.name)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of advice in a list."""

    advice: Advice
    reference: str
    name: str
    service: str


def _pieces() -> Select[Any]:
    query: Any = (
        select(Advice, Case.reference, Person, func.coalesce(Service.name, Advice.giver))
        .join(Case, Case.id == Advice.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Service, Service.id == Advice.service_id)
    )
    made: Select[Any] = query
    return made


def _listed(query: Select[Any]) -> list[Piece]:
    return [
        Piece(advice, reference, person.name, service)
        for advice, reference, person, service in db.session.execute(query)
    ]


def pieces(wanted: Wanted, measure: str, *, today: date, page: int) -> list[Piece]:
    """Return the pieces of advice behind a number, the soonest due first: one page and one more."""
    query = _pieces().where(*_where(wanted), _conditions(today)[measure]).order_by(Advice.due_on, Advice.id)
    return _listed(query.offset((page - 1) * PAGE).limit(PAGE + 1))


def count(wanted: Wanted, measure: str, *, today: date) -> int:
    """Return how many pieces of advice are behind a number."""
    query = select(func.count(Advice.id)).where(*_where(wanted), _conditions(today)[measure])
    return db.session.scalar(query) or 0


def outstanding(*, kind: AdviceKind | None, service_id: int | None, page: int) -> list[Piece]:
    """Return the advice that is waited for on open cases, the oldest first: one page and one more."""
    query = _pieces().where(Advice.is_outstanding, Case.is_open)
    if kind is not None:
        query = query.where(Advice.kind == kind)
    if service_id is not None:
        query = query.where(Advice.service_id == service_id)
    query = query.options(joinedload(Advice.case)).order_by(Advice.asked_on, Advice.id)
    return _listed(query.offset((page - 1) * PAGE).limit(PAGE + 1))


@dataclass(frozen=True, slots=True)
class Holding:
    """How many open cases wait for a service: for it alone, and for it among others."""

    service_id: int
    name: str
    alone: int
    among_others: int


@until_the_caseload_changes
def holding_up() -> Sequence[Holding]:
    """Return how many open cases each service is holding up, those with most first."""
    number = func.sum(Tally.number)
    alone, all_ = func.coalesce(number.filter(Tally.is_so), 0), number
    query = select(func.coalesce(Tally.holder, 0), alone, all_).where(Tally.of == Tallied.WAITING)
    query = query.group_by(Tally.holder).having(number != 0)
    names = {service.id: service.name for service in db.session.scalars(select(Service))}
    found = [
        Holding(service_id, names.get(service_id, "Service not recorded"), int(one), int(all_ - one))
        for service_id, one, all_ in db.session.execute(query)
    ]
    return sorted(found, key=lambda one: (-one.alone - one.among_others, one.name))
