"""The children of a simulated county, and what about each case is settled from its first day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from casetracker.statute.advice import AdviceKind, year_group
from tests.simulated.days import Days, Flags, Numbers, day_of

BY_MONTH = (0, 9, 8, 10, 6, 9, 10, 8, 3, 8, 11, 11, 7)
"""How requests fall over a year, January at 1: few in August, many in autumn."""
TEAMS = ("North", "Central", "South")
WORKERS_A_TEAM = 6
"""At most: a small county has fewer."""
SCHOOLS = 120
_NEEDS = {
    "ASD": 36,
    "SEMH": 20,
    "SLCN": 20,
    "MLD": 8,
    "SPLD": 5,
    "SLD": 3,
    "PD": 3,
    "HI": 2,
    "VI": 1,
    "PMLD": 1,
    "OTH": 1,
}
_SOURCES = {"2": 66, "1": 29, "3": 2, "4": 1, "5": 2}
_REFUSED = {"1": 0.36, "2": 0.20, "3": 0.15, "4": 0.15, "5": 0.25}
"""The share refused, by who asked: families' own requests carry less paper."""
_ETHNICITIES = {"WBRI": 66, "WOTH": 8, "APKN": 6, "AIND": 4, "BAFR": 5, "MWBC": 4, "MWAS": 3, "ABAN": 2, "NOBT": 2}
_ALWAYS = ("parental", "educational", "medical", "psychological", "social_care")
_OFTEN: Mapping[str, Mapping[str, float]] = {
    "speech_language": {"SLCN": 0.75, "ASD": 0.45, "SLD": 0.6, "PMLD": 0.7, "HI": 0.4},
    "occupational_therapy": {"PD": 0.8, "ASD": 0.3, "PMLD": 0.8, "SLD": 0.4},
    "physiotherapy": {"PD": 0.8, "PMLD": 0.7},
    "hearing": {"HI": 1.0},
    "vision": {"VI": 1.0},
}
_HARDER = {"SEMH": 0.10, "ASD": 0.05, "PMLD": 0.15, "SPLD": -0.10, "MLD": -0.05}
"""What a need adds to the logarithm of how much work there is in a case."""


@dataclass(frozen=True, slots=True)
class Folk:
    """Cases in the order of their receipt: arrays, one place a case."""

    received: Days
    born_on: tuple[date, ...]
    sex: tuple[str, ...]
    ethnicity: tuple[str, ...]
    need: tuple[str, ...]
    source: tuple[str, ...]
    team: Days
    school: Days
    worker: Days
    """The number of the caseworker who has the case first."""
    drafter: Days
    """The one who has it when the plan is drafted: most often the same."""
    handed_over: Days
    """Days from the receipt to the hand-over, where there is one."""
    refusal: Numbers
    """The chance that the assessment is refused."""
    informs: Flags
    """Whether the family is asked for more before the decision."""
    meets: Flags
    unknown_to_social_care: Flags
    needs: Mapping[AdviceKind, Flags]
    slowness: Mapping[AdviceKind, Numbers]
    """How much longer than others' this case's piece of advice takes, as a factor."""
    slowness_of_draft: Numbers

    def __len__(self) -> int:
        return len(self.received)

    def some(self, of: Days) -> "Folk":
        """Return these cases alone."""
        chosen: dict[str, Any] = {name: _some(getattr(self, name), of) for name in self.__slots__}
        return Folk(**chosen)


def _some(column: Any, of: Days) -> Any:
    if isinstance(column, Mapping):
        return {kind: own[of] for kind, own in column.items()}
    return tuple(column[place] for place in of) if isinstance(column, tuple) else column[of]


