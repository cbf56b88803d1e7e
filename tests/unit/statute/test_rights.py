"""law.md 1.5 and 1.9: what each notification must say, who else must have it, and the sections of a plan."""

from dataclasses import replace
from datetime import date

import pytest

from casetracker.statute import rights
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.plan import APPEALABLE_SECTIONS, BLANK_IN_A_DRAFT, SECTIONS
from casetracker.statute.rights import Content, Notification, Recipient, also_told, contents_of

DAY = date(2026, 6, 1)
REG_32 = {
    Content.MEDIATION_RIGHT: "32(a)",
    Content.MEDIATION_CERTIFICATE: "32(b)",
    Content.MEDIATION_ADVISER: "32(c)",
    Content.MEDIATION_TIMESCALES: "32(d)",
    Content.MEDIATION_WHAT_TO_SAY: "32(e)",
    Content.MEDIATION_CONTACT: "32(f)",
}
WITH_APPEAL = {
    Content.RIGHT_TO_APPEAL,
    Content.TIME_LIMITS,
    *REG_32,
    Content.DISAGREEMENT_RESOLUTION,
    Content.INFORMATION_AND_ADVICE,
}


def says(notification, on=DAY, reading=ORDINARY_READING):
    return {row.content: row for row in contents_of(notification, on=on, reading=reading)}


def recipients(notification):
    return [row.recipient for row in also_told(notification, on=DAY)]


class TestContents:
    def test_reg_5_3_refusing_to_assess(self):
        said = says(Notification.REFUSE_TO_ASSESS)
        assert set(said) == {Content.DECISION, Content.REASONS, *WITH_APPEAL}
        assert said[Content.REASONS].authority == "CFA 2014 s.36(5)"
        assert "5(3)" in said[Content.RIGHT_TO_APPEAL].authority

    def test_reg_10_3_refusing_to_issue(self):
        said = says(Notification.REFUSE_TO_ISSUE)
        assert set(said) == {Content.DECISION, Content.REASONS, *WITH_APPEAL}
        assert said[Content.REASONS].authority == "CFA 2014 s.36(9)"
        assert "10(3)" in said[Content.TIME_LIMITS].authority

    def test_reg_14_2_the_final_plan(self):
        said = says(Notification.FINAL_PLAN)
        assert set(said) == {Content.COPY_OF_PLAN, *WITH_APPEAL}
        assert "B, F and I" in said[Content.RIGHT_TO_APPEAL].words

    @pytest.mark.parametrize(
        "notification", [Notification.REFUSE_TO_ASSESS, Notification.REFUSE_TO_ISSUE, Notification.FINAL_PLAN]
    )
    def test_reg_32_a_to_f_the_mediation_information(self, notification):
        said = says(notification)
        assert {content: said[content].authority[-5:] for content in REG_32} == REG_32

    def test_reg_13_1_the_draft_plan(self):
        said = says(Notification.DRAFT_PLAN)
        assert set(said) == {
            Content.COPY_OF_PLAN,
            Content.RIGHT_TO_REPRESENTATIONS,
            Content.RIGHT_TO_ASK_FOR_SETTING,
            Content.RIGHT_TO_MEETING,
            Content.REPRESENTATIONS_END,
            Content.WHERE_TO_FIND_SETTINGS,
        }
        assert "13(1)(b)" in said[Content.WHERE_TO_FIND_SETTINGS].authority

    def test_reg_4_2_considering_an_assessment(self):
        assert set(says(Notification.CONSIDERING)) == {Content.DECISION, Content.RIGHT_TO_GIVE_VIEWS}

    def test_reg_15_a_transfer(self):
        assert set(says(Notification.TRANSFER)) == {
            Content.HAS_TRANSFERRED,
            Content.WHETHER_IT_WILL_ASSESS,
            Content.WHEN_IT_WILL_REVIEW,
        }

    def test_cop_9_42_an_exception_that_is_used(self):
        assert set(says(Notification.EXCEPTION_USED)) == {
            Content.WHICH_EXCEPTION,
            Content.LATER_STEPS_KEEP_THEIR_TIME,
        }

    def test_what_is_unconfirmed_can_be_left_out(self):
        said = says(Notification.EXCEPTION_USED, reading=Reading(unconfirmed_rules=False))
        assert set(said) == {Content.WHICH_EXCEPTION}

    @pytest.mark.parametrize("notification", list(Notification))
    def test_every_notification_says_something_and_cites_its_law(self, notification):
        said = contents_of(notification, on=DAY)
        assert said and all(row.words and row.authority for row in said)
        assert len({row.content for row in said}) == len(said)


class TestRecipients:
    def test_reg_4_2_a_to_d_everybody_told_that_it_is_considered(self):
        assert recipients(Notification.CONSIDERING) == [Recipient.HEALTH, Recipient.SOCIAL_CARE, Recipient.SETTING]

    @pytest.mark.parametrize("notification", [Notification.WILL_ASSESS, Notification.REFUSE_TO_ASSESS])
    def test_reg_5_2_the_same_are_told_the_decision(self, notification):
        assert recipients(notification) == [Recipient.EVERYBODY_NOTIFIED]

    def test_reg_10_2_health_and_the_setting_are_told_that_there_is_no_plan(self):
        assert recipients(Notification.REFUSE_TO_ISSUE) == [Recipient.HEALTH, Recipient.SETTING]

    def test_reg_13_2_the_named_setting_and_health_have_the_final_plan(self):
        assert recipients(Notification.FINAL_PLAN) == [Recipient.NAMED_SETTING, Recipient.HEALTH]

    def test_nobody_else_need_have_the_draft(self):
        assert recipients(Notification.DRAFT_PLAN) == []


class TestReform:
    def test_a_change_in_what_must_be_said_is_one_row_closed_and_one_row_added(self, monkeypatch):
        old = says(Notification.WILL_ASSESS)[Content.DECISION]
        closed = replace(old, in_force_until=date(2030, 8, 31))
        new = replace(old, words="that it will assess, and who will see to it", in_force_from=date(2030, 9, 1))
        rows = tuple(row for row in rights.CONTENTS if row is not old)
        monkeypatch.setattr(rights, "CONTENTS", (*rows, closed, new))
        before, since = date(2030, 8, 31), date(2030, 9, 1)
        assert says(Notification.WILL_ASSESS, before)[Content.DECISION].words == old.words
        assert says(Notification.WILL_ASSESS, since)[Content.DECISION].words == new.words


class TestThePlan:
    def test_reg_12_1_each_section_is_set_out_on_its_own(self):
        assert list(SECTIONS) == ["A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"]

    def test_cfa_s51_2_c_the_sections_that_can_be_appealed_against(self):
        assert APPEALABLE_SECTIONS == ("B", "F", "I")

    def test_cfa_s38_a_draft_names_no_setting(self):
        assert {"I"} == BLANK_IN_A_DRAFT
