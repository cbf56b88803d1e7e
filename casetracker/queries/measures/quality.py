"""
How good the data is: how many cases have each fault, whose they are, and which.

It is looked for in the cases the next return and the current figures are made of: those that are open, and those that
ended in this calendar year or the one before it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select
from sqlalchemy import case as when
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.measures.faults import score
from casetracker.models import Case, CaseFacts, Person, Placement, PlacementPart, QualityCount, Setting, Team, User
from casetracker.queries.measures.breakdowns import age_at_request
from casetracker.queries.remembered import until_the_caseload_changes

PAGE = 50
_SOON, _TWO_YEARS, _OLDEST = 28, timedelta(days=730), 25
_NO_GROUND = ("%,13(3),%", "%,44(3)(c),%")
"""Paragraphs that name a rule and not the circumstance in it."""
_Another = aliased(Case)
_SameUpn = aliased(Person)
Condition = ColumnElement[bool]


@dataclass(slots=True)
class Counted:
    """How many cases were looked at, and how many have each fault."""

    of: int = 0
    faulty: int = 0
    by_fault: Counter[str] = field(default_factory=Counter)

    @property
    def score(self) -> Decimal | None:
        return score(self.faulty, self.of)

    def add(self, other: "Counted") -> None:
        """Count what another counted, too."""
        self.of, self.faulty = self.of + other.of, self.faulty + other.faulty
        self.by_fault.update(other.by_fault)


@dataclass(frozen=True, slots=True)
class Holder:
    """A worker or a team, with the faults in what they hold."""

    id: int
    """0 for cases that nobody holds."""
    name: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class Quality:
    """The faults in the data: all together, by worker and by team, those with most first."""

    all: Counted
    workers: tuple[Holder, ...]
    teams: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Faulty:
    """A case that has a fault."""

    case_id: int
    reference: str
    name: str
    worker: str
    team: str


def _conditions(today: date) -> dict[str, Condition]:
    another = select(_Another.id).where(_Another.person_id == Case.person_id, _Another.is_open, _Another.id != Case.id)
    same_upn = select(_SameUpn.id).where(_SameUpn.upn == Person.upn, _SameUpn.id != Person.id)
    placed = select(Placement.id).where(Placement.case_id == Case.id, Placement.part == PlacementPart.NAMED)
    ungrounded = or_(*(CaseFacts.exceptions.like(pattern) for pattern in _NO_GROUND))
    return {
        "no_birth_date": Person.born_on.is_(None),
        "no_sex": Person.sex == "U",
        "no_ethnicity": Person.ethnicity == "",
        "no_identifier": and_(Person.upn.is_(None), Person.uln.is_(None), Person.upn_unknown == ""),
        "odd_upn": Person.upn_is_odd,
        "shared_upn": and_(Person.upn.is_not(None), same_upn.exists()),
        "no_postcode": Person.postcode == "",
        "born_after_request": Person.born_on > Case.received_on,
        "over_25": age_at_request() > _OLDEST,
        "no_need": Case.primary_need == "",
        "no_source": Case.request_source == "",
        "no_setting": Case.setting_id.is_(None),
        "setting_without_urn": and_(Case.setting_id.is_not(None), Setting.urn.is_(None)),
        "no_worker": and_(Case.is_open, Case.named_worker_id.is_(None)),
        "no_receipt": and_(Case.final_plan_on.is_not(None), Case.received_on.is_(None)),
        "no_clock": and_(Case.is_open, Case.clock_started_on.is_(None)),
        "exception_without_ground": ungrounded,
        "two_open_cases": and_(Case.is_open, another.exists()),
        "plan_without_placement": and_(Case.final_plan_on.is_not(None), ~placed.exists()),
        "plan_too_soon": Case.days_to_plan < _SOON,
        "open_two_years": and_(Case.is_open, Case.clock_started_on < today - _TWO_YEARS),
    }


def _looked_at(today: date) -> Condition:
    return or_(Case.is_open, Case.ended_on >= date(today.year - 1, 1, 1))


def _joined(query: Any) -> Any:
    return (
        query.select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(CaseFacts, CaseFacts.case_id == Case.id)
        .outerjoin(Setting, Setting.id == Case.setting_id)
    )


def _any(conditions: Mapping[str, Condition]) -> Condition:
    return or_(*conditions.values())


def _one_if(condition: Condition) -> Any:
    return when((condition, 1), else_=0)


@until_the_caseload_changes
def counted(*, today: date) -> Quality:
    """Return how many cases have each fault, from one reading of them."""
    conditions = _conditions(today)
    sums = [cast(func.sum(_one_if(condition)), Integer) for condition in (_any(conditions), *conditions.values())]
    query = _joined(select(Case.named_worker_id, Case.team_id, func.count(), *sums)).where(_looked_at(today))
    everything = Counted()
    workers: dict[int, Counted] = defaultdict(Counted)
    teams: dict[int, Counted] = defaultdict(Counted)
    for worker, team, of, faulty, *numbers in db.session.execute(query.group_by(Case.named_worker_id, Case.team_id)):
        found = Counted(of, faulty, Counter(dict(zip(conditions, numbers, strict=True))))
        for into in (everything, workers[worker or 0], teams[team or 0]):
            into.add(found)
    return Quality(everything, _holders(User, workers, "Nobody"), _holders(Team, teams, "No team"))


def _holders(table: Any, found: Mapping[int, Counted], nobody: str) -> tuple[Holder, ...]:
    names: dict[int, str] = dict(iter(db.session.execute(select(table.id, table.name).where(table.id.in_(found)))))
    holders = [Holder(holder, names.get(holder, nobody), counted) for holder, counted in found.items()]
    return tuple(sorted(holders, key=lambda one: (-one.counted.faulty, one.name)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which faulty cases to list: with which fault, held by whom."""

    fault: str
    worker_id: int | None = None
    """0 for those that nobody holds; None for everybody's."""
    team_id: int | None = None


