"""law.md 1.8: the six months, which run from the last assessment, and the ages."""

from datetime import date

import pytest

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.repeat import Earlier, Remark, age, on_logging
from casetracker.statute.timetable import Mark

DAY = date(2026, 6, 1)
CHILD = date(2018, 3, 3)


def remarks(*earlier, received_on=DAY, born_on=CHILD, reading=ORDINARY_READING):
    found = on_logging(received_on=received_on, born_on=born_on, earlier=earlier, reading=reading)
    return [finding.remark for finding in found]


class TestSixMonths:
    @pytest.mark.parametrize(
        ("assessed_on", "within"),
        [
            (date(2025, 11, 30), False),
            (date(2025, 12, 1), True),
            (date(2026, 5, 31), True),
            (DAY, True),
            (date(2026, 6, 2), False),
        ],
        ids=["over by a day", "six months to the day", "yesterday", "the same day", "not yet"],
    )
    def test_cfa_s36_6_b_they_run_from_the_last_assessment(self, assessed_on, within):
        found = remarks(Earlier(date(2025, 6, 1), assessed_on=assessed_on))
        assert (Remark.ASSESSED_WITHIN_SIX_MONTHS in found) is within

    def test_cfa_s36_6_b_they_do_not_run_from_the_last_request_or_refusal(self):
        refused = Earlier(date(2026, 3, 1), decided_not_to_assess_on=date(2026, 4, 1))
        assert remarks(refused) == [Remark.ASKED_BEFORE]

    def test_cfa_s36_6_b_the_latest_of_several_assessments_counts(self):
        many = [Earlier(None, assessed_on=day) for day in (date(2020, 1, 1), date(2026, 2, 1), date(2024, 1, 1))]
        (finding,) = on_logging(received_on=DAY, born_on=CHILD, earlier=many)
        assert "1 February 2026" in finding.words and "1 August 2026" in finding.words
        assert finding.authority == "CFA 2014 s.36(6)(b)"

    def test_reg_5_1_a_repeat_request_is_never_turned_away(self):
        earlier = [
            Earlier(date(2026, 1, 1), assessed_on=date(2026, 4, 1)),
            Earlier(date(2026, 4, 5), decided_not_to_assess_on=date(2026, 5, 5)),
            Earlier(date(2026, 5, 20), is_open=True),
        ]
        found = on_logging(received_on=DAY, born_on=CHILD, earlier=earlier)
        assert len(found) == 3 and not any(finding.forbids for finding in found)
        assert any("six weeks" in finding.words for finding in found)

    def test_the_end_of_a_long_month_is_met_by_a_short_one(self):
        assessed = Earlier(None, assessed_on=date(2025, 8, 31))
        assert remarks(assessed, received_on=date(2026, 2, 28)) == [Remark.ASSESSED_WITHIN_SIX_MONTHS]
        assert remarks(assessed, received_on=date(2026, 3, 1)) == []

    def test_reg_24_a_re_assessment_so_soon_is_unconfirmed_and_can_be_left_out(self):
        planned = Earlier(None, assessed_on=date(2026, 5, 1), has_plan=True)
        assert Remark.RE_ASSESSED_WITHIN_SIX_MONTHS in remarks(planned)
        assert Remark.RE_ASSESSED_WITHIN_SIX_MONTHS not in remarks(planned, reading=Reading(unconfirmed_rules=False))

    def test_cfa_s36_6_a_child_with_a_plan_can_only_be_re_assessed(self):
        assert remarks(Earlier(None, has_plan=True)) == [Remark.HAS_A_PLAN]

    def test_an_open_request_may_be_the_same_one_sent_again(self):
        assert remarks(Earlier(date(2026, 5, 1), is_open=True)) == [Remark.ASKED_AND_STILL_OPEN]

    def test_an_ordinary_request_calls_for_no_remark(self):
        assert remarks() == []


class TestAges:
    @pytest.mark.parametrize(
        ("born_on", "remark"),
        [
            (date(2026, 6, 2), Remark.NOT_BORN),
            (DAY, None),
            (date(2001, 6, 2), Remark.YOUNG_PERSON),
            (date(2001, 6, 1), Remark.TOO_OLD),
            (date(1951, 6, 1), Remark.TOO_OLD),
            (None, None),
        ],
        ids=["born tomorrow", "born today", "25 tomorrow", "25 today", "75", "not known"],
    )
    def test_a_request_is_for_somebody_born_and_under_25(self, born_on, remark):
        assert remarks(born_on=born_on) == ([remark] if remark else [])

    @pytest.mark.parametrize(
        ("received_on", "of_age"),
        [(date(2026, 6, 26), False), (date(2026, 6, 27), True)],
        ids=["the last Friday in June", "the day after"],
    )
    def test_compulsory_school_age_ends_on_the_last_friday_in_june(self, received_on, of_age):
        for born_on in (date(2009, 9, 1), date(2010, 8, 31)):
            assert (Remark.YOUNG_PERSON in remarks(born_on=born_on, received_on=received_on)) is of_age
        assert remarks(born_on=date(2010, 9, 1), received_on=received_on) == []

    def test_only_a_child_not_yet_born_is_impossible(self):
        (unborn,) = on_logging(received_on=DAY, born_on=date(2026, 7, 1))
        (old,) = on_logging(received_on=DAY, born_on=date(1990, 7, 1))
        assert unborn.forbids and not old.forbids
        assert old.mark is Mark.UNCONFIRMED

    @pytest.mark.parametrize(
        ("on", "years"),
        [(date(2025, 2, 28), 24), (date(2025, 3, 1), 25), (date(2024, 2, 29), 24), (date(2024, 2, 28), 23)],
    )
    def test_a_birthday_on_a_leap_day_is_on_1_march_in_other_years(self, on, years):
        assert age(born_on=date(2000, 2, 29), on=on) == years
