"""What a night keeps: the right cases, once, however the work is split, run again or run late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from casetracker.commands import main
from casetracker.extensions import db
from casetracker.models import Case, JobRun, KpiCone, Outcome, Outlook, OutlookPart
from casetracker.periods import Span
from casetracker.queries import ahead
from casetracker.queries import outlooks as outlook_queries
from casetracker.queries.outlooks import backlog
from casetracker.services import outlooks
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Basis
from casetracker.tasks import nightly
from tests import factories
from tests.conftest import TODAY
from tests.integration.ahead.nights import at_night, ended_case, keep, open_case, scores, store

pytestmark = pytest.mark.usefixtures("session")


def cone(span: Span = Span.MONTH, *, today: date = TODAY) -> ahead.KeptCone:
    return ahead.current(today=today)[span]


class TestTheCones:
    def test_certain_expected_best_and_worst_of_a_month(self):
        """1 June: two issued already; three open, of which one will be in time, one newly late, and one was late."""
        store(*[ended_case(n, days=days, on=TODAY) for n, days in enumerate((100, 200))])
        in_time, newly, late = store(
            open_case(1, waited=100, on=TODAY, stage=Stage.CONSULTING, draft_sent_on=TODAY),
            open_case(2, waited=138, on=TODAY, stage=Stage.CONSULTING, draft_sent_on=TODAY),
            open_case(3, waited=300, on=TODAY, stage=Stage.PLANNING),
        )
        assert keep(TODAY, {in_time: 10, newly: 9, late: 20}) == 4
        found = cone()
        assert (found.issued_in_time, found.issued_late) == (1, 1)
        assert (found.expected_in_time, found.expected_late, found.from_backlog) == (2, 3, 1)
        assert found.percent == pytest.approx(40)
        assert found.best == pytest.approx(100 * 3 / 4)
        assert found.worst == pytest.approx(100 * 1 / 4)
        assert found.low <= 40 <= found.high

    def test_each_period_counts_what_was_issued_in_it(self):
        store(ended_case(1, days=100, on=date(2026, 6, 1)), ended_case(2, days=100, on=date(2026, 4, 2)))
        store(ended_case(3, days=300, on=date(2026, 1, 2)), ended_case(4, days=100, on=date(2025, 10, 1)))
        (case,) = store(open_case(1, waited=10, on=TODAY))
        keep(TODAY, {case: None})
        so_far = {span: (one.issued_in_time, one.issued_late) for span, one in ahead.current(today=TODAY).items()}
        assert so_far == {
            Span.MONTH: (1, 0),
            Span.QUARTER: (2, 0),
            Span.CALENDAR: (2, 1),
            Span.ACADEMIC: (3, 1),
        }

    @pytest.mark.parametrize(
        "column",
        [
            {"exceptions_apply": True},
            {"clock_basis": Basis.TRIBUNAL_ORDER},
            {"is_open": False, "stage": Stage.WITHDRAWN},
            {"final_plan_on": date(2026, 1, 1), "final_plan_month": 202601},
        ],
        ids=["an exception", "a re-opened clock", "ended", "has had its first plan"],
    )
    def test_a_case_that_the_headline_will_not_count_is_left_out(self, column):
        one, other = store(open_case(1, waited=100, on=TODAY), open_case(2, waited=100, on=TODAY))
        db.session.execute(update(Case).where(Case.id == other).values(**column))
        keep(TODAY, {one: 10, other: 10})
        assert cone().expected_in_time == 1
        assert ahead.newest().cases == ahead.newest().open_cases == 1

    def test_a_reopened_case_counts_where_the_authority_counts_them(self):
        (case,) = store(open_case(1, waited=100, on=TODAY, clock_basis=Basis.CONCESSION))
        made = scores({case: 10})
        outlooks.keep_part(scores=made, first_id=case, last_id=case, on=TODAY, counts_reopened=True)
        outlooks.keep(on=TODAY, at=at_night(TODAY), counts_reopened=True)
        assert cone().expected_in_time == 1

    def test_requests_still_to_come_are_in_the_year_and_not_in_the_month(self):
        rows = [ended_case(n, days=100, on=TODAY - timedelta(days=n)) for n in range(1, 700, 3)]
        store(*rows)
        (case,) = store(open_case(1, waited=10, on=TODAY))
        keep(TODAY, {case: None})
        assert cone().from_newcomers == 0
        assert 10 < cone(Span.CALENDAR).from_newcomers < 60


class TestTheNight:
    def test_split_in_any_way_it_comes_to_the_same(self):
        ids = store(*[open_case(n, waited=40 * n, on=TODAY) for n in range(9)])
        days = {case: 20 + 5 * place for place, case in enumerate(ids)}
        keep(TODAY, days)
        whole = cone(Span.CALENDAR)
        for part in (ids[:2], ids[2:7], ids[7:]):
            outlooks.keep_part(
                scores=scores({case: days[case] for case in part}), first_id=part[0], last_id=part[-1], on=TODAY
            )
        assert db.session.scalar(select(func.count(OutlookPart.id))) == 3
        db.session.execute(delete(Outlook))
        outlooks.keep(on=TODAY, at=at_night(TODAY))
        split = cone(Span.CALENDAR)
        assert split.percent == pytest.approx(whole.percent)
        assert (split.low, split.high) == pytest.approx((whole.low, whole.high))
        assert ahead.newest().cases == 9

    def test_run_again_in_the_day_what_was_foreseen_stands(self):
        """Or a plan issued since would be counted as issued, and once more as a chance of it."""
        (case,) = store(open_case(1, waited=100, on=TODAY))
        assert keep(TODAY, {case: 10}) == 4
        first = cone()
        issued = {"is_open": False, "final_plan_on": TODAY, "final_plan_month": 202606, "days_to_plan": 100}
        db.session.execute(update(Case).where(Case.id == case).values(counts_for_timeliness=True, **issued))
        assert outlooks.keep(on=TODAY, at=at_night(TODAY)) == 0
        assert cone() == first
        assert db.session.scalar(select(func.count(KpiCone.id))) == 4

    def test_a_part_that_comes_later_is_taken_in(self):
        one, other = store(open_case(1, waited=100, on=TODAY), open_case(2, waited=100, on=TODAY))
        assert keep(TODAY, {one: 10}) == 4
        outlooks.keep_part(scores=scores({other: 10}), first_id=other, last_id=other, on=TODAY)
        assert not outlooks.is_kept(on=TODAY)
        assert outlooks.keep(on=TODAY, at=at_night(TODAY)) == 4
        assert outlooks.is_kept(on=TODAY)
        assert (cone().expected_in_time, ahead.newest().cases) == (2, 2)
        assert db.session.scalar(select(func.count(KpiCone.id))) == 4
        assert db.session.scalar(select(func.count()).select_from(Outlook)) == 1

    def test_a_night_that_was_missed_is_not_filled_in_with_what_was_learned_since(self):
        (case,) = store(open_case(1, waited=100, on=TODAY))
        outlooks.keep_part(scores=scores({case: 10}), first_id=case, last_id=case, on=TODAY - timedelta(days=1))
        assert outlooks.keep(on=TODAY - timedelta(days=1), at=at_night(TODAY)) == 0
        assert ahead.newest() is None and ahead.current(today=TODAY) == {}

    def test_with_no_scores_no_cone_is_kept(self):
        store(open_case(1, waited=300, on=TODAY))
        assert outlooks.keep(on=TODAY, at=at_night(TODAY)) == 0
        assert (ahead.newest().cases, ahead.newest().open_cases) == (0, 1)
        assert ahead.current(today=TODAY) == {}

    def test_older_parts_are_cleared_away_and_older_cones_are_not(self):
        (case,) = store(open_case(1, waited=100, on=TODAY))
        keep(TODAY, {case: 10})
        later = TODAY + timedelta(days=40)
        keep(later, {case: 10})
        assert db.session.scalars(select(OutlookPart.day)).all() == [later]
        assert db.session.scalars(select(Outlook.day)).all() == [later]
        assert db.session.scalar(select(func.count(KpiCone.id))) == 8

    def test_it_rests_on_priors_until_a_fit_of_ones_own_is_in_use(self):
        (case,) = store(open_case(1, waited=100, on=TODAY))
        keep(TODAY, {case: 10})
        assert ahead.newest().on_priors and cone().on_priors


class TestWhatIsGathered:
    def test_the_backlog_is_the_cases_past_twenty_weeks_by_receipt_and_steps_left(self):
        store(
            open_case(1, waited=140, on=TODAY),
            open_case(2, waited=141, on=TODAY, stage=Stage.CONSULTING),
            open_case(3, waited=141, on=TODAY, stage=Stage.CONSULTING),
            open_case(4, waited=141, on=TODAY, stage=Stage.REQUESTED),
            open_case(5, waited=400, on=TODAY, exceptions_apply=True),
        )
        day = TODAY - timedelta(days=141)
        assert backlog(on=TODAY, ends_on=date(2026, 6, 30)) == [(day, 0, 2, False), (day, 3, 1, False)]

    @pytest.mark.parametrize(
        ("steps", "answers"),
        [
            ([(H.DRAFT_PLAN_SENT, date(2026, 6, 15))], False),
            ([(H.DRAFT_PLAN_SENT, date(2026, 6, 16))], True),
            ([(H.DRAFT_PLAN_SENT, date(2026, 6, 16)), (H.REPRESENTATIONS_RECEIVED, date(2026, 6, 17))], False),
            ([(H.DRAFT_PLAN_SENT, date(2026, 5, 1)), (H.DRAFT_PLAN_SENT, date(2026, 6, 17))], True),
        ],
        ids=["over on the 29th", "over on the 30th", "answered sooner", "another draft since"],
    )
    def test_the_backlog_says_whose_family_has_its_fifteen_days_until_the_months_end(self, steps, answers):
        """15 days from the 15th are over on the 29th, and the plan can follow on the 30th (reg 13(1)(a))."""
        received_on, today = date(2025, 12, 1), date(2026, 6, 17)
        factories.case(received_on=received_on, steps=[(H.ASSESSMENT_AGREED, date(2026, 1, 5)), *steps], today=today)
        assert backlog(on=today, ends_on=date(2026, 6, 30)) == [(received_on, 0, 1, answers)]

    @pytest.mark.parametrize(
        ("steps", "soonest"),
        [
            ([], 15),
            ([(H.DRAFT_PLAN_SENT, TODAY)], 15),
            ([(H.DRAFT_PLAN_SENT, TODAY - timedelta(days=6))], 9),
            ([(H.DRAFT_PLAN_SENT, TODAY - timedelta(days=15))], 0),
            ([(H.DRAFT_PLAN_SENT, TODAY - timedelta(days=6)), (H.REPRESENTATIONS_RECEIVED, TODAY)], 0),
        ],
        ids=["no draft", "sent today", "sent on Tuesday", "15 days over", "answered"],
    )
    def test_a_plan_can_follow_once_what_is_left_of_the_familys_days_is_over(self, steps, soonest):
        case = factories.case(received_on=date(2026, 3, 2), steps=[(H.ASSESSMENT_AGREED, date(2026, 4, 6)), *steps])
        (found,) = outlook_queries.counted(first_id=case.id, last_id=case.id, on=TODAY).soonest
        assert found == soonest

    def test_requests_are_of_whole_months_with_none_left_out(self):
        days = (date(2025, 11, 20), date(2026, 1, 5), date(2026, 1, 31), date(2026, 4, 1), date(2026, 6, 1))
        store(*[open_case(n, waited=(TODAY - day).days, on=TODAY) for n, day in enumerate(days)])
        outlooks.keep(on=TODAY, at=at_night(TODAY))
        expected = [[202512, 0], [202601, 2], [202602, 0], [202603, 0], [202604, 1], [202605, 0]]
        assert ahead.newest().requests == expected

    def test_decisions_and_speeds_are_of_the_year_before(self):
        store(*[ended_case(n, days=100 + n, on=TODAY - timedelta(days=10)) for n in range(3)])
        store(ended_case(10, days=None, on=TODAY - timedelta(days=5)))
        store(ended_case(11, days=None, on=TODAY - timedelta(days=500)))
        outlooks.keep(on=TODAY, at=at_night(TODAY))
        found = ahead.newest()
        assert found.days_to_plan == [(100, 1), (101, 1), (102, 1)]
        assert found.facts["agreed_share"] == pytest.approx(0.75)
        assert found.facts["weeks_to_decide"] == pytest.approx(6.0)
        assert found.facts["drafts_a_week"] == pytest.approx(3 / 26)
        assert found.facts["requests_ended"] == 1
        assert found.facts["share_with_plan"] == 0


class TestHowRightTheyWere:
    def test_a_forecast_is_held_against_what_was_issued_by_the_end(self):
        (case,) = store(open_case(1, waited=100, on=date(2026, 6, 2), stage=Stage.PLANNING))
        keep(date(2026, 6, 2), {case: 10})
        store(ended_case(1, days=100, on=date(2026, 6, 20)), ended_case(2, days=200, on=date(2026, 6, 21)))
        keep(date(2026, 6, 23), {case: 500})
        assert ahead.scored(today=date(2026, 6, 30)) == []
        found = {one.weeks_before: one for one in ahead.scored(today=date(2026, 7, 1))}
        assert set(found) == {1, 4}
        assert (found[4].actual, found[4].percent, found[4].inside) == (50.0, 100.0, False)
        assert found[1].inside

    def test_a_period_in_which_nothing_was_issued_is_not_scored(self):
        (case,) = store(open_case(1, waited=100, on=date(2026, 6, 2)))
        keep(date(2026, 6, 2), {case: 10})
        assert ahead.scored(today=date(2026, 7, 5)) == []


class TestTheJob:
    def test_the_command_keeps_todays_and_the_run_is_on_record(self, app, on_the_day):
        (case,) = store(open_case(1, waited=100, on=TODAY))
        outlooks.keep_part(scores=scores({case: 10}), first_id=case, last_id=case, on=TODAY)
        db.session.commit()
        said = app.test_cli_runner().invoke(args=["outlook"], cli=main)
        assert (said.exit_code, said.output) == (0, "4 periods foreseen.\n")
        run = db.session.scalars(select(JobRun).where(JobRun.job == "outlook")).one()
        assert (run.outcome, run.counts, run.for_day) == (Outcome.DONE, {"cones": 4}, TODAY)

    def test_the_hourly_task_gathers_once_and_then_does_nothing(self, app, on_the_day):
        store(open_case(1, waited=100, on=TODAY))
        db.session.commit()
        nightly.outlook()
        nightly.outlook()
        assert db.session.scalars(select(JobRun.counts).where(JobRun.job == "outlook")).all() == [{"cones": 0}]
        said = app.test_cli_runner().invoke(args=["outlook"], cli=main)
        assert said.output == "Nothing to do: all that has been scored today is in it.\n"

    def test_two_at_once_keep_one_of_each(self, app):
        (case,) = store(open_case(1, waited=100, on=TODAY))
        outlooks.keep_part(scores=scores({case: 10}), first_id=case, last_id=case, on=TODAY)
        db.session.commit()

        def night(_number: int) -> int:
            with app.app_context():
                kept = outlooks.keep(on=TODAY, at=at_night(TODAY))
                db.session.commit()
                db.session.remove()
                return kept

        with ThreadPoolExecutor(4) as pool:
            assert max(pool.map(night, range(4))) == 4
        assert db.session.scalar(select(func.count(KpiCone.id))) == 4
        assert cone().expected_in_time == 1
