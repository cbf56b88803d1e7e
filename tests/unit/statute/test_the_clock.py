"""law.md 1.1 and 1.2: the limits of a request, and how they are counted."""

from datetime import date

import pytest

from casetracker.statute.counting import Limit, Reading, day_number, months_after, week_number
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Standing, how_it_stands
from casetracker.statute.timetable import Basis, Duty, Force, Mark
from tests.unit.statute.told import RECEIVED, WAY_TO, after, due, duties, on, stands, the

STRICT = Reading(count_day_one=True)


class TestTheVector:
    def test_reg_5_1_six_weeks_from_5_january_2026(self):
        assert due(stands((H.REQUEST_RECEIVED, RECEIVED)), Duty.DECIDE_WHETHER_TO_ASSESS) == date(2026, 2, 16)

    def test_reg_10_1_sixteen_weeks_from_5_january_2026(self):
        assert due(stands((H.REQUEST_RECEIVED, RECEIVED)), Duty.NOTIFY_NO_PLAN) == date(2026, 4, 27)

    def test_reg_13_2_twenty_weeks_from_5_january_2026_end_on_a_bank_holiday_and_do_not_move(self):
        assert due(stands((H.REQUEST_RECEIVED, RECEIVED)), Duty.ISSUE_FINAL_PLAN) == date(2026, 5, 25)

    def test_reg_13_1_a_a_draft_served_on_27_april_2026_is_open_to_11_may(self):
        case = stands(*WAY_TO[Stage.PLANNING], (H.DRAFT_PLAN_SENT, date(2026, 4, 27)))
        assert due(case, Duty.REPRESENTATIONS_WINDOW) == date(2026, 5, 11)

    def test_count_day_one_ends_every_limit_in_weeks_a_day_earlier(self):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), reading=STRICT)
        assert [due(case, d) for d in (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)] == [
            date(2026, 2, 15),
            date(2026, 4, 26),
            date(2026, 5, 24),
        ]

    def test_count_day_one_leaves_limits_in_days_and_months_alone(self):
        case = stands(
            *WAY_TO[Stage.PLANNING],
            (H.DRAFT_PLAN_SENT, after(100)),
            (H.SETTING_CONSULTED, after(100), {"setting": "Hill School"}),
            on=after(101),
            reading=STRICT,
        )
        assert due(case, Duty.REPRESENTATIONS_WINDOW) == after(114)
        assert due(case, Duty.SETTING_REPLY) == after(115)
        refused = stands(*WAY_TO[Stage.REFUSED], on=after(31), reading=STRICT)
        assert due(refused, Duty.MEDIATION_WINDOW) == months_after(after(30), 2)

    def test_count_day_one_makes_the_day_of_receipt_day_1(self):
        assert stands((H.REQUEST_RECEIVED, RECEIVED), on=RECEIVED, reading=STRICT).day == 1
        assert stands((H.REQUEST_RECEIVED, RECEIVED), on=RECEIVED).day == 0


