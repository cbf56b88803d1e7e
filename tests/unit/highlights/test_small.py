"""A run of months with its sum: no hidden number can be had by taking the others away."""

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetracker.highlights.plain import TOO_SMALL, said
from casetracker.highlights.small import WHOLE, publishable, publishable_run
from casetracker.measures.figures import Figure, Tally, figure_of, total
from casetracker.measures.shipped import BY_KEY
from casetracker.services.highlights import _row as row_of  # what is kept of an indicator
from tests.unit.highlights.indicators import indicator

SHARE, COUNT = BY_KEY["plans_within_20_weeks"], BY_KEY["requests"]
PAIRS = st.integers(0, 12).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


def run(measure, pairs):
    tallies = {str(n): Tally(top, bottom) for n, (top, bottom) in enumerate(pairs)}
    parts = {name: figure_of(measure, tally) for name, tally in tallies.items()}
    return publishable_run(measure, parts, figure_of(measure, total(tallies.values()))), parts


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=12))
def test_no_small_count_of_a_run_can_be_had_by_subtraction(pairs):
    safe, parts = run(COUNT, pairs)
    shown = {name: one.numerator for name, one in safe.items() if name != WHOLE and not one.hidden}
    assert all(number == 0 or number >= 6 for number in shown.values())
    hidden = [name for name in parts if safe[name].hidden]
    if hidden and not safe[WHOLE].hidden:
        left = safe[WHOLE].numerator - sum(shown.values())
        assert left >= 6 and len(hidden) > 1


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=12))
def test_no_small_side_of_a_share_can_be_had_by_subtraction(pairs):
    safe, parts = run(SHARE, pairs)
    for name in parts:
        one = safe[name]
        if not one.hidden and one.value is not None:
            assert all(side == 0 or side >= 6 for side in (one.numerator, one.denominator - one.numerator))
    hidden = [name for name in parts if safe[name].hidden]
    if hidden and not safe[WHOLE].hidden and safe[WHOLE].value is not None:
        known = [safe[name] for name in parts if not safe[name].hidden]
        left = safe[WHOLE].numerator - sum(one.numerator for one in known)
        assert left >= 6


def test_a_figure_by_itself_is_hidden_when_either_side_is_small():
    assert publishable(SHARE, Figure(990, 993, Decimal("99.7"))).hidden
    assert publishable(SHARE, Figure(3, 993, Decimal("0.3"))).hidden
    assert publishable(SHARE, Figure(533, 993, Decimal("53.7"))).value == Decimal("53.7")
    assert publishable(SHARE, Figure(0, 993, Decimal("0.0"))).value == Decimal("0.0")
    assert publishable(COUNT, Figure(5, None, Decimal(5))).hidden
    median = BY_KEY["wait_for_a_plan_median"]
    assert publishable(median, Figure(None, 5, Decimal(150))).hidden
    assert not publishable(median, Figure(None, 6, Decimal(150))).hidden
    assert publishable(SHARE, Figure(0, 0, None)).value is None


def test_every_measure_can_be_said_in_plain_words():
    for key, measure in BY_KEY.items():
        words = said(row_of(indicator(measure, 533, 993, date(2026, 5, 31)), draft_of(key)))
        assert words.heading and "{" not in words.sentence + "".join(words.easy)
        hidden = said(row_of(indicator(measure, 3, 5, date(2026, 5, 31)), draft_of(key)))
        assert hidden.sentence == TOO_SMALL and hidden.out_of_ten is None


def draft_of(key):
    from casetracker.highlights.draft import Draft

    return Draft(measures=(key,), public=(key,))
