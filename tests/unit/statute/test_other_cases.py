"""law.md 1.8: moves, transfers, withdrawals, deaths, and histories that begin part-way."""

from datetime import date

import pytest

from casetracker.statute.counting import Reading
from casetracker.statute.disputes import transfer_plan_by
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party, Standing
from casetracker.statute.timetable import FIRST_CLOCK, Basis, Duty
from tests.unit.statute.told import RECEIVED, WAY_TO, after, due, duties, on, rules, stands, the

MOVED = on("2026-03-02")


class TestMovingInWithAPlan:
    def test_reg_15_the_family_is_told_within_six_weeks_of_the_transfer(self):
        case = stands((H.MOVED_IN, MOVED))
        assert case.stage is Stage.TRANSFERRED
        assert due(case, Duty.TELL_FAMILY_OF_TRANSFER) == on("2026-04-13")

    def test_reg_15_this_is_not_a_twenty_week_case(self):
        assert duties(stands((H.MOVED_IN, MOVED))) == {Duty.TELL_FAMILY_OF_TRANSFER, Duty.REVIEW_TRANSFERRED_PLAN}

    @pytest.mark.parametrize(
        ("known", "review_by"),
        [
            ({}, "2026-06-02"),
            ({"plan_made_on": "2024-01-10"}, "2026-06-02"),
            ({"plan_made_on": "2025-09-10"}, "2026-09-10"),
            ({"plan_made_on": "2020-01-10", "last_review_on": "2025-11-05"}, "2026-11-05"),
            ({"plan_made_on": "2025-11-05", "last_review_on": "2025-10-05"}, "2026-11-05"),
        ],
        ids=["not known", "long ago", "a year from the plan", "a year from the last review", "the later of the two"],
    )
    def test_reg_15_the_review_is_by_the_later_of_a_year_and_three_months(self, known, review_by):
        assert due(stands((H.MOVED_IN, MOVED, known)), Duty.REVIEW_TRANSFERRED_PLAN) == on(review_by)

    def test_reg_15_the_three_months_are_unconfirmed_and_can_be_left_out(self):
        sure = Reading(unconfirmed_rules=False)
        assert Duty.REVIEW_TRANSFERRED_PLAN not in duties(stands((H.MOVED_IN, MOVED), reading=sure))
        old = stands((H.MOVED_IN, MOVED, {"plan_made_on": "2025-04-10"}), reading=sure)
        assert due(old, Duty.REVIEW_TRANSFERRED_PLAN) == on("2026-04-10")

    def test_reg_15_telling_the_family_and_holding_the_review_meet_their_limits(self):
        told = (H.NOTIFICATION_SENT, on("2026-04-13"), {"reason": "transfer"})
        held = (H.MEETING_HELD, on("2026-06-03"), {"reason": "review"})
        case = stands((H.MOVED_IN, MOVED), told, held)
        assert the(case, Duty.TELL_FAMILY_OF_TRANSFER).standing is Standing.MET
        assert the(case, Duty.REVIEW_TRANSFERRED_PLAN).standing is Standing.MET_LATE

    def test_any_other_letter_or_meeting_meets_neither(self):
        case = stands((H.MOVED_IN, MOVED), (H.NOTIFICATION_SENT, MOVED), (H.MEETING_HELD, MOVED), on=MOVED)
        assert {m.done_on for m in case.milestones} == {None}

    def test_reg_15_a_transfer_is_no_request(self):
        assert stands((H.MOVED_IN, MOVED)).received_on is None

    def test_a_transferred_plan_is_not_one_that_timeliness_counts(self):
        clock = stands((H.MOVED_IN, MOVED)).clock
        assert clock is not None and clock.basis not in FIRST_CLOCK

    @pytest.mark.parametrize(
        ("aware_on", "by"),
        [
            ("2026-01-09", "2026-01-30"),
            ("2026-01-12", "2026-01-30"),
            ("2026-01-13", "2026-02-02"),
            ("2026-01-30", "2026-02-19"),
            ("2026-01-31", "2026-02-20"),
            ("2026-03-30", "2026-04-21"),
        ],
        ids=[
            "15 working days before",
            "14 working days before",
            "13 working days before",
            "the day of the move",
            "a Saturday, which is not counted",
            "over Easter",
        ],
    )
    def test_reg_15_2_the_old_authority_hands_over_by_the_move_or_in_fifteen_working_days(self, aware_on, by):
        assert transfer_plan_by(moved_on=on("2026-01-30"), aware_on=on(aware_on)) == on(by)


