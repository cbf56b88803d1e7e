"""One piece of advice through everything that can happen to it: reg 6, reg 8(1), reg 8(2)."""

from datetime import date

import pytest

from casetracker.statute.advice import AdviceStatus
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Duty
from tests.unit.statute.told import WAY_TO, after, rules, stands

ASSESSING = WAY_TO[Stage.ASSESSING]
ONE = {"advice_kind": "medical", "advice_ref": "one", "advice_giver": "North Trust"}
TWO = {"advice_kind": "medical", "advice_ref": "two", "advice_giver": "South Trust"}
ASKED = (H.ADVICE_ASKED, after(50), ONE)
ALSO = (H.ADVICE_ASKED, after(50), TWO)


def only(*steps):
    (piece,) = stands(*ASSESSING, ASKED, *steps).advice
    return piece


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([], AdviceStatus.ASKED),
        ([(H.ADVICE_SEEN, after(51), ONE)], AdviceStatus.SEEN),
        ([(H.ADVICE_SEEN, after(51), ONE), (H.ADVICE_DRAFTED, after(52), ONE)], AdviceStatus.DRAFT),
        ([(H.ADVICE_RECEIVED, after(60), ONE)], AdviceStatus.RECEIVED),
        ([(H.ADVICE_RECEIVED, after(60), ONE), (H.ADVICE_RETURNED, after(62), ONE)], AdviceStatus.RETURNED),
        ([(H.ADVICE_RECEIVED, after(60), ONE), (H.ADVICE_TAKEN_BACK, after(62), ONE)], AdviceStatus.TAKEN_BACK),
        ([(H.ADVICE_RECEIVED, after(60), ONE), (H.ADVICE_ACCEPTED, after(62), ONE)], AdviceStatus.ACCEPTED),
        ([(H.ADVICE_NOT_KNOWN_TO_SERVICE, after(60), ONE)], AdviceStatus.NOT_KNOWN),
        ([(H.ADVICE_NOT_NEEDED, after(60), {**ONE, "reason": "other"})], AdviceStatus.NOT_NEEDED),
    ],
)
def test_where_it_has_got_to_in_one_word(steps, status):
    assert only(*steps).status is status


def test_reg_8_1_each_has_six_weeks_of_its_own():
    first, second = stands(*ASSESSING, ASKED, (H.ADVICE_ASKED, after(57), TWO)).advice
    assert (first.due_on, second.due_on) == (after(92), after(99))


def test_two_of_a_kind_are_told_apart_by_their_reference_not_by_how_the_giver_is_spelled():
    answered = {**TWO, "advice_giver": "The South trust, paediatrics"}
    first, second = stands(*ASSESSING, ASKED, ALSO, (H.ADVICE_RECEIVED, after(60), answered)).advice
    assert (first.received_on, second.received_on) == (None, after(60))


def test_not_known_is_an_answer_and_no_receipt():
    piece = only((H.ADVICE_NOT_KNOWN_TO_SERVICE, after(60), ONE))
    assert (piece.received_on, piece.first_received_on, piece.is_outstanding) == (None, None, False)


def test_what_is_sent_back_counts_its_days_until_it_comes_again():
    piece = only(
        (H.ADVICE_RECEIVED, after(60), ONE),
        (H.ADVICE_RETURNED, after(63), {**ONE, "reason": "hours"}),
        (H.ADVICE_RECEIVED, after(70), ONE),
        (H.ADVICE_RETURNED, after(71), ONE),
    )
    assert (piece.times_returned, piece.days_lost, piece.first_received_on) == (2, 7, after(60))
    assert piece.is_outstanding and piece.received_on is None


def test_reg_8_2_an_exception_reaches_the_one_piece_it_names_and_moves_no_date():
    claim = {**ONE, "paragraph": "8(2)(a)", "from_on": after(80).isoformat(), "evidence": "a letter"}
    first, second = stands(*ASSESSING, ASKED, ALSO, (H.EXCEPTION_RECORDED, after(81), claim)).advice
    assert (first.excused_by, second.excused_by) == ("8(2)(a)", "")
    assert first.due_on == second.due_on == after(92)


def test_more_time_moves_no_date_and_its_reason_is_kept():
    expected = after(120).isoformat()
    piece = only(
        (H.ADVICE_DELAYED, after(80), {**ONE, "expected_on": expected, "reason": "Sick leave"}),
        (H.ADVICE_DELAY_ACCEPTED, after(81), {**ONE, "expected_on": expected}),
    )
    assert (piece.due_on, piece.expected_on, piece.delay_accepted) == (after(92), after(120), True)
    assert piece.late_reason == "Sick leave"


def test_the_same_piece_is_not_asked_for_twice():
    assert rules(*ASSESSING, ASKED, ASKED) == ["that piece of advice has been asked for already"]


@pytest.mark.parametrize("what", [H.ADVICE_SEEN, H.ADVICE_DRAFTED, H.ADVICE_DELAYED, H.ADVICE_PASSED_ON])
def test_a_giver_does_nothing_to_what_was_never_asked(what):
    assert rules(*ASSESSING, (what, after(60), ONE)) == ["no medical advice has been asked for"]


def test_reg_6_1_h_turning_down_what_the_family_asked_for_asks_nobody():
    standing = stands(*ASSESSING, (H.ADVICE_DECLINED, after(60), {"advice_kind": "other", "reason": "twice"}))
    assert standing.advice == () and standing.objections == ()


def test_a_piece_that_is_sent_back_keeps_its_milestone_open():
    standing = stands(*ASSESSING, ASKED, (H.ADVICE_RECEIVED, after(60), ONE), (H.ADVICE_RETURNED, after(63), ONE))
    (milestone,) = [m for m in standing.milestones if m.duty is Duty.RECEIVE_ADVICE]
    assert milestone.is_open and isinstance(milestone.due_on, date)