class TestTheRowsOfARequest:
    def test_cfa_s24_becoming_responsible_starts_the_same_clocks_as_a_request(self):
        asked = stands((H.REQUEST_RECEIVED, RECEIVED))
        brought = stands((H.REQUEST_RECEIVED, RECEIVED, {"basis": "s24"}))
        assert brought.clock is not None and brought.clock.basis is Basis.BROUGHT_TO_ATTENTION
        assert [(m.duty, m.due_on) for m in brought.milestones] == [(m.duty, m.due_on) for m in asked.milestones]

    def test_reg_4_1_a_refusal_at_the_first_question_has_the_same_six_weeks(self):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), (H.ASSESSMENT_REFUSED, after(42), {"reason": "4(1)"}))
        decision = the(case, Duty.DECIDE_WHETHER_TO_ASSESS)
        assert (decision.due_on, decision.authority) == (after(42), "SEND Regs 2014, reg 4(1)")
        assert decision.standing is Standing.MET

    @pytest.mark.parametrize("reason", ["not_necessary", "s.36(5)", "Reg 4(1)"])
    def test_reg_4_1_is_named_in_several_ways(self, reason):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), (H.ASSESSMENT_REFUSED, after(42), {"reason": reason}))
        assert the(case, Duty.DECIDE_WHETHER_TO_ASSESS).authority == "SEND Regs 2014, reg 4(1)"

    def test_reg_5_1_a_refusal_for_any_other_reason_is_under_reg_5(self):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), (H.ASSESSMENT_REFUSED, after(42), {"reason": "met at school"}))
        assert the(case, Duty.DECIDE_WHETHER_TO_ASSESS).authority == "SEND Regs 2014, reg 5(1)"

    @pytest.mark.parametrize(
        ("done_on", "standing"),
        [(after(41), Standing.MET), (after(42), Standing.MET), (after(43), Standing.MET_LATE)],
        ids=["the day before", "the last day", "the day after"],
    )
    def test_reg_5_1_the_decision_is_in_time_to_the_end_of_its_last_day(self, done_on, standing):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), (H.ASSESSMENT_AGREED, done_on))
        assert the(case, Duty.DECIDE_WHETHER_TO_ASSESS).standing is standing

    @pytest.mark.parametrize(
        ("day", "standing"), [(42, Standing.PENDING), (43, Standing.OVERDUE)], ids=["last day", "day after"]
    )
    def test_reg_5_1_an_open_decision_is_overdue_only_after_its_last_day(self, day, standing):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), on=after(day))
        assert the(case, Duty.DECIDE_WHETHER_TO_ASSESS).standing is standing

    @pytest.mark.parametrize(
        ("day", "standing"), [(112, Standing.MET), (113, Standing.MET_LATE)], ids=["last day", "day after"]
    )
    def test_reg_10_1_no_plan_is_told_within_sixteen_weeks(self, day, standing):
        case = stands(*WAY_TO[Stage.ASSESSING], (H.PLAN_REFUSED, after(day)))
        assert the(case, Duty.NOTIFY_NO_PLAN).standing is standing
        assert Duty.ISSUE_FINAL_PLAN not in duties(case)

    @pytest.mark.parametrize(
        ("day", "standing"), [(140, Standing.MET), (141, Standing.MET_LATE)], ids=["last day", "day after"]
    )
    def test_reg_13_2_the_limit_is_met_by_sending_the_final_plan(self, day, standing):
        case = stands(*WAY_TO[Stage.CONSULTING], (H.FINAL_PLAN_ISSUED, after(day)))
        assert the(case, Duty.ISSUE_FINAL_PLAN).standing is standing

    def test_reg_13_2_deciding_agreeing_and_drafting_do_not_meet_the_limit(self):
        case = stands(*WAY_TO[Stage.CONSULTING], on=after(141))
        assert the(case, Duty.ISSUE_FINAL_PLAN).standing is Standing.OVERDUE

    def test_cop_9_44_the_draft_is_a_target_of_week_16_and_never_a_breach(self):
        case = stands(*WAY_TO[Stage.ASSESSING], on=after(139))
        draft = the(case, Duty.SEND_DRAFT_PLAN)
        assert (draft.due_on, draft.force, draft.standing) == (after(112), Force.INTERNAL, Standing.OVERDUE)
        assert not draft.is_breach

    def test_advice_by_week_12_is_a_target_and_never_a_breach(self):
        gathered = the(stands(*WAY_TO[Stage.ASSESSING], on=after(139)), Duty.GATHER_ADVICE)
        assert (gathered.due_on, gathered.force, gathered.is_breach) == (after(84), Force.INTERNAL, False)

    def test_a_target_is_met_when_the_last_advice_asked_for_is_in_hand(self):
        medical, social = {"advice_kind": "medical"}, {"advice_kind": "social_care"}
        asked = [(H.ADVICE_ASKED, after(31), medical), (H.ADVICE_ASKED, after(31), social)]
        waiting = stands(*WAY_TO[Stage.ASSESSING], *asked, (H.ADVICE_RECEIVED, after(60), medical))
        assert the(waiting, Duty.GATHER_ADVICE).done_on is None
        complete = stands(
            *WAY_TO[Stage.ASSESSING],
            *asked,
            (H.ADVICE_RECEIVED, after(60), medical),
            (H.ADVICE_NOT_KNOWN_TO_SERVICE, after(70), social),
        )
        assert the(complete, Duty.GATHER_ADVICE).done_on == after(70)
        decided = stands(
            *WAY_TO[Stage.ASSESSING], asked[0], (H.ADVICE_RECEIVED, after(60), medical), (H.PLAN_AGREED, after(75))
        )
        assert the(decided, Duty.GATHER_ADVICE).done_on == after(60)

    def test_a_target_is_over_when_the_plan_is_decided_on_with_what_there_is(self):
        asked = (H.ADVICE_ASKED, after(31), {"advice_kind": "medical"})
        case = stands(*WAY_TO[Stage.ASSESSING], asked, (H.PLAN_AGREED, after(75)), (H.DRAFT_PLAN_SENT, after(80)))
        assert the(case, Duty.GATHER_ADVICE).done_on == after(75)

    def test_a_target_is_over_when_there_is_to_be_no_plan(self):
        asked = (H.ADVICE_ASKED, after(31), {"advice_kind": "medical"})
        case = stands(*WAY_TO[Stage.ASSESSING], asked, (H.PLAN_REFUSED, after(75)))
        assert the(case, Duty.GATHER_ADVICE).done_on == after(75)

    def test_a_decision_changed_later_leaves_the_target_where_it_was_met(self):
        case = stands(*WAY_TO[Stage.PLANNING], (H.PLAN_REFUSED, after(100)))
        assert the(case, Duty.GATHER_ADVICE).done_on == after(90)

    def test_agreeing_a_plan_ends_the_limit_for_saying_that_there_will_be_none(self):
        assert Duty.NOTIFY_NO_PLAN in duties(stands(*WAY_TO[Stage.ASSESSING]))
        assert Duty.NOTIFY_NO_PLAN not in duties(stands(*WAY_TO[Stage.PLANNING]))

    def test_refusing_to_assess_ends_every_later_limit(self):
        assert duties(stands(*WAY_TO[Stage.REFUSED], on=after(365))) == {Duty.DECIDE_WHETHER_TO_ASSESS}

    def test_refusing_a_plan_after_agreeing_to_one_brings_its_own_limit_back(self):
        case = stands(*WAY_TO[Stage.CONSULTING], (H.PLAN_REFUSED, after(120)))
        assert the(case, Duty.NOTIFY_NO_PLAN).standing is Standing.MET_LATE
        assert Duty.ISSUE_FINAL_PLAN not in duties(case)


