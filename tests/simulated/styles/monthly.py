"""The panels sit on every fourth Thursday; all else is as in `independent`, only quicker, for that takes its time."""

from dataclasses import replace

import numpy as np

from tests.simulated.chance import Work
from tests.simulated.days import Days, thursdays
from tests.simulated.desks import Desks, Panel
from tests.simulated.folk import Folk
from tests.simulated.lives import STEPS, Ways
from tests.simulated.styles import independent

ONE_IN = 4


def panels() -> Days:
    """Return the days of both panels."""
    return thursdays()[::ONE_IN]


def ways(rng: np.random.Generator, folk: Folk) -> Ways:
    """Return how this authority works."""
    panel, plan_panel = (Desks([Panel(one_in=ONE_IN)]) for _ in range(2))
    usual = independent.ways(rng, folk)
    advice = {kind: Work(work.median * 0.7, work.spread) for kind, work in usual.advice.items()}
    steps = {**STEPS, "prepare": Work(8, 0.3), "draft": Work(3, 0.6)}
    return replace(usual, advice=advice, steps=steps, panel=panel, plan_panel=plan_panel)
