"""From indicators to words, tags and lines. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from casetracker.board import words
from casetracker.board.rating import Rating, Travel, asked_by_law
from casetracker.board.words import shown
from casetracker.charts import Chart, Series, Sparkline, number_chart, percent_chart, sparkline
from casetracker.highlights.small import Publishable, publishable
from casetracker.measures.definition import Measure, Unit
from casetracker.measures.suppression import HIDDEN
from casetracker.models import KpiTarget
from casetracker.queries.board import Baseline, Indicator, Point

COLOURS = {Rating.GREEN: "green", Rating.AMBER: "yellow", Rating.RED: "red"}
ARROWS = {
    Travel.BETTER: "▲",
    Travel.WORSE: "▼",
    Travel.UP: "↑",
    Travel.DOWN: "↓",
    Travel.LEVEL: "→",
    Travel.UNKNOWN: "",
}
"""Beside the word, never in place of it."""


def sentence(text: str) -> str:
    """Return words with a capital at their beginning, and the others as they are."""
    return text[:1].upper() + text[1:]


def baseline_words(one: Indicator) -> str:
    """Return the baseline of an indicator in words."""
    return words.baseline_words(one.baseline.value, one.measure.unit) if one.baseline else words.NO_BASELINE


def made_of(point: Point | None) -> str:
    """Return the two numbers a share is made of, in words."""
    return words.made_of(point.numerator, point.denominator) if point else ""


def target_values(target: KpiTarget | None) -> dict[str, Any]:
    """Return the target that stands as its form has it, for changing a part of it."""
    if target is None or target.value is None:
        return {}
    return {
        "value": f"{target.value.normalize():f}",
        "due_on": target.due_on,
        "agreed_by": target.agreed_by,
        "agreed_on": target.agreed_on,
    }


def target_words(one: Indicator) -> str:
    """Return the target of an indicator in words."""
    target = one.target
    return words.target_words(one.measure, target.value if target else None, target.due_on if target else None)


def rating_words(one: Indicator) -> str:
    """Return the rating of an indicator in words."""
    return words.rating_words(one.measure, one.rating, one.target.value if one.target else None)


def small_line(one: Indicator) -> tuple[Sparkline | None, str]:
    """Return the small line of an indicator, and what it shows in words."""
    values = [None if point.value is None else float(point.value) for point in one.months]
    known = [point for point in one.months if point.value is not None]
    if len(known) < 2:
        return None, ""
    least, most = (pick(known, key=lambda point: point.value or Decimal(0)) for pick in (min, max))
    unit = one.measure.unit
    said = (
        f"From {shown(known[0].value, unit)} ({known[0].words}) to {shown(known[-1].value, unit)} ({known[-1].words}); "
        f"lowest {shown(least.value, unit)}, highest {shown(most.value, unit)}"
    )
    return sparkline(values), said


def chart_of(measure: Measure, months: Sequence[Point], *, target: Decimal | None) -> Chart | None:
    """Return the chart of an indicator by month or by the days it was entered for; None of fewer than two figures."""
    values = [None if point.value is None else float(point.value) for point in months]
    if sum(value is not None for value in values) < 2:
        return None
    series = [Series("Ours", "ours", values, dots=True)]
    if target is not None:
        series.append(Series("Local target", "target", [float(target)] * len(values)))
    law = asked_by_law(measure)
    if law is not None and target != law:
        series.append(Series("The law", "england", [float(law)] * len(values)))
    places = [f"{point.ends_on:%b %y}" for point in months]  # short, so that two years of them fit
    return percent_chart(places, series) if measure.unit is Unit.PERCENT else number_chart(places, series)


def cells(one: Indicator) -> tuple[Any, ...]:
    """Return the row of an indicator in a file, which may leave the building: what is small is hidden."""
    base, now, target, england, note = one.baseline, one.current, one.target, one.england, one.note
    began, current = _publishable(one.measure, base), _publishable(one.measure, now)
    return (
        one.measure.name, _cell(began.value, began), base.of_what if base else "",
        _cell(current.value, current), now.words if now else "", _cell(current.numerator, current),
        _cell(current.denominator, current), _number(target.value if target else None),
        target.due_on if target else None, _number(asked_by_law(one.measure)),
        HIDDEN if current.hidden else one.travel.value, HIDDEN if current.hidden else rating_words(one),
        england.value if england else None, england.year if england else None, note.owner if note else "",
        note.text if note else "", one.updated_at,
    )  # fmt: skip


def _publishable(measure: Measure, figure: Point | Baseline | None) -> Publishable:
    """Return a figure as it may leave the building."""
    if figure is None:
        return Publishable(None, None, None)
    return publishable(measure, figure.figure, figure.beside)


def _cell(number: Decimal | int | None, of: Publishable) -> int | float | str | None:
    return HIDDEN if of.hidden and number is None else _number(number)


def _number(number: Decimal | int | None) -> int | float | None:
    """Return a number as a file has it, without a point where it is whole."""
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)
