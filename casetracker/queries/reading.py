"""What programs read: definitions, the board's figures with small numbers hidden, targets, and published figures."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from casetracker.board.indicators import by_theme
from casetracker.board.rating import asked_by_law
from casetracker.extensions import db
from casetracker.highlights.small import Publishable, publishable
from casetracker.measures.definition import Measure, Over
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import BY_KEY
from casetracker.models import BoardFigure, KpiTarget
from casetracker.periods import Period, Span, twelve_months_to
from casetracker.queries import board, comparators
from casetracker.queries.measures.whole import is_whole, on_record_from

Item = dict[str, Any]
MONTHS = 12
"""How many ends of months a measure's figures are given at."""


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
            "by_law": _by_law(measure),
        }
        for theme, found in by_theme().items()
        for measure in found
    ]


def _by_law(measure: Measure) -> float | None:
    law = asked_by_law(measure)
    return None if law is None else float(law)


def figures(keys: Collection[str] = BY_KEY) -> list[Item]:
    """
    Return, of these measures, the twelve months to the end of each of the last twelve, how each ended, or what was
    entered.

    Small numbers are hidden. No month is given by itself: taken with the years around it, it would give away others.
    """
    kept = [row for row in board.kept_figures(board.with_others(keys), months=MONTHS) if row.span is Span.ROLLING]
    ends = sorted({row.ends_on for row in kept})[-MONTHS:]
    beside = board.at_once(kept)
    wanted = [row for row in kept if row.measure in keys and row.ends_on in ends]
    begins = on_record_from()
    found = [_counted(BY_KEY[row.measure], row, beside[row.span, row.ends_on], begins) for row in wanted]
    entered = board.chosen([key for key in keys if not BY_KEY[key].is_known_here])
    return found + [item for one in entered for item in _entered(one)]


def _counted(measure: Measure, row: BoardFigure, beside: Mapping[str, Figure], begins: date | None) -> Item:
    safe = publishable(measure, Figure(row.numerator, row.denominator, row.value), beside)
    period = twelve_months_to(row.ends_on)
    return _item(measure, period, safe, whole=is_whole(measure, period, begins))


def _item(measure: Measure, period: Period, safe: Publishable, *, whole: bool = True, source: str = "") -> Item:
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
        "whole": whole,
        "version": measure.version,
        "source": source or measure.source,
    }


def _entered(one: board.Indicator) -> Iterator[Item]:
    for point in one.months:
        safe = publishable(one.measure, point.figure, point.beside)
        day = Period(Span.MONTH, point.ends_on, point.ends_on)
        yield _item(one.measure, day, safe, source=point.source)


def targets(keys: Collection[str] = BY_KEY) -> list[Item]:
    """Return every target these measures have had, oldest first; the last of a measure is in force."""
    query = select(KpiTarget).where(KpiTarget.measure.in_(keys)).order_by(KpiTarget.id)
    rows = db.session.scalars(query).all()
    last = {row.measure: row.id for row in rows}
    return [
        {
            "measure": row.measure,
            "target": None if row.value is None else float(row.value),
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "by_law": _by_law(BY_KEY[row.measure]),
            "agreed_by": row.agreed_by,
            "agreed_on": row.agreed_on.isoformat(),
            "recorded_at": row.recorded_at.isoformat(),
            "in_force": row.id == last[row.measure],
        }
        for row in rows
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
