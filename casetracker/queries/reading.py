"""What programs read: definitions, the board's figures with small numbers hidden, targets, and published figures."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from casetracker.board.indicators import by_theme
from casetracker.extensions import db
from casetracker.highlights.small import WHOLE, Publishable, publishable, publishable_run
from casetracker.measures.definition import Measure, Over
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import BY_KEY
from casetracker.models import BoardFigure, KpiTarget
from casetracker.periods import Period, Span, month_of, twelve_months_to
from casetracker.queries import board, comparators

Item = dict[str, Any]


def measures() -> list[Item]:
    """Return every measure with its definition."""
    return [
        {
            "measure": measure.key,
            "name": measure.name,
            "theme": theme.value,
            "sentence": measure.sentence,
            "unit": measure.unit.value,
            "better": measure.good.value,
            "of": measure.over.value,
            "version": measure.version,
            "source": measure.source,
            "duty": measure.duty,
        }
        for theme, found in by_theme().items()
        for measure in found
    ]


def figures() -> list[Item]:
    """
    Return each measure's last twelve months and the twelve together, or the figures that were entered.

    Small numbers are hidden so that none can be worked out from the others in the same answer.
    """
    stored: dict[str, dict[tuple[Span, date], BoardFigure]] = defaultdict(dict)
    for row in board.kept_figures(BY_KEY, months=12):
        stored[row.measure][row.span, row.ends_on] = row
    found: list[Item] = []
    for key, measure in BY_KEY.items():
        if measure.is_known_here:
            found += _counted(measure, stored.get(key, {}))
    entered = board.chosen([key for key, measure in BY_KEY.items() if not measure.is_known_here])
    found += [item for one in entered for item in _entered(one)]
    return found


def _counted(measure: Measure, stored: dict[tuple[Span, date], BoardFigure]) -> Iterator[Item]:
    ends = [ends_on for span, ends_on in stored if span is Span.MONTH]
    if not ends:
        return
    year = twelve_months_to(max(ends))
    months = [month for month in _months(year) if (Span.MONTH, month.ends_on) in stored]
    parts = {month.name: _figure(stored[Span.MONTH, month.ends_on]) for month in months}
    together = stored.get((Span.ROLLING, year.ends_on))
    if measure.over is Over.DAY or together is None:
        safe = {name: publishable(measure, figure) for name, figure in parts.items()}
    else:
        safe = publishable_run(measure, parts, _figure(together))
    for month in months:
        yield _item(measure, month, safe[month.name])
    if WHOLE in safe:
        yield _item(measure, year, safe[WHOLE])


def _months(year: Period) -> Iterator[Period]:
    at = year.starts_on
    while at <= year.ends_on:
        month = month_of(at)
        yield month
        at = month.ends_on + timedelta(days=1)


def _figure(row: BoardFigure) -> Figure:
    return Figure(row.numerator, row.denominator, row.value)


def _item(measure: Measure, period: Period, safe: Publishable, *, source: str = "") -> Item:
    on_a_day = measure.over is not Over.PERIOD
    return {
        "measure": measure.key,
        "span": "day" if on_a_day else period.span.value,
        "starts_on": None if on_a_day else period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "value": None if safe.value is None else float(safe.value),
        "numerator": safe.numerator,
        "denominator": safe.denominator,
        "hidden": safe.hidden,
        "version": measure.version,
        "source": source or measure.source,
    }


def _entered(one: board.Indicator) -> Iterator[Item]:
    for point in one.months:
        safe = publishable(one.measure, Figure(point.numerator, point.denominator, point.value))
        day = Period(Span.MONTH, point.ends_on, point.ends_on)
        yield _item(one.measure, day, safe, source=point.source)


def targets() -> list[Item]:
    """Return every target there has been, oldest first; the last of a measure is in force."""
    return [
        {
            "measure": row.measure,
            "target": None if row.value is None else float(row.value),
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "agreed_by": row.agreed_by,
            "agreed_on": row.agreed_on.isoformat(),
        }
        for row in db.session.scalars(select(KpiTarget).order_by(KpiTarget.id))
    ]


def published(measure: str) -> list[Item]:
    """Return one published figure of every area and year."""
    return [
        {
            "measure": row.measure,
            "year": row.year,
            "level": row.level.value,
            "code": row.code,
            "area": row.area,
            "value": row.value,
            "numerator": row.numerator,
            "denominator": row.denominator,
            "mark": row.mark,
            "release": row.release,
            "not_ranked_because": row.footnote,
        }
        for row in comparators.latest(measure)
    ]
