"""
One service slows on a known day, when nearly half its people leave, and recovers in steps as others are found.

Everything else works as in `independent`, a little faster: so what the authority as a whole does in time falls with the
psychologists' reports and comes back with them.
"""

from datetime import date

import numpy as np

from tests.simulated.chance import Work
from tests.simulated.days import FIRST, Numbers, Pace, day_of
from tests.simulated.folk import Folk
from tests.simulated.lives import STEPS, Ways
from tests.simulated.styles import independent

_SPELLS = ((570, 0.55), (780, 0.75), (870, 1.0))
"""Days from the first request, and the pace of the psychologists from then on."""


def slowed_on(folk: Folk) -> date:
    """Return the day on which nearly half the psychologists left."""
    return day_of(folk.received[0] + _SPELLS[0][0])


def recovered_on(folk: Folk) -> date:
    """Return the day from which they work at their usual pace again."""
    return day_of(folk.received[0] + _SPELLS[-1][0])


def ways(rng: np.random.Generator, folk: Folk) -> Ways:
    """Return how this authority works."""
    usual = independent.ways(rng, folk)
    psychologists = (independent.office_days() + independent.school_days()) / 2 * _spell(folk)
    paces = independent.paces(usual.school, Pace(psychologists), usual.office)
    return Ways(
        office=usual.office,
        school=usual.school,
        family=usual.family,
        advice=usual.advice,
        paces={**usual.paces, **paces},
        worker_slowness=usual.worker_slowness,
        steps={**STEPS, "prepare": Work(15, 0.3), "draft": Work(4, 0.6)},
    )


def _spell(folk: Folk) -> Numbers:
    factors = np.ones(len(independent.office_days()))
    for days, pace in _SPELLS:
        factors[folk.received[0] + days - FIRST :] = pace
    return factors
