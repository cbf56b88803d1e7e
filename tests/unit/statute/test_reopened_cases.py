"""law.md 1.7: clocks that an order, an agreement or a concession starts."""

from datetime import date

import pytest

from casetracker.statute.counting import Reading
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party, Standing
from casetracker.statute.timetable import FIRST_CLOCK, Basis, Duty, Force, Mark
from tests.unit.statute.told import RECEIVED, WAY_TO, after, due, duties, on, rules, stands, the

REFUSED, NO_PLAN, ISSUED = WAY_TO[Stage.REFUSED], WAY_TO[Stage.NO_PLAN], WAY_TO[Stage.ISSUED]
ORDERED = on("2026-10-01")
WEEKS = {
    n: on(day)
    for n, day in ((2, "2026-10-15"), (5, "2026-11-05"), (10, "2026-12-10"), (11, "2026-12-17"), (14, "2027-01-07"))
}
"""So many weeks after the order, by the calendar."""


def limits(way, happening, reason, **detail):
    """Return the limits of the clock that an order, an agreement or a concession starts."""
    case = stands(*way, (happening, ORDERED, {"reason": reason, **detail}))
    return {m.duty: m.due_on for m in case.milestones if m.episode == 2}


ASSESS = {Duty.NOTIFY_WILL_ASSESS: WEEKS[2], Duty.NOTIFY_NO_PLAN: WEEKS[10], Duty.ISSUE_FINAL_PLAN: WEEKS[14]}
MAKE_PLAN = {Duty.SEND_DRAFT_PLAN: WEEKS[5], Duty.ISSUE_FINAL_PLAN: WEEKS[11]}
AMEND = {Duty.ISSUE_AMENDED_PLAN: WEEKS[5]}
AMEND_SETTING = {Duty.ISSUE_AMENDED_PLAN: WEEKS[2]}


class TestOrders:
    def test_reg_44_2_a_an_appeal_that_is_dismissed_starts_no_clock(self):
        case = stands(*ISSUED, (H.APPEAL_DECIDED, ORDERED, {"reason": "44(2)(a)"}))
        assert (case.stage, len(case.episodes)) == (Stage.ISSUED, 1)

    def test_reg_44_2_b_ordered_to_assess_two_ten_and_fourteen_weeks(self):
        assert limits(REFUSED, H.APPEAL_DECIDED, "44(2)(b)") == ASSESS

    def test_reg_44_2_b_ordered_to_re_assess_a_child_who_has_a_plan(self):
        assert limits(ISSUED, H.APPEAL_DECIDED, "44(2)(b)") == ASSESS

    def test_reg_44_2_c_ordered_to_make_a_plan_five_and_eleven_weeks(self):
        assert limits(NO_PLAN, H.APPEAL_DECIDED, "44(2)(c)") == MAKE_PLAN

    def test_reg_44_2_c_i_the_draft_is_then_a_limit_of_law(self):
        case = stands(*NO_PLAN, (H.APPEAL_DECIDED, ORDERED, {"reason": "44(2)(c)"}))
        assert the(case, Duty.SEND_DRAFT_PLAN).force is Force.STATUTORY

    @pytest.mark.parametrize("way", [REFUSED, NO_PLAN, ISSUED], ids=["refused", "no plan", "issued"])
    def test_reg_44_2_d_referred_back_two_weeks_and_unconfirmed(self, way):
        case = stands(*way, (H.APPEAL_DECIDED, ORDERED, {"reason": "44(2)(d)"}))
        reconsider = the(case, Duty.RECONSIDER)
        assert (reconsider.due_on, reconsider.mark) == (WEEKS[2], Mark.UNCONFIRMED)

    def test_reg_44_2_d_is_left_out_where_the_authority_leaves_such_rows_out(self):
        step = (H.APPEAL_DECIDED, ORDERED, {"reason": "44(2)(d)"})
        case = stands(*REFUSED, step, reading=Reading(unconfirmed_rules=False))
        assert case.stage is Stage.RECONSIDERING
        assert duties(case, episode=2) == set()

    def test_reg_44_2_e_ordered_to_amend_five_weeks(self):
        assert limits(ISSUED, H.APPEAL_DECIDED, "44(2)(e)") == AMEND

    def test_reg_44_2_f_only_the_setting_changes_two_weeks(self):
        assert limits(ISSUED, H.APPEAL_DECIDED, "44(2)(f)") == AMEND_SETTING

    def test_reg_44_1_the_tribunal_may_direct_another_day(self):
        assert limits(ISSUED, H.APPEAL_DECIDED, "44(2)(e)", directed_due_on="2026-10-20") == {
            Duty.ISSUE_AMENDED_PLAN: date(2026, 10, 20)
        }

    @pytest.mark.parametrize(
        "spelled", ["44(2)(b)", "reg 44(2)(b)", "Reg. 44(2)(b)(ii)", "regulation 44 (2) (b)", "44(2)(B)"]
    )
    def test_a_paragraph_is_known_however_it_is_spelled(self, spelled):
        assert limits(REFUSED, H.APPEAL_DECIDED, spelled) == ASSESS

    @pytest.mark.parametrize(
        ("way", "paragraph"),
        [(REFUSED, "44(2)(c)"), (REFUSED, "44(2)(e)"), (NO_PLAN, "44(2)(f)"), (ISSUED, "44(2)(c)"), (REFUSED, "42(3)")],
    )
    def test_nothing_can_be_ordered_that_was_not_decided(self, way, paragraph):
        assert len(rules(*way, (H.APPEAL_DECIDED, ORDERED, {"reason": paragraph}))) == 1

    @pytest.mark.parametrize("paragraph", ["43(2)", "5(1)"])
    def test_a_paragraph_that_orders_nothing_is_refused(self, paragraph):
        assert rules(*REFUSED, (H.APPEAL_DECIDED, ORDERED, {"reason": f"reg {paragraph}"})) == [
            f"nothing is ordered, agreed or conceded under “{paragraph}”"
        ]

    @pytest.mark.parametrize("reason", ["dismissed", "withdrawn", ""])
    def test_an_appeal_that_changes_nothing_starts_no_clock(self, reason):
        assert len(stands(*REFUSED, (H.APPEAL_DECIDED, ORDERED, {"reason": reason})).episodes) == 1