class TestRepresentationsAndSettings:
    def test_reg_13_1_a_the_day_of_service_counts_and_the_fifteenth_is_the_last(self):
        case = stands(*WAY_TO[Stage.CONSULTING], on=after(114))
        window = the(case, Duty.REPRESENTATIONS_WINDOW)
        assert (window.due_on, window.standing, window.force) == (after(114), Standing.PENDING, Force.RIGHT)

    def test_reg_13_1_a_runs_from_service_and_not_from_sending(self):
        case = stands(*WAY_TO[Stage.PLANNING], (H.DRAFT_PLAN_SENT, after(100), {"served_on": after(103).isoformat()}))
        assert due(case, Duty.REPRESENTATIONS_WINDOW) == after(117)

    def test_reg_13_1_a_each_new_draft_is_served_afresh(self):
        answered = (H.REPRESENTATIONS_RECEIVED, after(105))
        case = stands(*WAY_TO[Stage.CONSULTING], answered, (H.DRAFT_PLAN_SENT, after(110)), on=after(111))
        window = the(case, Duty.REPRESENTATIONS_WINDOW)
        assert (window.due_on, window.done_on, window.standing) == (after(124), None, Standing.PENDING)
        assert the(case, Duty.SEND_DRAFT_PLAN).done_on == after(100)

    def test_reg_13_1_a_is_used_when_the_family_answers(self):
        case = stands(*WAY_TO[Stage.CONSULTING], (H.REPRESENTATIONS_RECEIVED, after(105)), on=after(106))
        window = the(case, Duty.REPRESENTATIONS_WINDOW)
        assert (window.done_on, window.standing) == (after(105), Standing.MET)

    def test_reg_13_1_a_is_over_by_itself_when_they_do_not(self):
        window = the(stands(*WAY_TO[Stage.CONSULTING], on=after(115)), Duty.REPRESENTATIONS_WINDOW)
        assert (window.done_on, window.is_open) == (after(114), False)

    def test_reg_13_1_a_a_window_cut_short_by_the_end_of_the_case_was_not_used(self):
        case = stands(*WAY_TO[Stage.CONSULTING], (H.REQUEST_WITHDRAWN, after(105)))
        window = the(case, Duty.REPRESENTATIONS_WINDOW)
        assert (window.done_on, window.lapsed_on) == (None, after(105))

    def test_cop_9_83_a_setting_has_fifteen_days_by_guidance_only(self):
        consulted = (H.SETTING_CONSULTED, after(101), {"setting": "Hill School"})
        case = stands(*WAY_TO[Stage.CONSULTING], consulted, on=after(130))
        reply = the(case, Duty.SETTING_REPLY)
        assert (reply.due_on, reply.subject, reply.force) == (after(116), "Hill School", Force.GUIDANCE)
        assert reply.standing is Standing.OVERDUE and not reply.is_breach

    def test_cop_9_83_the_authority_decides_with_no_reply(self):
        consulted = (H.SETTING_CONSULTED, after(101), {"setting": "Hill School"})
        assert stands(*WAY_TO[Stage.CONSULTING], consulted, (H.FINAL_PLAN_ISSUED, after(120))).stage is Stage.ISSUED

    def test_each_reply_is_for_the_setting_it_names(self):
        case = stands(
            *WAY_TO[Stage.CONSULTING],
            (H.SETTING_CONSULTED, after(101), {"setting": "Hill School"}),
            (H.SETTING_CONSULTED, after(102), {"setting": "Dale School"}),
            (H.SETTING_REPLIED, after(110), {"setting": "Dale School"}),
        )
        replies = {m.subject: m.done_on for m in case.milestones if m.duty is Duty.SETTING_REPLY}
        assert replies == {"Hill School": None, "Dale School": after(110)}


