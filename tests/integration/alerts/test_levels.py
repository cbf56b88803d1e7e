"""The levels that a forecast raises: what each is for, what it is not for, and how it closes and comes back."""

from datetime import date, timedelta
from typing import ClassVar

import pytest

from casetracker.extensions import db
from casetracker.models import Forecast
from casetracker.services import thresholds
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests.integration.alerts.conftest import (
    AGREED,
    DECIDE_BY,
    FINAL_BY,
    about_the_plan,
    alerts_of,
    all_alerts,
    forecast,
    record,
    requested,
    sweep,
    the_alert,
)
from tests.integration.jobs.agreeing import at_noon

pytestmark = pytest.mark.usefixtures("session")
ON = date(2026, 3, 16)
NEXT = ON + timedelta(days=1)
EXCUSED = (
    H.EXCEPTION_RECORDED,
    date(2026, 3, 2),
    {"paragraph": "13(3)(d)", "from_on": "2026-03-02", "until": "2026-04-20", "evidence": "letter"},
)


class TestWillBreach:
    def test_is_raised_when_no_slack_is_left(self):
        case = requested(AGREED)
        forecast(case, ON, slack_days=-1, p_final=0.2, limiting_step="advice", limiting_subject="medical")
        sweep(ON)
        alert = the_alert(case)
        assert (alert.level, alert.code, alert.due_on) == ("will_breach", "no_slack", FINAL_BY)
        assert "1 day late. It waits for medical advice" in alert.words
        assert alert.figures["slack_days"] == -1 and alert.figures["days_left"] == 70
        assert alert.probability == 0.2

    @pytest.mark.parametrize("slack", [0, 5, None])
    def test_is_not_raised_while_there_is_slack_or_nobody_knows(self, slack):
        case = requested(AGREED)
        forecast(case, ON, slack_days=slack)
        sweep(ON)
        assert alerts_of(case) == []

    def test_closes_when_two_days_are_to_spare_and_comes_back_as_another_episode(self):
        case = requested(AGREED)
        for slack, levels in ((-3, ["will_breach"]), (1, ["will_breach"]), (2, []), (-1, ["will_breach"])):
            forecast(case, ON, slack_days=slack)
            sweep(ON)
            assert about_the_plan(case) == levels, slack
        assert alerts_of(case) == [("will_breach", "forecast_eased"), ("will_breach", "open")]
        assert [alert.episode for alert in all_alerts(case)] == [1, 2]

    def test_a_missed_limit_takes_its_place(self):
        case = requested(AGREED)
        forecast(case, FINAL_BY, slack_days=-3)
        sweep(FINAL_BY)
        sweep(FINAL_BY + timedelta(days=1))
        assert alerts_of(case, Duty.ISSUE_FINAL_PLAN) == [("will_breach", "became_breach"), ("breached", "open")]