class TestMovingDuringAnAssessment:
    @pytest.mark.parametrize("stage", [Stage.REQUESTED, Stage.ASSESSING, Stage.PLANNING, Stage.CONSULTING])
    def test_cfa_s24_the_clock_starts_anew_on_the_day_of_the_move(self, stage):
        case = stands(*WAY_TO[stage], (H.MOVED_IN, after(110)))
        assert case.stage is Stage.REQUESTED
        assert case.clock is not None
        assert (case.clock.basis, case.clock.started_on) == (Basis.BROUGHT_TO_ATTENTION, after(110))
        assert due(case, Duty.ISSUE_FINAL_PLAN) == after(250)

    def test_cfa_s24_a_history_can_begin_with_it(self):
        case = stands((H.MOVED_IN, MOVED, {"reason": "during_assessment"}))
        assert (case.stage, case.received_on) == (Stage.REQUESTED, MOVED)
        assert due(case, Duty.DECIDE_WHETHER_TO_ASSESS) == on("2026-04-13")

    def test_cfa_s24_a_child_who_moved_out_and_back_starts_anew(self):
        case = stands(*WAY_TO[Stage.MOVED_OUT], (H.MOVED_IN, after(60)))
        assert [(e.started_on, e.ended_on) for e in case.episodes] == [(RECEIVED, after(20)), (after(60), None)]
        assert due(case, Duty.DECIDE_WHETHER_TO_ASSESS) == after(102)

    def test_the_day_of_the_first_request_is_kept(self):
        assert stands(*WAY_TO[Stage.REQUESTED], (H.MOVED_IN, after(60))).received_on == RECEIVED

    def test_the_steps_of_the_first_clock_do_not_count_on_the_second(self):
        case = stands(*WAY_TO[Stage.ASSESSING], (H.MOVED_IN, after(60)), on=after(80))
        second = {m.duty: m.done_on for m in case.milestones if m.episode == 2}
        assert second[Duty.DECIDE_WHETHER_TO_ASSESS] is None

    def test_a_child_with_a_plan_who_moves_back_brings_it(self):
        case = stands(*WAY_TO[Stage.MOVED_OUT], (H.MOVED_IN, after(60), {"reason": "with_plan"}))
        assert case.stage is Stage.TRANSFERRED


