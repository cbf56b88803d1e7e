"""The periods figures are asked for: months, quarters, and the three kinds of year. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Span(StrEnum):
    """A kind of period."""

    MONTH = "month"
    QUARTER = "quarter"
    CALENDAR = "calendar"
    ACADEMIC = "academic"
    FINANCIAL = "financial"
    ROLLING = "rolling"


_FIRST_MONTH = {Span.CALENDAR: 1, Span.ACADEMIC: 9, Span.FINANCIAL: 4}


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days, both ends in it, and what it is called."""

    span: Span
    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        """What a page calls it: "March 2026", "January to March 2026", "2026", "2025/26", "12 months to March 2026"."""
        if self.span is Span.MONTH:
            return f"{self.starts_on:%B %Y}"
        if self.span is Span.QUARTER:
            return f"{self.starts_on:%B} to {self.ends_on:%B %Y}"
        if self.span is Span.CALENDAR:
            return str(self.starts_on.year)
        if self.span is Span.ROLLING:
            return f"12 months to {self.ends_on:%B %Y}"
        return f"{self.starts_on.year}/{self.ends_on.year % 100:02d}"

    def is_partial(self, today: date) -> bool:
        """Return whether some of it is still to come."""
        return self.ends_on >= today


def month_of(on: date) -> Period:
    """Return the calendar month a day is in."""
    return Period(Span.MONTH, on.replace(day=1), _last_day(on))


def quarter_of(on: date) -> Period:
    """Return the quarter a day is in: the first begins on 1 January."""
    start = date(on.year, on.month - (on.month - 1) % 3, 1)
    return Period(Span.QUARTER, start, _last_day(date(on.year, start.month + 2, 1)))


def year_of(on: date, span: Span) -> Period:
    """Return the calendar, academic (from 1 September) or financial (from 1 April) year a day is in."""
    first = _FIRST_MONTH[span]
    start = date(on.year if on.month >= first else on.year - 1, first, 1)
    return Period(span, start, start.replace(year=start.year + 1) - timedelta(days=1))


def twelve_months_to(on: date) -> Period:
    """Return the twelve whole months that end with the month a day is in."""
    start = date(on.year, 1, 1) if on.month == 12 else date(on.year - 1, on.month + 1, 1)
    return Period(Span.ROLLING, start, _last_day(on))


def period_of(on: date, span: Span) -> Period:
    """Return the period of this kind that a day is in."""
    if span is Span.MONTH:
        return month_of(on)
    if span is Span.QUARTER:
        return quarter_of(on)
    return twelve_months_to(on) if span is Span.ROLLING else year_of(on, span)


def periods_between(first: date, last: date, span: Span) -> Iterator[Period]:
    """Yield the periods of a kind from the one `first` is in to the one `last` is in (for rolling: one each month)."""
    at = first
    while True:
        period = period_of(at, span)
        yield period
        if period.ends_on >= last:
            return
        at = period.ends_on + timedelta(days=1)


def _last_day(on: date) -> date:
    following = on.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)
