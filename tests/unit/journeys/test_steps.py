"""What there is to do next, and what is odd."""

from datetime import date, timedelta

import pytest

from casetracker.journeys.cases.oddities import oddities
from casetracker.journeys.cases.presenters import age, detail_lines, needs, year_words
from casetracker.journeys.cases.steps import next_steps
from casetracker.services.cases import senses_of
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty, Force
from tests.unit.journeys.test_ribbons import RECEIVED, standing

BORN = date(2016, 9, 14)
AGREED = (H.ASSESSMENT_AGREED, date(2026, 2, 10))
KINDS = ("parental", "educational", "medical", "psychological", "social_care")
ALL_ASKED = tuple((H.ADVICE_ASKED, date(2026, 2, 11), {"advice_kind": kind}) for kind in KINDS)
ALL_IN = tuple((H.ADVICE_RECEIVED, date(2026, 3, 11), {"advice_kind": kind}) for kind in KINDS)
PLANNING = (AGREED, *ALL_ASKED, *ALL_IN, (H.PLAN_AGREED, date(2026, 4, 1)))
DRAFTED = (*PLANNING, (H.DRAFT_PLAN_SENT, date(2026, 4, 20)))


def texts(*steps: tuple, weeks: float, **more) -> list[str]:
    return [step.text for step in next_steps(standing(*steps, weeks=weeks), born_on=BORN, **more)]


class TestSteps:
    def test_a_new_request_waits_for_a_decision_by_week_six(self):
        (step,) = next_steps(standing(weeks=1), born_on=BORN)
        assert (step.happening, step.due_on) == (H.ASSESSMENT_AGREED, date(2026, 2, 16))

    def test_each_piece_of_advice_that_reg_6_requires_is_proposed_until_it_is_asked_for(self):
        proposed = [text for text in texts(AGREED, weeks=6) if text.startswith("Ask for")]
        (text,) = proposed
        assert text.startswith(
            "Ask for parent’s or young person’s views (reg 6(1)(a)), educational advice (reg 6(1)(b))"
        )
        assert text.endswith("psychological advice (reg 6(1)(d)), social care advice (reg 6(1)(e))")
        assert not [text for text in texts(AGREED, *ALL_ASKED, weeks=6) if text.startswith("Ask for")]

    @pytest.mark.parametrize(
        ("more", "kind"),
        [({"vision": True}, "vision"), ({"hearing": True}, "hearing"), ({"vision": True, "hearing": True}, "multi")],
    )
    def test_a_sensory_impairment_adds_its_own(self, more, kind):
        assert [text for text in texts(AGREED, weeks=6, **more) if text.startswith("Ask for") and f", {kind}" in text]

    def test_advice_past_its_six_weeks_is_to_be_chased_and_comes_first(self):
        steps = texts(AGREED, *ALL_ASKED, weeks=12)
        assert steps[0].startswith("Chase") and "which is overdue" in steps[0]

    def test_advice_received_is_to_be_read_and_the_plan_decided(self):
        steps = texts(AGREED, *ALL_ASKED, *ALL_IN, weeks=10)
        assert "Read medical advice, and accept it or send it back" in steps
        assert steps[-1] == "Decide whether to make a plan"

    def test_a_plan_agreed_is_to_be_drafted_by_week_sixteen(self):
        draft, final = next_steps(standing(*PLANNING, weeks=13), born_on=BORN)
        assert (draft.happening, draft.due_on) == (H.DRAFT_PLAN_SENT, date(2026, 4, 27))
        assert (final.happening, final.due_on) == (H.FINAL_PLAN_ISSUED, date(2026, 5, 25))

    def test_a_draft_waits_for_the_family_and_then_is_to_be_issued(self):
        assert "Record the family’s representations if they make any" in texts(*DRAFTED, weeks=16)
        assert "Finish and issue the plan" in texts(*DRAFTED, weeks=18)

    @pytest.mark.parametrize(
        "steps", [(), (AGREED,), (AGREED, *ALL_ASKED), (AGREED, *ALL_ASKED, *ALL_IN), PLANNING, DRAFTED]
    )
    def test_the_next_limit_of_the_law_that_binds_us_is_always_in_sight(self, steps):
        stands = standing(*steps, weeks=16)
        bound = [
            m for m in stands.open_milestones() if m.force is Force.STATUTORY and m.duty is not Duty.RECEIVE_ADVICE
        ]
        first = min(m.due_on for m in bound)
        assert first in {step.due_on for step in next_steps(stands, born_on=BORN)}

    def test_a_family_that_has_not_been_told_of_an_exception_is_to_be_told(self):
        exception = (H.EXCEPTION_RECORDED, date(2026, 1, 12), {"paragraph": "5(4)(c)"})
        assert "Tell the family of the exception (reg 5(4)(c))" in texts(exception, weeks=3)
        told = {"told_of_exception_on": [date(2026, 1, 20)]}
        assert "Tell the family of the exception (reg 5(4)(c))" not in texts(exception, weeks=3, **told)

    def test_information_asked_for_is_waited_for(self):
        asked = (H.FURTHER_INFORMATION_ASKED, date(2026, 1, 12))
        assert "Record the further information when it comes" in texts(asked, weeks=3)

    def test_nothing_is_to_be_done_on_a_case_that_has_ended(self):
        assert texts((H.REQUEST_WITHDRAWN, date(2026, 1, 12)), weeks=3) == []