def arrivals(rng: np.random.Generator, *, cases: int, first: date, last: date, growth: float) -> Days:
    """Return the days on which requests come: by the season, nearly all on weekdays, more each year by `growth`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = np.array([BY_MONTH[day.month] * (1.0 if day.weekday() < 5 else 0.1) for day in days], dtype=float)
    weights *= growth ** (np.arange(len(days)) / 365.25)
    return np.sort(first.toordinal() + rng.choice(len(days), cases, p=weights / weights.sum())).astype(np.int64)


def folk(rng: np.random.Generator, received: Days, *, complexity: float = 0.35) -> Folk:
    """Return a child for each request; `complexity` is how far cases differ in the work there is in them."""
    n = len(received)
    need, source = _picked(rng, _NEEDS, n), _picked(rng, _SOURCES, n)
    born_on = _births(rng, received)
    school, team, worker, drafter, handed_over = _places(rng, n)
    harder = rng.normal(0.0, complexity, n) + np.array([_HARDER.get(word, 0.0) for word in need])
    needs = _needs(rng, need, born_on, received)
    return Folk(
        received=received,
        born_on=born_on,
        sex=_picked(rng, {"M": 68, "F": 31, "U": 1}, n),
        ethnicity=_picked(rng, _ETHNICITIES, n),
        need=need,
        source=source,
        team=team,
        school=school,
        worker=worker,
        drafter=drafter,
        handed_over=handed_over,
        refusal=np.array([_REFUSED[word] for word in source]),
        informs=rng.random(n) < 0.15,
        meets=rng.random(n) < 0.15,
        unknown_to_social_care=rng.random(n) < 0.55,
        needs=needs,
        slowness=_slowness(rng, needs, harder, school, team),
        slowness_of_draft=np.exp(0.6 * harder),
    )


def _picked(rng: np.random.Generator, weighted: Mapping[str, float], n: int) -> tuple[str, ...]:
    shares = np.array(list(weighted.values()), dtype=float)
    return tuple(str(word) for word in rng.choice(list(weighted), n, p=shares / shares.sum()))


def _births(rng: np.random.Generator, received: Days) -> tuple[date, ...]:
    years = np.array([2, 5, 9, 9, 9, 9, 9, 8, 8, 10, 7, 6, 5, 4, 3, 2, 1, 1], dtype=float)
    ages = 2 + rng.choice(len(years), len(received), p=years / years.sum())
    return tuple(
        day_of(day - 365 * age - extra)
        for day, age, extra in zip(received, ages, rng.integers(0, 365, len(received)), strict=True)
    )


def _places(rng: np.random.Generator, n: int) -> tuple[Days, Days, Days, Days, Days]:
    """Return each case's school, team, first caseworker, drafting caseworker and days until the hand-over."""
    school = rng.integers(0, SCHOOLS, n)
    team = school % len(TEAMS)
    loads = np.array([0.20, 0.18, 0.18, 0.17, 0.15, 0.12])[: min(max(2, n // 500), WORKERS_A_TEAM)]
    first, other = (team * WORKERS_A_TEAM + rng.choice(len(loads), n, p=loads / loads.sum()) for _ in range(2))
    drafter = np.where(rng.random(n) < 0.12, other, first)
    return school, team, first, drafter, rng.integers(45, 80, n)


def _needs(
    rng: np.random.Generator, need: tuple[str, ...], born_on: tuple[date, ...], received: Days
) -> dict[AdviceKind, Flags]:
    """Return which kinds of advice each case takes (reg 6(1)), by the child's need and age."""
    n = len(need)
    years = np.array(
        [year_group(born_on=born, on=day_of(day + 42)) for born, day in zip(born_on, received, strict=True)]
    )
    needs = {AdviceKind(kind): np.ones(n, dtype=bool) for kind in _ALWAYS}
    for kind, shares in _OFTEN.items():
        needs[AdviceKind(kind)] = rng.random(n) < np.array([shares.get(word, 0.06) for word in need])
    for sense, word in ((AdviceKind.HEARING, "HI"), (AdviceKind.VISION, "VI")):
        needs[sense] = np.array([own == word for own in need])
    needs[AdviceKind.PREPARING_FOR_ADULTHOOD] = years >= 9
    needs[AdviceKind.EARLY_YEARS] = (years < 0) & (rng.random(n) < 0.6)
    return needs


def _slowness(
    rng: np.random.Generator, needs: Mapping[AdviceKind, Flags], harder: Numbers, school: Days, team: Days
) -> dict[AdviceKind, Numbers]:
    """Return each piece's slowness: the case's own, its school's for what the school writes, its area's for health."""
    of_school = rng.normal(0.0, 0.30, SCHOOLS)[school]
    of_area = np.array([-0.10, 0.0, 0.12])[team]
    own: dict[AdviceKind, Numbers] = {kind: np.zeros(len(harder)) for kind in needs}
    own[AdviceKind.EDUCATIONAL] = of_school
    own[AdviceKind.PSYCHOLOGICAL] = harder
    for kind in ("medical", "speech_language", "occupational_therapy", "physiotherapy"):
        own[AdviceKind(kind)] = 0.5 * harder + of_area
    own[AdviceKind.SOCIAL_CARE] = 0.4 * harder
    return {kind: np.exp(logarithm) for kind, logarithm in own.items()}
