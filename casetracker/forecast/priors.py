"""
What the forecast starts from before an authority has a past of its own: shipped, and said to be so.

Medians and spreads of each step in days, as log-normal durations. They are judgements that fit the published picture
(England, calendar years 2023 to 2025: about half of plans within 20 weeks, nearly all decisions within 6 weeks, a few
per cent over a year; DfE, Education, health and care plans) and no measurement of any authority. `WEIGHT` cases' worth
of them is mixed into every table, so that an authority's own cases soon outweigh them.
"""

import math
from functools import lru_cache

import numpy as np

from casetracker.forecast.grid import CELLS, STEP, Floats

ENOUGH_CLOSED_CASES = 200
"""With fewer closed cases than this the forecast says that it rests on its priors."""
WEIGHT = 4.0
"""How many cases of its own a table needs before they count for as much as what it leans on."""

MEDIAN_AND_SPREAD = {
    "decide": (38.0, 0.25),
    "gather": (55.0, 0.45),
    "plan": (14.0, 0.8),
    "draft": (9.0, 0.8),
    "finish": (28.0, 0.5),
    "advice": (38.0, 0.5),
    "advice:parental": (16.0, 0.6),
    "advice:educational": (30.0, 0.5),
    "advice:medical": (40.0, 0.5),
    "advice:psychological": (48.0, 0.55),
    "advice:social_care": (28.0, 0.6),
    "again": (12.0, 0.7),
}
"""By table: the median in days, and the standard deviation of its logarithm."""
ENDS_OTHERWISE = {"decide": 0.22, "plan": 0.07, "draft": 0.01, "finish": 0.01}
"""The share of cases leaving each step that end with no plan: refused, no plan, withdrawn, moved away."""


@lru_cache(maxsize=64)
def hazards(table: str) -> Floats:
    """Return a shipped table: for each cell, the share of those still waiting whose wait ends in it."""
    median, spread = MEDIAN_AND_SPREAD.get(table) or MEDIAN_AND_SPREAD[table.partition(":")[0]]
    ends = np.arange(CELLS) * STEP + (STEP - 1.5)
    survival = np.array([0.5 * math.erfc((math.log(end / median)) / (spread * math.sqrt(2))) for end in ends])
    before = np.concatenate([[1.0], survival[:-1]])
    found = np.where(before > 1e-9, 1 - survival / np.maximum(before, 1e-9), 0.2)
    # However long something has waited, it may yet end; and nothing is certain to end within three days.
    return np.clip(found, 0.002, 0.6).astype(np.float32)
