"""From figures to the lines of the chart. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from casetracker.charts import Chart, Series, percent_chart
from casetracker.periods import Period, Span
from casetracker.queries.published import BREAK_AFTER, PublishedYear
from casetracker.queries.timeliness import Timeliness


def chart_of(
    figures: Mapping[Period, Timeliness],
    *,
    england: Sequence[PublishedYear],
    past: Sequence[PublishedYear],
    past_name: str,
    target: Decimal | None,
) -> Chart:
    """
    Return the chart of the headline figure by period, with what was published for England and for the past.

    A published year lies over every period that ends in it. For calendar years the chart begins with the published
    past, so that the two stand in one line of years.
    """
    periods = list(figures)
    short = (Span.MONTH, Span.QUARTER)
    names = [f"{period.starts_on:%b %Y}" if period.span in short else period.name for period in periods]
    years = [period.ends_on.year for period in periods]
    if periods and periods[0].span is Span.CALENDAR:
        before = sorted({row.year for row in (*england, *past) if row.year < years[0]})
        names, years = [*map(str, before), *names], [*before, *years]
    lead = len(years) - len(periods)
    ours = [None] * lead + [_number(figures[period].percent_ex) for period in periods]
    including = [None] * lead + [_number(figures[period].percent) for period in periods]
    series = [
        Series("Ours", "ours", ours, dots=True),
        Series("Ours, with exceptions", "including", including),
        Series("England, published", "england", _published(england, years)),
        Series(past_name, "past", _published(past, years)),
    ]
    if target is not None:
        series.append(Series("Local target", "target", [float(target)] * len(years)))
    calendar = bool(periods) and periods[0].span is Span.CALENDAR
    return percent_chart(names, series, break_before=str(BREAK_AFTER + 1) if calendar else None)


def _published(rows: Sequence[PublishedYear], years: Sequence[int]) -> list[float | None]:
    by_year = {row.year: _number(row.percent_ex) for row in rows}
    return [by_year.get(year) for year in years]


def _number(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent)
