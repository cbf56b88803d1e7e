"""Freezing the timeliness figure each night, so that what was known on a day can be shown later."""

from datetime import date, datetime
from typing import Any

from casetracker.london import day_of
from casetracker.models import KpiSnapshot
from casetracker.periods import Span, period_of
from casetracker.queries import timeliness
from casetracker.upserts import put

HEADLINE = "timeliness_20_weeks_excluding_exceptions"
INCLUDING = "timeliness_20_weeks_including_exceptions"
_KEY = ["taken_on", "measure", "period", "period_starts_on"]


def take(*, on: date, at: datetime, counts_reopened: bool = False) -> int:
    """
    Keep the day's figures for each period that is running, and return how many there are.

    Taken again on its own day they stand in place of the earlier ones. A day that is over keeps the figures it has:
    what was reported stays, and only those of a night that was missed are filled in.
    """
    rows = [row for span in Span for row in _figures(span, on=on, at=at, counts_reopened=counts_reopened)]
    over = day_of(at) > on
    put(KpiSnapshot, rows, key=_KEY, in_place=not over)
    return len(rows)


def _figures(span: Span, *, on: date, at: datetime, counts_reopened: bool) -> list[dict[str, Any]]:
    """Return the rows of one period, up to the day: the headline and the figure with exceptions in it."""
    period = period_of(on, span)
    found = timeliness.for_period(period.starts_on, min(period.ends_on, on), counts_reopened=counts_reopened)
    measures = (
        (HEADLINE, found.within_20_weeks_ex, found.plans_issued_ex),
        (INCLUDING, found.within_20_weeks, found.plans_issued),
    )
    return [
        {
            "taken_on": on,
            "measure": measure,
            "period": span.value,
            "period_starts_on": period.starts_on,
            "period_ends_on": period.ends_on,
            "numerator": numerator,
            "denominator": denominator,
            "definition": timeliness.DEFINITION,
            "recorded_at": at,
        }
        for measure, numerator, denominator in measures
    ]