class TestOddities:
    def odd(self, happening: H, on: date, *steps: tuple, weeks: float = 10, **more) -> list[str]:
        case = standing(*steps, weeks=weeks)
        return list(oddities(happening, occurred_on=on, standing=case, today=case.on, **more))

    def test_an_ordinary_entry_is_not_odd(self):
        assert self.odd(H.PANEL_CONSIDERED, date(2026, 3, 14)) == []

    def test_sixty_days_ago_is_not_long_and_sixty_one_are(self):
        today = RECEIVED + timedelta(weeks=10)
        assert self.odd(H.PANEL_CONSIDERED, today - timedelta(days=60)) == []
        assert self.odd(H.PANEL_CONSIDERED, today - timedelta(days=61)) == ["That is 61 days ago."]

    def test_a_decision_on_the_day_of_receipt_is(self):
        assert self.odd(H.ASSESSMENT_AGREED, RECEIVED, weeks=1) == ["That is the day the request was received."]

    def test_a_plan_decided_while_advice_is_outstanding_is(self):
        said = self.odd(H.PLAN_AGREED, date(2026, 3, 10), AGREED, ALL_ASKED[0])
        assert said == ["1 piece of advice asked for has not come."]

    def test_an_entry_that_ends_an_open_case_is(self):
        assert self.odd(H.MOVED_OUT, date(2026, 3, 10)) == ["It ends the case: nothing more falls due after it."]

    def test_a_second_draft_is(self):
        assert (
            "starts the family’s 15 days anew" in self.odd(H.DRAFT_PLAN_SENT, date(2026, 5, 5), *DRAFTED, weeks=18)[0]
        )

    def test_a_final_plan_after_the_representations_is_not(self):
        heard = (*DRAFTED, (H.REPRESENTATIONS_RECEIVED, date(2026, 4, 24)))
        assert self.odd(H.FINAL_PLAN_ISSUED, date(2026, 4, 28), *heard, weeks=17) == []


class TestWords:
    def test_somebody_born_on_29_february_is_a_year_older_on_1_march(self):
        assert [age(date(2016, 2, 29), day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [9, 10]

    @pytest.mark.parametrize(
        ("born_on", "words"),
        [
            (date(2024, 5, 1), "before school"),
            (date(2021, 5, 1), "reception"),
            (date(2016, 9, 1), "year 4"),
            (date(2004, 5, 1), "over school age"),
        ],
    )
    def test_the_school_year_in_words(self, born_on, words):
        assert year_words(born_on, date(2026, 6, 1)) == words

    def test_needs_come_from_the_primary_need_and_from_what_was_said_at_the_request(self):
        assert needs("ASD", {"hearing": "yes"}) == "Autistic spectrum disorder, hearing impairment"
        assert needs("", {}) == ""
        assert needs("XYZ", {}) == "XYZ"
        assert senses_of("MSI", {}) == (True, True)
        assert senses_of("ASD", {"vision": "yes"}) == (True, False)

    def test_detail_is_said_in_the_words_it_was_chosen_by(self):
        lines = dict(detail_lines(H.APPEAL_DECIDED, {"reason": "44(2)(b)", "directed_due_on": "2026-06-01"}))
        assert lines == {
            "outcome or reason": "We were ordered to assess (reg 44(2)(b))",
            "directed due on": "1 June 2026",
        }

    def test_a_code_that_no_form_offers_is_shown_as_it_came(self):
        assert detail_lines(H.ADVICE_ASKED, {"advice_kind": "dance"}) == [("advice", "dance")]

    def test_a_change_is_shown_with_what_was_before(self):
        detail = {"surname_before": "O’Brien", "surname_after": "Ó Briain", "upn_before": "", "upn_after": "A1"}
        assert detail_lines(H.PERSON_DETAILS_CHANGED, detail) == [
            ("surname", "O’Brien → Ó Briain"),
            ("upn", "not known → A1"),
        ]
