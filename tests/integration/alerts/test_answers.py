"""What the ledger answers: the story of an alert, what became of others like it, and how often warnings were right."""

from datetime import date, timedelta

import pytest

from casetracker.extensions import db
from casetracker.models import AlertAction, ServiceType
from casetracker.queries import alert_ledger, excused, warnings_given
from casetracker.queries.warnings_given import Judged as J
from casetracker.services import alerts, thresholds
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests import factories
from tests.integration.alerts.conftest import (
    AGREED,
    FINAL_BY,
    alerts_of,
    all_alerts,
    forecast,
    milestone,
    record,
    requested,
    sweep,
    the_alert,
)
from tests.integration.jobs.agreeing import at_noon

pytestmark = pytest.mark.usefixtures("session")
ON = date(2026, 3, 16)
"""A Monday, ten weeks before the last day."""
LATER = FINAL_BY + timedelta(days=1)


def warned(on: date = ON, **values):
    """Return a case with a warning on its final plan."""
    case = requested(AGREED)
    forecast(case, on, **(values or {"p_final": 0.9}))
    sweep(on)
    return case


def act(case, user, code=AlertAction.DRAFT, on=ON) -> None:
    by = user()
    alerts.acknowledge(
        alert_ids=[the_alert(case).id],
        action_code=code,
        words="Do it",
        owner_id=by.id,
        due_on=on + timedelta(days=7),
        by=by,
        today=on,
        at=at_noon(on),
    )


def issue(case, on: date) -> None:
    record(case, H.PLAN_AGREED, on - timedelta(days=30), known_on=on)
    record(case, H.FINAL_PLAN_ISSUED, on)


class TestTheStory:
    def test_is_that_of_every_episode_newest_first_with_who_did_what(self, user):
        case = warned()
        act(case, lambda: user(name="Wilma Worker"))
        forecast(case, ON + timedelta(days=1), p_final=0.1)
        sweep(ON + timedelta(days=1))
        forecast(case, ON + timedelta(days=2), p_final=0.8)
        sweep(ON + timedelta(days=2))
        key = milestone(case, Duty.ISSUE_FINAL_PLAN).key
        lines = alert_ledger.story(case_id=case.id, milestone_key=key)
        assert [(line.kind.value, line.episode, line.by, line.code) for line in lines] == [
            ("raised", 2, "", "probable"),
            ("closed", 1, "", "forecast_eased"),
            ("acknowledged", 1, "Wilma Worker", "draft"),
            ("raised", 1, "", "probable"),
        ]
        assert (lines[2].to, lines[2].until) == ("Wilma Worker", ON + timedelta(days=7))