class TestCounting:
    @pytest.mark.parametrize(
        ("received", "six", "sixteen", "twenty"),
        [
            ("2024-01-18", "2024-02-29", "2024-05-09", "2024-06-06"),
            ("2024-02-29", "2024-04-11", "2024-06-20", "2024-07-18"),
            ("2023-02-28", "2023-04-11", "2023-06-20", "2023-07-18"),
            ("2025-12-31", "2026-02-11", "2026-04-22", "2026-05-20"),
            ("2025-08-15", "2025-09-26", "2025-12-05", "2026-01-02"),
            ("2026-03-29", "2026-05-10", "2026-07-19", "2026-08-16"),
            ("2025-10-26", "2025-12-07", "2026-02-15", "2026-03-15"),
            ("2025-11-13", "2025-12-25", "2026-03-05", "2026-04-02"),
        ],
        ids=[
            "ends on a leap day",
            "begins on a leap day",
            "no leap day",
            "new year's eve",
            "over the year end",
            "the clocks go forward",
            "the clocks go back",
            "six weeks end at Christmas",
        ],
    )
    def test_weeks_are_calendar_weeks_over_every_seam_of_the_year(self, received, six, sixteen, twenty):
        case = stands((H.REQUEST_RECEIVED, on(received)))
        limits = (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)
        assert [due(case, duty) for duty in limits] == [on(six), on(sixteen), on(twenty)]

    @pytest.mark.parametrize(("day", "week"), [(-1, 0), (0, 1), (1, 1), (7, 1), (8, 2), (61, 9), (140, 20), (141, 21)])
    def test_week_20_ends_on_the_last_day_for_the_final_plan(self, day, week):
        assert week_number(RECEIVED, after(day)) == week

    def test_the_day_is_counted_from_nought(self):
        assert [day_number(RECEIVED, after(n)) for n in (0, 1, 61)] == [0, 1, 61]

    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2025-12-31", 2, "2026-02-28"),
            ("2026-07-15", 2, "2026-09-15"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2026-11-30", 3, "2027-02-28"),
        ],
    )
    def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(self, start, months, end):
        assert months_after(on(start), months) == on(end)

    @pytest.mark.parametrize(
        ("limit", "words"),
        [
            (Limit(weeks=6), "6 weeks"),
            (Limit(weeks=1), "1 week"),
            (Limit(days=15), "15 days"),
            (Limit(months=1), "1 month"),
            (Limit(working_days=3), "3 working days"),
        ],
    )
    def test_a_limit_says_itself(self, limit, words):
        assert str(limit) == words

    def test_a_single_week_is_a_limit_in_weeks_like_any_other(self):
        assert Limit(weeks=1).last_day(RECEIVED) == after(7)
        assert Limit(weeks=1).last_day(RECEIVED, STRICT) == after(6)

    def test_working_days_begin_with_the_day_only_where_the_text_says_so(self):
        friday = date(2026, 5, 22)
        assert Limit(working_days=3).last_day(friday) == date(2026, 5, 28)
        assert Limit(working_days=3, counts_first_day=True).last_day(friday) == date(2026, 5, 27)

    def test_the_clock_stops_counting_where_it_ends(self):
        case = stands(*WAY_TO[Stage.ISSUED], on=after(900))
        assert (case.day, case.week) == (130, 19)


