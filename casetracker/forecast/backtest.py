"""
The backtest: the forecasts that would have been made, by what was known before, against what came of the cases.

Each month's cases are scored by a fit on what was known when the month began. Two plain rules in use elsewhere are
scored on the same cases: the days left to the limit, and how many stages a case is behind a fixed timetable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import fitting, grid
from casetracker.forecast.calendar import NOTHING_ENTERED, Calendar
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.fitting import Known, Past, Rehearsal
from casetracker.forecast.lives import FOR_GOOD, Outcome
from casetracker.forecast.model import score
from casetracker.forecast.parts import Parts
from casetracker.forecast.priors import ENOUGH_CLOSED_CASES
from casetracker.forecast.scores import Tenth, auc, brier, calibration, precision_and_recall, skill
from casetracker.forecast.snapshots import History
from casetracker.statistics import interval
from casetracker.statute.counting import ORDINARY_READING, Reading

WEEKS = (4, 8, 12, 16)
ON_TIME_BY_WEEK = (6, 12, 14, 16)
"""The weeks by which a case on a usual timetable has been decided, gathered, agreed and drafted (law.md, 1.10)."""
FLAG_OVER = 0.5
LOOKS_BACK = 730
"""Days over which forecasts are scored where nobody says from when: older ones tell of a service that was another."""
_DUTIES_BEGAN = date(2014, 9, 1)
GROUPS = ("sex", "ethnicity", "need", "area")


@dataclass(frozen=True, slots=True)
class Week:
    """How good the forecasts made at one week of the clock were."""

    days_before: int
    """Days left to the limit then: the lead at which precision and recall are told."""
    n: int
    base_rate: float
    brier: float
    skill: float
    auc: float
    rule_days_left_auc: float
    rule_behind_auc: float
    rule_behind_skill: float
    """Of the plain rule given, for each count of stages behind, the share of these cases that breached: its best."""
    interval_80_coverage: float
    precision: float
    """Of the cases given more than one in two, the share that breached."""
    recall: float
    """Of the breaches, the share that were given more than one in two."""
    calibration: Sequence[Tenth]


@dataclass(frozen=True, slots=True)
class GroupError:
    """How far forecasts for one group were from what came: breaches that came for each that was expected."""

    by: str
    group: str
    cases: int
    expected: float
    breached: float
    interval: tuple[float, float]
    """Of `breached`, at 95%."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a backtest found."""

    first: date
    last: date
    """The looks scored lie between these days."""
    closed_cases: int
    on_priors: int
    """Looks scored by fits on fewer than `ENOUGH_CLOSED_CASES` closed cases."""
    weeks: Mapping[int, Week]
    interval_80_coverage: float
    groups: Sequence[GroupError]

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is printed; a figure that cannot be had is None."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "closed_cases": self.closed_cases,
            "on_priors": self.on_priors,
            "weeks": {str(week): _plain(asdict(found)) for week, found in self.weeks.items()},
            "interval_80_coverage": _plain(self.interval_80_coverage),
            "groups": [_plain(asdict(group)) for group in self.groups],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    return value


@dataclass(frozen=True, slots=True)
class Scored:
    """The looks that were scored, and what was said of each."""

    week: NDArray[np.int64]
    p: NDArray[np.float64]
    earliest: NDArray[np.float64]
    latest: NDArray[np.float64]
    """Days ahead between which the plan would come with 80%."""


def run(
    histories: Iterable[History],
    *,
    as_at: date,
    first: date | None = None,
    last: date | None = None,
    reading: Reading = ORDINARY_READING,
    calendar: Calendar = NOTHING_ENTERED,
    told: Callable[[str, int], object] = lambda what, number: None,
) -> Report:
    """
    Return how the forecasts made from `first` to `last` came out, as far as it is known on the day `as_at`.

    `told` is told of progress: what was done, and how many.
    """
    listed = list(histories)
    past = fitting.gather(listed, as_at=as_at, reading=reading, calendar=calendar)
    told("looks", len(past.cases))
    rehearsal = fitting.rehearse(past, told=lambda done: told("rehearsed", done))
    groups = {history.case_id: history.groups for history in listed}
    return of_rehearsal(rehearsal, groups, as_at=as_at, first=first, last=last, told=lambda done: told("scored", done))


