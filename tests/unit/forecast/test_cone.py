"""The cone: its sums add up, its bounds hold, and its interval is as sure as it says."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.forecast.cone import (
    DAYS,
    NOTHING,
    Counted,
    Ends,
    Newcomers,
    Outlook,
    Sum,
    cone,
    newcomers,
    outlook,
    plan_by,
    shared_error,
    usual_days,
)
from casetracker.forecast.grid import CELLS, STEP

NOBODY = Newcomers()


@dataclass
class Made:
    """Scores made up."""

    case_id: np.ndarray
    cdf: np.ndarray


def county(n: int, *, seed: int) -> tuple[Made, Counted]:
    """Return so many open cases, each with a speed of its own, some late, some that may end with no plan."""
    rng = np.random.default_rng(seed)
    ids = np.arange(10, 10 + n, dtype=np.int64)
    left = rng.integers(-120, 140, n)
    soonest = np.where(rng.random(n) < 0.4, rng.integers(0, 15, n), 15)
    middle, spread, share = rng.uniform(5, 200, n), rng.uniform(5, 60, n), rng.uniform(0.6, 1.0, n)
    cells = DAYS[1:]
    cdf = share[:, None] / (1 + np.exp(-(cells[None, :] - middle[:, None]) / spread[:, None]))
    cdf -= cdf[:, :1] * 0.5
    return Made(ids, cdf.astype(np.float32)), Counted(ids, left, soonest)


def one_case(*, day: int, days_left: int, soonest: int = 15) -> Outlook:
    """Return the outlook of one case that will have its plan `day` days from now for certain."""
    cdf = (DAYS[1:] >= day).astype(np.float32)[None, :]
    return outlook(Made(np.array([7]), cdf), Counted(np.array([7]), np.array([days_left]), np.array([soonest])))


class TestSums:
    def test_batches_add_up_to_the_whole(self):
        scores, counted = county(200, seed=1)
        whole = outlook(scores, counted)
        parts = NOTHING
        for start in range(0, 200, 37):
            piece = slice(start, start + 37)
            parts += outlook(
                Made(scores.case_id[piece], scores.cdf[piece]),
                Counted(counted.case_id[piece], counted.days_left[piece], counted.soonest[piece]),
            )
        assert np.allclose(whole.sums, parts.sums)
        assert (whole.cases, whole.backlog) == (parts.cases, parts.backlog) == (200, int((counted.days_left < 0).sum()))

    def test_a_case_that_the_figure_will_not_count_is_left_out(self):
        scores, counted = county(50, seed=2)
        some = Counted(counted.case_id[::2], counted.days_left[::2], counted.soonest[::2])
        only = outlook(Made(scores.case_id[::2], scores.cdf[::2]), some)
        assert np.allclose(outlook(scores, some).sums, only.sums)

    def test_a_batch_with_nothing_to_count_is_nothing(self):
        scores, _ = county(5, seed=3)
        none = Counted(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.array([], dtype=np.int64))
        assert outlook(scores, none).cases == 0 and not outlook(scores, none).sums.any()

    @pytest.mark.parametrize(
        ("day", "days_left", "expected"),
        [(40, 60, Sum.IN_TIME), (40, 20, Sum.NEWLY_LATE), (40, -1, Sum.BACKLOG)],
        ids=["before its limit", "after its limit", "late already"],
    )
    def test_a_plan_is_counted_once_and_in_its_place(self, day, days_left, expected):
        by_end = one_case(day=day, days_left=days_left).by(100)
        kinds = (Sum.IN_TIME, Sum.NEWLY_LATE, Sum.BACKLOG)
        assert {kind: round(float(by_end[kind]), 6) for kind in kinds} == {k: float(k is expected) for k in kinds}

    def test_a_plan_that_comes_after_the_period_is_not_in_it(self):
        assert one_case(day=40, days_left=60).by(30)[Sum.IN_TIME] == 0

    @pytest.mark.parametrize(
        ("days_left", "soonest", "days", "reachable"),
        [
            (60, 15, 10, 0),
            (60, 15, 15, 1),
            (60, 0, 10, 1),
            (60, 15, 30, 1),
            (8, 15, 30, 0),
            (8, 0, 30, 1),
            (8, 9, 30, 0),
            (-1, 0, 30, 0),
        ],
        ids=[
            "no draft, too soon",
            "no draft, on the first day that it can",
            "drafted",
            "no draft, time enough",
            "no draft, limit too near",
            "limit near",
            "limit before the family’s days are over",
            "late",
        ],
    )
    def test_what_the_law_still_lets_be_in_time(self, days_left, soonest, days, reachable):
        assert one_case(day=500, days_left=days_left, soonest=soonest).by(days)[Sum.REACHABLE] == reachable


CASES = st.lists(st.tuples(st.integers(-60, 140), st.integers(0, 15), st.integers(0, 400)), max_size=12)


@given(cases=CASES, days=st.integers(0, 400))
def test_no_more_is_in_time_than_the_best_nor_late_than_the_worst_whatever_lawfully_happens(cases, days):
    """Each case has its plan some days after the first day that it can, or after the period."""
    left, soonest, after = np.array(cases, dtype=np.int64).reshape(-1, 3).T
    ids, plan_on = np.arange(len(cases)), soonest + after
    total = outlook(Made(ids, np.zeros((len(cases), CELLS), dtype=np.float32)), Counted(ids, left, soonest))
    found = cone(Ends(3, 4), total, NOBODY, days=days, seed=0)
    issued = plan_on <= days
    assert 3 + (issued & (plan_on <= left)).sum() <= found.best.in_time
    assert 4 + (issued & (plan_on > left)).sum() <= found.worst.late


@settings(max_examples=60)
@given(
    n=st.integers(0, 40),
    seed=st.integers(0, 10_000),
    days=st.integers(0, 700),
    issued=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    a_day=st.floats(0, 3),
)
def test_the_best_is_no_worse_than_the_expected_and_that_no_worse_than_the_worst(n, seed, days, issued, a_day):
    total = outlook(*county(n, seed=seed)) if n else NOTHING
    new = newcomers(np.full(days, a_day), plan_by([(100, 3), (180, 4)], share=0.7, horizon=400))
    found = cone(Ends(*issued), total, new, days=days, seed=seed)
    middle = found.expected.percent
    if middle is None:
        assert found.interval is None
        return
    if found.interval is None:
        assert found.expected.in_time + found.expected.late < 0.01
    else:
        low, high = found.interval
        assert 0 <= low <= middle <= high <= 100
    if found.best.percent is not None:
        assert found.best.percent >= middle - 1e-6
    assert found.worst.percent is None or found.worst.percent <= middle + 1e-6
    assert found.expected.in_time >= found.certain.in_time
    assert found.expected.late >= found.certain.late + found.from_backlog - 1e-9


def test_what_is_certain_is_all_there_is_when_nothing_is_open():
    found = cone(Ends(40, 60), NOTHING, NOBODY, days=20, seed=1)
    assert found.expected == found.best == found.worst == Ends(40, 60)
    assert found.interval == (40, 40)


def test_there_is_no_interval_where_hardly_any_plan_is_expected():
    found = cone(Ends(0, 0), NOTHING, Newcomers(1e-9, 0.0, 1e-9, 0.0), days=101, seed=0)
    assert found.interval is None and found.expected.percent == 100


def test_the_same_night_gives_the_same_interval():
    total = outlook(*county(60, seed=5))
    assert cone(Ends(5, 5), total, NOBODY, days=50, seed=9) == cone(Ends(5, 5), total, NOBODY, days=50, seed=9)


@pytest.mark.parametrize("shared", [0.0, shared_error(60)], ids=["each case by itself", "with an error all share"])
def test_the_interval_holds_what_happens_about_eight_times_in_ten(shared):
    """Counties whose cases turn out as they were forecast, or all a little faster or slower than that."""
    rng = np.random.default_rng(20)
    inside, counties = 0, 300
    for seed in range(counties):
        scores, counted = county(150, seed=seed)
        found = cone(Ends(10, 12), outlook(scores, counted), NOBODY, days=60, seed=seed)
        true = np.clip(scores.cdf.astype(float), 1e-9, 1 - 1e-9)
        of_its_kind = np.where(counted.days_left < 0, rng.normal(0, shared), rng.normal(0, shared))
        moved = 1 / (1 + (1 / true - 1) * np.exp(-of_its_kind[:, None]))
        day = _first_day(moved, rng)
        issued = day <= 60
        in_time = issued & (day <= counted.days_left)
        share = 100 * (10 + in_time.sum()) / (22 + issued.sum())
        low, high = found.interval
        inside += low <= share <= high
    assert (0.74 if shared else 0.9) <= inside / counties <= (0.9 if shared else 1.0)


def _first_day(cdf: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a day for each case drawn from its distribution; infinity where it has none."""
    draw = rng.random((len(cdf), 1))
    reached = cdf >= draw
    return np.where(reached.any(axis=1), DAYS[1:][reached.argmax(axis=1)] - rng.integers(0, STEP, len(cdf)), np.inf)