class TestStanding:
    @pytest.mark.parametrize(
        ("done", "excused", "at", "standing"),
        [
            (None, False, 0, Standing.PENDING),
            (None, False, 1, Standing.OVERDUE),
            (None, True, 0, Standing.PENDING),
            (None, True, 1, Standing.EXCUSED),
            (0, False, 5, Standing.MET),
            (0, True, 5, Standing.MET),
            (1, False, 5, Standing.MET_LATE),
            (1, True, 5, Standing.EXCUSED),
            (3, False, 2, Standing.OVERDUE),
            (3, False, 0, Standing.PENDING),
        ],
        ids=[
            "due today",
            "due yesterday",
            "due today, with an exception",
            "missed, with an exception",
            "done on the last day",
            "done in time, with an exception that was not needed",
            "done a day late",
            "done late, with an exception",
            "done, but not yet that day, and late",
            "done, but not yet that day, and not yet due",
        ],
    )
    def test_a_duty_stands_as_it_was_at_the_close_of_the_day(self, done, excused, at, standing):
        done_on = after(done) if done is not None else None
        assert how_it_stands(due_on=RECEIVED, done_on=done_on, excused=excused, on=after(at)) is standing

    def test_only_a_missed_limit_of_law_is_a_breach(self):
        breaches = {m.duty for m in stands(*WAY_TO[Stage.ASSESSING], on=after(200)).milestones if m.is_breach}
        assert breaches == {Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN}

    def test_every_milestone_says_how_sure_its_row_is(self):
        marks = {m.duty: m.mark for m in stands(*WAY_TO[Stage.TRANSFERRED]).milestones}
        assert marks[Duty.TELL_FAMILY_OF_TRANSFER] is Mark.READ
        assert marks[Duty.REVIEW_TRANSFERRED_PLAN] is Mark.UNCONFIRMED
