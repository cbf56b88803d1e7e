"""law.md 1.1 row 5 and 1.4: which advice reg 6 requires, and the six weeks of reg 8."""

from datetime import date

import pytest

from casetracker.statute.advice import AdviceKind, required_advice, year_group
from casetracker.statute.counting import Reading
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party, Standing
from casetracker.statute.timetable import Duty
from tests.unit.statute.told import WAY_TO, after, rules, stands

ASSESSING = WAY_TO[Stage.ASSESSING]
MEDICAL = {"advice_kind": "medical"}
AUTUMN = date(2025, 10, 1)


def kinds(**child):
    return [requirement.kind for requirement in required_advice(on=AUTUMN, **child)]


def advice_milestones(case):
    return [m for m in case.milestones if m.duty is Duty.RECEIVE_ADVICE]


class TestWhatIsRequired:
    def test_reg_6_1_a_to_e_are_sought_for_every_child(self):
        assert [(r.kind, r.authority[-7:]) for r in required_advice(born_on=date(2018, 1, 1), on=AUTUMN)] == [
            (AdviceKind.PARENTAL, "6(1)(a)"),
            (AdviceKind.EDUCATIONAL, "6(1)(b)"),
            (AdviceKind.MEDICAL, "6(1)(c)"),
            (AdviceKind.PSYCHOLOGICAL, "6(1)(d)"),
            (AdviceKind.SOCIAL_CARE, "6(1)(e)"),
        ]

    @pytest.mark.parametrize(
        ("born_on", "needed"),
        [(date(2012, 9, 1), False), (date(2012, 8, 31), True), (date(2011, 9, 1), True), (date(2001, 1, 1), True)],
        ids=["oldest of year 8", "youngest of year 9", "oldest of year 9", "beyond school"],
    )
    def test_reg_6_1_g_preparing_for_adulthood_is_sought_in_or_beyond_year_9(self, born_on, needed):
        assert (AdviceKind.PREPARING_FOR_ADULTHOOD in kinds(born_on=born_on)) is needed

    def test_reg_6_1_g_is_not_sought_where_the_age_is_not_known(self):
        assert AdviceKind.PREPARING_FOR_ADULTHOOD not in kinds(born_on=None)

    def test_reg_6_1_f_and_h_add_what_is_thought_appropriate_or_reasonably_asked_for(self):
        also = [AdviceKind.SPEECH_LANGUAGE, AdviceKind.MEDICAL, AdviceKind.SPEECH_LANGUAGE]
        found = kinds(born_on=None, also_asked_for=also)
        assert found.count(AdviceKind.SPEECH_LANGUAGE) == found.count(AdviceKind.MEDICAL) == 1

    def test_reg_6_1_b_a_service_family_adds_the_secretary_of_state_for_defence(self):
        words = [r.why for r in required_advice(born_on=None, on=AUTUMN, service_family=True)]
        assert any("Defence" in why for why in words)

    @pytest.mark.parametrize(
        ("senses", "kind"),
        [
            ({"vision_impaired": True}, AdviceKind.VISION),
            ({"hearing_impaired": True}, AdviceKind.HEARING),
            ({"vision_impaired": True, "hearing_impaired": True}, AdviceKind.MULTI_SENSORY),
        ],
        ids=["vision", "hearing", "both"],
    )
    def test_reg_6_2_a_sensory_impairment_needs_a_qualified_teacher(self, senses, kind):
        assert kinds(born_on=None, **senses)[5:] == [kind]

    def test_reg_6_2_and_the_detail_of_6_1_b_are_unconfirmed_and_can_be_left_out(self):
        sure = Reading(unconfirmed_rules=False)
        child = {"vision_impaired": True, "service_family": True, "born_on": None, "on": AUTUMN}
        assert len(required_advice(**child, reading=sure)) == 5
        assert len(required_advice(**child)) == 7


class TestYearGroups:
    @pytest.mark.parametrize(
        ("born_on", "on", "year"),
        [
            (date(2020, 9, 1), date(2025, 9, 1), 0),
            (date(2021, 8, 31), date(2025, 9, 1), 0),
            (date(2021, 9, 1), date(2025, 9, 1), -1),
            (date(2020, 8, 31), date(2025, 9, 1), 1),
            (date(2020, 8, 31), date(2025, 8, 31), 0),
            (date(2012, 1, 1), date(2025, 12, 31), 9),
            (date(2012, 1, 1), date(2026, 1, 1), 9),
            (date(2012, 1, 1), date(2026, 8, 31), 9),
            (date(2012, 1, 1), date(2026, 9, 1), 10),
            (date(2012, 2, 29), date(2025, 9, 1), 9),
            (date(2009, 8, 31), date(2025, 9, 1), 12),
            (date(2001, 9, 1), date(2026, 8, 31), 19),
        ],
        ids=[
            "oldest in reception",
            "youngest in reception",
            "a day too young for reception",
            "youngest in year 1",
            "the last day of reception",
            "before the new year",
            "after the new year",
            "the last day of year 9",
            "the first day of year 10",
            "born on a leap day",
            "sixth form",
            "the last day before 25",
        ],
    )
    def test_the_school_year_begins_on_1_september(self, born_on, on, year):
        assert year_group(born_on=born_on, on=on) == year


