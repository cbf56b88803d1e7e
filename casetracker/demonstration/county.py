"""The county's requests over three years: how many, when, about whom, and the messiness of real records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from casetracker.demonstration.afterwards import afterwards
from casetracker.demonstration.lives import Life, Step, live
from casetracker.demonstration.names import ETHNICITIES, FORENAMES, NEEDS, PHASES, PLACES, SOURCES, STREETS, SURNAMES
from casetracker.identifiers import upn_check_letter
from casetracker.services.people import PersonDetails
from casetracker.statute.happenings import Happening as H

SEED = 20_140_901
CASES = 4_000
YEARS = 3
_BY_MONTH = (0, 9, 8, 10, 6, 9, 10, 8, 3, 8, 11, 11, 7)
"""How requests fall over a year, January at 1: few in August, many in autumn."""
_GROWTH = 1.13
"""How many times as many each year as the year before."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A made-up case: whose it is, who holds it, and its steps with the instant each was keyed in."""

    reference: str
    child: PersonDetails
    earlier: int | None
    """The place of an earlier case of the same child."""
    school: int
    need: str
    source: str
    team: int
    worker: int
    steps: list[tuple[Step, datetime]]


def schools() -> list[tuple[str, str]]:
    """Return the county's settings: URN and name."""
    rng = Random(SEED)
    return [
        (f"{900_001 + n}", f"{place} {phase}")
        for n, (place, phase) in enumerate((place, rng.choice(PHASES)) for place in PLACES for _ in range(3))
    ]


def county(*, today: date, now: datetime, cases: int = CASES, seed: int = SEED) -> Iterator[Plot]:
    """Yield the county's cases as they are known now, in the order in which they were received."""
    rng = Random(seed)
    known_schools = schools()
    children: list[PersonDetails] = []
    received: dict[int, date] = {}
    for number, received_on in enumerate(_arrivals(rng, today=today, cases=cases)):
        earlier = _same_child_again(rng, children, received, received_on)
        child = children[earlier] if earlier is not None else _child(rng, received_on, number)
        children.append(child)
        received[number] = received_on
        school = rng.randrange(len(known_schools))
        source = _pick(rng, SOURCES)
        life = Life(rng, received_on, today, child.born_on, source, known_schools[school][1])
        steps = list(_keyed(rng, live(life), now))
        own = Random(f"{seed}, after the plan of case {number}")  # so that all the rest is as it is without
        known = [step for step, _ in steps]
        steps += _keyed(own, afterwards(known, today=today, rng=own), now)
        team = school % 3
        yield Plot(
            reference=f"TH{received_on:%y}-{number + 1:05d}",
            child=child,
            earlier=earlier,
            school=school,
            need=_pick(rng, NEEDS) if rng.random() < 0.96 else "",
            source=source if rng.random() < 0.99 else "",
            team=team,
            worker=rng.choices(range(6), (20, 18, 18, 17, 15, 12))[0],
            steps=sorted(steps, key=lambda keyed: keyed[0][1]),
        )


def _arrivals(rng: Random, *, today: date, cases: int) -> list[date]:
    first = today - timedelta(days=round(365.25 * YEARS))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    weights = [
        _BY_MONTH[day.month] * _GROWTH ** ((day - first).days / 365.25) * (1.0 if day.weekday() < 5 else 0.12)
        for day in days
    ]
    return sorted(rng.choices(days, weights, k=cases))


def _same_child_again(rng: Random, children: list[PersonDetails], received: dict[int, date], on: date) -> int | None:
    """Pick, now and then, a child whose earlier request was more than seven months ago."""
    if not children or rng.random() > 0.04:
        return None
    earlier = rng.randrange(len(children))
    return earlier if on - received[earlier] > timedelta(days=300) else None


def _child(rng: Random, received_on: date, number: int) -> PersonDetails:
    sex = rng.choices(("M", "F", "U"), (69, 30, 1))[0]
    years = rng.choices(range(2, 20), (2, 5, 9, 9, 9, 9, 9, 8, 8, 10, 7, 6, 5, 4, 3, 2, 1, 1))[0]
    born_on = received_on - timedelta(days=365 * years + rng.randrange(365))
    forename = rng.choice(FORENAMES[sex if sex != "U" else rng.choice("MF")])
    upn = _upn(rng, born_on, number) if rng.random() < 0.93 else None
    return PersonDetails(
        forename=forename if rng.random() > 0.01 else forename.upper(),
        surname=rng.choice(SURNAMES),
        born_on=born_on,
        sex=sex,
        ethnicity=_pick(rng, ETHNICITIES) if rng.random() < 0.97 else "",
        postcode=f"{rng.choice(STREETS)} {rng.randint(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWXYZ')}",
        upn=upn,
        nhs_number=_nhs_number(rng) if rng.random() < 0.35 else None,
    )


def _upn(rng: Random, born_on: date, number: int) -> str:
    body = f"999{rng.randint(1000, 9999)}{(born_on.year + 4) % 100:02d}{number % 1000:03d}"
    return (upn_check_letter(body) if rng.random() > 0.02 else "A") + body


def _nhs_number(rng: Random) -> str:
    """Return a number from the range kept for tests (999), with its check digit."""
    while True:
        digits = f"999{rng.randrange(1_000_000):06d}"
        check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
        if check != 10:
            return digits + str(check % 11)


def _keyed(rng: Random, steps: Sequence[Step], now: datetime) -> Iterator[tuple[Step, datetime]]:
    """Yield the steps that were keyed in by now, each with when."""
    for step in steps:
        keyed_at = _keyed_at(rng, step, now)
        if keyed_at is not None:
            yield step, keyed_at


def _keyed_at(rng: Random, step: Step, now: datetime) -> datetime | None:
    """Return when a step was keyed in, the same day as a rule and now and then days later; None for what is to come."""
    happening, occurred_on, _ = step
    opening = happening is H.REQUEST_RECEIVED
    late = rng.random() < 0.08 and not opening
    keyed_on = occurred_on + timedelta(days=rng.randint(1, 12) if late else 0)
    keyed_at = datetime.combine(keyed_on, time(rng.randint(8, 17), rng.randrange(60)), UTC)
    if opening:
        return min(keyed_at, now)
    return keyed_at if keyed_at <= now else None


def _pick(rng: Random, weighted: Any) -> str:
    values, weights = zip(*weighted, strict=True)
    choice: str = rng.choices(values, weights)[0]
    return choice
