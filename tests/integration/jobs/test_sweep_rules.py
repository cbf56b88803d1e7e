"""Each rule of the sweep: one row that it is for, and one for each reason why not."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Alert, Case, CaseEvent, MilestoneRow, last_day_that_is_soon
from casetracker.services import cases, histories, sweeps
from casetracker.statute.happenings import Happening as H
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Duty
from tests import factories
from tests.integration.jobs.agreeing import at_noon

RECEIVED = date(2026, 1, 5)
DECIDE_BY, DRAFT_BY, FINAL_BY = date(2026, 2, 16), date(2026, 4, 27), date(2026, 5, 25)
AGREED = (H.ASSESSMENT_AGREED, date(2026, 2, 9))
DRAFTED = [AGREED, (H.PLAN_AGREED, date(2026, 4, 6)), (H.DRAFT_PLAN_SENT, date(2026, 4, 13))]
WINDOW_ENDS = date(2026, 4, 27)


def sweep(on: date) -> sweeps.SweepCounts:
    return sweeps.sweep(on=on, at=at_noon(on))


def alerts(case: Case, *, open_only: bool = True) -> list[tuple[str, str]]:
    """Return the alerts on a case as pairs of level and duty (with why it closed, where asked for the closed too)."""
    query = select(Alert).where(Alert.case_id == case.id).order_by(Alert.due_on, Alert.id)
    found = db.session.scalars(query, execution_options={"populate_existing": True})
    return [
        (a.level.value, a.duty.value) if open_only else (a.level.value, a.duty.value, a.closed_because or "open")
        for a in found
        if not open_only or a.closed_on is None
    ]


def about(case: Case, duty: Duty) -> list[str]:
    return [level for level, of in alerts(case) if of == duty]


def milestone(case: Case, duty: Duty) -> MilestoneRow:
    query = select(MilestoneRow).where(MilestoneRow.case_id == case.id, MilestoneRow.duty == duty)
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def record(case: Case, happening: H, on: date, *, known_on: date | None = None, **detail: str) -> None:
    today = known_on or on
    entry = histories.NewEntry(happening, on, at_noon(today), detail)
    histories.append(case_id=case.id, entries=[entry], today=today)


def requested(*steps: factories.Step, today: date = RECEIVED) -> Case:
    return factories.case(received_on=RECEIVED, steps=steps, today=max([today, *(step[1] for step in steps)]))


EXCUSED = (
    H.EXCEPTION_RECORDED,
    date(2026, 2, 2),
    {"paragraph": "5(4)(d)", "from_on": "2026-01-12", "until": "2026-02-20", "evidence": "letter"},
)


LAST_DAY_FOR_A_DRAFT = date(2026, 5, 10)
"""A draft served on it leaves the family their 15 days, to 24 May, and the plan can be sent on the 25th."""


class TestWillBreachByTheClock:
    def test_is_raised_when_a_draft_would_not_leave_the_family_its_fifteen_days(self, session):
        case = requested(AGREED)
        sweep(LAST_DAY_FOR_A_DRAFT)
        assert about(case, Duty.ISSUE_FINAL_PLAN) == []
        sweep(LAST_DAY_FOR_A_DRAFT + timedelta(days=1))
        assert about(case, Duty.ISSUE_FINAL_PLAN) == ["will_breach"]

    def test_stands_on_the_last_day_itself(self, session):
        case = requested(AGREED)
        sweep(FINAL_BY)
        assert about(case, Duty.ISSUE_FINAL_PLAN) == ["will_breach"]

    def test_closes_as_the_draft_is_sent_in_time_for_the_family_to_answer(self, session):
        case = requested(AGREED)
        sweep(date(2026, 5, 12))
        record(case, H.DRAFT_PLAN_SENT, LAST_DAY_FOR_A_DRAFT, known_on=date(2026, 5, 12))
        assert alerts(case, open_only=False)[-1] == ("will_breach", "issue_final_plan", "draft_sent")

    def test_a_draft_that_was_sent_too_late_for_the_family_to_have_its_days_is_one_too(self, session):
        case = requested(AGREED, (H.DRAFT_PLAN_SENT, LAST_DAY_FOR_A_DRAFT + timedelta(days=1)))
        sweep(date(2026, 5, 12))
        assert about(case, Duty.ISSUE_FINAL_PLAN) == ["will_breach"]
        record(case, H.REPRESENTATIONS_RECEIVED, date(2026, 5, 14))
        assert about(case, Duty.ISSUE_FINAL_PLAN) == []
        assert ("will_breach", "issue_final_plan", "family_answered") in alerts(case, open_only=False)

    def test_a_draft_that_was_sent_in_time_is_not(self, session):
        case = requested(AGREED, (H.DRAFT_PLAN_SENT, LAST_DAY_FOR_A_DRAFT))
        sweep(date(2026, 5, 20))
        assert about(case, Duty.ISSUE_FINAL_PLAN) == []

    def test_is_not_raised_for_what_is_excused(self, session):
        excused = {"paragraph": "13(3)(d)", "from_on": "2026-03-12", "until": "2026-05-20", "evidence": "letter"}
        case = requested(AGREED, (H.EXCEPTION_RECORDED, date(2026, 5, 2), excused))
        sweep(FINAL_BY)
        assert milestone(case, Duty.ISSUE_FINAL_PLAN).excused_by == "13(3)(d)"
        assert about(case, Duty.ISSUE_FINAL_PLAN) == []

    def test_is_not_raised_for_a_case_that_has_ended(self, session):
        case = requested((H.REQUEST_WITHDRAWN, date(2026, 1, 30)))
        sweep(FINAL_BY)
        assert alerts(case) == []

    def test_is_not_raised_for_a_limit_that_no_draft_comes_before(self, session):
        case = requested()
        sweep(DECIDE_BY)
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []


class TestBreached:
    def test_is_raised_the_day_after_the_last_day(self, session):
        case = requested()
        sweep(DECIDE_BY)
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []
        sweep(DECIDE_BY + timedelta(days=1))
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == ["breached"]

    def test_takes_the_place_of_the_warning(self, session):
        case = requested(AGREED)
        sweep(FINAL_BY)
        sweep(FINAL_BY + timedelta(days=1))
        assert about(case, Duty.ISSUE_FINAL_PLAN) == ["breached"]
        assert ("will_breach", "issue_final_plan", "became_breach") in alerts(case, open_only=False)

    def test_is_raised_for_a_limit_missed_long_before_anybody_recorded_the_request(self, session):
        case = factories.case(received_on=RECEIVED, today=date(2026, 6, 1))
        sweep(date(2026, 6, 1))
        assert about(case, Duty.ISSUE_FINAL_PLAN) == ["breached"]

    def test_is_not_raised_where_an_exception_is_on_record(self, session):
        case = requested(EXCUSED)
        sweep(date(2026, 3, 2))
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []

    def test_is_not_raised_for_what_was_done_late(self, session):
        case = requested((H.ASSESSMENT_AGREED, date(2026, 3, 2)))
        sweep(date(2026, 3, 3))
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []

    def test_is_not_raised_for_late_advice_which_others_owe(self, session):
        case = requested(AGREED, (H.ADVICE_ASKED, date(2026, 2, 9), {"advice_kind": "medical"}))
        sweep(date(2026, 3, 24))
        assert about(case, Duty.RECEIVE_ADVICE) == ["behind"]


class TestBehind:
    def test_is_raised_for_advice_the_day_after_its_six_weeks(self, session):
        case = requested(AGREED, (H.ADVICE_ASKED, date(2026, 2, 9), {"advice_kind": "medical"}))
        sweep(date(2026, 3, 23))
        assert about(case, Duty.RECEIVE_ADVICE) == []
        sweep(date(2026, 3, 24))
        assert about(case, Duty.RECEIVE_ADVICE) == ["behind"]

    def test_is_raised_for_an_internal_target(self, session):
        case = requested(AGREED)
        sweep(DRAFT_BY)
        assert about(case, Duty.SEND_DRAFT_PLAN) == []
        sweep(DRAFT_BY + timedelta(days=1))
        assert about(case, Duty.SEND_DRAFT_PLAN) == ["behind"]

    def test_is_raised_for_the_reply_of_a_setting(self, session):
        case = requested(*DRAFTED, (H.SETTING_CONSULTED, date(2026, 4, 13), {"setting": "Oak"}))
        sweep(date(2026, 4, 28))
        assert about(case, Duty.SETTING_REPLY) == []
        sweep(date(2026, 4, 29))
        assert about(case, Duty.SETTING_REPLY) == ["behind"]

    @pytest.mark.parametrize(
        "then",
        [
            (H.ADVICE_RECEIVED, date(2026, 3, 20), {"advice_kind": "medical"}),
            (H.ADVICE_NOT_NEEDED, date(2026, 3, 20), {"advice_kind": "medical"}),
            (H.ADVICE_NOT_KNOWN_TO_SERVICE, date(2026, 3, 20), {"advice_kind": "medical"}),
            (
                H.EXCEPTION_RECORDED,
                date(2026, 3, 20),
                {"paragraph": "8(2)(c)", "advice_kind": "medical", "evidence": "letter"},
            ),
            (H.REQUEST_WITHDRAWN, date(2026, 3, 20)),
        ],
        ids=lambda step: step[0].value,
    )
    def test_is_not_raised_for_advice_that_is_no_longer_waited_for(self, session, then):
        case = requested(AGREED, (H.ADVICE_ASKED, date(2026, 2, 9), {"advice_kind": "medical"}), then)
        sweep(date(2026, 4, 1))
        assert about(case, Duty.RECEIVE_ADVICE) == []

    def test_is_not_raised_for_the_familys_fifteen_days(self, session):
        case = requested(*DRAFTED)
        sweep(WINDOW_ENDS + timedelta(days=5))
        assert about(case, Duty.REPRESENTATIONS_WINDOW) == []


class TestClosing:
    @pytest.mark.parametrize(
        ("happening", "on", "because"),
        [
            (H.FINAL_PLAN_ISSUED, date(2026, 5, 13), "done"),
            (H.FINAL_PLAN_ISSUED, date(2026, 5, 25), "done"),
            (H.PLAN_REFUSED, date(2026, 5, 13), "no_longer_applies"),
            (H.REQUEST_WITHDRAWN, date(2026, 5, 13), "no_longer_applies"),
        ],
    )
    def test_an_alert_closes_as_the_entry_is_recorded(self, session, happening, on, because):
        case = requested(AGREED, (H.PLAN_AGREED, date(2026, 4, 6)))
        sweep(date(2026, 5, 12))
        record(case, happening, on)
        assert about(case, Duty.ISSUE_FINAL_PLAN) == []
        assert ("will_breach", "issue_final_plan", because) in alerts(case, open_only=False)

    def test_what_was_missed_and_then_done_closes_as_done_late(self, session):
        case = requested()
        sweep(date(2026, 2, 20))
        record(case, H.ASSESSMENT_AGREED, date(2026, 2, 23))
        assert alerts(case, open_only=False) == [("breached", "decide_whether_to_assess", "done_late")]

    def test_what_was_missed_and_then_done_in_time_after_all_closes_as_done(self, session):
        case = requested()
        sweep(date(2026, 2, 20))
        record(case, H.ASSESSMENT_AGREED, date(2026, 2, 13), known_on=date(2026, 2, 23))
        assert alerts(case, open_only=False) == [("breached", "decide_whether_to_assess", "done")]
        assert milestone(case, Duty.DECIDE_WHETHER_TO_ASSESS).marked_overdue_on is None

    def test_a_breach_of_a_case_that_then_ends_closes_because_it_ended(self, session):
        case = requested()
        sweep(date(2026, 2, 20))
        record(case, H.REQUEST_WITHDRAWN, date(2026, 2, 23))
        assert alerts(case, open_only=False) == [("breached", "decide_whether_to_assess", "case_ended")]

    def test_an_exception_closes_it(self, session):
        case = requested()
        sweep(date(2026, 2, 20))
        record(case, *EXCUSED[:2], known_on=date(2026, 2, 23), **EXCUSED[2])
        assert alerts(case, open_only=False) == [("breached", "decide_whether_to_assess", "excused")]
        assert milestone(case, Duty.DECIDE_WHETHER_TO_ASSESS).marked_overdue_on is None

    def test_it_is_raised_again_when_the_exception_is_withdrawn(self, session, user):
        case = requested(EXCUSED)
        sweep(date(2026, 2, 20))
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []
        cases.correct(
            event=db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.seq == 2)).one(),
            occurred_on=None,
            detail=None,
            reason="they were not away",
            by=user(),
            today=date(2026, 2, 21),
            at=at_noon(date(2026, 2, 21)),
        )
        sweep(date(2026, 2, 21))
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == ["breached"]

    def test_a_correction_of_the_day_of_receipt_closes_it(self, session, user):
        case = requested()
        sweep(date(2026, 2, 20))
        received = db.session.scalars(select(CaseEvent)).one()
        cases.correct(
            event=received,
            occurred_on=date(2026, 1, 9),
            detail=None,
            reason="date stamp",
            by=user(),
            today=date(2026, 2, 20),
            at=at_noon(date(2026, 2, 20)),
        )
        sweep(date(2026, 2, 20))
        assert alerts(case, open_only=False) == [
            ("breached", "decide_whether_to_assess", "date_corrected"),
        ]

    def test_the_sweep_closes_what_was_settled_without_it(self, session):
        case = requested()
        sweep(date(2026, 2, 20))
        row = milestone(case, Duty.DECIDE_WHETHER_TO_ASSESS)
        row.done_on, row.is_open = date(2026, 2, 23), False
        db.session.flush()
        assert sweep(date(2026, 2, 24)).closed == 1
        assert about(case, Duty.DECIDE_WHETHER_TO_ASSESS) == []


class TestWindow:
    def test_the_familys_days_close_with_the_last_of_them(self, session):
        case = requested(*DRAFTED)
        assert (case.whose_move, milestone(case, Duty.REPRESENTATIONS_WINDOW).due_on) == (Party.FAMILY, WINDOW_ENDS)
        assert sweep(WINDOW_ENDS).windows_closed == 0
        counts = sweep(WINDOW_ENDS + timedelta(days=1))
        assert (counts.windows_closed, counts.moves_passed_on) == (1, 1)
        db.session.refresh(case)
        window = milestone(case, Duty.REPRESENTATIONS_WINDOW)
        assert (window.is_open, window.done_on, case.whose_move) == (False, WINDOW_ENDS, Party.AUTHORITY)

    def test_the_move_passes_to_a_setting_that_has_not_answered(self, session):
        case = requested(*DRAFTED, (H.SETTING_CONSULTED, date(2026, 4, 13), {"setting": "Oak"}))
        sweep(WINDOW_ENDS + timedelta(days=1))
        db.session.refresh(case)
        assert case.whose_move is Party.SETTING

    def test_a_family_asked_for_information_keeps_the_move(self, session):
        case = requested(*DRAFTED, (H.FURTHER_INFORMATION_ASKED, date(2026, 4, 20)))
        assert sweep(WINDOW_ENDS + timedelta(days=1)).moves_passed_on == 0
        db.session.refresh(case)
        assert case.whose_move is Party.FAMILY


class TestMarks:
    def test_the_night_that_found_it_is_kept(self, session):
        case = requested()
        for on in (DECIDE_BY, DECIDE_BY + timedelta(days=1), DECIDE_BY + timedelta(days=9)):
            sweep(on)
        assert milestone(case, Duty.DECIDE_WHETHER_TO_ASSESS).marked_overdue_on == DECIDE_BY + timedelta(days=1)

    @pytest.mark.parametrize(
        ("steps", "duty"),
        [([EXCUSED], Duty.DECIDE_WHETHER_TO_ASSESS), (DRAFTED, Duty.REPRESENTATIONS_WINDOW)],
        ids=["excused", "a right"],
    )
    def test_nothing_is_marked_that_nobody_missed(self, session, steps, duty):
        case = requested(*steps)
        sweep(date(2026, 5, 1))
        assert milestone(case, duty).marked_overdue_on is None

    def test_a_missed_night_is_made_up_for(self, session):
        case = requested()
        sweep(date(2026, 3, 1))
        assert milestone(case, Duty.DECIDE_WHETHER_TO_ASSESS).marked_overdue_on == date(2026, 3, 1)


def test_bank_holidays_that_are_not_known_yet_do_not_stop_the_sweep(session):
    assert last_day_that_is_soon(date(2060, 1, 1)) == date(2060, 1, 15)
    case = factories.case(received_on=RECEIVED, today=RECEIVED)
    sweep(date(2060, 1, 1))
    assert about(case, Duty.ISSUE_FINAL_PLAN) == ["breached"]
