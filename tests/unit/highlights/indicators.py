"""Indicators as the board has them, made up."""

from datetime import UTC, date, datetime

from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import share
from casetracker.queries.board import Indicator, Point


def indicator(measure: Measure, numerator: int, denominator: int, ends_on: date) -> Indicator:
    """Return an indicator whose figure is of these two numbers."""
    value = share(numerator, denominator) if measure.unit is Unit.PERCENT else share(numerator, 100)
    at = datetime(2026, 6, 1, tzinfo=UTC)
    point = Point(ends_on, value, numerator, denominator, "12 months to May 2026", "somewhere", at)
    return Indicator(measure, None, point, None, [], None, None, None)
