"""The panels sit on every fourth Thursday; all else is as in `independent`."""

from dataclasses import replace

import numpy as np

from tests.simulated.days import Days, thursdays
from tests.simulated.desks import Desks, Panel
from tests.simulated.folk import Folk
from tests.simulated.lives import Ways
from tests.simulated.styles import independent

ONE_IN = 4


def panels() -> Days:
    """Return the days of both panels."""
    return thursdays()[::ONE_IN]


def ways(rng: np.random.Generator, folk: Folk) -> Ways:
    """Return how this authority works."""
    panel, plan_panel = (Desks([Panel(one_in=ONE_IN)]) for _ in range(2))
    return replace(independent.ways(rng, folk), panel=panel, plan_panel=plan_panel)
