"""Annual reviews and audits of a plan: CFA 2014 s.44(1), SEND Regs 2014 regs 15(5) and 20(10)."""

from datetime import date

import pytest

from casetracker.statute.counting import Limit, Reading
from casetracker.statute.entries import known_by
from casetracker.statute.fold import fold
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import can_happen_next
from casetracker.statute.reviews import (
    Grade,
    Plan,
    Review,
    decision_due_on,
    next_review_due_on,
    reviews_due,
    transferred_review_due_on,
)
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Duty, Mark, limit_of
from tests.unit.statute.told import FAR, WAY_TO, after, due, history, on, rules, stands

ISSUED = WAY_TO[Stage.ISSUED]
PLAN_ON = after(130)
"""15 May 2026."""


def reviewed(day, met_on="", outcome="maintain"):
    return (H.ANNUAL_REVIEW_FINISHED, on(day), {"met_on": met_on, "outcome": outcome})


def told(*steps):
    """Return the last day of each review, and when it was finished, as they are known in the end."""
    facts = fold(known_by(history(*steps), FAR))
    assert facts.objections == []
    return [
        (due.due_on and due.due_on.isoformat(), due.done and due.done.finished_on.isoformat())
        for plan in facts.plans
        for due in reviews_due(plan)
    ]


class TestWhenAReviewFallsDue:
    @pytest.mark.parametrize(
        ("begins", "last"),
        [
            ("2026-05-15", "2027-05-14"),
            ("2026-01-01", "2026-12-31"),
            ("2023-03-01", "2024-02-29"),
            ("2024-02-28", "2025-02-27"),
            ("2024-02-29", "2025-02-28"),
            ("2024-03-01", "2025-02-28"),
            ("2026-05-31", "2027-05-30"),
        ],
        ids=["any day", "new year", "into a leap day", "before one", "from one", "after one", "a month’s end"],
    )
    def test_s_44_1_twelve_months_begin_with_the_day_so_the_day_counts(self, begins, last):
        assert next_review_due_on(on(begins)) == on(last)

    @pytest.mark.parametrize(
        ("months", "begins", "last"), [(1, "2026-01-31", "2026-02-28"), (3, "2026-05-15", "2026-08-14")]
    )
    def test_a_limit_in_months_that_counts_its_first_day_ends_on_the_eve(self, months, begins, last):
        assert Limit(months=months, counts_first_day=True).last_day(on(begins)) == on(last)

    def test_s_44_1_a_the_first_within_twelve_months_of_the_plan(self):
        assert told(*ISSUED) == [("2027-05-14", None)]

    def test_s_44_1_b_each_later_within_twelve_months_of_the_last(self):
        assert told(*ISSUED, reviewed("2027-04-01"), reviewed("2028-05-01")) == [
            ("2027-05-14", "2027-04-01"),
            ("2028-03-31", "2028-05-01"),
            ("2029-04-30", None),
        ]

    def test_devon_a_review_is_finished_when_the_family_is_told_and_not_when_it_meets(self):
        assert told(*ISSUED, reviewed("2027-05-20", met_on="2027-05-01")) == [
            ("2027-05-14", "2027-05-20"),
            ("2028-05-19", None),
        ]

    @pytest.mark.parametrize("end", [H.CASE_CLOSED, H.MOVED_OUT, H.DIED])
    @pytest.mark.parametrize(("day", "left"), [("2027-05-14", []), ("2027-05-15", [("2027-05-14", None)])])
    def test_nothing_falls_due_once_the_plan_has_ceased_and_what_was_missed_stays(self, end, day, left):
        assert told(*ISSUED, (end, on(day))) == left

    def test_a_plan_that_is_amended_on_an_order_is_still_the_plan_that_was_first_made(self):
        amended = (H.FINAL_PLAN_ISSUED, after(330))
        assert told(*WAY_TO[Stage.AMENDING], amended) == [("2027-05-14", None)]

    def test_reg_15_5_a_plan_from_elsewhere_is_due_when_its_milestone_is(self):
        moved = (H.MOVED_IN, on("2026-01-05"), {"plan_made_on": "2024-03-01", "last_review_on": "2025-06-10"})
        assert told(moved) == [(due(stands(moved), Duty.REVIEW_TRANSFERRED_PLAN).isoformat(), None)]
        assert transferred_review_due_on(on("2024-03-01"), moved_in_on=on("2026-01-05")) == on("2026-04-05")

    def test_reg_15_5_the_review_meets_that_duty(self):
        moved = (H.MOVED_IN, on("2026-01-05"), {"plan_made_on": "2025-09-01"})
        case = stands(moved, reviewed("2026-03-01"))
        assert case.milestone(Duty.REVIEW_TRANSFERRED_PLAN).done_on == on("2026-03-01")

    def test_with_neither_day_known_it_has_no_last_day(self):
        assert told((H.MOVED_IN, on("2026-01-05"))) == []
        assert told((H.BROUGHT_FORWARD, on("2026-01-15"), {"day_not_known": "yes"})) == []

    def test_with_only_the_last_review_known_it_is_due_twelve_months_from_that(self):
        detail = {"day_not_known": "yes", "last_review_on": "2025-06-10"}
        assert told((H.BROUGHT_FORWARD, on("2026-01-15"), detail)) == [("2026-06-09", None)]

    def test_the_first_on_record_of_a_plan_brought_forward_may_not_have_been_the_first(self):
        begun = (H.BROUGHT_FORWARD, on("2022-05-02"))
        assert told(begun) == [("2023-05-01", None)]
        assert told(begun, reviewed("2023-04-30"))[0] == ("2023-05-01", "2023-04-30")
        assert told(begun, reviewed("2025-06-10"), reviewed("2026-06-01")) == [
            (None, "2025-06-10"),
            ("2026-06-09", "2026-06-01"),
            ("2027-05-31", None),
        ]


