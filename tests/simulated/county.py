"""A county: its cases as they went, and as they were known on its last day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import numpy as np

from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from tests.simulated.days import Days, Flags
from tests.simulated.folk import Folk, arrivals, folk
from tests.simulated.keying import keyed
from tests.simulated.lives import Telling, Ways, tell
from tests.simulated.steps import Step, as_entries
from tests.simulated.styles import STYLES
from tests.simulated.telling import steps_of

AS_AT = date(2026, 11, 20)
"""The last day of which anything is known, unless another is given."""
EARLIEST, LATEST = date(2024, 12, 1), date(2030, 12, 31)
"""Between which the last day has to be for all the county's days to have numbers."""
YEARS = 3.6
"""How many years of requests there are."""
LIMIT = 140
"""Days from the receipt of the request within which the final plan is sent: 20 weeks (reg 13(2))."""


@dataclass(frozen=True, slots=True)
class SimulatedCase:
    """One case as the county's records have it on its last day."""

    place: int
    """Its number in the county's arrays, from 0 in the order of receipt."""
    reference: str
    steps: list[Step]
    """None where the request itself had not been written down by then: such a case is in no file."""

    @property
    def entries(self) -> list[Entry]:
        """Its history, as loading the files would make it."""
        return as_entries(self.steps)


@dataclass(frozen=True, slots=True)
class County:
    """A simulated county. The arrays tell how every case went to its end, which its records do not know yet."""

    style: str
    seed: int
    as_at: date
    ways: Ways
    folk: Folk
    marks: Mapping[str, Days]
    """The day of each hidden and open step, a place a case; `days.NEVER` where there was none."""
    ended: Days
    """The day on which each case ended, in whatever way."""
    cases: list[SimulatedCase]

    @property
    def breached(self) -> Flags:
        """Whether each case was still open once its 140 days were over; exceptions excuse this but do not change it."""
        return np.asarray(self.ended > self.folk.received + LIMIT)

    @property
    def excused(self) -> Flags:
        """Whether an exception to the 20 weeks is on record."""
        return np.array([any(s.happening is H.EXCEPTION_RECORDED for s in case.steps) for case in self.cases])

    @property
    def planned(self) -> Flags:
        """Whether a final plan was issued by the county's last day."""
        return np.array([any(s.happening is H.FINAL_PLAN_ISSUED for s in case.steps) for case in self.cases])

    @property
    def settled(self) -> Flags:
        """Whether the county's last day was late enough to know if the case had breached."""
        return np.asarray(self.folk.received + LIMIT < self.as_at.toordinal())


def simulate(style: str, *, seed: int, cases: int, as_at: date = AS_AT) -> County:
    """
    Return a county that works in a style (`styles.STYLES`): the same for the same arguments.

    :raises KeyError: if there is no such style
    :raises ValueError: if the last day is before `EARLIEST` or after `LATEST`
    """
    if not EARLIEST <= as_at <= LATEST:
        raise ValueError(f"the last day must be from {EARLIEST} to {LATEST}")
    chosen = STYLES[style]
    rng = np.random.default_rng(seed)
    first = as_at - timedelta(days=round(365.25 * YEARS))
    received = arrivals(rng, cases=cases, first=first, last=as_at - timedelta(days=1), growth=chosen.growth)
    children = folk(rng, received, complexity=chosen.complexity)
    ways = chosen.ways(rng, children)
    telling = Telling(ways, children, rng)
    ended = tell(telling)[0]
    known = []
    for place in range(cases):
        own = Random(f"{style} {seed} {place}")
        steps = steps_of(place, children, telling.marks, int(ended[place]), own)
        written = [step for step in keyed(own, chosen.keying, steps) if step.recorded_at.date() <= as_at]
        known.append(SimulatedCase(place, f"{style[:1].upper()}{seed}-{place + 1:05d}", written))
    return County(style, seed, as_at, ways, children, telling.marks, ended, known)
