"""A reform is one row closed and one row added; what is not confirmed is left out where the authority says so."""

from dataclasses import replace
from datetime import date

import pytest

from casetracker.statute import disputes, exceptions, timetable
from casetracker.statute.counting import Limit, Reading
from casetracker.statute.exceptions import GROUNDS, Condition, Ground, Phase
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import COMMENCEMENT, TIME_LIMITS, Basis, Duty, Mark, Route, limit_of, limits_for
from tests.unit.statute.told import WAY_TO, due, on, rules, spread, stands, the

LAST, FIRST = date(2030, 8, 31), date(2030, 9, 1)


@pytest.fixture
def enact(monkeypatch):
    """Return what closes one row of the timetable on 31 August 2030 and opens another the next day."""

    def enact(duty, within, authority, *, route=Route.REQUEST):
        (old,) = [row for row in TIME_LIMITS if row.duty is duty and row.route is route]
        new = replace(old, within=within, authority=authority, in_force_from=FIRST)
        rows = [replace(row, in_force_until=LAST) if row is old else row for row in TIME_LIMITS]
        monkeypatch.setattr(timetable, "TIME_LIMITS", (*rows, new))
        limits_for.cache_clear()
        limit_of.cache_clear()

    yield enact
    monkeypatch.undo()
    limits_for.cache_clear()
    limit_of.cache_clear()


class TestReform:
    def test_the_law_on_the_day_the_clock_started_governs_it(self, enact):
        enact(Duty.ISSUE_FINAL_PLAN, Limit(weeks=16), "SEND Regs 2030, reg 9")
        old, new = (stands((H.REQUEST_RECEIVED, day), on=day) for day in (LAST, FIRST))
        assert (due(old, Duty.ISSUE_FINAL_PLAN), due(new, Duty.ISSUE_FINAL_PLAN)) == (
            on("2031-01-18"),
            on("2030-12-22"),
        )
        assert the(new, Duty.ISSUE_FINAL_PLAN).authority == "SEND Regs 2030, reg 9"
        assert the(old, Duty.ISSUE_FINAL_PLAN).authority == "SEND Regs 2014, reg 13(2)"

    def test_a_clock_that_started_under_the_old_law_keeps_it_to_its_end(self, enact):
        enact(Duty.ISSUE_FINAL_PLAN, Limit(weeks=16), "SEND Regs 2030, reg 9")
        case = stands((H.REQUEST_RECEIVED, LAST), (H.ASSESSMENT_AGREED, on("2030-10-01")), on=on("2030-12-31"))
        assert due(case, Duty.ISSUE_FINAL_PLAN) == on("2031-01-18")

    def test_a_limit_with_a_start_of_its_own_goes_by_that_day(self, enact):
        enact(Duty.RECEIVE_ADVICE, Limit(weeks=4), "SEND Regs 2030, reg 5", route=Route.NONE)
        steps = [(H.REQUEST_RECEIVED, on("2030-08-01"))]
        steps += [(H.ADVICE_ASKED, day, {"advice_kind": k}) for k, day in (("medical", LAST), ("social_care", FIRST))]
        found = {m.subject: m.due_on for m in stands(*steps, on=FIRST).milestones if m.duty is Duty.RECEIVE_ADVICE}
        assert found == {"medical": on("2030-10-12"), "social_care": on("2030-09-29")}

    def test_a_duty_that_is_repealed_binds_no_later_clock(self, monkeypatch):
        kept = [replace(row, in_force_until=LAST) if row.duty is Duty.NOTIFY_NO_PLAN else row for row in TIME_LIMITS]
        monkeypatch.setattr(timetable, "TIME_LIMITS", tuple(kept))
        limits_for.cache_clear()
        try:
            assert due(stands((H.REQUEST_RECEIVED, FIRST), on=FIRST), Duty.NOTIFY_NO_PLAN) is None
            assert due(stands((H.REQUEST_RECEIVED, LAST), on=LAST), Duty.NOTIFY_NO_PLAN) is not None
        finally:
            monkeypatch.undo()
            limits_for.cache_clear()

    def test_a_new_exception_is_one_row_too(self, monkeypatch):
        new = Ground(
            "13(3)(d)", Phase.FINAL_PLAN, Condition.PERSONAL_CIRCUMSTANCES, "a new reason", in_force_from=FIRST
        )
        rows = [replace(row, in_force_until=LAST) if row.paragraph == "13(3)(d)" else row for row in GROUNDS]
        monkeypatch.setattr(exceptions, "GROUNDS", (*rows, new))
        claim = {"reason": "13(3)(d)"}
        assert rules((H.REQUEST_RECEIVED, LAST), (H.EXCEPTION_RECORDED, LAST, claim), on=FIRST) != []
        assert rules((H.REQUEST_RECEIVED, LAST), (H.EXCEPTION_RECORDED, FIRST, claim), on=FIRST) == []

    def test_a_change_in_the_limits_of_a_dispute_is_one_row_too(self, monkeypatch):
        (old,) = [row for row in disputes.DISPUTE_LIMITS if row.step is disputes.Step.ARRANGE_MEDIATION]
        new = replace(old, within=Limit(days=20), in_force_from=FIRST)
        monkeypatch.setattr(disputes, "DISPUTE_LIMITS", (replace(old, in_force_until=LAST), new))
        found = [disputes.dispute_limit(disputes.Step.ARRANGE_MEDIATION, on=day) for day in (LAST, FIRST)]
        assert [row.within.days for row in found if row] == [30, 20]

    def test_what_is_older_than_the_regulations_is_taken_to_be_under_them(self):
        case = stands((H.REQUEST_RECEIVED, on("2014-05-01")))
        assert due(case, Duty.ISSUE_FINAL_PLAN) == on("2014-09-18")
        assert {row.in_force_from for row in limits_for(route=Route.REQUEST, basis=Basis.REQUEST, on=FIRST)} == {
            COMMENCEMENT
        }


