"""What the forecast's pages say of a fit and of its backtest."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetracker.charts import Chart, Series, percent_chart
from casetracker.forecast.steps import Step
from casetracker.models import FitState
from casetracker.queries.forecasts import OfCase
from casetracker.queries.measures.breakdowns import EVERYWHERE
from casetracker.services.alerts.words import step_in_words
from casetracker.statistics import interval, limits

STATES = {
    FitState.IN_USE: "In use",
    FitState.RETIRED: "Was in use",
    FitState.NOT_BETTER: "Not put in use",
}
GROUPS = {"sex": "Sex", "ethnicity": "Ethnicity", "need": "Primary need", "area": "Team"}
FEWEST_SHOWN = 10
"""A group of fewer cases says nothing that chance would not."""
BY_CHANCE = 0.05
"""The share of groups that are marked though their cases went as forecast."""
_NAMES = {dimension.key: dimension.names for dimension in EVERYWHERE}
"""How the measures name the groups of each kind: an area is a team here, and has its own name."""


@dataclass(frozen=True, slots=True)
class Group:
    """What was expected of a group beside what came of it: shares of its cases that missed their limit."""

    name: str
    cases: int
    expected: float
    missed: float

    @property
    def interval(self) -> tuple[float, float]:
        """Of `missed`, at 95%."""
        return interval(round(self.missed * self.cases), self.cases)

    @property
    def is_marked(self) -> bool:
        """Whether what was expected lies outside the interval of what came."""
        low, high = self.interval
        return not low <= self.expected <= high


@dataclass(frozen=True, slots=True)
class Remaining:
    """A step still to be done on a case."""

    words: str
    who: str
    """Who does it; empty where that is not known."""
    days: int
    """The median of what is left of it."""
    is_on: bool


def remaining(said: OfCase, *, worker: str) -> list[Remaining]:
    """Return the steps that a case's forecast sees ahead, in order; `worker` is the name of who holds the case."""
    holders = {Step.DECIDE: "the panel", Step.PLAN: "the panel", Step.ADVICE: ""}
    found = []
    for step in Step:
        if step in said.days_by_step:
            is_on = step is said.limiting_step
            words = step_in_words(step, said.limiting_subject if is_on else "")
            if step is Step.ASK:  # its days are those of both: asking is forecast as no step of its own
                words += " and waiting for it"
            who = said.limiting_holder if is_on else holders.get(step, worker)
            found.append(Remaining(words[:1].upper() + words[1:], who, said.days_by_step[step], is_on))
    return found


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


def groups(backtest: Mapping[str, Any]) -> dict[str, list[Group]]:
    """Return the error by group, under the words for what it is grouped by, leaving out the smallest groups."""
    found: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in backtest.get("groups") or ():
        (name,) = _NAMES[one["by"]](one["group"])
        found[one["by"]][name].append(one)
    kept = {
        GROUPS[by]: [group for name, rows in named.items() if (group := _together(name, rows)).cases >= FEWEST_SHOWN]
        for by, named in found.items()
    }
    return {by: rows for by, rows in kept.items() if len(rows) > 1}


def _together(name: str, rows: Collection[Mapping[str, Any]]) -> Group:
    """Return the group that rows of one name are: two codes may stand for what is not known."""
    cases = sum(row["cases"] for row in rows)
    expected, missed = (sum(row["cases"] * row[share] for row in rows) / cases for share in ("expected", "breached"))
    return Group(name, cases, expected, missed)


def marked_words(groups: Mapping[str, Sequence[Group]]) -> str:
    """Return how many groups are marked and, where they are more than chance explains, which way the forecast errs."""
    every = [group for rows in groups.values() for group in rows]
    marked = [group for group in every if group.is_marked]
    said = f"{len(marked) or 'None'} of the {len(every)} groups {'is' if len(marked) < 2 else 'are'} marked."
    if len(marked) <= limits(len(every), average=BY_CHANCE, outside=0.001)[1]:
        return said
    return f"{said} That is more than chance explains: {_side(marked)}"


def _side(marked: Sequence[Group]) -> str:
    later = sum(group.missed > group.expected for group in marked)
    if later == len(marked):
        return (
            "in each of them more cases missed their limit than was forecast, so cases look safer here than they are."
        )
    if not later:
        return (
            "in each of them fewer cases missed their limit than was forecast, so cases look worse here than they are."
        )
    fewer = len(marked) - later
    return f"in {later} of them more cases missed their limit than was forecast, and in {fewer} fewer."


def rule_was_as_good(weeks: Sequence[tuple[int, Mapping[str, Any]]]) -> str:
    """Return at which weeks the rule of stages behind could have been as good, in words; nothing where at none."""
    as_good = [
        str(week)
        for week, figures in weeks
        if figures.get("skill") is not None
        and figures.get("rule_behind_skill") is not None
        and round(figures["rule_behind_skill"], 2) >= round(figures["skill"], 2)
    ]
    if not as_good:
        return ""
    return (
        f"At {_weeks(as_good)} the plain rule of how many stages a case is behind could have been as good as the "
        "forecast, or better."
    )


def _weeks(numbers: Sequence[str]) -> str:
    return f"week {numbers[0]}" if len(numbers) == 1 else f"weeks {', '.join(numbers[:-1])} and {numbers[-1]}"


def not_to_be_relied_on(weeks: Sequence[tuple[int, Mapping[str, Any]]]) -> str:
    """Return at which weeks the forecast was worse than the base rate, in words; nothing where at none."""
    worse = [str(week) for week, figures in weeks if (figures.get("skill") or 0) < 0]
    if not worse:
        return ""
    return (
        f"Forecasts at {_weeks(worse)} were worse than the base rate, which gives every case the same chance: they are "
        "not to be relied on."
    )