def of_rehearsal(
    rehearsal: Rehearsal,
    groups: Mapping[int, tuple[str, ...]],
    *,
    as_at: date,
    first: date | None = None,
    last: date | None = None,
    told: Callable[[int], object] = lambda done: None,
) -> Report:
    """
    Return how the forecasts of a past that has been rehearsed came out: what a fit is kept with, and a backtest prints.

    Left out, `last` is `as_at`, and `first` the later of two years before `last` and the day from which there was
    enough to learn from.
    """
    ends = min(last or as_at, as_at).toordinal()
    usual = min(max(first_day(rehearsal.past).toordinal(), ends - LOOKS_BACK), ends)
    begins = first.toordinal() if first else usual
    scored = score_looks(rehearsal, begins=begins, ends=ends, told=told)
    return report(rehearsal.past, scored, as_at=as_at, begins=begins, ends=ends, groups=groups)


def first_day(past: Past) -> date:
    """Return the day by which enough cases had closed to learn from, a year after the first request at the soonest."""
    if not past.outcomes:
        return _DUTIES_BEGAN
    closed = _closings(past.outcomes)
    enough = closed[ENOUGH_CLOSED_CASES - 1] if len(closed) >= ENOUGH_CLOSED_CASES else 0
    return date.fromordinal(max(enough, min(o.clock_on for o in past.outcomes) + 365))


def _closings(outcomes: Iterable[Outcome]) -> list[int]:
    """Return the days by which a clock of each case was first known to have ended, in order."""
    first: dict[int, int] = {}
    for o in outcomes:
        if o.ended_on != NO_DAY:
            first[o.case_id] = min(first.get(o.case_id, FOR_GOOD), o.known)
    return sorted(first.values())


