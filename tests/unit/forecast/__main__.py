"""`python -m tests.unit.forecast`: rehearse a simulated county and print how its forecasts came out, week by week."""

import argparse
import sys

from casetracker.forecast.fitting import WEEKS
from tests.simulated.styles import STYLES
from tests.unit.forecast.counties import rehearsed

HEADINGS = ("week", "n", "late", "Brier", "skill", "AUC", "days left", "behind", "behind's skill", "80% held")


def main() -> None:
    """Read the arguments and print the table, as docs/forecast.md has it."""
    parser = argparse.ArgumentParser(prog="python -m tests.unit.forecast", description=__doc__)
    parser.add_argument("--style", choices=sorted(STYLES), required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cases", type=int, default=2400)
    given = parser.parse_args()
    report = rehearsed(given.style, seed=given.seed, cases=given.cases, weeks=WEEKS).report
    lines = [HEADINGS, ("---",) * len(HEADINGS)]
    for week, found in report.weeks.items():
        figures = (
            found.base_rate,
            found.brier,
            found.skill,
            found.auc,
            found.rule_days_left_auc,
            found.rule_behind_auc,
            found.rule_behind_skill,
            found.interval_80_coverage,
        )
        lines.append((str(week), str(found.n), *(f"{figure:.3f}" for figure in figures)))
    sys.stdout.write("".join(f"| {' | '.join(line)} |\n" for line in lines))


if __name__ == "__main__":
    main()
