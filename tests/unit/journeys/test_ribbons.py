"""The weeks of a case, drawn."""

from datetime import date, timedelta

import pytest

from casetracker.journeys.cases.ribbons import LEFT, WIDTH, ribbon, weeks_of
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.standing import CaseStanding

RECEIVED = date(2026, 1, 5)


def standing(*steps: tuple, weeks: float = 5) -> CaseStanding:
    """Return how a case received on 5 January stands some weeks later."""
    history = [(H.REQUEST_RECEIVED, RECEIVED), *steps]
    entries = [
        Entry(seq, happening, on, on, dict(detail[0]) if detail else {})
        for seq, (happening, on, *detail) in enumerate(history, start=1)
    ]
    return replay(entries, on=RECEIVED + timedelta(days=int(weeks * 7)))


def test_it_shows_twenty_weeks_with_today_and_the_decision_at_week_six():
    drawn = ribbon(standing(weeks=5))
    assert (drawn.weeks, drawn.ticks[0], drawn.ticks[-1]) == (20, (LEFT, 0), (LEFT + WIDTH, 20))
    assert drawn.today_x == LEFT + WIDTH * 5 / 20
    assert drawn.past == WIDTH * 5 / 20
    assert drawn.over_from is None
    decision = drawn.marks[0]
    assert (decision.x, decision.standing, decision.shape) == (LEFT + WIDTH * 6 / 20, "pending", "ring")
    assert decision.label == "Tell the family whether we will assess: pending"


def test_a_case_that_has_run_over_is_drawn_to_where_it_is():
    drawn = ribbon(standing((H.ASSESSMENT_AGREED, date(2026, 2, 10)), weeks=40))
    assert drawn.weeks == 40
    assert drawn.over_from == LEFT + WIDTH / 2
    assert drawn.today_x == LEFT + WIDTH
    assert len(drawn.ticks) <= 21


def test_a_case_of_years_has_few_enough_ticks_to_read():
    drawn = ribbon(standing((H.ASSESSMENT_AGREED, date(2026, 2, 10)), weeks=200))
    assert drawn.weeks == 200
    assert len(drawn.ticks) <= 21


@pytest.mark.parametrize(
    ("steps", "weeks", "shape", "said"),
    [
        (((H.ASSESSMENT_AGREED, date(2026, 2, 10)),), 7, "circle", "met"),
        (((H.ASSESSMENT_AGREED, date(2026, 2, 20)),), 7, "square", "met late"),
        ((), 7, "diamond", "overdue"),
        (((H.EXCEPTION_RECORDED, date(2026, 1, 12), {"paragraph": "5(4)(c)"}),), 7, "triangle", "excused"),
        ((), 3, "ring", "pending"),
    ],
    ids=["met", "met late", "overdue", "excused", "pending"],
)
def test_each_standing_has_a_shape_and_a_word_of_its_own(steps, weeks, shape, said):
    decision = ribbon(standing(*steps, weeks=weeks)).marks[0]
    assert decision.shape == shape
    assert decision.label.endswith(f": {said}")


def test_every_mark_and_its_words_lie_within_the_drawing():
    drawn = ribbon(standing((H.ASSESSMENT_AGREED, date(2026, 2, 10)), weeks=7))
    letter = 7.0
    for mark in drawn.marks:
        assert LEFT <= mark.x <= LEFT + WIDTH
        end = mark.x + letter * len(mark.label) * (1 if mark.anchor == "start" else -1)
        assert 0 <= end <= 1000


def test_a_case_that_has_ended_has_no_today():
    ended = standing((H.ASSESSMENT_REFUSED, date(2026, 2, 10), {"reason": "5(1)"}), weeks=9)
    assert ribbon(ended).today_x is None
    assert ribbon(ended).past == pytest.approx(WIDTH * 36 / 140, abs=0.1)


def test_a_reopened_case_is_drawn_over_the_weeks_of_its_own_clock():
    reopened = standing(
        (H.ASSESSMENT_REFUSED, date(2026, 2, 10), {"reason": "5(1)"}),
        (H.APPEAL_REGISTERED, date(2026, 2, 20)),
        (H.CONCEDED, date(2026, 3, 2), {"reason": "refusal_to_assess"}),
        weeks=10,
    )
    assert weeks_of(reopened) == 14
    assert ribbon(reopened).weeks == 14
    assert weeks_of(standing()) == 20


def test_a_clock_whose_start_is_not_known_is_not_drawn():
    entry = Entry(1, H.BROUGHT_FORWARD, RECEIVED, RECEIVED, {"stage": "issued"})
    assert ribbon(replay([entry], on=RECEIVED)) is None