def score_looks(
    rehearsal: Rehearsal, *, begins: int, ends: int, told: Callable[[int], object] = lambda done: None
) -> Scored:
    """Score the looks of each month between two days with a fit on what was known when the month began."""
    cases = rehearsal.past.cases
    n = len(cases)
    p, earliest, latest = (np.full(n, np.nan) for _ in range(3))
    week = ((cases.day - cases.clock_on) // 7).astype(np.int64)
    wanted = (cases.day >= begins) & (cases.day <= ends) & np.isin(week, WEEKS) & ~cases.reopened
    for month in np.unique(rehearsal.month[wanted]):
        rows = wanted & (rehearsal.month == month)
        model = fitting.fit(rehearsal, as_at=int(month))
        part = cases.take(rows)
        parts = Parts(*(getattr(rehearsal.parts, name)[rows] for name in Parts.__slots__))
        found = score(model, part, parts=parts)
        p[rows] = found.p_final
        earliest[rows], latest[rows] = (
            model.tables.season.after(part.day, grid.when(found.if_a_plan, share)) for share in (0.1, 0.9)
        )
        told(int(rows.sum()))
    return Scored(week, p, earliest, latest)


def report(
    past: Past, scored: Scored, *, as_at: date, begins: int, ends: int, groups: Mapping[int, tuple[str, ...]]
) -> Report:
    """Return how scored looks came out."""
    cases, day = past.cases, as_at.toordinal()
    known = past.known_at(day)
    over = known.ended_on != NO_DAY
    # Cases whose limit is still ahead are left out however they went: those that have ended by now went quickly.
    settled = (day > cases.final_due) & ~np.isnan(scored.p) & known.on_record
    late = ~over | (known.ended_on > cases.final_due)
    happened = late & ~known.excused
    behind = stages_behind(cases)
    within = _within(cases, known, scored, day)
    weeks = {
        week: _week(scored.p[here], happened[here], cases.take(here), behind[here], within[at_week])
        for week in WEEKS
        for at_week in [(scored.week == week) & ~np.isnan(scored.p)]
        for here in [at_week & settled]
    }
    held = within[~np.isnan(within) & np.isin(scored.week, WEEKS)]
    early = [known_on for known_on in _closings(past.outcomes) if known_on <= day][:ENOUGH_CLOSED_CASES]
    few_until = early[-1] if len(early) == ENOUGH_CLOSED_CASES else day
    return Report(
        first=date.fromordinal(begins),
        last=date.fromordinal(ends),
        closed_cases=len({o.case_id for o in past.closed(day)}),
        on_priors=int((settled & (cases.day <= few_until)).sum()),
        weeks=weeks,
        interval_80_coverage=float(held.mean()) if len(held) else float("nan"),
        groups=_by_group(cases, scored.p, happened, settled & (scored.week == 12), groups),
    )


def stages_behind(cases: Cases) -> NDArray[np.int64]:
    """Return how many stages each case is behind the usual timetable; below 0 where it is ahead of it."""
    weeks = (cases.day - cases.clock_on) / 7
    return np.searchsorted(ON_TIME_BY_WEEK, weeks, side="right").astype(np.int64) - cases.place


def _within(cases: Cases, known: Known, scored: Scored, as_at: int) -> NDArray[np.float64]:
    """
    Return 1 where the plan came within its interval, 0 where it did not, NaN where nobody can know.

    Only looks whose interval was over by the day `as_at` count, in whatever way the case went, so that slow cases are
    not left out for being slow; a case that ended with no plan has no day to compare.
    """
    issued = known.issued_on != NO_DAY
    no_plan = ~issued & ((known.ended_on != NO_DAY) | ~known.on_record)
    over = ~np.isnan(scored.p) & np.isfinite(scored.latest) & (cases.day + scored.latest <= as_at)
    took = known.issued_on - cases.day
    # The ends of an interval are parts of days: the day they fall on belongs to it.
    inside = issued & (took >= np.floor(scored.earliest)) & (took <= np.ceil(scored.latest))
    return np.where(over & ~no_plan, inside.astype(np.float64), np.nan)


def _week(
    p: NDArray[np.float64],
    happened: NDArray[np.bool_],
    cases: Cases,
    behind: NDArray[np.int64],
    within: NDArray[np.float64],
) -> Week:
    known = within[~np.isnan(within)]
    precise, recalled = precision_and_recall(p, happened, over=FLAG_OVER)
    by_stage = np.zeros(len(p))
    for stage in np.unique(behind):
        by_stage[behind == stage] = happened[behind == stage].mean()
    return Week(
        days_before=int(np.median(cases.final_due - cases.day)) if len(p) else 0,
        n=len(p),
        base_rate=float(happened.mean()) if len(p) else float("nan"),
        brier=brier(p, happened),
        skill=skill(p, happened),
        auc=auc(p, happened),
        rule_days_left_auc=auc(-(cases.final_due - cases.day).astype(np.float64), happened),
        rule_behind_auc=auc(behind.astype(np.float64), happened),
        rule_behind_skill=skill(by_stage, happened),
        interval_80_coverage=float(known.mean()) if len(known) else float("nan"),
        precision=precise,
        recall=recalled,
        calibration=calibration(p, happened),
    )


def _by_group(
    cases: Cases,
    p: NDArray[np.float64],
    happened: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    groups: Mapping[int, tuple[str, ...]],
) -> list[GroupError]:
    """Return, at week 12, what was expected of each group beside what came of it."""
    found = []
    of_rows = [groups.get(int(case_id), ()) for case_id in cases.case_id]
    for n, by in enumerate(GROUPS):
        labels = np.array([row[n] if len(row) > n else "" for row in of_rows], dtype=object)
        for group in sorted(set(labels[counted])):
            here = counted & (labels == group)
            breached, size = int(happened[here].sum()), int(here.sum())
            found.append(GroupError(by, group, size, float(p[here].mean()), breached / size, interval(breached, size)))
    return found