class TestSimilar:
    def test_counts_what_became_of_alerts_of_the_same_level_and_remedy(self, user):
        saved, untouched, missed, eased, asked = (warned() for _ in range(5))
        act(saved, user)
        act(missed, user)
        act(missed, user, AlertAction.CHASE_ADVICE)
        issue(saved, FINAL_BY)
        issue(untouched, FINAL_BY)
        forecast(eased, ON, p_final=0.1)
        sweep(ON)
        sweep(LATER - timedelta(days=1))
        issue(missed, LATER)
        found = alert_ledger.similar(all_alerts(asked)[0].id, on=LATER)
        assert (found.closed, found.breached, found.saved, found.met_untouched) == (4, 1, 1, 1)
        assert (found.excused, found.not_needed, found.not_known) == (0, 0, 1)  # the eased one, its limit ahead
        assert found.by_action == {AlertAction.DRAFT: (2, 1), AlertAction.CHASE_ADVICE: (1, 0)}

    def test_one_that_closed_since_the_threshold_was_raised_has_not_come_right(self, user, team):
        asked, met = warned(), warned()
        met.team_id = team().id
        db.session.flush()
        thresholds.set_threshold(team_id=met.team_id, threshold=0.95, by=user(), at=at_noon(ON))
        forecast(met, ON, p_final=0.8)
        sweep(ON)
        issue(met, FINAL_BY)
        assert alerts_of(met) == [("likely", "threshold_raised")]
        assert all_alerts(met)[0].outcome is not None
        found = alert_ledger.similar(all_alerts(asked)[0].id, on=LATER)
        assert (found.closed, found.met_untouched) == (0, 0)

    def test_leaves_out_another_level_another_remedy_and_what_closed_over_a_year_before(self, user):
        asked, no_slack = warned(), warned(slack_days=-2)
        chased = requested(AGREED)
        forecast(chased, ON, p_final=0.9, limiting_step="advice", limiting_subject="medical")
        chased.named_worker_id = user().id
        sweep(ON)
        old = warned()
        for case in (no_slack, chased, old):
            record(case, H.REQUEST_WITHDRAWN, ON)
        assert alert_ledger.similar(all_alerts(asked)[0].id, on=ON).closed == 1
        assert alert_ledger.similar(all_alerts(asked)[0].id, on=ON + timedelta(days=366)).closed == 0

    def test_of_advice_to_be_chased_it_keeps_to_the_same_service(self, user):
        worker = user()
        services = [factories.service(name=name, type=ServiceType.HEALTH) for name in ("Ours", "Theirs")]
        cases = []
        for service in (services[0], services[0], services[1]):
            case = requested(AGREED)
            case.named_worker_id = worker.id
            factories.advice(case, service=service, asked_on=date(2026, 2, 10), ref=f"{case.id}-m", today=ON)
            cases.append(case)
        sweep(date(2026, 3, 25))
        for case in cases[1:]:
            advice = {"advice_kind": "medical", "advice_ref": f"{case.id}-m"}
            record(case, H.ADVICE_RECEIVED, date(2026, 3, 26), **advice)
        alert = the_alert(cases[0], Duty.RECEIVE_ADVICE)
        assert (alert.remedy, alert.remedy_subject) == ("chase_advice", "medical")
        assert alert_ledger.similar(alert.id, on=date(2026, 3, 27)).closed == 1


class TestWereWeRight:
    def test_says_nothing_before_the_first_warning(self):
        requested(AGREED)
        sweep(LATER)
        assert warnings_given.were_we_right(today=LATER) == []

    def test_counts_each_limit_once_in_the_week_it_was_first_warned_of(self, user):
        saved, missed, eased, ended, open_still = (warned() for _ in range(5))
        unwarned = factories.case(received_on=date(2026, 1, 7), steps=[AGREED], today=ON)
        forecast(unwarned, date(2026, 4, 20), p_final=0.2)
        act(saved, user)
        later = ON + timedelta(days=9)
        forecast(eased, later, p_final=0.1)
        forecast(missed, later, p_final=0.95, slack_days=-4)
        sweep(later)
        act(missed, user, on=later)
        record(ended, H.REQUEST_WITHDRAWN, later)
        for case in (saved, eased):
            issue(case, FINAL_BY)
        sweep(date(2026, 5, 29))
        weeks = {week.starts_on: week for week in warnings_given.were_we_right(today=date(2026, 5, 29))}
        assert max(weeks) == date(2026, 5, 25) and min(weeks) == ON
        first = weeks[ON]
        assert [first.number[what] for what in (J.FLAGGED, J.SETTLED, J.BREACHED, J.SAVED)] == [5, 5, 2, 1]
        assert first.precision == 2 / 5
        last = weeks[date(2026, 5, 25)]
        assert (last.number[J.BREACHES], last.number[J.BREACHES_FLAGGED], last.median_days_before) == (3, 2, 70)
        assert (last.number[J.FLAGGED], last.recall) == (0, 2 / 3)
        assert sum(week.number[J.FLAGGED] for week in weeks.values()) == 5
        assert milestone(open_still, Duty.ISSUE_FINAL_PLAN).is_open
        for week in weeks.values():
            for what, number in week.number.items():
                rows, total = warnings_given.behind(what, week_of=week.starts_on, today=date(2026, 5, 29))
                assert len({(row.case_id, row.duty) for row in rows}) == len(rows) == total == number, (week, what)
        rows, _ = warnings_given.behind(J.BREACHES, week_of=date(2026, 5, 27), today=date(2026, 5, 29))
        told = {row.case_id: (row.warned_on, row.outcome) for row in rows}
        assert told == {
            missed.id: (ON, "breached"),
            open_still.id: (ON, "breached"),
            unwarned.id: (None, "breached"),
        }

    def test_a_warning_by_the_clock_counts_from_its_own_day(self):
        case = requested(AGREED)
        for n in range(-14, 2):
            sweep(FINAL_BY + timedelta(days=n))
        week = warnings_given.were_we_right(today=FINAL_BY + timedelta(days=2))[0]
        assert (week.number[J.BREACHES], week.number[J.BREACHES_FLAGGED], week.median_days_before) == (1, 1, 14)
        assert all_alerts(case, Duty.ISSUE_FINAL_PLAN)[0].outcome == "breached"

    def test_what_was_missed_before_the_first_warning_there_ever_was_is_not_held_against_them(self):
        requested(AGREED)  # its last day is the Monday of the week
        other = factories.case(received_on=date(2026, 2, 2), steps=[AGREED], today=LATER)
        forecast(other, LATER, p_final=0.9)
        sweep(LATER)
        (week,) = warnings_given.were_we_right(today=LATER + timedelta(days=1))
        assert (week.starts_on, week.number[J.FLAGGED], week.number[J.BREACHES]) == (FINAL_BY, 1, 0)
        assert week.recall is None
        assert warnings_given.behind(J.BREACHES, week_of=FINAL_BY, today=LATER + timedelta(days=1)) == ([], 0)

    def test_goes_back_no_further_than_asked(self):
        warned()
        sweep(LATER)
        assert len(warnings_given.were_we_right(today=LATER, weeks=3)) == 3


