"""What is said of a number agrees with it: nothing is said of 1 day as of several, nor of 2 as of one."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from casetracker.forecast.reasons import EVIDENCE, Reason
from casetracker.forecast.words import in_words
from casetracker.journeys.alerts.presenters import days_over
from casetracker.journeys.mail.views import EXAMPLE
from casetracker.plurals import counted
from casetracker.queries.digests import Standing
from casetracker.services.alerts.calling import Code
from casetracker.services.alerts.words import Figures, sentence
from casetracker.services.digest_words import Contents, fields_of
from casetracker.services.mail_texts import SHIPPED, merged
from casetracker.statute.timetable import Duty
from tests.unit.digests.test_words import READER, SENDER, alert, deadline

TODAY = date(2026, 6, 1)
THINGS = "alert|area|assessment|case|child|day|decision|draft|error|mail|month|piece|plan|quer|request|time|week|year"
WHAT = "days?|cases?|plans?|pieces? of advice|of them|of the pieces of advice|still"
ONE_OF_MANY = re.compile(rf"\b1 (?:\w+ )?(?:{THINGS})(?:s|ies|ren)\b|\b1 (?:{WHAT}) (?:are|have|were|stand)\b")
MANY_OF_ONE = re.compile(rf"\b[02] (?:\w+ )?(?:{THINGS})y?\b|\b[02] (?:{WHAT}) (?:is|has|was|stands)\b")


def mails(number: int) -> Iterator[str]:
    said = {"days": counted(number, "day"), "pieces": counted(number, "piece of advice", "pieces of advice")}
    of_number = {**dict.fromkeys(("count", "total"), str(number)), **said}
    for text in SHIPPED.values():
        yield "\n".join(merged(text, {**EXAMPLE, **of_number}))


def digests(number: int) -> Iterator[str]:
    ahead = timedelta(days=number)
    changed = [alert(due_on=day, total=number + 1) for day in (TODAY - ahead, TODAY + ahead)]
    standing = [Standing(READER.id, READER.id, changed[0].level, number, number)]
    told = Contents(READER, TODAY, {}, changed, [], standing, [deadline(due_on=TODAY + ahead, total=number + 1)])
    yield "\n".join(fields_of(told, sender=SENDER).values())


def alerts(number: int) -> Iterator[str]:
    for code in Code:
        yield sentence(code, Duty.ISSUE_FINAL_PLAN, Figures(number, slack_days=-number))
    for due_on in (TODAY - timedelta(days=number), TODAY + timedelta(days=number)):
        row: Any = SimpleNamespace(due_on=due_on)
        yield days_over(row, TODAY)


def forecasts(number: int) -> Iterator[str]:
    for code, names in EVIDENCE.items():
        yield in_words(Reason(code, 0.2, dict.fromkeys(names, float(number))), subject="Medical", holder="The service")


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("said", [mails, digests, alerts, forecasts])
def test_what_is_said_of_a_number_agrees_with_it(said, number):
    wrong = ONE_OF_MANY if number == 1 else MANY_OF_ONE
    sentences = [re.sub(r"\([^)]*\)", "", words) for words in said(number)]
    assert sentences
    assert [found[0] for words in sentences for found in wrong.finditer(words)] == []


def test_what_does_not_agree_would_be_found():
    for words in (
        "1 days ago",
        "1 open cases",
        "1 pieces of advice",
        "1 of the pieces of advice have come",
        "1 day are lost",
        "1 still stand",
    ):
        assert ONE_OF_MANY.search(words), words
    for words in ("2 day ago", "0 week", "2 plan in hand", "2 of the pieces of advice has come"):
        assert MANY_OF_ONE.search(words), words
    for words in ("1 day ago", "1 piece of advice is still to come", "1 case; 2 still stand"):
        assert not ONE_OF_MANY.search(words), words
