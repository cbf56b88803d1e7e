"""Durations in cells of three days: added, read off and looked up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.forecast import grid
from casetracker.forecast.grid import CELLS, STEP

MASSES = st.lists(st.floats(0.01, 1), min_size=1, max_size=60)
SHARES = st.floats(0.01, 0.97)


def spread(masses: list[float]) -> np.ndarray:
    """Return a distribution over the first cells, cumulative."""
    mass = np.zeros(CELLS)
    mass[: len(masses)] = masses
    return (np.cumsum(mass) / mass.sum()).astype(np.float32)


def mean(cdf: np.ndarray) -> float:
    """Return the mean in days, each cell counted at its middle."""
    return float(np.diff(cdf, prepend=0) @ (np.arange(CELLS) * STEP))


@pytest.mark.parametrize(("days", "cell"), [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1), (5, 2), (598, 199), (5000, 199)])
def test_a_cell_is_three_days_about_its_middle(days, cell):
    assert grid.cell_of(np.array([days])) == cell


@given(first=MASSES, then=MASSES)
def test_the_mean_of_one_after_another_is_the_sum_of_their_means(first, then):
    together = grid.one_after_another(spread(first)[None, :], spread(then))[0]
    assert mean(together) == pytest.approx(mean(spread(first)) + mean(spread(then)), rel=1e-4, abs=1e-2)


@given(first=MASSES, then=MASSES)
def test_one_after_another_grows_to_one_and_comes_no_sooner_than_either(first, then):
    a, b = spread(first), spread(then)
    together = grid.one_after_another(a[None, :], b)[0]
    assert (np.diff(together) >= -1e-6).all()
    assert together[-1] == pytest.approx(1, abs=1e-4)
    assert (together <= np.minimum(a, b) + 1e-5).all()


@given(masses=MASSES, days=st.lists(st.floats(-2, 700), min_size=1, max_size=20))
def test_at_each_reads_every_row_at_the_same_days(masses, days):
    cdf, wanted = np.stack([spread(masses), spread(masses[::-1])]), np.array(days)
    found = grid.at_each(cdf, wanted)
    for row in range(2):
        one_by_one = grid.at(np.repeat(cdf[row : row + 1], len(days), axis=0), np.minimum(wanted, STEP * CELLS - 2))
        assert found[row][wanted >= 0] == pytest.approx(one_by_one[wanted >= 0], abs=1e-5)


@given(first=MASSES, then=MASSES)
def test_the_order_of_two_durations_makes_no_difference(first, then):
    a, b = spread(first), spread(then)
    one, other = grid.one_after_another(a[None, :], b)[0], grid.one_after_another(b[None, :], a)[0]
    assert one == pytest.approx(other, abs=1e-5)


@given(first=MASSES, then=MASSES, days=st.lists(st.floats(-5, 800), min_size=1, max_size=30))
def test_two_durations_are_read_off_as_they_are_added_up(first, then, days):
    a, thens = np.repeat(spread(first)[None, :], len(days), axis=0), np.stack([spread(then), spread(first)])
    which = np.arange(len(days)) % 2
    read = grid.both_within(a, thens, which, np.array(days))
    assert read == pytest.approx(grid.at(grid.one_after_another(a, thens, which), np.array(days)), abs=1e-5)


def test_what_runs_off_the_end_is_later_and_not_lost():
    never_soon = np.zeros((1, CELLS), dtype=np.float32)
    never_soon[0, -1] = 1
    at_once = np.ones(CELLS, dtype=np.float32)
    assert grid.one_after_another(never_soon, at_once)[0, -1] == pytest.approx(1)
    assert grid.one_after_another(never_soon, never_soon[0])[0, -1] == pytest.approx(0, abs=1e-6)


@given(masses=MASSES, share=SHARES)
def test_when_and_at_are_inverse_of_one_another(masses, share):
    cdf = spread(masses)[None, :]
    days = grid.when(cdf, share)
    reached = float(grid.at(cdf, days)[0])
    # All that is before the close of day 1 is reached by day 0 at the soonest: there a share may be passed.
    assert reached == pytest.approx(share, abs=2e-4) if days[0] > 0 else reached >= share - 2e-4


@given(masses=MASSES, days=st.lists(st.floats(-5, 800), min_size=2, max_size=30))
def test_at_never_falls_as_days_pass_and_is_none_before_the_first(masses, days):
    days = np.sort(days)
    found = grid.at(np.repeat(spread(masses)[None, :], len(days), axis=0), days)
    assert (np.diff(found) >= -1e-6).all()
    assert (found[days < 0] == 0).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_what_is_never_reached_is_infinitely_far_off():
    half = np.full((1, CELLS), 0.5, dtype=np.float32)
    assert np.isinf(grid.when(half, 0.6)[0])
    assert grid.when(half, 0.5)[0] <= STEP