class TestTheSixWeeks:
    def test_reg_8_1_they_run_from_the_day_the_request_was_sent(self):
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL))
        assert [m.due_on for m in advice_milestones(case)] == [after(31 + 42)]

    def test_reg_8_1_they_run_from_the_day_the_body_received_it_where_that_was_later(self):
        reached = {**MEDICAL, "received_by_giver_on": after(34).isoformat()}
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), reached))
        assert [m.due_on for m in advice_milestones(case)] == [after(34 + 42)]
        assert case.advice[0].asked_on == after(31)

    def test_the_body_cannot_have_received_it_before_it_was_sent(self):
        reached = {**MEDICAL, "received_by_giver_on": after(30).isoformat()}
        assert rules(*ASSESSING, (H.ADVICE_ASKED, after(31), reached)) == [
            "the giver cannot have had the request before it was sent"
        ]

    def test_reg_8_1_count_day_one_reaches_them_too(self):
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), reading=Reading(count_day_one=True))
        assert [m.due_on for m in advice_milestones(case)] == [after(31 + 41)]

    @pytest.mark.parametrize(
        ("day", "standing"), [(73, Standing.MET), (74, Standing.MET_LATE)], ids=["last day", "day after"]
    )
    def test_reg_8_1_advice_is_in_time_to_the_end_of_its_last_day(self, day, standing):
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), (H.ADVICE_RECEIVED, after(day), MEDICAL))
        assert [m.standing for m in advice_milestones(case)] == [standing]

    def test_the_first_receipt_counts_whatever_is_added_later(self):
        received = [(H.ADVICE_RECEIVED, after(day), MEDICAL) for day in (60, 90)]
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), *received)
        assert [m.done_on for m in advice_milestones(case)] == [after(60)]

    def test_what_is_sent_back_has_not_been_given(self):
        steps = (*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), (H.ADVICE_RECEIVED, after(60), MEDICAL))
        returned = (H.ADVICE_RETURNED, after(62), MEDICAL)
        waiting = stands(*steps, returned, on=after(80))
        assert [m.standing for m in advice_milestones(waiting)] == [Standing.OVERDUE]
        assert waiting.advice[0].returned_on == after(62)
        again = stands(*steps, returned, (H.ADVICE_RECEIVED, after(81), MEDICAL))
        assert [m.standing for m in advice_milestones(again)] == [Standing.MET_LATE]

    def test_nothing_can_be_sent_back_that_was_not_received(self):
        steps = (*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL))
        assert rules(*steps, (H.ADVICE_RETURNED, after(62), MEDICAL)) == ["no medical advice has been received"]

    def test_nothing_can_be_chased_that_was_not_asked_for(self):
        chased = (H.ADVICE_CHASED, after(62), {"advice_kind": "social_care"})
        assert rules(*ASSESSING, chased) == ["no social care advice has been asked for"]

    def test_chasing_is_remembered_and_moves_nothing(self):
        steps = (*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL))
        case = stands(*steps, *((H.ADVICE_CHASED, after(day), MEDICAL) for day in (60, 70)), on=after(71))
        assert case.advice[0].chased_on == (after(60), after(70))
        assert [m.due_on for m in advice_milestones(case)] == [after(73)]

    def test_accepting_advice_nobody_logged_the_receipt_of_is_receiving_it(self):
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), (H.ADVICE_ACCEPTED, after(60), MEDICAL))
        assert (case.advice[0].received_on, case.advice[0].accepted_on) == (after(60), after(60))

    def test_not_knowing_the_child_is_an_answer_and_leaves_a_gap(self):
        case = stands(
            *ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), (H.ADVICE_NOT_KNOWN_TO_SERVICE, after(40), MEDICAL)
        )
        assert [(m.done_on, m.standing) for m in advice_milestones(case)] == [(after(40), Standing.MET)]
        assert case.advice[0].received_on is None and case.advice[0].not_known_on == after(40)
        assert case.whose_move is Party.AUTHORITY

    def test_advice_that_turns_out_not_to_be_needed_binds_nobody(self):
        case = stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL), (H.ADVICE_NOT_NEEDED, after(40), MEDICAL))
        assert [(m.done_on, m.lapsed_on, m.is_open) for m in advice_milestones(case)] == [(None, after(40), False)]

    def test_advice_that_came_unasked_has_no_limit(self):
        case = stands(*ASSESSING, (H.ADVICE_RECEIVED, after(31), MEDICAL))
        assert advice_milestones(case) == []
        assert case.advice[0].received_on == after(31) and not case.advice[0].is_outstanding

    def test_advice_outstanding_is_the_givers_move(self):
        assert stands(*ASSESSING, (H.ADVICE_ASKED, after(31), MEDICAL)).whose_move is Party.ADVICE_GIVER

    def test_what_is_no_kind_of_advice_is_refused(self):
        asked = (H.ADVICE_ASKED, after(31), {"advice_kind": "astrological"})
        assert rules(*ASSESSING, asked) == ["“astrological” is not a kind of advice"]

    def test_each_of_several_pieces_has_its_own_limit(self):
        asked = [(H.ADVICE_ASKED, after(31 + n), {"advice_kind": kind}) for n, kind in enumerate(AdviceKind)]
        case = stands(*ASSESSING, *asked)
        assert {m.subject: m.due_on for m in advice_milestones(case)} == {
            kind.value: after(73 + n) for n, kind in enumerate(AdviceKind)
        }


