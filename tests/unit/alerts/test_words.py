"""Why an alert was raised, in words fit for the page."""

from datetime import date

import pytest

from casetracker.services.alerts.calling import Code
from casetracker.services.alerts.words import Figures, percent, sentence
from casetracker.statute.timetable import Duty

FORECAST = Figures(
    days_left=40,
    probability=0.724,
    expected_on=date(2026, 7, 1),
    latest_safe_on=date(2026, 5, 3),
    slack_days=-12,
    limiting_step="advice",
    limiting_subject="psychological",
    limiting_holder="County Psychology",
)


@pytest.mark.parametrize(
    ("code", "duty", "figures", "words"),
    [
        (
            Code.LIMIT_MISSED,
            Duty.ISSUE_FINAL_PLAN,
            Figures(-1),
            "A limit set by law was missed and no exception is on record.",
        ),
        (
            Code.NO_TIME_FOR_REPRESENTATIONS,
            Duty.ISSUE_FINAL_PLAN,
            Figures(1),
            (
                "No draft has been sent and 1 day is left: the family must have 15 days to answer it (reg 13(1)(a)). "
                "It will be late unless the draft goes at once and they answer sooner."
            ),
        ),
        (
            Code.DAYS_OF_THE_FAMILY,
            Duty.ISSUE_FINAL_PLAN,
            Figures(9),
            (
                "The family’s 15 days end too late for the final plan to follow them in time (reg 13(1)(a)). "
                "It will be late unless they answer sooner."
            ),
        ),
        (
            Code.NO_SLACK,
            Duty.ISSUE_FINAL_PLAN,
            FORECAST,
            (
                "No slack is left: at a quick pace the steps to come still end 12 days late. It waits for "
                "psychological advice (County Psychology); last safe day 3 May 2026."
            ),
        ),
        (
            Code.PROBABLE,
            Duty.ISSUE_FINAL_PLAN,
            FORECAST,
            (
                "The probability that it is late is 72%. It waits for psychological advice (County Psychology); "
                "last safe day 3 May 2026."
            ),
        ),
        (
            Code.PROBABLE,
            Duty.DECIDE_WHETHER_TO_ASSESS,
            Figures(3, probability=0.8, limiting_step="decide"),
            "The probability that it is late is 80%. It waits for the decision whether to assess.",
        ),
        (Code.PROBABLE, Duty.ISSUE_FINAL_PLAN, Figures(3, probability=0.8), "The probability that it is late is 80%."),
        (
            Code.SAFE_DAY_PASSED,
            Duty.ISSUE_FINAL_PLAN,
            FORECAST,
            (
                "The last safe day for psychological advice (County Psychology) was 3 May 2026: at their usual "
                "pace the steps after it end too late."
            ),
        ),
        (
            Code.STAGE_LATE,
            Duty.RECEIVE_ADVICE,
            Figures(-3),
            "It was not received within its six weeks (reg 8(1)).",
        ),
        (
            Code.STAGE_LATE,
            Duty.SETTING_REPLY,
            Figures(-3),
            "The setting has not replied within its 15 days. You may decide without it.",
        ),
        (
            Code.STAGE_LATE,
            Duty.SEND_DRAFT_PLAN,
            Figures(-3),
            "Our own target has passed, and the final plan waits for it.",
        ),
    ],
)
def test_the_sentence(code, duty, figures, words):
    assert sentence(code, duty, figures) == words


def test_every_reason_has_words_of_its_own():
    said = {sentence(code, Duty.ISSUE_FINAL_PLAN, FORECAST) for code in Code}
    assert len(said) == len(Code)


@pytest.mark.parametrize(("probability", "words"), [(0.0, "1%"), (1.0, "99%"), (0.456, "46%"), (None, "1%")])
def test_nothing_still_to_come_is_said_to_be_certain(probability, words):
    assert percent(probability) == words


def test_figures_are_kept_as_they_were_known_and_nothing_that_was_not():
    assert Figures(5).as_json() == {"days_left": 5}
    kept = FORECAST.as_json()
    assert kept["latest_safe_on"] == "2026-05-03" and kept["slack_days"] == -12