class TestEndings:
    ENDS = (
        (H.REQUEST_WITHDRAWN, Stage.WITHDRAWN),
        (H.MOVED_OUT, Stage.MOVED_OUT),
        (H.DIED, Stage.DIED),
        (H.CASE_CLOSED, Stage.CLOSED),
    )

    @pytest.mark.parametrize(("happening", "stage"), ENDS)
    def test_the_clock_stops_and_what_was_not_yet_due_never_will_be(self, happening, stage):
        case = stands(*WAY_TO[Stage.ASSESSING], (happening, after(50)), on=after(500))
        assert (case.stage, case.ended_on, case.day) == (stage, after(50), 50)
        assert duties(case) == {Duty.DECIDE_WHETHER_TO_ASSESS}
        assert case.whose_move is Party.NOBODY

    @pytest.mark.parametrize(("happening", "stage"), ENDS)
    def test_a_limit_missed_before_the_end_stays_missed(self, happening, stage):
        case = stands(*WAY_TO[Stage.REQUESTED], (happening, after(50)), on=after(500))
        decision = the(case, Duty.DECIDE_WHETHER_TO_ASSESS)
        assert (decision.standing, decision.lapsed_on, decision.is_open) == (Standing.OVERDUE, after(50), False)
        assert duties(case) == {Duty.DECIDE_WHETHER_TO_ASSESS}

    @pytest.mark.parametrize(("ended", "missed"), [(42, False), (43, True)], ids=["on the last day", "the day after"])
    def test_a_limit_was_missed_only_if_its_last_day_was_over(self, ended, missed):
        case = stands(*WAY_TO[Stage.REQUESTED], (H.REQUEST_WITHDRAWN, after(ended)))
        assert (Duty.DECIDE_WHETHER_TO_ASSESS in duties(case)) is missed

    def test_nothing_is_left_to_do_for_a_child_who_has_died(self):
        case = stands(*WAY_TO[Stage.ASSESSING], (H.DIED, after(50)))
        assert list(case.open_milestones()) == [] and case.next_due() is None

    def test_a_refusal_leaves_no_window_for_a_child_who_has_died(self):
        case = stands(*WAY_TO[Stage.REFUSED], (H.DIED, after(35)), on=after(40))
        assert Duty.APPEAL_WINDOW not in duties(case)

    def test_closing_the_file_of_a_case_that_has_ended_changes_nothing_else(self):
        case = stands(*WAY_TO[Stage.ISSUED], (H.CASE_CLOSED, after(200)))
        assert (case.stage, case.closed_on, case.ended_on) == (Stage.ISSUED, after(200), after(130))

    def test_nothing_happens_to_a_case_after_a_death_but_notes_and_closing(self):
        assert rules(*WAY_TO[Stage.DIED], (H.APPEAL_REGISTERED, after(40))) != []
        assert rules(*WAY_TO[Stage.DIED], (H.NOTE_ADDED, after(40)), (H.CASE_CLOSED, after(41))) == []


class TestHistoriesThatBeginPartWay:
    def test_a_plan_made_before_records_began_has_no_clock_and_no_limits(self):
        case = stands((H.BROUGHT_FORWARD, RECEIVED))
        assert (case.stage, case.milestones, case.day, case.week) == (Stage.ISSUED, (), 0, 0)
        assert [(episode.number, episode.started_on) for episode in case.episodes] == [(1, None)]

    def test_it_can_begin_at_any_stage(self):
        case = stands((H.BROUGHT_FORWARD, RECEIVED, {"stage": "assessing"}), (H.PLAN_AGREED, after(5)))
        assert case.stage is Stage.PLANNING and not case.milestones

    @pytest.mark.parametrize("stage", ["not_open", "nowhere"])
    def test_it_cannot_begin_nowhere(self, stage):
        assert len(rules((H.BROUGHT_FORWARD, RECEIVED, {"stage": stage}))) == 1

    def test_it_can_be_re_opened_with_a_clock_of_its_own(self):
        case = stands((H.BROUGHT_FORWARD, RECEIVED), (H.CONCEDED, after(100)))
        assert due(case, Duty.ISSUE_AMENDED_PLAN) == after(135)


class TestWhoseMove:
    def test_it_is_the_familys_while_information_asked_for_has_not_come(self):
        steps = (*WAY_TO[Stage.REQUESTED], (H.FURTHER_INFORMATION_ASKED, after(5)))
        waiting = stands(*steps)
        assert waiting.whose_move is Party.FAMILY and waiting.awaits_information
        assert stands(*steps, (H.FURTHER_INFORMATION_RECEIVED, after(5))).whose_move is Party.AUTHORITY

    def test_nothing_is_awaited_once_the_case_has_ended(self):
        asked = (H.FURTHER_INFORMATION_ASKED, after(5))
        case = stands(*WAY_TO[Stage.REQUESTED], asked, (H.REQUEST_WITHDRAWN, after(9)))
        assert not case.awaits_information and case.whose_move is Party.NOBODY

    def test_an_appeal_decided_on_the_day_it_was_registered_waits_no_longer(self):
        case = stands(*WAY_TO[Stage.ISSUED], (H.APPEAL_REGISTERED, after(150)), (H.APPEAL_DECIDED, after(150)))
        assert case.whose_move is Party.NOBODY

    def test_asking_for_information_moves_no_date(self):
        plain = stands(*WAY_TO[Stage.REQUESTED])
        asked = stands(*WAY_TO[Stage.REQUESTED], (H.FURTHER_INFORMATION_ASKED, after(5)))
        assert plain.milestones == asked.milestones

    def test_in_consultation_it_is_the_familys_then_the_settings_then_the_authoritys(self):
        consulted = (H.SETTING_CONSULTED, after(101), {"setting": "Hill School"})
        replied = (H.SETTING_REPLIED, after(118), {"setting": "Hill School"})
        steps = (*WAY_TO[Stage.CONSULTING], consulted, replied)
        assert [stands(*steps, on=after(day)).whose_move for day in (110, 115, 118)] == [
            Party.FAMILY,
            Party.SETTING,
            Party.AUTHORITY,
        ]

    def test_it_is_nobodys_before_a_request_and_after_a_plan(self):
        assert stands(*WAY_TO[Stage.ISSUED]).whose_move is Party.NOBODY
        assert stands(*WAY_TO[Stage.REQUESTED], on=after(-1)).whose_move is Party.NOBODY


