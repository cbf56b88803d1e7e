"""Freezing the timeliness figure each night, so that what was known on a day can be shown later."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from casetracker.extensions import db
from casetracker.models import KpiSnapshot
from casetracker.periods import Span, period_of
from casetracker.queries import timeliness

HEADLINE = "timeliness_20_weeks_excluding_exceptions"
INCLUDING = "timeliness_20_weeks_including_exceptions"
_LONDON = ZoneInfo("Europe/London")
_KEY = ["taken_on", "measure", "period", "period_starts_on"]


def take(*, on: date, at: datetime, counts_reopened: bool = False) -> int:
    """
    Keep the day's figures for each period that is running, and return how many there are.

    Taken again on its own day they stand in place of the earlier ones. A day that is over keeps the figures it has:
    what was reported stays, and only those of a night that was missed are filled in.
    """
    rows = [row for span in Span for row in _figures(span, on=on, at=at, counts_reopened=counts_reopened)]
    dialects: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    into = dialects.get(db.engine.dialect.name, insert)(KpiSnapshot).values(rows)
    if at.astimezone(_LONDON).date() > on:
        db.session.execute(into.on_conflict_do_nothing(index_elements=_KEY))
        return len(rows)
    newer = {name: into.excluded[name] for name in rows[0] if name not in _KEY}
    db.session.execute(into.on_conflict_do_update(index_elements=_KEY, set_=newer))
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