class TestNewcomers:
    BY = plan_by([(100, 1), (200, 1)], share=0.8, horizon=400)

    def test_a_request_made_too_late_adds_nothing(self):
        assert newcomers(np.full(90, 2.0), self.BY) == Newcomers(0.0, 0.0, 0.0, 0.0)

    def test_those_in_time_come_first_and_the_late_ones_after(self):
        near, far = newcomers(np.full(150, 1.0), self.BY), newcomers(np.full(400, 1.0), self.BY)
        assert (near.in_time, near.late) == (pytest.approx(50 * 0.4), 0)
        assert (far.in_time, far.late) == (pytest.approx(300 * 0.4), pytest.approx(200 * 0.4))

    def test_the_share_with_a_plan_is_the_end_of_it(self):
        assert self.BY[-1] == pytest.approx(0.8) and self.BY[99] == 0 and self.BY[100] == pytest.approx(0.4)

    def test_no_plans_yet_means_no_newcomers(self):
        assert newcomers(np.full(300, 1.0), plan_by([], share=0.7, horizon=400)).in_time == 0


def test_the_columns_are_the_ends_of_the_cells_of_the_grid():
    assert list(DAYS[:3]) == [-2, 1, 4] and DAYS[-1] == STEP * (CELLS - 1) + 1


def test_what_is_shipped_has_englands_share_in_time():
    shares = plan_by(usual_days(), share=1.0, horizon=730)
    assert shares[140] == pytest.approx(0.461, abs=0.005)
    assert shares[365] == pytest.approx(0.9, abs=0.02)