class TestRecording:
    @pytest.mark.parametrize(
        ("happening", "detail", "said"),
        [
            (H.MOVED_IN, {"plan_made_on": "soon"}, "plan_made_on: “soon” is not a day"),
            (H.DRAFT_PLAN_SENT, {"served_on": "2026-02-30"}, "served_on: “2026-02-30” is not a day"),
            (H.EXCEPTION_RECORDED, {"reason": "5(4)(c)", "until": "x"}, "until: “x” is not a day"),
        ],
    )
    def test_a_day_that_is_none_is_refused_and_changes_nothing(self, happening, detail, said):
        way = WAY_TO[Stage.PLANNING]
        assert rules(*way, (happening, after(95), detail)) == [said]

    def test_a_draft_cannot_be_served_before_it_is_sent(self):
        step = (H.DRAFT_PLAN_SENT, after(95), {"served_on": after(94).isoformat()})
        assert rules(*WAY_TO[Stage.PLANNING], step) == ["the draft cannot have been served before it was sent"]
        by_hand = (H.DRAFT_PLAN_SENT, after(95), {"served_on": after(95).isoformat()})
        assert rules(*WAY_TO[Stage.PLANNING], by_hand) == []

    def test_a_reply_needs_a_consultation(self):
        replied = (H.SETTING_REPLIED, after(110), {"setting": "Hill School"})
        assert rules(*WAY_TO[Stage.CONSULTING], replied) == ["no consultation of “Hill School” is waiting for a reply"]

    def test_the_days_that_returns_are_made_of_are_kept(self):
        case = stands(*WAY_TO[Stage.ISSUED])
        assert (case.received_on, case.agreed_to_assess_on, case.plan_agreed_on) == (RECEIVED, after(30), after(90))
        assert (case.draft_sent_on, case.final_plan_on, case.ended_on) == (after(100), after(130), after(130))

    def test_the_named_worker_is_the_last_assigned(self):
        steps = [(H.WORKER_ASSIGNED, after(n), {"worker": name}) for n, name in enumerate(("Ann", "Ben"))]
        assert stands(*WAY_TO[Stage.REQUESTED], *steps).worker == "Ben"

    def test_slack_is_what_is_left_and_less_than_nothing_once_overdue(self):
        case = stands(*WAY_TO[Stage.REQUESTED], on=after(50))
        decision, final = case.slack(Duty.DECIDE_WHETHER_TO_ASSESS), case.slack(Duty.ISSUE_FINAL_PLAN)
        assert (decision.days if decision else None, final.days if final else None) == (-8, 90)
        assert case.slack(Duty.RECEIVE_ADVICE) is None

    def test_next_due_is_the_open_milestone_that_falls_due_first(self):
        next_due = stands(*WAY_TO[Stage.REQUESTED], on=date(2026, 1, 6)).next_due()
        assert next_due is not None and next_due.duty is Duty.DECIDE_WHETHER_TO_ASSESS
