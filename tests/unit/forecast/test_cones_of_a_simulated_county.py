"""A whole county's cones, made as the nights would have made them, against what then happened."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest

from casetracker.forecast import arrivals, cone, fitting
from casetracker.forecast.cone import Ends
from casetracker.forecast.model import score
from casetracker.forecast.snapshots import History, seen
from casetracker.periods import Span, period_of, periods_between
from casetracker.statute.happenings import Happening
from tests.simulated import LIMIT, SimulatedCase, simulate

FIRST, LAST = date(2025, 2, 1), date(2026, 10, 1)


@dataclass
class Ordered:
    """Scores in the order of their cases."""

    case_id: np.ndarray
    cdf: np.ndarray


@dataclass
class Foreseen:
    """A cone of the night before a month began, and the figure its period came to."""

    span: Span
    found: cone.Cone
    actual: float

    @property
    def inside(self) -> bool:
        low, high = self.found.interval
        return low - 0.05 <= self.actual <= high + 0.05


@pytest.fixture(scope="module")
def foreseen() -> list[Foreseen]:
    """The months and academic years of a county of queues, each foreseen by what was known as a month began."""
    county = simulate("queues", seed=31, cases=1500)
    kept = [case for case in county.cases if case.steps]
    excused = {c.place for c in kept if any(s.happening is Happening.EXCEPTION_RECORDED for s in c.steps)}
    histories = [History(c.place, tuple(c.entries)) for c in kept if c.place not in excused]
    received = county.folk.received.astype(np.int64)
    issued = _first(kept, Happening.FINAL_PLAN_ISSUED, len(received), excused)
    drafted = _first(kept, Happening.DRAFT_PLAN_SENT, len(received), set())
    rehearsal = fitting.rehearse(fitting.gather(histories, as_at=county.as_at))
    made = []
    for month in periods_between(FIRST, LAST, Span.MONTH):
        night = month.starts_on - timedelta(days=1)
        on = night.toordinal()
        looks = [look for history in histories if (look := seen(history, on=night)) is not None]
        scores = score(fitting.fit(rehearsal, as_at=on), fitting.in_columns(looks, rehearsal.past.spells))
        order = np.argsort(scores.case_id)
        ids = scores.case_id[order].astype(np.int64)
        counted = cone.Counted(
            ids, received[ids] + LIMIT - on, np.where((drafted[ids] > 0) & (drafted[ids] <= on), 0, 15)
        )
        total = cone.outlook(Ordered(ids, scores.cdf[order]), counted)
        days_of = Counter((issued - received)[(issued > on - 365) & (issued <= on)].tolist())
        old = (received > on - 730) & (received <= on - 365)
        share = float(((issued > 0) & (issued <= on))[old].mean())
        requests = _requests(received[received <= on], night)
        for span in (Span.MONTH, Span.ACADEMIC):
            period = period_of(month.starts_on, span)
            if period.ends_on > county.as_at:
                continue
            days = (period.ends_on - night).days
            ahead = [night + timedelta(days=n) for n in range(1, days + 1)]
            by = cone.plan_by(sorted(days_of.items()), share=share, horizon=730)
            in_it = (issued >= period.starts_on.toordinal()) & (issued <= period.ends_on.toordinal())
            in_time = in_it & (issued - received <= LIMIT)
            certain = Ends(int((in_time & (issued <= on)).sum()), int((in_it & ~in_time & (issued <= on)).sum()))
            new = cone.newcomers(requests.by_day(ahead), by)
            found = cone.cone(certain, total, new, days=days, seed=on)
            made.append(Foreseen(span, found, 100 * float(in_time.sum()) / float(in_it.sum())))
    return made


def _first(kept: list[SimulatedCase], what: Happening, number: int, but: set[int]) -> np.ndarray:
    """Return the day on which something first happened to each case, 0 where it has not."""
    days = np.zeros(number, dtype=np.int64)
    for case in kept:
        found = [step.occurred_on.toordinal() for step in case.steps if step.happening is what]
        if found and case.place not in but:
            days[case.place] = min(found)
    return days


def _requests(received: np.ndarray, night: date) -> arrivals.Arrivals:
    """Return the fit to the requests of whole months that were known on a night that ends one."""
    months = Counter((date.fromordinal(int(day)).year, date.fromordinal(int(day)).month) for day in received)
    first = arrivals.months_from(min(months), 2)[1]
    number = (night.year - first[0]) * 12 + night.month - first[1] + 1
    fit = arrivals.fit([months[month] for month in arrivals.months_from(first, number)], first=first)
    assert fit is not None
    return fit


@pytest.mark.parametrize(("span", "error"), [(Span.MONTH, 8.0), (Span.ACADEMIC, 6.0)])
def test_the_figure_expected_is_near_what_came_and_the_interval_holds_it(foreseen, span, error):
    cones = [one for one in foreseen if one.span is span]
    assert len(cones) >= 18
    assert np.mean([abs(one.found.expected.percent - one.actual) for one in cones]) < error
    assert np.mean([one.inside for one in cones]) >= 0.65


def test_what_came_lies_between_the_worst_and_the_best(foreseen):
    between = [one.found.worst.percent - 1e-9 <= one.actual <= one.found.best.percent + 1e-9 for one in foreseen]
    assert np.mean(between) == 1.0


def test_the_interval_says_more_than_that_anything_may_happen(foreseen):
    widths = [high - low for low, high in (one.found.interval for one in foreseen)]
    assert np.mean(widths) < 25
