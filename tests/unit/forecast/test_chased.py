"""What chasing came to: first chases beside pieces not chased that had been waited for as long."""

from datetime import date, timedelta

import pytest

from casetracker.forecast import chased
from casetracker.forecast.snapshots import History
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H

BEGAN = date(2025, 1, 6)
AS_AT = date(2026, 1, 1)


def history(
    number: int, *, chased_after: int | None = None, came_after: int | None = None, recorded: date | None = None
) -> History:
    """Return a case with one piece of advice, asked for 30 days after the request."""
    asked = BEGAN + timedelta(days=30)
    detail = {"advice_kind": "medical"}
    steps = [(H.REQUEST_RECEIVED, BEGAN, {}), (H.ASSESSMENT_AGREED, asked, {}), (H.ADVICE_ASKED, asked, detail)]
    for happening, days in ((H.ADVICE_CHASED, chased_after), (H.ADVICE_RECEIVED, came_after)):
        if days is not None:
            steps.append((happening, asked + timedelta(days=days), detail))
    steps.sort(key=lambda step: step[1])
    entries = [Entry(n, what, on, recorded or on, more) for n, (what, on, more) in enumerate(steps, start=1)]
    return History(number, tuple(entries))


def county(*, chased_come: int, others_come: int, of: int = 100) -> list[History]:
    """Return pieces chased after six weeks, and others; so many of each came ten days later, the rest long after."""
    first = [history(n, chased_after=42, came_after=52 if n < chased_come else 120) for n in range(of)]
    return first + [history(1000 + n, came_after=52 if n < others_come else 120) for n in range(of)]


def test_the_shares_are_of_pieces_waited_for_as_long():
    found = chased.learn(county(chased_come=70, others_come=40), as_at=AS_AT)
    assert found is not None
    assert found.pieces == 100
    assert found.chased == pytest.approx(0.70)
    assert found.not_chased == pytest.approx(40 / 100)
    assert chased.of_json(found.as_json()) == chased.Chasing(100, 0.7, 0.4)


def test_where_chasing_changes_nothing_the_shares_are_the_same():
    found = chased.learn(county(chased_come=55, others_come=55), as_at=AS_AT)
    assert found is not None
    assert found.chased == pytest.approx(found.not_chased)


def test_too_few_say_nothing():
    assert chased.learn(county(chased_come=20, others_come=10, of=chased.FEWEST - 1), as_at=AS_AT) is None
    assert chased.learn([], as_at=AS_AT) is None
    assert chased.of_json(None) is None


def test_what_was_recorded_later_is_not_known():
    then = BEGAN + timedelta(days=30 + 42 + 13)
    assert chased.learn(county(chased_come=70, others_come=40), as_at=then) is None  # the two weeks are not over
    late = [history(n, chased_after=42, came_after=45, recorded=AS_AT + timedelta(days=1)) for n in range(100)]
    assert chased.learn(late, as_at=AS_AT) is None
