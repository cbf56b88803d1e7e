"""From figures to words, lines of a chart and cells of a file. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from casetracker.board import words
from casetracker.charts import Chart, Series, number_chart, percent_chart
from casetracker.measures import publishing
from casetracker.measures.definition import Average, Measure, Over, Unit
from casetracker.measures.figures import Figure, share
from casetracker.measures.parts import NOBODY
from casetracker.measures.publishing import Others, Table
from casetracker.measures.suppression import HIDDEN, Cells
from casetracker.periods import Period, Span, year_of
from casetracker.queries.measures.expressions import OVERDUE
from casetracker.statistics import Verdict

Margins = Sequence[frozenset[str]]
_FEWEST_TO_DRAW = 2
_BESIDE = {
    "received_on": ("Request received", ""),
    "clock_started_on": ("Clock started", "Days on the clock"),
    "assessed_from": ("Assessment began", ""),
    "decided_on": ("Decided", "Days to the decision"),
    "no_plan_on": ("Told of no plan", "Days to being told"),
    "final_plan_on": ("Final plan", "Days to the plan"),
    "asked_on": ("Asked for", ""),
    "began_on": ("Began", ""),
    "ended_on": ("Ended", ""),
    "due_on": ("Due", ""),
    "finished_on": ("Family told", "Days from the meeting"),
    "audited_on": ("Audited", ""),
}
"""What a list of cases calls a day, by the fact it is of, and the days that go with it where there are any."""


def value_words(value: Decimal | None, unit: Unit) -> str:
    """Return a figure's value as a page writes it."""
    return "none" if value is None else words.shown(value, unit)


def shown(figure: Figure, measure: Measure) -> str:
    """Return a figure as a page writes it."""
    return value_words(figure.value, measure.unit)


def interval_words(figure: Figure, measure: Measure) -> str:
    """Return the interval of a share in words, or nothing where there is none."""
    if measure.unit is not Unit.PERCENT or figure.interval is None:
        return ""
    return f"{figure.interval[0]}% to {figure.interval[1]}%"


def period_name(period: Period, measure: Measure, until: date) -> str:
    """Return what a row is headed by: the period, or of a measure of a day the last day of it that is known of."""
    return f"{min(period.ends_on, until):%-d %B %Y}" if measure.over is Over.DAY else period.name


def headings(measure: Measure, day: str) -> tuple[str, str]:
    """Return what the day and the days beside a case are called, given the fact the day is of; none for no days."""
    if measure.key in OVERDUE:
        return "Clock started", "Days overdue"
    name, days = _BESIDE[day]
    return name, days or ("Days since" if measure.over is Over.DAY else "")


def verdict_words(verdict: Verdict | None) -> str:
    """Return what a group's share shows beside the whole, in words."""
    return verdict.value if verdict is not None else ""


def chart_of(measure: Measure, figures: Mapping[Period, Figure]) -> Chart | None:
    """Return a measure's line over its periods; None where there are too few to draw."""
    values = [None if figure.value is None else float(figure.value) for figure in figures.values()]
    if sum(value is not None for value in values) < _FEWEST_TO_DRAW:
        return None
    names = [f"{p.ends_on:%b %y}" if p.span in (Span.MONTH, Span.ROLLING) else p.name for p in figures]
    draw = percent_chart if measure.unit is Unit.PERCENT else number_chart
    return draw(names, [Series(_series_name(measure), "ours", values, dots=True)])


def _series_name(measure: Measure) -> str:
    return {Unit.PERCENT: "Ours, per cent", Unit.DAYS: "Ours, days", Unit.NUMBER: "Ours, number"}[measure.unit]


def scores_chart(scores: Sequence[tuple[str, Decimal | None]]) -> Chart | None:
    """Return the line of the share of cases with no fault, night by night; None where there are too few."""
    values = [None if score is None else float(score) for _, score in scores]
    if sum(value is not None for value in values) < _FEWEST_TO_DRAW:
        return None
    return percent_chart([name for name, _ in scores], [Series("Cases with no fault", "ours", values, dots=True)])


def publishable(
    measure: Measure, figures: Table, others: Others, *, overlaps: bool = False, margins: Margins = ()
) -> Iterator[tuple[Any, ...]]:
    """
    Yield the rows of a file that may leave the building: name, value, upper number, lower number; small ones hidden.

    Where groups overlap they have no sum to be taken from: each stands alone. `margins` are sets of the groups whose
    sums another file gives; `others` are the tables, with the same rows, of the measures before it that count some of
    the same children.
    """
    if overlaps:
        beside = {name: {key: table.get(name, NOBODY) for key, table in others.items()} for name in figures}
        cells = {name: publishing.alone(measure, figure, beside[name]) for name, figure in figures.items()}
    else:
        hidden = publishing.table(measure, figures, others, margins=margins)
        cells = {**hidden.groups, **({} if measure.unit is Unit.DAYS else {"All": hidden.whole})}
    row = {Unit.PERCENT: _share, Unit.NUMBER: _count, Unit.DAYS: _days}[measure.unit]
    for name, found in cells.items():
        yield name, *row(measure, figures.get(name), found)


def years_of(periods: Iterable[Period], names: Mapping[Period, str]) -> Margins:
    """Return the months of each kind of year, by the names they go by."""
    found: dict[Period, set[str]] = defaultdict(set)
    for period in periods:
        if period.span is Span.MONTH:
            for span in (Span.CALENDAR, Span.ACADEMIC, Span.FINANCIAL):
                found[year_of(period.starts_on, span)].add(names[period])
    return [frozenset(months) for months in found.values()]


def _share(_measure: Measure, _figure: Figure | None, cells: Cells) -> tuple[Any, ...]:
    known = cells.numerator is not None and cells.denominator is not None
    value = share(cells.numerator or 0, cells.denominator or 0) if known else HIDDEN
    return "" if value is None else value, _cell(cells.numerator), _cell(cells.denominator)


def _count(_measure: Measure, _figure: Figure | None, cells: Cells) -> tuple[Any, ...]:
    return _cell(cells.numerator), _cell(cells.numerator), ""


def _days(measure: Measure, figure: Figure | None, cells: Cells) -> tuple[Any, ...]:
    """The longest wait is one child's and never published; the average of few goes with the number it is of."""
    value = figure.value if figure else None
    tells = cells.numerator is None or measure.average is Average.LONGEST
    return HIDDEN if tells else ("" if value is None else value), "", _cell(cells.numerator)


def _cell(number: int | None) -> Any:
    return HIDDEN if number is None else number
