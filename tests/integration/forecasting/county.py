"""Counties in the database: simulated ones, and cases of the kinds that those do not have."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Case, Closure, Panel, Service, ServiceType, Setting, Team, User
from casetracker.roles import Role
from casetracker.services import accounts, forecasts, histories
from casetracker.services.histories import NewCase, NewEntry
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from tests import factories, worlds
from tests.simulated import County, simulate
from tests.simulated.folk import TEAMS
from tests.simulated.telling import email

ON = date(2026, 6, 1)
"""The day it is in these tests."""
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@lru_cache(maxsize=8)
def simulated(style: str, *, cases: int, seed: int = 7, as_at: date = ON) -> County:
    """Return a simulated county, the same one for the same arguments."""
    return simulate(style, seed=seed, cases=cases, as_at=as_at)


def as_new(entry: Entry) -> NewEntry:
    """Return an entry of a pure history as one to be stored, recorded at noon."""
    on = entry.recorded_on
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return NewEntry(entry.happening, entry.occurred_on, noon, entry.detail, entry.corrects)


def begin(style: str, *, cases: int) -> None:
    """Begin in a simulated county, in an empty database."""
    worlds.begin(_stored, style=style, cases=cases)


def begin_fitted(style: str, *, cases: int) -> None:
    """Begin in a simulated county that a forecast has been fitted to."""
    worlds.begin(_fitted, style=style, cases=cases)


def _stored(style: str, cases: int) -> None:
    store(simulated(style, cases=cases))


def _fitted(style: str, cases: int) -> None:
    _stored(style, cases)
    forecasts.fit(on=ON, at=AT)


def store(county: County, *, only: Sequence[int] | None = None) -> int:
    """Store a county's cases whole (`only` some, by their places), and return how many there are."""
    teams, workers = _teams(), {}
    new: list[NewCase] = []
    for one in county.cases:
        if not one.steps or (only is not None and one.place not in only):
            continue
        folk, place = county.folk, one.place
        entries = one.entries
        standing = replay(entries, on=county.as_at)
        assert not standing.objections
        address = standing.worker or email(int(folk.worker[place]))
        if address not in workers:
            workers[address] = _worker(address, teams[TEAMS[int(folk.team[place])]])
        child = factories.person(born_on=folk.born_on[place], sex=folk.sex[place], ethnicity=folk.ethnicity[place])
        columns = {
            "reference": one.reference,
            "person_id": child.id,
            "primary_need": folk.need[place],
            "request_source": folk.source[place],
            "named_worker_id": workers[address],
            "team_id": teams[TEAMS[int(folk.team[place])]],
        }
        new.append(NewCase(columns, [as_new(entry) for entry in entries], standing))
    for start in range(0, len(new), 200):
        histories.store_new(new[start : start + 200])
    db.session.commit()
    return len(new)


def _teams() -> dict[str, int]:
    found: dict[str, int] = dict(iter(db.session.execute(select(Team.name, Team.id))))
    for name in TEAMS:
        if name not in found:
            team = Team(name=name)
            db.session.add(team)
            db.session.flush()
            found[name] = team.id
    return found


def _worker(address: str, team_id: int) -> int:
    found = db.session.scalar(select(User.id).where(User.email == address))
    if found is not None:
        return found
    made = accounts.create_user(email=address, name=address.split("@")[0], role=Role.CASEWORKER, password=None)
    made.team_id = team_id
    db.session.flush()
    return made.id


def odd_cases(worker: User) -> list[Case]:
    """Make open cases of the kinds that are folded from their histories, and of those with something unusual."""
    d = ON - timedelta(days=150)

    def day(days: int) -> date:
        return d + timedelta(days=days)

    advice = {"advice_kind": "medical", "advice_ref": "m", "advice_giver": "Community Health"}
    ways: list[list[factories.Step]] = [
        # re-opened: refused, appealed, ordered to assess
        [(H.ASSESSMENT_REFUSED, day(30)), (H.APPEAL_REGISTERED, day(40)),
         (H.APPEAL_DECIDED, day(100), {"reason": "44(2)(b)"})],
        # the same, assessing
        [(H.ASSESSMENT_REFUSED, day(30)), (H.APPEAL_REGISTERED, day(40)),
         (H.APPEAL_DECIDED, day(90), {"reason": "44(2)(b)"}), (H.ASSESSMENT_AGREED, day(100)),
         (H.ADVICE_ASKED, day(101), advice)],
        # advice sent back; advice taken back by its giver; advice not known
        [(H.ASSESSMENT_AGREED, day(30)), (H.ADVICE_ASKED, day(31), advice), (H.ADVICE_RECEIVED, day(60), advice),
         (H.ADVICE_RETURNED, day(65), advice)],
        [(H.ASSESSMENT_AGREED, day(30)), (H.ADVICE_ASKED, day(31), advice), (H.ADVICE_RECEIVED, day(60), advice),
         (H.ADVICE_TAKEN_BACK, day(66), advice)],
        [(H.ASSESSMENT_AGREED, day(30)), (H.ADVICE_ASKED, day(31), advice),
         (H.ADVICE_NOT_KNOWN_TO_SERVICE, day(50), advice)],
        # an exception to the final plan's limit; information awaited from the family
        [(H.ASSESSMENT_AGREED, day(30)), (H.ADVICE_ASKED, day(31), advice),
         (H.EXCEPTION_RECORDED, day(40), {"paragraph": "13(3)", "until": day(60).isoformat()})],
        [(H.FURTHER_INFORMATION_ASKED, day(10))],
        # a draft sent twice; a plan agreed
        [(H.ASSESSMENT_AGREED, day(30)), (H.PLAN_AGREED, day(90)), (H.DRAFT_PLAN_SENT, day(100)),
         (H.DRAFT_PLAN_SENT, day(120))],
        [(H.ASSESSMENT_AGREED, day(30)), (H.PLAN_AGREED, day(90))],
    ]  # fmt: skip
    return [
        factories.case(received_on=d, steps=steps, worker=worker, reference=f"ODD-{number}")
        for number, steps in enumerate(ways)
    ]


def enter_panels_and_closures(by: User) -> None:
    """Enter four panels, one over and one called off since, and the closures of all schools and of one of its own."""
    school = Setting(name="Oak  Primary", name_key="oak primary")
    db.session.add_all([school, Service(name="School 4", type=ServiceType.SETTING, setting=school)])
    db.session.flush()
    for days in (-10, 4, 11, 18):
        panel = Panel(held_on=ON + timedelta(days=days), made_at=AT - timedelta(days=20), made_by_id=by.id)
        if days == 11:
            panel.called_off_at, panel.called_off_by_id = AT - timedelta(days=5), by.id
        db.session.add(panel)
    for setting_id, first, last in ((None, 20, 30), (school.id, -30, -20), (school.id, 30, 38)):
        starts_on, ends_on = (ON + timedelta(days=days) for days in (first, last))
        db.session.add(Closure(setting_id=setting_id, name="Holiday", starts_on=starts_on, ends_on=ends_on))
    db.session.flush()
