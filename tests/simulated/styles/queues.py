"""
Too few people: psychologists, health and caseworkers begin so many cases a week, and the rest wait their turn.

Capacity is set a little above the demand of the first year and hardly grows, while requests do; agency psychologists
come for a time in the third year. Caseworkers draft in the order in which plans are decided, each at their own desk.
"""

import numpy as np

from casetracker.statute.advice import AdviceKind
from tests.simulated.chance import Work
from tests.simulated.days import FIRST, Days, Numbers
from tests.simulated.desks import Desk, Desks, places
from tests.simulated.folk import TEAMS, WORKERS_A_TEAM, Folk
from tests.simulated.lives import STEPS, Ways
from tests.simulated.styles import independent

HANDLING = {
    AdviceKind.PSYCHOLOGICAL: Work(11, 0.4),
    AdviceKind.MEDICAL: Work(11, 0.4),
    AdviceKind.SPEECH_LANGUAGE: Work(11, 0.4),
    AdviceKind.OCCUPATIONAL_THERAPY: Work(11, 0.4),
}
"""Working days from the turn to the report, once somebody takes it up."""
_ROOM = {
    AdviceKind.PSYCHOLOGICAL: 1.18,
    AdviceKind.MEDICAL: 1.20,
    AdviceKind.SPEECH_LANGUAGE: 1.20,
    AdviceKind.OCCUPATIONAL_THERAPY: 1.30,
}
"""How many cases a week each service can begin, as a multiple of what was asked of it in the first year."""
_YEAR = 365
_HIRED = 0.12
"""How much capacity grows in a year, as a share of the first year's."""


def ways(rng: np.random.Generator, folk: Folk) -> Ways:
    """Return how this authority works."""
    usual = independent.ways(rng, folk)
    agreed = 1.0 - folk.refusal
    return Ways(
        office=usual.office,
        school=usual.school,
        family=usual.family,
        advice={**independent.ADVICE, **HANDLING},
        paces=usual.paces,
        worker_slowness=usual.worker_slowness,
        desks={kind: Desks([Desk(_service(rng, folk, agreed * folk.needs[kind], kind))]) for kind in HANDLING},
        drafting=_caseworkers(rng, folk, agreed),
        steps={**STEPS, "draft": Work(3, 0.6)},
    )


def _a_week(folk: Folk, share: Numbers) -> float:
    """Return how many cases a week come in the first year, each counted by its share."""
    first_year = folk.received < folk.received[0] + _YEAR
    return float(share[first_year].sum() * 7 / _YEAR)


def _growing(folk: Folk, a_week: float, hired: float) -> Numbers:
    """Return cases a week for each day from `FIRST` to the last there is: `a_week` at first, then more."""
    years = (np.arange(FIRST, FIRST + len(independent.office_days())) - folk.received[0]) / _YEAR
    return np.asarray(a_week * (1.0 + hired * np.clip(years - 0.5, 0.0, 3.5)))


def _service(rng: np.random.Generator, folk: Folk, share: Numbers, kind: AdviceKind) -> Days:
    capacity = _growing(folk, _ROOM[kind] * _a_week(folk, share), _HIRED)
    if kind is AdviceKind.PSYCHOLOGICAL:
        agency = folk.received[0] + np.array([900, 1090]) - FIRST
        capacity[agency[0] : agency[1]] *= 1.30
    return places(capacity * _weeks_off(rng, len(capacity)), independent.office_days())


def _weeks_off(rng: np.random.Generator, days: int) -> Numbers:
    """Return a factor for each day: in any week some are ill or away, and a spell of it lasts some weeks."""
    weeks = days // 7 + 1
    ill = rng.normal(0.0, 0.12, weeks)
    spell = np.convolve(ill, np.ones(4) / 2.0, mode="same")
    return np.repeat(np.clip(1.0 + spell, 0.5, 1.3), 7)[:days]


def _caseworkers(rng: np.random.Generator, folk: Folk, agreed: Numbers) -> Desks:
    rooms = rng.uniform(1.35, 1.7, len(TEAMS) * WORKERS_A_TEAM)
    each = []
    for number, room in enumerate(rooms):
        a_week = room * _a_week(folk, agreed * (folk.drafter == number))
        capacity = _growing(folk, a_week, _HIRED) * _weeks_off(rng, len(independent.office_days()))
        each.append(Desk(places(capacity, independent.office_days())))
    return Desks(each)
