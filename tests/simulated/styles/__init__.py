"""The ways in which a simulated authority may work, each a module of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tests.simulated.folk import Folk
from tests.simulated.keying import USUAL, Keying
from tests.simulated.lives import Ways
from tests.simulated.styles import drift, independent, monthly, queues, sparse


@dataclass(frozen=True, slots=True)
class Style:
    """A way of working, and how faithfully it is written down."""

    ways: Callable[[np.random.Generator, Folk], Ways]
    keying: Keying = USUAL
    growth: float = 1.10
    """How many times as many requests each year as the year before."""
    complexity: float = 0.35


STYLES: Mapping[str, Style] = {
    "independent": Style(independent.ways),
    "queues": Style(queues.ways, growth=1.12),
    "drift": Style(drift.ways, growth=1.06),
    "monthly": Style(monthly.ways),
    "sparse": Style(independent.ways, keying=sparse.KEYING),
}
