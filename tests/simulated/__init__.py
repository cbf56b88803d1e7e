"""
Simulated counties: whole caseloads with a known truth, to develop and to prove the forecast on.

`simulate("queues", seed=7, cases=3000)` gives a `County`; `truths(county)` what was truly to be expected of its cases
at weeks 4, 8, 12 and 16; `files.write(county, folder)` the two files that `casetracker import history` takes. From the
shell: `python -m tests.simulated --style queues --seed 7 --cases 3000 --out FOLDER`. Nothing here knows any forecast.
"""

from tests.simulated.county import AS_AT, LIMIT, County, SimulatedCase, simulate
from tests.simulated.truth import WEEKS, Truth, truth, truths

__all__ = ["AS_AT", "LIMIT", "WEEKS", "County", "SimulatedCase", "Truth", "simulate", "truth", "truths"]
