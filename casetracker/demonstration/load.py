"""Loading the demonstration county: its people, teams, cases and sign-ins."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, insert, select

from casetracker.demonstration import board
from casetracker.demonstration.county import CASES, SEED, Plot, county, schools
from casetracker.demonstration.givers import equip
from casetracker.demonstration.lives import next_panel
from casetracker.demonstration.names import MANAGERS, TEAMS, WORKERS
from casetracker.extensions import db
from casetracker.identifiers import name_key
from casetracker.models import Case, Panel, Setting, Team, User
from casetracker.roles import Role
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Need, Placed
from casetracker.services import accounts, histories, panels, people, tallies
from casetracker.services.histories import NewCase, NewEntry
from casetracker.services.returns import keeping
from casetracker.statute.happenings import Happening
from casetracker.statute.history import replay
from casetracker.statute.standing import CaseStanding

PASSWORD = "try-casetracker"  # noqa: S105  (shown on the screen: these accounts are for trying it out)
DOMAIN = "thameshire.example"
COUNCIL = "Thameshire County Council"
SIGN_INS = (
    ("caseworker", "Wilma Adeyinka", Role.CASEWORKER),
    ("manager", "Morag Sinclair", Role.MANAGER),
    ("data", "Desmond Okoro", Role.DATA_OFFICER),
    ("admin", "Agnes Fairweather", Role.ADMINISTRATOR),
)
"""The demonstration sign-ins: the first part of the address, the name, the role."""
_BATCH = 500
_ENTERED_AHEAD = timedelta(weeks=12)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds the cases: worker ids by team and place, with their names."""

    teams: list[int]
    workers: list[list[tuple[int, str]]]


def is_empty() -> bool:
    """Return whether there is no case yet."""
    return db.session.scalar(select(func.count()).select_from(select(Case.id).limit(1).subquery())) == 0


def load(*, today: date, now: datetime, cases: int = CASES, seed: int = SEED) -> int:
    """Store the demonstration county and return how many cases it has. The database must have none."""
    staff = _staff()
    settings = _settings()
    people: list[int] = []
    stored = 0
    for plots in _batches(county(today=today, now=now, cases=cases, seed=seed), _BATCH):
        people += _people(plots, people, now)
        first = stored
        new = [_new_case(plot, people[first + n], staff, settings, today) for n, plot in enumerate(plots)]
        ids = histories.store_new(new)
        keeping.keep(dict(_placed(ids, new, plots, today)), at=now)
        stored += len(new)
    equip(settings, today=today, at=now)
    tallies.mend()  # who gives the advice was said of all pieces at once
    tallies.fold()
    manager = db.session.scalars(select(User).where(User.role == Role.MANAGER).order_by(User.id)).first()
    if manager is not None:
        board.agree(today=today, at=now, by=manager)
        accounts.name_head(user=manager, heads=True)
        _panels(manager, today, now)
    return stored


def _panels(manager: User, today: date, now: datetime) -> None:
    """Enter the panels of the weeks ahead, and those of the year that is over, each as entered so long before it."""
    first = next_panel(today)
    panels.enter(first=first, weeks_apart=1, until=first + _ENTERED_AHEAD, by=manager, today=today, at=now)
    past = {next_panel(today - timedelta(weeks=week)) for week in range(1, 53)} - {first}
    entered = {day: now - (today - day) - _ENTERED_AHEAD for day in past}
    db.session.add_all(Panel(held_on=day, made_at=at, made_by_id=manager.id) for day, at in entered.items())


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _staff() -> Staff:
    teams = [Team(name=name) for name in TEAMS]
    db.session.add_all(teams)
    db.session.flush()  # their ids go on the people in them
    named = {name: f"{part}@{DOMAIN}" for part, name, _ in SIGN_INS}
    workers = [
        [(_user(name, Role.CASEWORKER, team.id, named).id, name) for name in names]
        for team, names in zip(teams, WORKERS, strict=True)
    ]
    for team, name in zip(teams, MANAGERS, strict=True):
        _user(name, Role.MANAGER, team.id, named)
    for _, name, role in SIGN_INS[2:]:
        _user(name, role, None, named)
    return Staff([team.id for team in teams], workers)


def _user(name: str, role: Role, team_id: int | None, named: dict[str, str]) -> User:
    """Add somebody. Only the four demonstration sign-ins have a password."""
    email = named.get(name) or f"{name_key(name).replace(' ', '.')}@{DOMAIN}"
    password = PASSWORD if name in named else None
    return accounts.create_user(
        email=email, name=name, role=role, password=password, team_id=team_id, demonstration=True
    )


def _settings() -> list[int]:
    rows = [{"urn": urn, "name": name} for urn, name in schools()]
    return list(db.session.scalars(insert(Setting).returning(Setting.id, sort_by_parameter_order=True), rows))


def _people(plots: list[Plot], earlier: list[int], now: datetime) -> list[int]:
    """Return the id of each plot's child, storing those who have no earlier case."""
    new = [plot.child for plot in plots if plot.earlier is None]
    ids = iter(people.add_all(new, at=now))
    known = list(earlier)
    for plot in plots:
        known.append(next(ids) if plot.earlier is None else known[plot.earlier])
    return known[len(earlier) :]


def _new_case(plot: Plot, person_id: int, staff: Staff, settings: list[int], today: date) -> NewCase:
    worker_id, worker = staff.workers[plot.team][plot.worker]
    entries = [
        NewEntry(happening, on, keyed_at, detail, by_id=worker_id) for (happening, on, detail), keyed_at in plot.steps
    ]
    received = entries[0]
    entries.insert(
        1,
        NewEntry(
            Happening.WORKER_ASSIGNED, received.occurred_on, received.recorded_at, {"worker": worker}, by_id=worker_id
        ),
    )
    entries, standing = _lawful(entries, today)
    return NewCase(
        columns={
            "reference": plot.reference,
            "person_id": person_id,
            "setting_id": settings[plot.school],
            "primary_need": plot.need,
            "request_source": plot.source,
            "team_id": staff.teams[plot.team],
            "named_worker_id": worker_id,
            "import_batch_id": None,
        },
        entries=entries,
        standing=standing,
    )


def _placed(
    ids: Sequence[int], new: Sequence[NewCase], plots: Sequence[Plot], today: date
) -> Iterator[tuple[int, Kept]]:
    """Yield where each child with a plan is placed, for the SEN2 return: at the school they were at, but for a few."""
    urns = [urn for urn, _ in schools()]
    for case_id, case, plot in zip(ids, new, plots, strict=True):
        plan_on = case.standing.final_plan_on
        if plan_on is None or case_id % 40 == 0:
            continue
        at: dict[str, Any] = {"rank": "1", "urn": urns[plot.school], "in_sen_unit": False}
        at["in_resourced_provision"] = case_id % 11 == 0
        placements = (Placed(NAMED, **at), Placed(ATTENDED, entered_on=plan_on, **at))
        needs = (Need(plot.need, "1"),) if plot.need else ()
        yield (
            case_id,
            Kept(personal_budget=case_id % 25 == 0, is_active=True, as_at=today, placements=placements, needs=needs),
        )


def _lawful(entries: list[NewEntry], today: date) -> tuple[list[NewEntry], CaseStanding]:
    """Leave out what could not have happened, such as a chase after the child had moved away."""
    while True:
        standing = replay(histories.as_history(entries), on=today)
        if not standing.objections:
            return entries, standing
        wrong = {objection.seq for objection in standing.objections}
        entries = [entry for seq, entry in enumerate(entries, start=1) if seq not in wrong]
