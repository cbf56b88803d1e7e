"""From indicators to words, tags and lines. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from casetracker.board.rating import Rating, Travel, asked_by_law
from casetracker.charts import Chart, Series, Sparkline, number_chart, percent_chart, sparkline
from casetracker.measures.definition import Measure, Unit
from casetracker.queries.board import Indicator, Point

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


def shown(value: Decimal | float | None, unit: Unit) -> str:
    """Return a figure as a page writes it."""
    if value is None:
        return "no figure"
    exact = Decimal(str(value))
    if unit is Unit.PERCENT:
        return f"{exact:.1f}%"
    plain = f"{exact:,.1f}".removesuffix(".0")
    return f"{plain} days" if unit is Unit.DAYS else plain


def sentence(words: str) -> str:
    """Return words with a capital at their beginning, and the others as they are."""
    return words[:1].upper() + words[1:]


def made_of(point: Point | None) -> str:
    """Return the two numbers a share is made of, in words; nothing for what is no share."""
    if point is None or point.numerator is None or not point.denominator:
        return ""
    return f"{point.numerator:,} of {point.denominator:,}"


def target_words(one: Indicator) -> str:
    """Return the target in words. Where the law sets a duty, it is said to be a step towards the whole of it."""
    law = asked_by_law(one.measure)
    if one.target is None:
        return f"{law}%, by law" if law is not None else "none agreed"
    aim = shown(one.target.value, one.measure.unit)
    due = f" by {one.target.due_on:%-d %B %Y}" if one.target.due_on else ""
    step = f", a step towards the {law}% that the law asks" if _is_step(one) else ""
    return f"{aim}{due}{step}"


def _is_step(one: Indicator) -> bool:
    law = asked_by_law(one.measure)
    return law is not None and one.target is not None and one.target.value != law


def rating_words(one: Indicator) -> str:
    """Return the rating in words; a local target that is met is not the duty met."""
    if one.rating is Rating.GREEN and _is_step(one):
        return f"Green: local target met, the law’s {asked_by_law(one.measure)}% not"
    return one.rating.value.capitalize()


def small_line(one: Indicator) -> tuple[Sparkline | None, str]:
    """Return the small line of an indicator, and what it shows in words."""
    values = [None if point.value is None else float(point.value) for point in one.months]
    known = [point for point in one.months if point.value is not None]
    if len(known) < 2:
        return None, ""
    least, most = (pick(known, key=lambda point: point.value or Decimal(0)) for pick in (min, max))
    unit = one.measure.unit
    words = (
        f"From {shown(known[0].value, unit)} ({known[0].words}) to {shown(known[-1].value, unit)} ({known[-1].words}); "
        f"lowest {shown(least.value, unit)}, highest {shown(most.value, unit)}"
    )
    return sparkline(values), words


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
    places = [f"{point.ends_on:%b %Y}" for point in months]
    return percent_chart(places, series) if measure.unit is Unit.PERCENT else number_chart(places, series)