class TestMediation:
    @pytest.mark.parametrize(
        ("way", "expected"),
        [(REFUSED, ASSESS), (NO_PLAN, MAKE_PLAN), (ISSUED, AMEND)],
        ids=["to assess", "to make a plan", "to amend"],
    )
    def test_reg_42_2_an_agreement_is_treated_as_an_order_made_that_day(self, way, expected):
        assert limits(way, H.MEDIATION_HELD, "42(2)") == expected

    def test_reg_42_2_names_both_paragraphs(self):
        case = stands(*REFUSED, (H.MEDIATION_HELD, ORDERED, {"reason": "agreed"}))
        assert the(case, Duty.ISSUE_FINAL_PLAN).authority == "SEND Regs 2014, reg 42(2) with reg 44(2)(b)(ii)"

    def test_reg_42_3_an_agreement_on_anything_else_two_weeks(self):
        assert limits(ISSUED, H.MEDIATION_HELD, "42(3)") == {Duty.CARRY_OUT_AGREEMENT: WEEKS[2]}

    def test_reg_42_3_is_carried_out_when_the_family_is_told_so(self):
        agreed = (H.MEDIATION_HELD, ORDERED, {"reason": "42(3)"})
        told = (H.NOTIFICATION_SENT, WEEKS[2], {"reason": "agreement"})
        assert the(stands(*ISSUED, agreed, told), Duty.CARRY_OUT_AGREEMENT).standing is Standing.MET

    @pytest.mark.parametrize(
        "agreed_on", ["2026-10-01", "2026-10-05", "2026-12-24"], ids=["the same day", "sooner", "later"]
    )
    def test_reg_42_5_the_parties_may_agree_another_day_in_writing(self, agreed_on):
        case = stands(*ISSUED, (H.MEDIATION_HELD, ORDERED, {"reason": "42(3)", "agreed_due_on": agreed_on}))
        carried_out = the(case, Duty.CARRY_OUT_AGREEMENT)
        assert carried_out.due_on == on(agreed_on)
        assert carried_out.authority.startswith("SEND Regs 2014, reg 42(5)")

    def test_reg_42_5_takes_the_place_of_the_last_limit_and_leaves_those_before_it(self):
        agreed = limits(REFUSED, H.MEDIATION_HELD, "42(2)", agreed_due_on="2027-02-01")
        assert agreed == {**ASSESS, Duty.ISSUE_FINAL_PLAN: date(2027, 2, 1)}

    def test_reg_42_5_a_day_before_the_agreement_is_refused(self):
        step = (H.MEDIATION_HELD, ORDERED, {"reason": "42(3)", "agreed_due_on": "2026-09-30"})
        assert rules(*ISSUED, step) == ["agreed_due_on is before the day it was agreed or directed"]

    def test_mediation_that_settles_nothing_starts_no_clock(self):
        case = stands(*REFUSED, (H.MEDIATION_ASKED, after(40)), (H.MEDIATION_HELD, after(60)))
        assert (case.stage, len(case.episodes), case.disputed) == (Stage.REFUSED, 1, True)


