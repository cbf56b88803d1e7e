"""What the forecast's pages say of a fit and of its backtest."""

from collections.abc import Mapping, Sequence
from typing import Any

from casetracker.charts import Chart, Series, percent_chart
from casetracker.models import FitState

STATES = {
    FitState.IN_USE: "In use",
    FitState.RETIRED: "Was in use",
    FitState.NOT_BETTER: "Not put in use",
}
GROUPS = {"sex": "Sex", "ethnicity": "Ethnicity", "need": "Primary need", "area": "Team"}
FEWEST_SHOWN = 10
"""A group of fewer cases says nothing that chance would not."""


def weeks(backtest: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the weeks that were scored, in order, leaving out those with no case."""
    found = sorted((int(week), figures) for week, figures in (backtest.get("weeks") or {}).items())
    return [(week, figures) for week, figures in found if figures.get("n")]


def calibration_chart(figures: Mapping[str, Any]) -> Chart | None:
    """Return the tenths as a chart: what was said and what came; None where there are fewer than two."""
    tenths: Sequence[Mapping[str, Any]] = figures.get("calibration") or ()
    if len(tenths) < 2:
        return None
    return percent_chart(
        [tenth_words(tenth) for tenth in tenths],
        [
            Series("came", "ours", [100 * tenth["breached"] for tenth in tenths], dots=True),
            Series("was said", "england", [100 * tenth["expected"] for tenth in tenths], dots=True),
        ],
    )


def tenth_words(tenth: Mapping[str, Any]) -> str:
    """Return a tenth of the scale in words."""
    return f"{100 * tenth['low']:.0f}–{100 * tenth['high']:.0f}%"


def groups(backtest: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the error by group, under the words for what it is grouped by, leaving out the smallest groups."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in backtest.get("groups") or ():
        if one["cases"] >= FEWEST_SHOWN:
            found.setdefault(GROUPS.get(one["by"], one["by"]), []).append(one)
    return {by: rows for by, rows in found.items() if len(rows) > 1}


def is_outside(group: Mapping[str, Any]) -> bool:
    """Return whether what was expected of a group lies outside the interval of what came of it."""
    low, high = group["interval"]
    return not low <= group["expected"] <= high