class TestWhichPieceIsMeant:
    ASKED = (
        (H.ADVICE_ASKED, after(31), {"advice_kind": "speech_language", "advice_giver": "North Trust"}),
        (H.ADVICE_ASKED, after(31), {"advice_kind": "speech_language", "advice_giver": "South Trust"}),
    )

    def received(self, giver):
        detail = {"advice_kind": "speech_language", "advice_giver": giver}
        case = stands(*ASSESSING, *self.ASKED, (H.ADVICE_RECEIVED, after(50), detail))
        return {advice.giver: advice.received_on for advice in case.advice}

    def test_the_giver_that_is_named(self):
        assert self.received("South Trust") == {"North Trust": None, "South Trust": after(50)}

    def test_the_first_that_is_unfinished_when_none_is_named(self):
        assert self.received("") == {"North Trust": after(50), "South Trust": None}

    def test_another_givers_own_where_it_cannot_be_told_which_was_meant(self):
        assert self.received("East Trust")["East Trust"] == after(50)

    def test_the_only_one_of_its_kind_however_the_giver_is_spelled(self):
        asked = (H.ADVICE_ASKED, after(31), {"advice_kind": "psychological", "advice_giver": "EPS"})
        came = (H.ADVICE_RECEIVED, after(50), {"advice_kind": "psychological", "advice_giver": "Ed Psych Service"})
        assert [a.received_on for a in stands(*ASSESSING, asked, came).advice] == [after(50)]

    def test_one_that_is_finished_where_all_are(self):
        steps = (
            (H.ADVICE_ASKED, after(31), MEDICAL),
            (H.ADVICE_ACCEPTED, after(50), MEDICAL),
            (H.ADVICE_RETURNED, after(55), MEDICAL),
        )
        advice = stands(*ASSESSING, *steps).advice
        assert [(a.received_on, a.accepted_on, a.returned_on) for a in advice] == [(None, None, after(55))]


class TestEarlierAdvice:
    DAYS = dict.fromkeys(("adviser_satisfied_on", "authority_satisfied_on", "family_satisfied_on"), "2026-01-20")

    def test_reg_6_4_earlier_advice_does_when_all_three_are_satisfied(self):
        step = (H.ADVICE_NOT_NEEDED, after(31), {**MEDICAL, "reason": "6(4)", **self.DAYS})
        assert stands(*ASSESSING, step).advice[0].not_needed_on == after(31)

    @pytest.mark.parametrize("who", ["adviser", "authority", "family"])
    def test_reg_6_4_earlier_advice_does_not_do_when_one_is_not(self, who):
        days = {word: day for word, day in self.DAYS.items() if not word.startswith(who)}
        step = (H.ADVICE_NOT_NEEDED, after(31), {**MEDICAL, "reason": "reg 6(4)", **days})
        assert rules(*ASSESSING, step) == [
            f"reg 6(4): the {who} must be satisfied that the earlier medical advice is sufficient"
        ]

    def test_advice_can_be_unneeded_for_other_reasons(self):
        assert rules(*ASSESSING, (H.ADVICE_NOT_NEEDED, after(31), MEDICAL)) == []


def test_advice_is_not_accepted_before_it_was_received():
    told = {"advice_kind": "medical"}
    begun = [(H.REQUEST_RECEIVED, after(0)), (H.ASSESSMENT_AGREED, after(30)), (H.ADVICE_ASKED, after(30), told)]
    early = [*begun, (H.ADVICE_ACCEPTED, after(60), told), (H.ADVICE_RECEIVED, after(61), told)]
    assert rules(*early) == ["medical advice cannot have been accepted before it was received"]
    assert rules(*begun, (H.ADVICE_ACCEPTED, after(60), told)) == []
    assert rules(*begun, (H.ADVICE_RECEIVED, after(61), told), (H.ADVICE_ACCEPTED, after(61), told)) == []