class TestConcessions:
    def test_reg_45_3_and_3a_a_refusal_to_assess_two_ten_and_fourteen_weeks(self):
        assert limits(REFUSED, H.CONCEDED, "45(3)") == limits(REFUSED, H.CONCEDED, "45(3A)") == ASSESS

    def test_reg_45_3a_is_the_text_of_2015_and_the_four_weeks_of_2014_are_not_used(self):
        way = [(step[0], on("2015-01-05").replace(month=n + 1), *step[2:]) for n, step in enumerate(REFUSED)]
        case = stands(*way, (H.CONCEDED, on("2015-06-01")))
        assert duties(case, episode=2) == set()

    def test_reg_45_4_contents_or_a_refusal_to_amend_five_weeks(self):
        assert limits(ISSUED, H.CONCEDED, "45(4)") == limits(ISSUED, H.CONCEDED, "contents") == AMEND

    def test_reg_45_a_refusal_to_make_a_plan_five_and_eleven_weeks(self):
        assert limits(NO_PLAN, H.CONCEDED, "refusal_to_make_plan") == MAKE_PLAN

    def test_reg_45_the_setting_only_two_weeks_and_five_if_contents_too(self):
        assert limits(ISSUED, H.CONCEDED, "setting_only") == AMEND_SETTING
        assert limits(ISSUED, H.CONCEDED, "contents_and_setting") == AMEND

    @pytest.mark.parametrize(
        ("way", "expected"), [(REFUSED, ASSESS), (NO_PLAN, MAKE_PLAN), (ISSUED, AMEND)], ids=["assess", "plan", "amend"]
    )
    def test_reg_45_a_concession_with_nothing_more_said_concedes_what_was_refused(self, way, expected):
        assert limits(way, H.CONCEDED, "") == expected

    def test_reg_45_runs_from_the_day_the_tribunal_was_told(self):
        case = stands(*REFUSED, (H.APPEAL_REGISTERED, after(60)), (H.CONCEDED, ORDERED))
        assert case.clock is not None
        assert (case.clock.basis, case.clock.started_on) == (Basis.CONCESSION, ORDERED)


class TestGivingWayWithNothingMoreOnRecord:
    def test_it_runs_from_a_mediation_that_can_have_settled_it(self):
        case = stands(*REFUSED, (H.MEDIATION_HELD, after(60)), (H.ASSESSMENT_AGREED, after(70)))
        assert case.clock is not None
        assert (case.clock.basis, case.clock.started_on) == (Basis.MEDIATION_AGREEMENT, after(60))
        assert the(case, Duty.NOTIFY_WILL_ASSESS).standing is Standing.MET

    @pytest.mark.parametrize(
        "dispute",
        [
            (H.MEDIATION_ASKED, after(60)),
            (H.APPEAL_REGISTERED, after(60)),
            (H.APPEAL_DECIDED, after(60), {"reason": "dismissed"}),
        ],
        ids=["mediation asked for", "appeal registered", "appeal dismissed"],
    )
    def test_it_runs_from_the_step_itself_where_nothing_settled_it(self, dispute):
        case = stands(*REFUSED, dispute, (H.ASSESSMENT_AGREED, after(90)))
        assert case.clock is not None
        assert (case.clock.basis, case.clock.started_on) == (Basis.CONCESSION, after(90))

    def test_a_plan_after_all_is_the_same(self):
        case = stands(*NO_PLAN, (H.MEDIATION_HELD, after(120)), (H.PLAN_AGREED, after(125)))
        assert case.stage is Stage.PLANNING
        assert {m.duty: m.due_on for m in case.milestones if m.episode == 2} == {
            Duty.SEND_DRAFT_PLAN: after(120 + 35),
            Duty.ISSUE_FINAL_PLAN: after(120 + 77),
        }

    def test_with_no_dispute_a_refusal_stands(self):
        assert rules(*REFUSED, (H.ASSESSMENT_AGREED, after(90))) != []

    def test_a_second_refusal_needs_a_dispute_of_its_own(self):
        again = (
            *REFUSED,
            (H.APPEAL_DECIDED, after(100), {"reason": "44(2)(d)"}),
            (H.ASSESSMENT_REFUSED, after(110)),
        )
        assert rules(*again, (H.ASSESSMENT_AGREED, after(120))) != []
        assert rules(*again, (H.MEDIATION_ASKED, after(115)), (H.ASSESSMENT_AGREED, after(120))) == []


