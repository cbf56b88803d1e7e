"""The simulator's own parts: draws that know what has passed, paces, queues, scores."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulated import scores, simulate
from tests.simulated.chance import Work
from tests.simulated.days import FIRST, NEVER, Pace, day_of, open_days, school_holidays, thursdays
from tests.simulated.desks import Desk
from tests.simulated.styles import drift

START = date(2025, 1, 6).toordinal()
"""A Monday."""


class TestWork:
    def test_half_is_below_the_median_and_the_slow_take_longer(self):
        rng = np.random.default_rng(1)
        slowness = np.repeat([1.0, 2.0], 20_000)
        drawn = Work(20, 0.4).draw(rng, slowness=slowness, done=np.zeros(40_000))
        assert np.median(drawn[:20_000]) == pytest.approx(20, rel=0.02)
        assert np.median(drawn[20_000:]) == pytest.approx(40, rel=0.02)
        assert np.log(drawn[:20_000]).std() == pytest.approx(0.4, rel=0.02)

    @pytest.mark.parametrize("done", [5.0, 20.0, 33.0])
    def test_what_is_under_way_is_drawn_as_if_the_shorter_had_been_thrown_away(self, done):
        rng, n = np.random.default_rng(2), 400_000
        whole = Work(20, 0.4).draw(rng, slowness=np.ones(n), done=np.zeros(n))
        left = whole[whole > done]
        drawn = Work(20, 0.4).draw(rng, slowness=np.ones(n), done=np.full(n, done))
        assert drawn.min() > done
        shares = np.linspace(0.05, 0.95, 19)
        assert np.quantile(drawn, shares) == pytest.approx(np.quantile(left, shares), rel=0.02)

    def test_even_a_wait_that_nobody_has_seen_ends(self):
        drawn = Work(5, 0.3).draw(np.random.default_rng(3), slowness=np.ones(100), done=np.full(100, 60.0))
        assert (drawn > 60).all() and np.isfinite(drawn).all()


class TestPace:
    @given(days=st.integers(0, 900), work=st.floats(0.1, 200), rate=st.floats(0.2, 1.0))
    def test_work_is_done_by_the_day_it_ends_and_not_the_day_before(self, days, work, rate):
        pace = Pace(open_days(school_holidays()) * rate)
        start = np.array([START + days])
        end = pace.after(start, np.array([work]))
        assert pace.between(start, end)[0] >= work - 1e-6
        assert pace.between(start, end - 1)[0] < work

    def test_a_school_does_nothing_in_august(self):
        school = Pace(open_days(school_holidays()))
        asked = np.array([date(2025, 7, 14).toordinal()])
        assert day_of(school.after(asked, np.array([5.0]))[0]) == date(2025, 7, 21)
        assert day_of(school.after(asked, np.array([6.0]))[0]) == date(2025, 9, 3)

    def test_panels_sit_on_thursdays_but_not_about_christmas(self):
        sat = [day_of(day) for day in thursdays()]
        assert {day.weekday() for day in sat} == {3}
        assert date(2025, 12, 18) in sat and date(2025, 12, 25) not in sat and date(2026, 1, 1) not in sat


def one_by_one(places: list[int], joined: list[int]) -> list[int]:
    """Return the places that cases get who are served in turn: the plain way to say what a desk does."""
    free, got = [*sorted(places), *[NEVER] * len(joined)], {}
    for case in sorted(range(len(joined)), key=lambda n: (joined[n], n)):
        got[case] = next(day for day in free if day > joined[case])
        free.remove(got[case])
    return [got[case] for case in range(len(joined))]


class TestDesk:
    @given(
        gaps=st.lists(st.integers(0, 9), min_size=30, max_size=45),
        joined=st.lists(st.integers(0, 90), min_size=1, max_size=15),
        again=st.integers(0, 90),
        data=st.data(),
    )
    def test_it_serves_in_turn_and_tells_one_who_comes_later_where_they_would_have_stood(
        self, gaps, joined, again, data
    ):
        places = (START + np.cumsum(gaps)).tolist()
        desk = Desk(np.array(places))
        days = [START + day for day in joined]
        served = desk.fill(np.array([days]), np.arange(len(days)))[0].tolist()
        assert served == one_by_one(places, days)

        case = data.draw(st.integers(0, len(days) - 1))
        others = [day for number, day in enumerate(days) if number != case and day <= START + again]
        told = desk.would_start(np.array([[START + again]]), np.array([case]))[0, 0]
        assert told == one_by_one(places, [*others, START + again])[-1]

    def test_a_newcomer_to_the_county_stands_behind_everybody(self):
        desk = Desk(START + np.array([1, 2, 3, 9]))
        desk.fill(np.array([[START, START]]), np.array([0, 1]))
        assert desk.would_start(np.array([[START, START + 5]]), np.array([7, 8])).tolist() == [[START + 3, START + 9]]


class TestScores:
    @given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans()), min_size=2, max_size=30))
    def test_the_area_is_the_share_of_pairs_put_the_right_way_round(self, pairs):
        yes = [p for p, came in pairs if came]
        no = [p for p, came in pairs if not came]
        if not yes or not no:
            return
        right = sum((a > b) + 0.5 * (a == b) for a in yes for b in no) / (len(yes) * len(no))
        said, came = (np.array(column) for column in zip(*pairs, strict=True))
        assert scores.auc(said, came) == pytest.approx(right)

    def test_the_base_rate_has_no_skill_and_certainty_has_all(self):
        came = np.array([True, False, False, True, False])
        assert scores.skill(np.full(5, 0.4), came) == pytest.approx(0.0)
        assert scores.skill(came.astype(float), came) == 1.0


def test_when_the_psychologists_leave_plans_come_late_and_when_they_are_replaced_in_time_again():
    county = simulate("drift", seed=4, cases=6000)
    slowed, recovered = (day(county.folk).toordinal() for day in (drift.slowed_on, drift.recovered_on))
    in_time = {}
    for name, first, last in (
        ("before", slowed - 360, slowed - 60),
        ("during", slowed + 90, recovered),
        ("after", recovered + 120, county.as_at.toordinal()),
    ):
        those = county.planned & (county.ended >= first) & (county.ended < last)
        in_time[name] = (~county.breached[those]).mean()
    assert in_time["during"] < in_time["before"] - 0.12
    assert in_time["after"] > in_time["during"] + 0.12


def test_a_last_day_out_of_reach_is_refused():
    with pytest.raises(ValueError, match="the last day must be from"):
        simulate("queues", seed=1, cases=10, as_at=day_of(FIRST + 30))
