"""Draws by the array: how long work takes, given that it is not done yet."""

import math
from dataclasses import dataclass

import numpy as np

from tests.simulated.days import Numbers

_DEVIATES = np.linspace(-9.0, 9.0, 18_001)
_BEYOND = np.array([0.5 * math.erfc(z / math.sqrt(2)) for z in _DEVIATES])
"""The share of a standard normal variable beyond each deviate."""


@dataclass(frozen=True, slots=True)
class Work:
    """A lognormal amount of work: half of it below `median` working days; `spread` is its logarithm's deviation."""

    median: float
    spread: float

    def draw(self, rng: np.random.Generator, *, slowness: Numbers, done: Numbers) -> Numbers:
        """Draw amounts that are known to be more than what has been `done`; `slowness` multiplies the median."""
        with np.errstate(divide="ignore"):
            deviates = np.log(done / (self.median * slowness)) / self.spread
        # By the share beyond, not the share below: that keeps its precision where the wait has been very long.
        left = np.interp(deviates, _DEVIATES, _BEYOND)
        drawn = np.interp(rng.random(done.shape) * left, _BEYOND[::-1], _DEVIATES[::-1])
        amounts: Numbers = np.maximum(self.median * slowness * np.exp(self.spread * drawn), done * (1 + 1e-12))
        return amounts