class TestLikely:
    @pytest.mark.parametrize(
        ("steps", "on", "column", "duty"),
        [
            ((), date(2026, 1, 20), "p_decision", Duty.DECIDE_WHETHER_TO_ASSESS),
            ((AGREED,), ON, "p_no_plan", Duty.NOTIFY_NO_PLAN),
            ((AGREED,), ON, "p_final", Duty.ISSUE_FINAL_PLAN),
        ],
    )
    def test_is_raised_over_the_threshold_for_each_limit_by_its_own_probability(self, steps, on, column, duty):
        case = requested(*steps)
        forecast(case, on, **{column: 0.5})
        sweep(on)
        assert alerts_of(case) == []
        forecast(case, on, **{column: 0.51})
        sweep(on)
        (alert,) = all_alerts(case)
        assert (alert.level, alert.duty, alert.code, alert.probability) == ("likely", duty, "probable", 0.51)
        assert alert.figures["threshold"] == 0.5

    def test_does_not_flap_about_the_threshold(self):
        case = requested(AGREED)
        for probability, levels in ((0.51, ["likely"]), (0.46, ["likely"]), (0.44, []), (0.49, []), (0.6, ["likely"])):
            forecast(case, ON, p_final=probability)
            sweep(ON)
            assert about_the_plan(case) == levels, probability
        assert [alert.episode for alert in all_alerts(case)] == [1, 2]

    def test_each_team_has_its_own_threshold(self, user, team):
        north = team()
        ours, theirs = requested(AGREED), requested(AGREED)
        ours.team_id = north.id
        for case in (ours, theirs):
            forecast(case, ON, p_final=0.4)
        thresholds.set_threshold(team_id=north.id, threshold=0.3, by=user(), at=at_noon(ON))
        sweep(ON)
        assert (about_the_plan(ours), about_the_plan(theirs)) == (["likely"], [])

    @pytest.mark.parametrize(
        ("probability", "because"),
        [
            (0.4, "threshold_raised"),
            (0.8, "open"),
            (0.3, "threshold_raised"),
            (0.26, "threshold_raised"),
            (0.2, "forecast_eased"),
            (None, "forecast_eased"),
        ],
        ids=["as it was", "over the new one too", "as far as the old", "would not yet have closed", "eased", "none"],
    )
    def test_one_that_would_still_stand_by_the_threshold_it_was_raised_by_did_not_ease(
        self, user, team, probability, because
    ):
        case, north = requested(AGREED), team()
        case.team_id = north.id
        thresholds.set_threshold(team_id=north.id, threshold=0.3, by=user(), at=at_noon(ON))
        forecast(case, ON, p_final=0.4)
        sweep(ON)
        thresholds.set_threshold(team_id=north.id, threshold=0.6, by=user(), at=at_noon(ON))
        forecast(case, ON, p_final=probability)
        sweep(ON)
        assert alerts_of(case) == [("likely", because)]

    def test_one_without_the_threshold_among_its_figures_is_said_to_have_eased(self, user, team):
        case, north = requested(AGREED), team()
        case.team_id = north.id
        forecast(case, ON, p_final=0.55)
        sweep(ON)
        the_alert(case).figures = {}
        thresholds.set_threshold(team_id=north.id, threshold=0.8, by=user(), at=at_noon(ON))
        sweep(ON)
        assert alerts_of(case) == [("likely", "forecast_eased")]

    def test_closes_when_the_duty_is_done_or_no_longer_has_a_probability(self):
        case = requested()
        forecast(case, date(2026, 2, 2), p_decision=0.9)
        sweep(date(2026, 2, 2))
        record(case, *AGREED)
        assert alerts_of(case) == [("likely", "done")]
        forecast(case, ON, p_final=0.9)
        sweep(ON)
        forecast(case, NEXT, p_final=None)
        sweep(NEXT)
        assert alerts_of(case, Duty.ISSUE_FINAL_PLAN) == [("likely", "forecast_eased")]

    def test_no_slack_takes_its_place(self):
        case = requested(AGREED)
        forecast(case, ON, p_final=0.9)
        sweep(ON)
        forecast(case, NEXT, p_final=0.95, slack_days=-1)
        sweep(NEXT)
        assert alerts_of(case) == [("likely", "became_worse"), ("will_breach", "open")]
        assert about_the_plan(case) == ["will_breach"]

    def test_is_raised_again_when_there_is_slack_after_all(self):
        case = requested(AGREED)
        for day, slack in ((ON, -1), (NEXT, 3)):
            forecast(case, day, p_final=0.9, slack_days=slack)
            sweep(day)
        assert alerts_of(case) == [("will_breach", "forecast_eased"), ("likely", "open")]


class TestBehind:
    def test_is_raised_when_the_last_safe_day_has_passed(self):
        case = requested(AGREED)
        forecast(case, ON, latest_safe_on=ON, p_final=0.3)
        sweep(ON)
        assert alerts_of(case) == []
        forecast(case, NEXT, latest_safe_on=ON, p_final=0.3, limiting_step="plan")
        sweep(NEXT)
        alert = the_alert(case)
        assert (alert.level, alert.code) == ("behind", "safe_day_passed")
        assert "The last safe day for the decision about a plan was 16 March 2026" in alert.words

    def test_closes_when_it_is_safe_again(self):
        case = requested(AGREED)
        for safe in (ON - timedelta(days=1), ON + timedelta(days=5)):
            forecast(case, ON, latest_safe_on=safe)
            sweep(ON)
        assert alerts_of(case) == [("behind", "forecast_eased")]

    def test_something_worse_on_the_same_limit_takes_its_place(self):
        case = requested(AGREED)
        forecast(case, ON, latest_safe_on=ON - timedelta(days=1))
        sweep(ON)
        forecast(case, NEXT, latest_safe_on=ON - timedelta(days=1), p_final=0.9)
        sweep(NEXT)
        assert alerts_of(case) == [("behind", "became_worse"), ("likely", "open")]


