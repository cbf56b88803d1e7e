"""`python -m tests.simulated`: write a simulated county's history files and its truth, and say what is in them."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.simulated import files, scores
from tests.simulated.county import AS_AT, County, simulate
from tests.simulated.styles import STYLES
from tests.simulated.truth import Truth, truths


def main() -> None:
    """Read the arguments, write the files and print the county's figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulated", description=__doc__)
    parser.add_argument("--style", choices=sorted(STYLES), required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--as-at", type=date.fromisoformat, default=AS_AT)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--times", type=int, default=200, help="how often each case's rest is told for the truth")
    given = parser.parse_args()
    county = simulate(given.style, seed=given.seed, cases=given.cases, as_at=given.as_at)
    told = list(truths(county, times=given.times))
    files.write(county, given.out)
    files.write_truth(county, told, given.out / "truth.csv")
    sys.stdout.write("".join(f"{line}\n" for line in figures(county, told)))


def figures(county: County, told: Sequence[Truth]) -> list[str]:
    """Return what there is to say of a county, a line each."""
    planned, late = county.planned, county.breached
    is_open = county.ended > county.as_at.toordinal()
    lines = [
        f"{county.style}: {len(county.cases)} cases, {sum(len(case.steps) for case in county.cases)} events",
        f"plans in 20 weeks: {(planned & ~late).sum() / planned.sum():.1%} of {planned.sum()}",
        f"open on {county.as_at}: {is_open.mean():.1%}",
    ]
    for one in told:
        said, came = one.probability[one.counted], one.breached[one.counted]
        rates = f"n {len(came)}, breached {came.mean():.3f}, said {said.mean():.3f}"
        error = f"Brier {scores.brier(said, came):.4f}, skill {scores.skill(said, came):.3f}"
        lines.append(f"week {one.week}: {rates}, {error}, AUC {scores.auc(said, came):.3f}")
    return lines


if __name__ == "__main__":
    main()
