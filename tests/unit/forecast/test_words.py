"""What a reader is told: a sentence for every reason, with its evidence."""

import pytest

from casetracker.forecast.reasons import EVIDENCE, Reason, explain
from casetracker.forecast.words import days, in_words
from tests.unit.forecast import made
from tests.unit.forecast.counties import open_cases

FIGURES = {
    "waited": 54.0, "overdue": 12.0, "usual": 71.0, "outstanding": 3.0, "used": 61.0, "usually_used": 43.0,
    "lost": 9.0, "load": 14.0, "usual_load": 8.0, "queue": 1240.0, "usual_queue": 900.0, "came": 2.0,
    "expected_to_come": 3.4, "returned": 2.0, "before": 310.0, "of_limiting": 1.0, "shut": 30.0, "panel_in": 25.0,
}  # fmt: skip
SAID = {
    "advice": "Psychology advice is 12 days overdue; the service now takes 71 days as a rule.",
    "late_so_far": "It took 61 days to come to the step that is on, which usually takes 43 days.",
    "season": "Less gets done in the weeks ahead than on average: about 9 days are lost.",
    "worker": "The named worker has 14 plans in hand; the worker of a usual case has 8.",
    "queue": (
        "the service has 1,240 requests waiting, and usually about 900; 310 of them were asked for before this one."
    ),
    "slow_so_far": ("2 of the pieces of advice have come; in the days they were waited for, 3.4 would have as a rule."),
    "closure": (
        "A school or early years provider whose advice is waited for is shut in the next 56 days for 30 days more than "
        "is usual at this time of year."
    ),
    "panel": "The next panel that can decide sits in 25 days.",
    "outstanding": "3 pieces of advice are still to come.",
    "returned": "Advice was sent back 2 times.",
    "family": "Information asked of the family has not come.",
    "other": "Cases like this, by age and by who asked, take longer than most.",
}


def reason(code: str, moves: float = 0.2) -> Reason:
    return Reason(code, moves, {name: FIGURES[name] for name in EVIDENCE[code]})


def test_there_are_words_and_evidence_for_every_code_and_no_other(independent):
    cases, model = open_cases(independent), independent.model
    found = explain(model, cases, made.parts(model, cases))
    assert set(found.moves) == set(EVIDENCE) == set(SAID)
    assert {name for names in EVIDENCE.values() for name in names} == set(found.figures) == set(FIGURES)


@pytest.mark.parametrize("code", sorted(SAID))
def test_a_reason_is_a_sentence_with_its_evidence(code):
    assert in_words(reason(code), subject="Psychology", holder="the service") == SAID[code]


@pytest.mark.parametrize("code", sorted(EVIDENCE))
@pytest.mark.parametrize("moves", [0.2, -0.2])
def test_every_reason_has_words_whichever_way_it_moves(code, moves):
    said = in_words(reason(code, moves))
    assert said.endswith(".") and not said.endswith("..")
    assert not said[:1].islower()
    assert "nan" not in said and "None" not in said


def test_advice_that_is_not_overdue_is_said_to_have_been_asked_for():
    young = Reason("advice", 0.1, {"waited": 1.0, "overdue": 0.0, "usual": 30.0, "outstanding": 1.0})
    said = in_words(young, subject="Medical")
    assert said == "Medical advice was asked for 1 day ago; this service now takes 30 days as a rule."


def test_what_makes_a_breach_less_likely_is_said_so():
    assert in_words(reason("other", -0.1)).endswith("take less time than most.")
    gained = Reason("season", -0.1, {"lost": -6.0})
    assert in_words(gained) == "More gets done in the weeks ahead than on average: about 6 days are gained."


def test_days_are_counted_in_words():
    assert [days(number) for number in (0, 1, 1.4, 2, 1200)] == ["0 days", "1 day", "1 day", "2 days", "1,200 days"]