class TestEpisodes:
    STEPS = (
        *REFUSED,
        (H.APPEAL_REGISTERED, after(60)),
        (H.APPEAL_DECIDED, after(120), {"reason": "44(2)(b)"}),
        (H.ASSESSMENT_AGREED, after(130)),
        (H.PLAN_AGREED, after(180)),
        (H.DRAFT_PLAN_SENT, after(185)),
        (H.FINAL_PLAN_ISSUED, after(218)),
    )

    def test_the_refused_episode_stays_closed_and_the_new_one_follows_it(self):
        first, second = stands(*self.STEPS).episodes
        assert (first.basis, first.started_on, first.ended_on) == (Basis.REQUEST, RECEIVED, after(30))
        assert (second.basis, second.started_on, second.ended_on) == (Basis.TRIBUNAL_ORDER, after(120), after(218))

    def test_each_episode_keeps_its_own_milestones(self):
        case = stands(*self.STEPS)
        assert duties(case, episode=1) == {Duty.DECIDE_WHETHER_TO_ASSESS}
        second = {m.duty: m.standing for m in case.milestones if m.episode == 2 and m.force is Force.STATUTORY}
        assert second == {Duty.NOTIFY_WILL_ASSESS: Standing.MET, Duty.ISSUE_FINAL_PLAN: Standing.MET}

    def test_the_original_clock_is_not_the_one_that_counts(self):
        case = stands(*self.STEPS, on=after(125))
        assert (case.day, case.week) == (5, 1)

    def test_timeliness_does_not_count_a_plan_on_a_re_opened_clock(self):
        case = stands(*self.STEPS)
        assert case.disputed and case.final_plan_basis not in FIRST_CLOCK

    def test_an_appeal_about_a_plan_leaves_the_plan_counted(self):
        case = stands(*ISSUED, (H.APPEAL_REGISTERED, after(150)))
        assert not case.disputed and case.final_plan_basis in FIRST_CLOCK

    def test_while_an_appeal_waits_it_is_the_tribunals_move(self):
        assert stands(*self.STEPS, on=after(100)).whose_move is Party.TRIBUNAL
        assert stands(*self.STEPS, on=after(121)).whose_move is Party.AUTHORITY

    def test_a_conceded_appeal_is_the_tribunals_no_longer(self):
        steps = (
            *ISSUED,
            (H.APPEAL_REGISTERED, after(150)),
            (H.CONCEDED, after(170)),
            (H.FINAL_PLAN_ISSUED, after(180)),
        )
        assert stands(*steps).whose_move is Party.NOBODY

    def test_the_first_final_plan_is_the_one_that_is_remembered(self):
        case = stands(*ISSUED, (H.CONCEDED, after(170)), (H.FINAL_PLAN_ISSUED, after(180)))
        assert (case.final_plan_on, case.final_plan_basis) == (after(130), Basis.REQUEST)
        assert the(case, Duty.ISSUE_AMENDED_PLAN).done_on == after(180)

    def test_advice_belongs_to_the_episode_it_was_asked_for_in(self):
        asked = (H.ADVICE_ASKED, after(131), {"advice_kind": "medical"})
        case = stands(*self.STEPS[:-3], asked)
        assert the(case, Duty.RECEIVE_ADVICE).episode == 2
        assert due(case, Duty.RECEIVE_ADVICE) == after(173)
