"""Charts as shapes: names that do not stand on one another, bands that follow their edges, scales that reach."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casetracker.charts import HEIGHT, Band, Series, number_chart, percent_chart

VALUES = st.lists(st.floats(0, 100), min_size=1, max_size=6)


@given(ends=VALUES)
def test_names_stand_apart_and_inside_the_chart(ends):
    chart = percent_chart(["a", "b"], [Series(str(n), "ours", [50.0, end]) for n, end in enumerate(ends)])
    places = sorted(line.label_y for line in chart.lines)
    assert len(places) == len(ends)
    assert all(b - a >= 18 - 1e-6 for a, b in pairwise(places))
    assert places[-1] <= HEIGHT - 15


def test_a_name_with_room_stands_at_the_end_of_its_line():
    chart = percent_chart(["a", "b"], [Series("high", "ours", [10, 90]), Series("low", "past", [90, 10])])
    assert [(line.name, round(line.label_y)) for line in chart.lines] == [("high", 51), ("low", 299)]


def test_a_band_goes_along_its_upper_edge_and_back_along_its_lower():
    chart = percent_chart(["a", "b", "c"], [], bands=[Band("80%", "ours", [None, 0, 20], [None, 100, 40])])
    assert chart.areas[0].path == "M420.0 20.0 L780.0 206.0 L780.0 268.0 L420.0 330.0 Z"


def test_a_band_at_one_place_is_not_drawn():
    assert percent_chart(["a", "b"], [], bands=[Band("80%", "ours", [None, 0], [None, 100])]).areas == ()


@given(low=VALUES, over=st.floats(0, 500))
def test_the_scale_reaches_what_is_drawn_bands_too(low, over):
    band = Band("80%", "ours", low, [value + over for value in low])
    chart = number_chart([str(n) for n in range(len(low))], [Series("a", "ours", low)], bands=[band])
    assert all(chart.top <= float(y) for area in chart.areas for y in area.path.replace("Z", "").split()[1::2])


def test_places_that_are_numbers_stand_on_a_scale_of_them():
    numbers = [0, 3, 6, 8, 16]
    chart = percent_chart(
        [str(n) for n in numbers], [Series("a", "ours", [50.0] * len(numbers), dots=True)], along=numbers
    )
    steps = {
        round((x - chart.left) / number, 2)
        for number, (x, _) in zip(numbers, chart.lines[0].dots, strict=True)
        if number
    }
    assert steps == {36.0}  # 720 across to 20
    assert [text for _, text in chart.labels] == ["0", "4", "8", "12", "16", "20"]
    assert chart.labels[2][0] == chart.lines[0].dots[3][0]