def _listed(wanted: Wanted, today: date, columns: Any) -> Select[Any]:
    query = _joined(columns).where(_looked_at(today), _conditions(today)[wanted.fault])
    for column, holder in ((Case.named_worker_id, wanted.worker_id), (Case.team_id, wanted.team_id)):
        if holder is not None:
            query = query.where(column == holder if holder else column.is_(None))
    found: Select[Any] = query
    return found


def cases(wanted: Wanted, *, today: date, page: int | None = 1) -> Sequence[Faulty]:
    """Return a page of the cases that have a fault and one more, open ones first; `page` of None gives all."""
    columns = select(Case.id, Case.reference, Person.forename, Person.surname, User.name, Team.name)
    query = (
        _listed(wanted, today, columns)
        .outerjoin(User, User.id == Case.named_worker_id)
        .outerjoin(Team, Team.id == Case.team_id)
        .order_by(Case.is_open.desc(), Case.id)
    )
    if page is not None:
        query = query.limit(PAGE + 1).offset((page - 1) * PAGE)
    return [
        Faulty(case_id, reference, f"{forename} {surname}".strip(), worker or "Nobody", team or "No team")
        for case_id, reference, forename, surname, worker, team in db.session.execute(query)
    ]


def number(wanted: Wanted, *, today: date) -> int:
    """Return how many cases have a fault."""
    return db.session.scalar(_listed(wanted, today, select(func.count()))) or 0


def kept(*, since: date, fault: str = "") -> list[tuple[date, int, int]]:
    """Return the counts kept each night since a day: the night, how many were faulty, of how many."""
    query = (
        select(QualityCount.taken_on, QualityCount.faulty, QualityCount.of)
        .where(QualityCount.rule == fault, QualityCount.taken_on >= since)
        .order_by(QualityCount.taken_on)
    )
    return [(on, faulty, of) for on, faulty, of in db.session.execute(query)]
