"""What leaves the building: no small number, and no number of a month by taking figures from each other."""

from datetime import date
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from casetracker.highlights.plain import TOO_SMALL, said
from casetracker.highlights.plain_words import WORDS
from casetracker.highlights.small import publishable
from casetracker.measures.figures import Figure, Tally, figure_of, total
from casetracker.measures.shipped import BY_KEY
from casetracker.services.highlights import _row as row_of  # what is kept of an indicator
from tests.unit.highlights.indicators import indicator

SHARE, COUNT = BY_KEY["plans_within_20_weeks"], BY_KEY["requests"]
MONTHS = st.lists(
    st.integers(1, 9).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of))), min_size=24, max_size=36
)


def given(measure, months):
    """Return every figure that ever leaves the building of a run of months: each twelve of them, when it is over."""
    ends = range(12, len(months) + 1)
    tallies = [total(Tally(*one) for one in months[end - 12 : end]) for end in ends]
    return [publishable(measure, figure_of(measure, tally), {}) for tally in tallies]


def otherwise(months, more, fewer):
    """Return the same run with a child more in each month of one name, and one fewer in each of another."""
    change = {more: 1, fewer: -1}
    return [(top + change.get(at % 12, 0), of + change.get(at % 12, 0)) for at, (top, of) in enumerate(months)]


@pytest.mark.parametrize("measure", [SHARE, COUNT])
@hypothesis.given(MONTHS, st.integers(0, 11), st.integers(1, 11))
def test_no_month_can_be_worked_out_from_all_the_answers_there_ever_were(measure, months, more, further):
    """Whatever is given would have been given too, to the last figure, if any two months had been otherwise."""
    others = otherwise(months, more, (more + further) % 12)
    assert others[more] != months[more]
    assert given(measure, others) == given(measure, months)


@pytest.mark.parametrize("measure", [SHARE, COUNT])
@hypothesis.given(MONTHS)
def test_what_is_given_is_of_nobody_or_of_six_or_more(measure, months):
    for one in given(measure, months):
        if not one.hidden and one.value is not None:
            sides = (one.numerator, (one.denominator or one.numerator) - one.numerator)
            assert all(side == 0 or side >= 6 for side in sides)


def test_a_figure_by_itself_is_hidden_when_either_side_is_small():
    assert publishable(SHARE, Figure(990, 993, Decimal("99.7")), {}).hidden
    assert publishable(SHARE, Figure(3, 993, Decimal("0.3")), {}).hidden
    assert publishable(SHARE, Figure(533, 993, Decimal("53.7")), {}).value == Decimal("53.7")
    assert publishable(SHARE, Figure(0, 993, Decimal("0.0")), {}).value == Decimal("0.0")
    assert publishable(COUNT, Figure(5, None, Decimal(5)), {}).hidden
    median = BY_KEY["wait_for_a_plan_median"]
    assert publishable(median, Figure(None, 5, Decimal(150)), {}).hidden
    assert not publishable(median, Figure(None, 6, Decimal(150)), {}).hidden
    assert publishable(SHARE, Figure(0, 0, None), {}).value is None


def test_every_measure_can_be_said_in_plain_words():
    for key, measure in BY_KEY.items():
        words = said(row_of(indicator(measure, 533, 993, date(2026, 5, 31)), draft_of(key)))
        assert words.heading and "{" not in words.sentence + "".join(words.easy)
        hidden = said(row_of(indicator(measure, 3, 5, date(2026, 5, 31)), draft_of(key)))
        assert hidden.sentence == TOO_SMALL and hidden.out_of_ten is None


def test_every_measure_that_may_be_public_has_words_of_its_own():
    assert set(WORDS) == {measure.key for measure in BY_KEY.values() if measure.is_known_here}
    for key, plain in WORDS.items():
        assert not any("now" in sentence.split() for sentence in (plain.heading, *plain.easy)), key  # but a month’s end
        assert all(len(sentence.split()) <= 16 and sentence.endswith((".", "?")) for sentence in plain.easy), key


@pytest.mark.parametrize(
    ("top", "of", "said_as"),
    [(0, 200, 0), (6, 994, None), (100, 200, 5), (190, 200, None), (180, 200, 9), (200, 200, 10)],
)
def test_so_many_in_ten_never_says_nobody_or_everybody_of_some(top, of, said_as):
    assert said(row_of(indicator(SHARE, top, of, date(2026, 5, 31)), draft_of(SHARE.key))).out_of_ten == said_as


def draft_of(key):
    from casetracker.highlights.draft import Draft

    return Draft(measures=(key,), public=(key,))


@pytest.mark.parametrize(
    ("key", "value", "hidden"),
    [
        ("supported_internships", "5", True),
        ("supported_internships", "6", False),
        ("supported_internships", "0", False),
        ("key_stage_4_plans", "4.5", False),  # a score, of no number of children
    ],
)
def test_an_entered_number_of_few_children_is_hidden_and_a_score_is_not(key, value, hidden):
    entered = publishable(BY_KEY[key], Figure(None, None, Decimal(value)), {})
    assert (entered.hidden, entered.value is None) == (hidden, hidden)