class TestWhichForecastCounts:
    WORST: ClassVar = {"slack_days": -9, "p_final": 0.99, "p_no_plan": 0.99, "latest_safe_on": date(2026, 1, 6)}

    def test_one_of_the_last_three_days_does_and_an_older_one_does_not(self):
        case = requested(AGREED)
        forecast(case, ON - timedelta(days=4), **self.WORST)
        sweep(ON)
        assert alerts_of(case) == []
        forecast(case, ON - timedelta(days=3), **self.WORST)
        sweep(ON)
        assert about_the_plan(case) == ["will_breach"]

    def test_one_of_a_day_to_come_does_not(self):
        case = requested(AGREED)
        forecast(case, NEXT, **self.WORST)
        sweep(ON)
        assert alerts_of(case) == []

    def test_one_of_the_case_as_it_was_raises_nothing_and_closes_nothing(self):
        case = requested(AGREED)
        forecast(case, ON, **self.WORST)
        sweep(ON)
        record(case, H.NOTE_ADDED, ON, note="rang the school")
        assert about_the_plan(case) == ["will_breach"]
        db.session.get_one(Forecast, case.id).slack_days = 50
        sweep(ON)
        assert about_the_plan(case) == ["will_breach"]
        moved = requested(AGREED)
        forecast(moved, ON, **self.WORST)
        record(moved, H.NOTE_ADDED, ON, note="rang the school")
        sweep(ON)
        assert alerts_of(moved) == []

    def test_where_there_is_none_any_more_what_stands_goes_on_standing(self):
        case = requested(AGREED)
        forecast(case, ON, **self.WORST)
        sweep(ON)
        sweep(ON + timedelta(days=20))
        assert about_the_plan(case) == ["will_breach"]

    def test_a_forecast_that_failed_does_not_stop_what_the_clock_says(self):
        with_one, without, stale = requested(AGREED), requested(AGREED), requested(AGREED)
        forecast(with_one, FINAL_BY, p_final=0.0, slack_days=100)
        forecast(stale, RECEIVED_LONG_AGO, p_final=0.0, slack_days=100)
        for on, level in ((FINAL_BY, "will_breach"), (FINAL_BY + timedelta(days=1), "breached")):
            sweep(on)
            for case in (with_one, without, stale):
                assert about_the_plan(case) == [level]

    @pytest.mark.parametrize(
        "steps",
        [(AGREED, EXCUSED), ((H.REQUEST_WITHDRAWN, date(2026, 2, 2)),), (AGREED, (H.PLAN_REFUSED, date(2026, 3, 2)))],
        ids=["excused", "withdrawn", "no plan"],
    )
    def test_nothing_is_raised_on_the_plan_of_a_case_that_is_excused_or_ended(self, steps):
        case = requested(*steps)
        forecast(case, ON, **self.WORST)
        sweep(ON)
        assert about_the_plan(case) == []

    def test_an_exception_closes_a_warning_and_its_end_lets_it_come_back(self):
        case = requested(AGREED)
        forecast(case, ON, **self.WORST)
        sweep(ON)
        record(case, EXCUSED[0], EXCUSED[1], known_on=ON, **EXCUSED[2])
        assert alerts_of(case, Duty.ISSUE_FINAL_PLAN) == [("will_breach", "excused")]
        forecast(case, NEXT, **self.WORST)
        sweep(NEXT)
        assert about_the_plan(case) == []


RECEIVED_LONG_AGO = date(2026, 1, 6)


def test_the_decision_is_never_said_to_be_without_slack(session):
    case = requested()
    forecast(case, date(2026, 2, 2), slack_days=-40, p_decision=0.1)
    sweep(date(2026, 2, 2))
    assert alerts_of(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []
    sweep(DECIDE_BY + timedelta(days=1))
    assert alerts_of(case, Duty.DECIDE_WHETHER_TO_ASSESS) == [("breached", "open")]