class TestExcused:
    DETAIL = {"paragraph": "5(4)(d)", "from_on": "2026-01-12", "until": "2026-02-20", "evidence": "letter"}  # noqa: RUF012

    def test_a_limit_past_its_day_stays_visible_with_its_paragraph_and_age(self):
        case = requested((H.EXCEPTION_RECORDED, date(2026, 2, 2), self.DETAIL))
        assert excused.past_their_day(today=date(2026, 2, 16)) == ([], 0)
        rows, total = excused.past_their_day(today=date(2026, 2, 20))
        assert total == 1
        (row,) = rows
        assert (row.case_id, row.duty, row.due_on) == (case.id, Duty.DECIDE_WHETHER_TO_ASSESS, date(2026, 2, 16))
        assert (row.paragraph, row.recorded_on, row.age_days, row.recorded_after) == (
            "5(4)(d)",
            date(2026, 2, 2),
            18,
            False,
        )

    def test_one_recorded_after_the_day_says_so(self):
        case = requested()
        sweep(date(2026, 2, 20))
        record(case, H.EXCEPTION_RECORDED, date(2026, 2, 2), known_on=date(2026, 2, 23), **self.DETAIL)
        ((row,), _) = excused.past_their_day(today=date(2026, 2, 24))
        assert (row.recorded_on, row.age_days, row.recorded_after) == (date(2026, 2, 23), 1, True)

    def test_leaves_out_what_has_been_done_and_other_teams(self, team):
        done, other = (requested((H.EXCEPTION_RECORDED, date(2026, 2, 2), self.DETAIL)) for _ in range(2))
        other.team_id = team().id
        db.session.flush()
        record(done, H.ASSESSMENT_AGREED, date(2026, 2, 18))
        today = date(2026, 2, 20)
        assert [row.case_id for row in excused.past_their_day(today=today)[0]] == [other.id]
        assert excused.past_their_day(today=today, team_id=other.team_id)[1] == 1
        assert excused.past_their_day(today=today, team_id=other.team_id + 1)[1] == 0
