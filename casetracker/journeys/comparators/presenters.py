"""From published figures to words and lines. Pure."""

from collections.abc import Sequence

from casetracker.charts import Chart, Series, number_chart, percent_chart
from casetracker.plurals import counted
from casetracker.published.measures import Published, Unit
from casetracker.queries.comparators import AreaFigure, Beside
from casetracker.queries.published import BREAK_AFTER
from casetracker.services.comparators import BroughtIn

MARKS = {
    "x": "not available",
    "z": "not applicable",
    "c": "suppressed",
    ":": "not available",
    "low": "nearly nothing",
    "u": "unreliable",
    "k": "rounds to nothing",
    "empty": "not given",
}
"""What the DfE's marks stand for."""
QUARTERS = {1: "first", 2: "second", 3: "third", 4: "last"}


def shown(value: float | None, unit: Unit, mark: str = "") -> str:
    """Return a figure as a page writes it, or what its mark stands for."""
    if value is None:
        return MARKS.get(mark, mark) or "not published"
    if unit is Unit.PERCENT:
        return f"{value:.1f}%"
    return f"{value:,.1f} weeks" if unit is Unit.WEEKS else f"{value:,.0f}"


def figure_words(figure: AreaFigure | None, unit: Unit, *, brought_in: bool = True) -> str:
    """Return an area's figure in words; of a year that no file has, nobody knows here whether it was published."""
    if figure is None:
        return "not published" if brought_in else "not in what was brought in"
    return shown(figure.value, unit, figure.mark)


def apart_words(published: float, ours: float, unit: Unit) -> str:
    """Return how far two figures are apart."""
    apart = abs(published - ours)
    return f"{apart:.1f} percentage points" if unit is Unit.PERCENT else shown(apart, unit)


def what_became_of(one: BroughtIn) -> list[tuple[str, list[str]]]:
    """Return what there is to say of a file that was brought in, under its headings."""
    left_out = [f"{counted(number, 'row')} {why}" for why, number in one.left_out.most_common()]
    refused = [f"Line {r.line}, {r.column}: {r.rule} ({r.value})" for r in one.refusals]
    sections = (
        ("To ask about", list(one.questions)), ("Refused", refused), ("Left out", left_out), ("Notes", list(one.notes)),
    )  # fmt: skip
    return [(heading, lines) for heading, lines in sections if lines]


def chart_of(years: Sequence[Beside], measure: Published) -> Chart | None:
    """Return the lines of an authority, its neighbours, region and nation by year; None where there are too few."""
    inorder = sorted(years, key=lambda one: one.year)
    lines = {
        ("Ours, published", "ours"): [_value(one.ours) for one in inorder],
        ("Neighbours, mean", "past"): [one.neighbours_mean for one in inorder],
        ("Region", "including"): [_value(one.region) for one in inorder],
        ("England", "england"): [_value(one.nation) for one in inorder],
    }
    if measure.unit is Unit.COUNT:  # an authority's count would lie flat beneath the nation's
        lines = {key: values for key, values in lines.items() if key[1] == "ours"}
    series = [Series(name, css, values, dots=css == "ours") for (name, css), values in lines.items()]
    if max((sum(value is not None for value in one.values) for one in series), default=0) < 2:
        return None
    places = [str(one.year) for one in inorder]
    draw = percent_chart if measure.unit is Unit.PERCENT else number_chart
    return draw(places, series, break_before=str(BREAK_AFTER + 1))


def _value(figure: AreaFigure | None) -> float | None:
    return figure.value if figure else None