class TestUnconfirmedRows:
    UNCONFIRMED = tuple(row for row in TIME_LIMITS if row.mark is Mark.UNCONFIRMED)

    def test_they_are_the_rows_that_law_md_marks_so(self):
        assert {(row.duty, row.route) for row in self.UNCONFIRMED} == {
            (Duty.RECONSIDER, Route.RECONSIDER),
            (Duty.REVIEW_TRANSFERRED_PLAN, Route.TRANSFER),
        }
        assert {ground.paragraph for ground in GROUNDS if ground.mark is Mark.UNCONFIRMED} == {"4(3)"}

    @pytest.mark.parametrize("stage", list(Stage))
    def test_none_is_shown_where_the_authority_leaves_them_out(self, stage):
        case = stands(*WAY_TO[stage], reading=Reading(unconfirmed_rules=False))
        assert all(m.mark is not Mark.UNCONFIRMED for m in case.milestones)

    @pytest.mark.parametrize("stage", [Stage.RECONSIDERING, Stage.TRANSFERRED])
    def test_each_that_is_shown_says_what_it_is(self, stage):
        marks = {
            m.mark for m in stands(*WAY_TO[stage]).milestones if m.episode == stands(*WAY_TO[stage]).episodes[-1].number
        }
        assert Mark.UNCONFIRMED in marks

    def test_every_row_cites_its_authority(self):
        assert all(row.authority for row in TIME_LIMITS)
        assert all(ground.authority.startswith("SEND Regs 2014, reg ") and ground.words for ground in GROUNDS)


def test_a_history_can_be_moved_along_the_calendar_and_keeps_its_shape():
    one = stands(*WAY_TO[Stage.ISSUED])
    other = stands(*spread(WAY_TO[Stage.ISSUED], 365))
    assert [(m.due_on - one.received_on) for m in one.milestones] == [
        (m.due_on - other.received_on) for m in other.milestones
    ]
