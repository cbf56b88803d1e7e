"""Red, amber, green and the direction of travel, by their rules; and the law's duty, which no target replaces."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.board import words
from casetracker.board.indicators import COMPARATORS, REPORTED, by_theme
from casetracker.board.rating import Rated, Rating, Travel, asked_by_law, rate, travel
from casetracker.charts import number_chart, round_up, sparkline
from casetracker.measures.definition import Good, Unit
from casetracker.measures.shipped import BY_KEY
from casetracker.published.measures import FIGURES


@pytest.mark.parametrize(
    ("value", "of", "target", "good", "expected"),
    [
        ("60.0", 100, "60", Good.UP, Rating.GREEN),
        ("59.9", 100, "60", Good.UP, Rating.AMBER),
        ("54.0", 100, "60", Good.UP, Rating.AMBER),
        ("53.9", 100, "60", Good.UP, Rating.RED),
        ("20.0", 100, "20", Good.DOWN, Rating.GREEN),
        ("22.0", 100, "20", Good.DOWN, Rating.AMBER),
        ("22.1", 100, "20", Good.DOWN, Rating.RED),
        ("0.0", 100, "0", Good.DOWN, Rating.GREEN),
        ("0.1", 100, "0", Good.DOWN, Rating.RED),
        ("60.0", 9, "60", Good.UP, Rating.TOO_FEW),
        ("60.0", None, "60", Good.UP, Rating.GREEN),
        ("60.0", 100, None, Good.UP, Rating.NO_TARGET),
        ("60.0", 100, "60", Good.NEITHER, Rating.NO_TARGET),
        (None, 0, "60", Good.UP, Rating.NOTHING),
    ],
)
def test_a_figure_is_rated_by_the_rule(value, of, target, good, expected):
    figure = Rated(None if value is None else D(value), of)
    assert rate(figure, target=None if target is None else D(target), good=good) is expected


@pytest.mark.parametrize(
    ("now", "before", "unit", "good", "expected"),
    [
        ("52.0", "51.0", Unit.PERCENT, Good.UP, Travel.BETTER),
        ("51.9", "51.0", Unit.PERCENT, Good.UP, Travel.LEVEL),
        ("51.0", "52.0", Unit.PERCENT, Good.UP, Travel.WORSE),
        ("51.0", "52.0", Unit.PERCENT, Good.DOWN, Travel.BETTER),
        ("101", "100", Unit.NUMBER, Good.NEITHER, Travel.UP),
        ("99", "100", Unit.NUMBER, Good.NEITHER, Travel.DOWN),
        ("0", "0", Unit.NUMBER, Good.DOWN, Travel.LEVEL),
        ("1", "0", Unit.NUMBER, Good.DOWN, Travel.WORSE),
        (None, "1", Unit.NUMBER, Good.DOWN, Travel.UNKNOWN),
        ("1", None, Unit.NUMBER, Good.DOWN, Travel.UNKNOWN),
    ],
)
def test_the_direction_of_travel_follows_the_rule(now, before, unit, good, expected):
    numbers = (None if text is None else D(text) for text in (now, before))
    assert travel(*numbers, unit=unit, good=good) is expected


def test_the_law_asks_for_every_case_in_time_and_for_none_overdue():
    assert asked_by_law(BY_KEY["plans_within_20_weeks"]) == 100
    assert asked_by_law(BY_KEY["plans_overdue"]) == 0
    assert asked_by_law(BY_KEY["requests"]) is None


def test_every_comparator_is_a_published_figure_of_a_measure_on_the_board():
    assert set(COMPARATORS.values()) <= set(FIGURES)
    on_board = {measure.key for measures in by_theme().values() for measure in measures}
    assert set(COMPARATORS) | set(REPORTED) <= on_board == set(BY_KEY)


@pytest.mark.parametrize(("largest", "top"), [(0.3, 5), (5, 5), (6, 10), (21, 25), (26, 50), (101, 200), (1734, 2000)])
def test_a_scale_ends_at_a_round_number_no_smaller_than_the_largest(largest, top):
    assert round_up(largest) == top
    assert number_chart(["a", "b"], []).grid[-1][1] == "5"


@given(st.lists(st.none() | st.integers(-5, 1000).map(float), max_size=30))
def test_a_small_line_stays_in_its_box_and_ends_at_the_last_known_value(values):
    line = sparkline(values)
    if sum(value is not None for value in values) < 2:
        assert line is None
        return
    points = [tuple(map(float, point.split())) for path in line.paths for point in path.removeprefix("M").split(" L")]
    assert all(0 <= x <= line.width and 0 <= y <= line.height for x, y in [*points, line.end])


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (D("0.04"), Unit.PERCENT, "0.04%"),
        (D("24.80"), Unit.PERCENT, "24.8%"),
        (D("25.00"), Unit.PERCENT, "25.0%"),
        (46.43, Unit.PERCENT, "46.4%"),
        (D("12.34"), Unit.NUMBER, "12.34"),
        (D("1200.00"), Unit.NUMBER, "1,200"),
        (D("1.00"), Unit.DAYS, "1 day"),
    ],
)
def test_what_was_entered_is_said_with_the_decimals_it_was_entered_with(value, unit, said):
    assert words.shown(value, unit) == said
