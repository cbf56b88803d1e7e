"""law.md 1.6: mediation and appeal."""

from datetime import date

import pytest

from casetracker.statute.counting import Reading, months_after
from casetracker.statute.disputes import DISPUTE_LIMITS, Step, appeal_by, dispute_limit, needs_certificate
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Standing
from casetracker.statute.timetable import Duty, Force, Mark
from tests.unit.statute.told import WAY_TO, after, due, duties, on, stands, the

DECIDED = date(2026, 2, 4)
"""The day on which the request of these tests is refused."""


class TestTheRows:
    @pytest.mark.parametrize(
        ("step", "start", "due_on"),
        [
            (Step.CONTACT_MEDIATION_ADVISER, "2026-02-04", "2026-04-04"),
            (Step.TELL_HEALTH_OF_MEDIATION, "2026-04-01", "2026-04-08"),
            (Step.ARRANGE_MEDIATION, "2026-03-01", "2026-03-31"),
            (Step.SAY_MEDIATION_CANNOT_BE_ARRANGED, "2026-03-31", "2026-04-07"),
            (Step.ISSUE_CERTIFICATE, "2026-03-31", "2026-04-07"),
            (Step.APPEAL_AFTER_DECISION, "2025-12-31", "2026-02-28"),
            (Step.APPEAL_AFTER_CERTIFICATE, "2026-01-31", "2026-02-28"),
            (Step.RESPOND_TO_APPEAL, "2026-03-02", "2026-04-15"),
            (Step.TELL_AUTHORITY_OF_AGREEMENT, "2026-03-02", "2026-03-09"),
        ],
        ids=[
            "reg 33: two months",
            "reg 35: three working days, over Easter",
            "reg 36: thirty days",
            "reg 36: three working days, over Easter",
            "regs 34, 39: three working days, over Easter",
            "two months, to the end of February",
            "one month, to the end of February",
            "thirty working days, over Easter",
            "reg 42(4): one week",
        ],
    )
    def test_each_step_has_its_limit(self, step, start, due_on):
        row = dispute_limit(step, on=on(start))
        assert row is not None and row.due_on(on(start)) == on(due_on)

    def test_every_step_has_a_row_with_its_authority(self):
        assert {row.step for row in DISPUTE_LIMITS} == set(Step)
        assert all(row.authority and row.who and row.runs_from for row in DISPUTE_LIMITS)

    def test_regs_34_and_39_are_unconfirmed_and_can_be_left_out(self):
        unconfirmed = [row.step for row in DISPUTE_LIMITS if row.mark is Mark.UNCONFIRMED]
        assert unconfirmed == [Step.ISSUE_CERTIFICATE]
        assert dispute_limit(Step.ISSUE_CERTIFICATE, on=DECIDED, reading=Reading(unconfirmed_rules=False)) is None

    def test_cfa_s55_an_appeal_about_the_setting_alone_needs_no_certificate(self):
        assert needs_certificate(about_setting_only=False) and not needs_certificate(about_setting_only=True)

    @pytest.mark.parametrize(
        ("certificate_on", "by"),
        [
            (None, "2026-04-04"),
            ("2026-03-04", "2026-04-04"),
            ("2026-03-05", "2026-04-05"),
            ("2026-02-10", "2026-04-04"),
        ],
        ids=["none", "the same day", "a day later", "long before"],
    )
    def test_an_appeal_is_by_the_later_of_two_months_and_one(self, certificate_on, by):
        certificate = on(certificate_on) if certificate_on else None
        assert appeal_by(decided_on=DECIDED, certificate_on=certificate) == on(by)


class TestTheFamilysWindows:
    REFUSED = WAY_TO[Stage.REFUSED]

    @pytest.mark.parametrize("stage", [Stage.REFUSED, Stage.NO_PLAN, Stage.ISSUED])
    def test_cfa_s51_2_each_decision_that_can_be_appealed_opens_both(self, stage):
        decided_on = WAY_TO[stage][-1][1]
        windows = {m.duty: m for m in stands(*WAY_TO[stage], on=decided_on).milestones if m.force is Force.RIGHT}
        assert (
            windows[Duty.MEDIATION_WINDOW].due_on == windows[Duty.APPEAL_WINDOW].due_on == months_after(decided_on, 2)
        )

    def test_cfa_s51_2_an_open_case_has_neither(self):
        assert not {Duty.MEDIATION_WINDOW, Duty.APPEAL_WINDOW} & duties(
            stands(*WAY_TO[Stage.CONSULTING], on=after(101))
        )

    def test_reg_33_two_months_from_the_notice(self):
        assert due(stands(*self.REFUSED, on=after(30)), Duty.MEDIATION_WINDOW) == on("2026-04-04")

    @pytest.mark.parametrize(("day", "shown"), [("2026-04-04", True), ("2026-04-05", False)])
    def test_a_window_is_shown_to_the_end_of_its_last_day(self, day, shown):
        assert (Duty.MEDIATION_WINDOW in duties(stands(*self.REFUSED, on=on(day)))) is shown

    def test_a_certificate_can_carry_the_window_for_an_appeal_further(self):
        asked = (H.MEDIATION_ASKED, after(60), {"certificate_on": "2026-03-20"})
        assert due(stands(*self.REFUSED, asked, on=on("2026-04-06")), Duty.APPEAL_WINDOW) == on("2026-04-20")

    def test_a_window_that_was_used_is_met_and_stays_shown(self):
        case = stands(*self.REFUSED, (H.APPEAL_REGISTERED, after(60)))
        appeal = the(case, Duty.APPEAL_WINDOW)
        assert (appeal.done_on, appeal.standing, appeal.force) == (after(60), Standing.MET, Force.RIGHT)

    def test_no_window_is_ever_a_breach_or_the_next_thing_to_do(self):
        case = stands(*self.REFUSED, on=after(40))
        assert case.next_due() is None
        assert not any(m.is_breach for m in case.milestones)

    def test_a_new_clock_closes_the_windows_of_the_old_decision(self):
        case = stands(*self.REFUSED, (H.CONCEDED, after(40)), on=after(41))
        assert not {Duty.MEDIATION_WINDOW, Duty.APPEAL_WINDOW} & duties(case)

    def test_the_windows_belong_to_the_episode_of_the_decision(self):
        case = stands(
            *self.REFUSED,
            (H.CONCEDED, after(40)),
            (H.ASSESSMENT_AGREED, after(45)),
            (H.PLAN_REFUSED, after(90)),
            on=after(91),
        )
        assert the(case, Duty.APPEAL_WINDOW).episode == 2