class TestTellingTheDecision:
    def test_reg_20_10_within_four_weeks_of_the_meeting(self):
        assert decision_due_on(on("2026-03-02")) == on("2026-03-30")
        assert decision_due_on(on("2026-03-02"), reading=Reading(count_day_one=True)) == on("2026-03-29")

    @pytest.mark.parametrize(
        ("duty", "authority"),
        [(Duty.REVIEW_PLAN, "CFA 2014 s.44(1)"), (Duty.TELL_REVIEW_DECISION, "SEND Regs 2014, reg 20(10)")],
    )
    def test_each_limit_has_its_citation_and_its_mark(self, duty, authority):
        row = limit_of(duty, on=PLAN_ON)
        assert (row.authority, row.mark) == (authority, Mark.QUOTED)


class TestWhatCanBeRecorded:
    @pytest.mark.parametrize(
        ("step", "rule"),
        [
            (
                reviewed("2027-05-01", met_on="2027-05-02"),
                "the review meeting cannot have been after the family was told what was decided",
            ),
            (
                reviewed("2026-06-01", met_on="2026-05-14"),
                "the review meeting cannot have been before the plan was made (15 May 2026)",
            ),
            (reviewed("2027-05-01", met_on="soon"), "met_on: “soon” is not a day"),
            (reviewed("2027-05-01", outcome="keep"), "outcome: “keep” is none of amend, cease, maintain"),
            ((H.PLAN_AUDITED, on("2027-05-01")), "grade: an audit needs its grade"),
            (
                (H.PLAN_AUDITED, on("2027-05-01"), {"grade": "fair"}),
                "grade: “fair” is none of outstanding, good, requires_improvement, inadequate",
            ),
            (
                (H.PLAN_AUDITED, on("2027-05-01"), {"grade": "good", "audited_by": "us"}),
                "audited_by: “us” is none of in_house, multi_agency, external",
            ),
        ],
    )
    def test_what_cannot_have_been_is_refused(self, step, rule):
        assert rules(*ISSUED, step) == [rule]

    def test_two_reviews_are_not_finished_on_one_day(self):
        assert rules(*ISSUED, reviewed("2027-05-01"), reviewed("2027-05-01", outcome="amend")) == [
            "a review was finished on that day already"
        ]

    @pytest.mark.parametrize("stage", [Stage.REFUSED, Stage.NO_PLAN, Stage.REQUESTED])
    def test_there_is_nothing_to_review_without_a_plan(self, stage):
        offered = can_happen_next(stands(*WAY_TO[stage]))
        assert not {H.ANNUAL_REVIEW_FINISHED, H.PLAN_AUDITED} & offered

    def test_a_plan_that_has_ceased_can_still_be_audited_and_no_more_be_reviewed(self):
        closed = (*ISSUED, (H.CASE_CLOSED, after(200)))
        assert can_happen_next(stands(*closed)) & {H.ANNUAL_REVIEW_FINISHED, H.PLAN_AUDITED} == {H.PLAN_AUDITED}
        assert rules(*closed, reviewed("2027-05-01")) == [
            "no plan is in force that could be reviewed (CFA 2014 s.44(1))"
        ]

    def test_neither_moves_a_case_or_changes_a_limit_of_the_twenty_weeks(self):
        audit = (H.PLAN_AUDITED, on("2027-06-01"), {"grade": "good", "audited_by": "external"})
        before, then = stands(*ISSUED), stands(*ISSUED, reviewed("2027-05-01"), audit)
        assert (then.stage, then.milestones, then.episodes) == (before.stage, before.milestones, before.episodes)

    def test_an_audit_has_its_grade_and_by_whom(self):
        audit = (H.PLAN_AUDITED, on("2027-06-01"), {"grade": "requires_improvement"})
        (plan,) = fold(known_by(history(*ISSUED, audit), FAR)).plans
        assert [(one.audited_on, one.grade, one.audited_by) for one in plan.audits] == [
            (date(2027, 6, 1), Grade.REQUIRES_IMPROVEMENT, None)
        ]

    def test_a_plan_takes_reviews_in_only_while_it_is_maintained(self):
        plan = Plan(date(2025, 1, 6), ended_on=date(2025, 9, 1))
        with pytest.raises(ValueError, match="no plan is in force"):
            plan.add(Review(date(2025, 10, 1), None, None))
