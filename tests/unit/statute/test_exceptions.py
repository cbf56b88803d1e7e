"""law.md 1.3: which exception reaches which limit, and the dates that make it out."""

from datetime import date, timedelta

import pytest

from casetracker.statute import exceptions as exceptions_to
from casetracker.statute.counting import Reading
from casetracker.statute.exceptions import CHOOSABLE, GROUNDS, Condition, ExceptionNotMadeOut, Phase
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Standing
from casetracker.statute.timetable import Duty
from tests.unit.statute.told import RECEIVED, WAY_TO, after, duties, history, rules, stands, the


def claimed(paragraph, day, until=None, **detail):
    """Return the step that records an exception from one day of the clock to another."""
    if until is not None:
        detail["until"] = after(until).isoformat()
    return (H.EXCEPTION_RECORDED, after(day), {"reason": paragraph, **detail})


class TestWhatEachReaches:
    @pytest.mark.parametrize(
        ("paragraph", "duty"),
        [
            ("5(4)(c)", Duty.DECIDE_WHETHER_TO_ASSESS),
            ("5(4)(d)", Duty.DECIDE_WHETHER_TO_ASSESS),
            ("10(4)(c)", Duty.NOTIFY_NO_PLAN),
            ("10(4)(d)", Duty.NOTIFY_NO_PLAN),
            ("13(3)(c)", Duty.ISSUE_FINAL_PLAN),
            ("13(3)(d)", Duty.ISSUE_FINAL_PLAN),
        ],
    )
    def test_reg_5_4_10_4_13_3_each_disapplies_its_own_limit_and_no_other(self, paragraph, duty):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), claimed(paragraph, 5, 40), on=after(365))
        assert {m.duty for m in case.milestones if m.standing is Standing.EXCUSED} == {duty}
        assert the(case, duty).excused_by == paragraph

    def test_an_exception_never_moves_a_date(self):
        plain = stands((H.REQUEST_RECEIVED, RECEIVED))
        excused = stands((H.REQUEST_RECEIVED, RECEIVED), claimed("13(3)(c)", 5, 40))
        assert [m.due_on for m in plain.milestones] == [m.due_on for m in excused.milestones]
        assert (plain.day, plain.week) == (excused.day, excused.week)

    def test_an_exception_to_a_limit_that_was_met_leaves_it_met(self):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(c)", 5), (H.ASSESSMENT_AGREED, after(30)))
        decision = the(case, Duty.DECIDE_WHETHER_TO_ASSESS)
        assert (decision.standing, decision.excused_by) == (Standing.MET, "5(4)(c)")

    def test_reg_4_1_nothing_excuses_a_refusal_at_the_first_question(self):
        steps = ((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(c)", 5))
        unnecessary = stands(*steps, (H.ASSESSMENT_REFUSED, after(50), {"reason": "not_necessary"}))
        assert the(unnecessary, Duty.DECIDE_WHETHER_TO_ASSESS).standing is Standing.MET_LATE
        other = stands(*steps, (H.ASSESSMENT_REFUSED, after(50)))
        assert the(other, Duty.DECIDE_WHETHER_TO_ASSESS).standing is Standing.EXCUSED

    def test_reg_4_3_was_for_coronavirus_and_has_lapsed(self):
        then = date(2020, 7, 1)
        steps = ((H.REQUEST_RECEIVED, then), (H.EXCEPTION_RECORDED, date(2020, 8, 1), {"reason": "4(3)"}))
        late = (H.ASSESSMENT_REFUSED, date(2020, 9, 1), {"reason": "4(1)"})
        assert the(stands(*steps, late), Duty.DECIDE_WHETHER_TO_ASSESS).standing is Standing.EXCUSED
        assert rules((H.REQUEST_RECEIVED, RECEIVED), claimed("4(3)", 5)) == [
            "reg 4(3) was not in force on 10 January 2026"
        ]

    @pytest.mark.parametrize(
        ("day", "stood"),
        [
            (date(2020, 4, 30), False),
            (date(2020, 5, 1), True),
            (date(2020, 9, 25), True),
            (date(2020, 9, 26), False),
        ],
    )
    def test_reg_4_3_stood_from_its_first_day_to_the_end_of_its_last(self, day, stood):
        received = (H.REQUEST_RECEIVED, day - timedelta(days=20))
        found = rules(received, (H.EXCEPTION_RECORDED, day, {"reason": "4(3)"}))
        assert (found == []) is stood

    def test_reg_8_2_c_only_the_advice_limit_has_the_missed_appointment(self):
        missed = {ground.paragraph for ground in GROUNDS if ground.condition is Condition.MISSED_APPOINTMENT}
        assert missed == {"8(2)(c)"}

    def test_reg_8_2_the_advice_limit_has_no_closure(self):
        conditions = {ground.condition for ground in GROUNDS if ground.phase is Phase.ADVICE}
        assert conditions == {Condition.PERSONAL_CIRCUMSTANCES, Condition.ABSENT, Condition.MISSED_APPOINTMENT}

    def test_reg_13_3_has_the_reasons_of_reg_10_4(self):
        def letters(regulation):
            return {
                (g.paragraph[-2], g.condition)
                for g in GROUNDS
                if g.paragraph.startswith(regulation) and g.paragraph[-2:-1].isalpha()
            }

        assert letters("13(3)") == letters("10(4)") == letters("5(4)")
        assert len(letters("13(3)")) == 4

    def test_a_bare_13_3_from_a_past_return_excuses_and_cannot_be_chosen(self):
        case = stands((H.REQUEST_RECEIVED, RECEIVED), claimed("13(3)", 0), on=after(200))
        assert the(case, Duty.ISSUE_FINAL_PLAN).standing is Standing.EXCUSED
        assert case.exceptions_apply
        assert "13(3)" not in {ground.paragraph for ground in CHOOSABLE}

    def test_what_can_be_chosen_has_a_condition_that_can_be_checked(self):
        assert {ground.paragraph for ground in CHOOSABLE} == {
            *(f"{regulation}({letter})" for regulation in ("5(4)", "10(4)", "13(3)") for letter in "abcd"),
            *("8(2)(a)", "8(2)(b)", "8(2)(c)", "44(3)(a)", "44(3)(b)"),
        }


class TestAdvice:
    STEPS = (
        *WAY_TO[Stage.ASSESSING],
        (H.ADVICE_ASKED, after(31), {"advice_kind": "medical"}),
        (H.ADVICE_ASKED, after(31), {"advice_kind": "psychological"}),
    )

    def test_reg_8_2_c_a_missed_appointment_excuses_the_advice_it_was_for(self):
        case = stands(*self.STEPS, claimed("8(2)(c)", 50, advice_kind="medical"), on=after(100))
        standing = {m.subject: m.standing for m in case.milestones if m.duty is Duty.RECEIVE_ADVICE}
        assert standing == {"medical": Standing.EXCUSED, "psychological": Standing.OVERDUE}

    def test_reg_8_2_a_with_no_kind_named_excuses_all_of_it(self):
        case = stands(*self.STEPS, claimed("8(2)(a)", 50), on=after(100))
        assert {m.standing for m in case.milestones if m.duty is Duty.RECEIVE_ADVICE} == {Standing.EXCUSED}

    def test_reg_8_2_needs_advice_to_have_been_asked_for(self):
        found = rules(*self.STEPS, claimed("8(2)(c)", 50, advice_kind="hearing"))
        assert found == ["reg 8(2)(c): no advice has been asked for that it could be an exception to"]

    def test_reg_8_2_c_an_appointment_still_to_come_has_not_been_missed(self):
        missed = (H.EXCEPTION_RECORDED, after(40), {"reason": "8(2)(c)", "from_on": after(45).isoformat()})
        assert rules(*self.STEPS, missed, on=after(44)) == ["reg 8(2)(c): the appointment is still to come"]
        assert rules(*self.STEPS, missed, on=after(45)) == []

    @pytest.mark.parametrize(("day", "stood"), [(73, True), (74, False)], ids=["on its last day", "after it"])
    def test_reg_8_2_must_begin_before_the_six_weeks_are_over(self, day, stood):
        assert (rules(*self.STEPS, claimed("8(2)(a)", day, advice_kind="medical")) == []) is stood

    @pytest.mark.parametrize(
        ("begins", "ends", "stood"),
        [(35, 40, True), (100, 110, True), (123, 130, False)],
        ids=["before the second was asked for", "after the first was due", "after both were due"],
    )
    def test_reg_8_2_spans_all_the_advice_that_it_could_be_about(self, begins, ends, stood):
        again = (H.ADVICE_ASKED, after(80), {"advice_kind": "medical"})
        found = rules(*self.STEPS, again, claimed("8(2)(a)", begins, ends, advice_kind="medical"))
        assert (found == []) is stood

    def test_reg_8_2_excuses_none_of_the_authoritys_own_limits(self):
        case = stands(*self.STEPS, claimed("8(2)(a)", 50), on=after(365))
        assert the(case, Duty.ISSUE_FINAL_PLAN).standing is Standing.OVERDUE


class TestClosures:
    """Advice must be asked for from a week before the closing to a week before the re-opening, both days included."""

    CLOSED, REOPENS = 20, 48

    def claim(self, asked, *, paragraph="5(4)(a)", kind="educational", closed=CLOSED, reopens=REOPENS):
        steps = [(H.REQUEST_RECEIVED, RECEIVED), (H.ADVICE_ASKED, after(asked), {"advice_kind": kind})]
        return rules(*steps, claimed(paragraph, closed, reopens - 1))

    @pytest.mark.parametrize(
        ("asked", "stood"),
        [(12, False), (13, True), (20, True), (41, True), (42, False)],
        ids=["8 days before", "a week before", "that day", "a week before re-opening", "6 days before re-opening"],
    )
    def test_reg_5_4_a_the_window_for_asking_is_shut_at_both_ends(self, asked, stood):
        assert (self.claim(asked) == []) is stood

    @pytest.mark.parametrize(("length", "stood"), [(27, False), (28, True), (29, True)])
    def test_reg_5_4_a_the_closure_must_last_four_weeks(self, length, stood):
        assert (self.claim(20, reopens=20 + length) == []) is stood

    def test_reg_5_4_a_says_how_long_a_short_closure_was(self):
        assert self.claim(20, reopens=34) == ["reg 5(4)(a): the closure lasted 14 days, and it must be 28 or more"]

    def test_reg_5_4_a_says_when_the_advice_would_have_had_to_be_asked_for(self):
        (said,) = self.claim(1)
        assert said.startswith("reg 5(4)(a): no advice was asked of the school, college or provider")
        assert said.endswith("from 18 January 2026 to 15 February 2026")

    @pytest.mark.parametrize("kind", ["medical", "psychological", "early_years"])
    def test_reg_5_4_a_advice_asked_of_anybody_else_does_not_count(self, kind):
        assert self.claim(20, kind=kind) != []

    @pytest.mark.parametrize(("kind", "stood"), [("early_years", True), ("educational", True), ("medical", False)])
    def test_reg_5_4_b_is_for_advice_asked_of_an_early_years_provider(self, kind, stood):
        assert (self.claim(20, paragraph="5(4)(b)", kind=kind) == []) is stood

    def test_reg_5_4_a_needs_the_end_of_the_closure(self):
        steps = [(H.REQUEST_RECEIVED, RECEIVED), (H.ADVICE_ASKED, after(20), {"advice_kind": "educational"})]
        assert rules(*steps, claimed("5(4)(a)", 20)) == ["reg 5(4)(a): the last day of the closure is needed"]

    @pytest.mark.parametrize("regulation", ["10(4)", "13(3)"])
    def test_reg_10_4_a_and_13_3_a_have_the_same_window(self, regulation):
        assert self.claim(41, paragraph=f"{regulation}(a)") == []
        assert self.claim(42, paragraph=f"{regulation}(a)") != []


class TestAbsences:
    @pytest.mark.parametrize("paragraph", ["5(4)(d)", "10(4)(d)", "13(3)(d)"])
    @pytest.mark.parametrize(("last_day", "stood"), [(26, False), (27, True), (28, True)])
    def test_reg_5_4_d_an_absence_lasts_28_days_counting_its_first_and_last(self, paragraph, last_day, stood):
        found = rules((H.REQUEST_RECEIVED, RECEIVED), claimed(paragraph, 0, last_day))
        assert (found == []) is stood

    @pytest.mark.parametrize(("last", "long"), [(0, "1 day"), (1, "2 days"), (13, "14 days")])
    def test_reg_5_4_d_says_how_long_a_short_absence_was(self, last, long):
        found = rules((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(d)", 0, last))
        assert found == [f"reg 5(4)(d): they were away for {long}, and it must be 28 or more"]

    def test_reg_5_4_d_needs_the_day_the_absence_ended(self):
        assert rules((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(d)", 0)) != []

    def test_reg_8_2_b_is_four_weeks_too(self):
        asked = (H.ADVICE_ASKED, after(31), {"advice_kind": "medical"})
        assert rules(*WAY_TO[Stage.ASSESSING], asked, claimed("8(2)(b)", 40, 66)) != []
        assert rules(*WAY_TO[Stage.ASSESSING], asked, claimed("8(2)(b)", 40, 67)) == []


class TestThePeriod:
    @pytest.mark.parametrize(("begins", "stood"), [(42, True), (43, False)], ids=["last day", "day after"])
    def test_reg_5_4_c_must_begin_before_the_limit_has_passed(self, begins, stood):
        assert (rules((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(c)", begins)) == []) is stood

    @pytest.mark.parametrize(("ended", "stood"), [(-1, False), (0, True)], ids=["the day before", "the first day"])
    def test_reg_5_4_c_must_not_be_over_before_the_clock_starts(self, ended, stood):
        detail = {"reason": "5(4)(c)", "from_on": after(-30).isoformat(), "until": after(ended).isoformat()}
        assert (rules((H.REQUEST_RECEIVED, RECEIVED), (H.EXCEPTION_RECORDED, after(1), detail)) == []) is stood

    def test_it_cannot_end_before_it_begins(self):
        assert rules((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(c)", 5, 4)) == [
            "reg 5(4)(c): it ends before it begins"
        ]
        assert rules((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(c)", 5, 5)) == []

    @pytest.mark.parametrize("paragraph", ["", "5(4)", "5(4)(e)", "13(4)(a)", "psychologists are short", "8(2)(d)"])
    def test_what_is_no_exception_is_refused(self, paragraph):
        with pytest.raises(ExceptionNotMadeOut, match="no time limit has an exception in"):
            exceptions_to.ground(paragraph)

    @pytest.mark.parametrize("spelled", ["5(4)(a)", "reg 5(4)(a)", "Reg. 5(4)a", "regulation 5 (4) (A)", " 54a "])
    def test_a_paragraph_is_known_however_it_is_spelled(self, spelled):
        assert exceptions_to.ground(spelled).paragraph == "5(4)(a)"

    def test_it_names_its_authority(self):
        assert exceptions_to.ground("13(3)(c)").authority == "SEND Regs 2014, reg 13(3)(c)"


class TestEndings:
    REQUESTED = (H.REQUEST_RECEIVED, RECEIVED)

    def test_an_open_exception_ends_when_it_is_said_to(self):
        case = stands(self.REQUESTED, claimed("5(4)(c)", 5), (H.EXCEPTION_ENDED, after(20), {"reason": "5(4)(c)"}))
        assert case.exceptions[0].until_on == after(20)

    def test_one_that_ends_early_ends_on_that_day(self):
        case = stands(self.REQUESTED, claimed("5(4)(d)", 0, 40), (H.EXCEPTION_ENDED, after(30)))
        assert case.exceptions[0].until_on == after(30)

    def test_one_that_was_over_already_keeps_its_last_day(self):
        case = stands(self.REQUESTED, claimed("5(4)(d)", 0, 40), (H.EXCEPTION_ENDED, after(41)))
        assert case.exceptions[0].until_on == after(40)

    def test_an_absence_that_ends_too_soon_was_none_and_the_ending_is_refused(self):
        found = rules(self.REQUESTED, claimed("5(4)(d)", 0, 40), (H.EXCEPTION_ENDED, after(10)))
        assert found == ["reg 5(4)(d): they were away for 11 days, and it must be 28 or more"]

    def test_an_absence_of_unknown_length_stands_once_it_has_ended(self):
        assert rules(self.REQUESTED, claimed("5(4)(d)", 0), (H.EXCEPTION_ENDED, after(27))) == []

    @pytest.mark.parametrize("named", [{}, {"reason": "5(4)(c)"}, {"reason": "13(3)(c)"}])
    def test_nothing_can_end_that_never_began(self, named):
        assert rules(self.REQUESTED, (H.EXCEPTION_ENDED, after(27), named)) == ["no such exception is on record"]

    def test_each_ending_ends_one_exception(self):
        two = (claimed("5(4)(c)", 5), claimed("13(3)(c)", 5))
        case = stands(self.REQUESTED, *two, (H.EXCEPTION_ENDED, after(9)), (H.EXCEPTION_ENDED, after(12)))
        assert [claim.until_on for claim in case.exceptions] == [after(9), after(12)]


class TestReOpenedCases:
    ORDERED = (*WAY_TO[Stage.ORDERED_TO_ASSESS], (H.ASSESSMENT_AGREED, after(125)))

    def test_reg_44_3_a_reaches_every_limit_of_a_re_opened_clock(self):
        case = stands(*self.ORDERED, claimed("44(3)(a)", 126), on=after(400))
        late = {m.duty: m.excused_by for m in case.milestones if m.episode == 2 and m.done_on is None}
        assert late == {Duty.NOTIFY_NO_PLAN: "44(3)(a)", Duty.ISSUE_FINAL_PLAN: "44(3)(a)"}

    def test_reg_44_3_leaves_the_advice_givers_limit_alone(self):
        asked = (H.ADVICE_ASKED, after(126), {"advice_kind": "medical"})
        case = stands(*self.ORDERED, asked, claimed("44(3)(a)", 127), on=after(400))
        assert the(case, Duty.RECEIVE_ADVICE).standing is Standing.OVERDUE

    @pytest.mark.parametrize(("last_day", "stood"), [(138, False), (139, True)], ids=["13 days", "14 days"])
    def test_reg_44_3_b_an_absence_need_only_last_two_weeks(self, last_day, stood):
        assert (rules(*self.ORDERED, claimed("44(3)(b)", 126, last_day)) == []) is stood

    def test_reg_44_3_c_a_circumstance_of_reg_13_3_excuses_through_it(self):
        case = stands(*self.ORDERED, claimed("13(3)(c)", 126), on=after(400))
        assert the(case, Duty.ISSUE_FINAL_PLAN).excused_by == "44(3)(c), 13(3)(c)"

    def test_reg_44_3_c_a_circumstance_of_reg_13_3_has_to_be_made_out_all_the_same(self):
        assert rules(*self.ORDERED, claimed("13(3)(d)", 126, 140)) != []

    def test_reg_44_3_c_can_be_recorded_without_saying_which(self):
        case = stands(*self.ORDERED, claimed("44(3)(c)", 126), on=after(400))
        assert the(case, Duty.ISSUE_FINAL_PLAN).excused_by == "44(3)(c)"

    def test_reg_44_3_is_not_for_a_first_clock(self):
        assert rules((H.REQUEST_RECEIVED, RECEIVED), claimed("44(3)(a)", 5)) == [
            "reg 44(3)(a): it is only for a case re-opened by an order, an agreement or a concession"
        ]

    @pytest.mark.parametrize("paragraph", ["5(4)(c)", "10(4)(c)"])
    def test_reg_5_4_and_10_4_are_not_for_a_re_opened_clock(self, paragraph):
        assert rules(*self.ORDERED, claimed(paragraph, 126)) != []

    def test_nothing_after_a_transfer_has_an_exception(self):
        assert rules(*WAY_TO[Stage.TRANSFERRED], claimed("13(3)(c)", 5)) != []
        assert rules(*WAY_TO[Stage.TRANSFERRED], claimed("44(3)(a)", 5)) != []

    def test_an_exception_of_the_first_clock_says_nothing_of_the_second(self):
        first = ((H.REQUEST_RECEIVED, RECEIVED), claimed("5(4)(c)", 5), (H.ASSESSMENT_REFUSED, after(30)))
        ordered = (H.APPEAL_DECIDED, after(120), {"reason": "44(2)(b)"})
        case = stands(*first, ordered, on=after(400))
        assert {m.excused_by for m in case.milestones if m.episode == 2} == {""}

    def test_a_mediation_agreement_late_by_its_own_agreed_day_can_still_be_excused(self):
        agreed = (H.MEDIATION_HELD, after(200), {"reason": "44(2)(e)", "agreed_due_on": after(260).isoformat()})
        case = stands(*WAY_TO[Stage.ISSUED], agreed, claimed("44(3)(a)", 250), on=after(400))
        assert the(case, Duty.ISSUE_AMENDED_PLAN).standing is Standing.EXCUSED


def test_an_unconfirmed_ground_is_left_out_where_the_authority_leaves_such_rows_out():
    steps = ((H.REQUEST_RECEIVED, date(2020, 7, 1)), (H.EXCEPTION_RECORDED, date(2020, 8, 1), {"reason": "4(3)"}))
    assert rules(*steps) == []
    assert rules(*steps, reading=Reading(unconfirmed_rules=False)) != []


def test_an_exception_that_fails_excuses_nothing_and_is_not_listed():
    case = replay(history((H.REQUEST_RECEIVED, RECEIVED), claimed("13(3)(d)", 5, 10)), on=after(200))
    assert case.exceptions == () and not case.exceptions_apply
    assert the(case, Duty.ISSUE_FINAL_PLAN).standing is Standing.OVERDUE
    assert Duty.ISSUE_FINAL_PLAN in duties(case)
    assert case.objections[0].seq == 2


@pytest.mark.parametrize("word", ["paragraph", "reason"])
def test_the_paragraph_can_be_given_under_either_word(word):
    ended = (H.EXCEPTION_ENDED, after(9), {word: "5(4)(c)"})
    case = stands((H.REQUEST_RECEIVED, RECEIVED), (H.EXCEPTION_RECORDED, after(5), {word: "5(4)(c)"}), ended)
    assert [(claim.ground.paragraph, claim.until_on) for claim in case.exceptions] == [("5(4)(c)", after(9))]


@pytest.mark.parametrize("paragraph", ["44(3)(a)", "13(3)(c)", "5(4)(c)"])
def test_a_history_that_begins_part_way_may_have_any_exception(paragraph):
    begun = (H.BROUGHT_FORWARD, RECEIVED, {"stage": "assessing"})
    assert rules(begun, claimed(paragraph, 5)) == []


def test_the_record_of_an_exception_keeps_what_was_said_of_it():
    detail = {
        "reason": "5(4)(c)",
        "evidence": "a letter",
        "approved_by": "A Manager",
        "family_told_on": after(7).isoformat(),
    }
    claim = stands((H.REQUEST_RECEIVED, RECEIVED), (H.EXCEPTION_RECORDED, after(5), detail)).exceptions[0]
    assert (claim.evidence, claim.approved_by, claim.family_told_on) == ("a letter", "A Manager", after(7))
    assert (claim.from_on, claim.recorded_on) == (after(5), RECEIVED + timedelta(days=5))
