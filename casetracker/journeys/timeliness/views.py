"""Timeliness by month and by each kind of year; every number opens the cases behind it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.exports import csv_response
from casetracker.identifiers import as_key
from casetracker.journeys.timeliness.presenters import chart_of
from casetracker.periods import Period, Span, period_of, periods_between
from casetracker.permissions import requires
from casetracker.queries import published, timeliness
from casetracker.queries.timeliness import Bucket, Timeliness
from casetracker.roles import Permission

bp = Blueprint("timeliness", __name__, url_prefix="/timeliness")
MOST_MONTHS = 36
SPANS = {
    Span.MONTH: "Month",
    Span.QUARTER: "Quarter",
    Span.CALENDAR: "Calendar year",
    Span.ACADEMIC: "Academic year",
    Span.FINANCIAL: "Financial year",
    Span.ROLLING: "12 months to the end of each month",
}
HEADER = (
    "Period", "From", "To", "Plans issued", "Within 20 weeks", "Percent", "Plans issued, no exception",
    "Within 20 weeks, no exception", "Percent, no exception", "20 to 52 weeks", "Over 52 weeks", "Receipt not known",
)  # fmt: skip


@bp.get("")
@requires(Permission.SEE_TIMELINESS)
def index() -> ResponseReturnValue:
    """Show the figure over time."""
    span = _span()
    figures = _figures(span)
    code = current_app.config["LOCAL_AUTHORITY_CODE"]
    past = published.authority(code)
    latest = next(reversed(figures), None)
    return render_template(
        "timeliness/index.html",
        span=span,
        spans=SPANS,
        figures=figures,
        latest=latest,
        chart=_chart(figures, past) if figures else None,
        past=past,
        england=published.england(),
        target=_target(),
        cases_link=_cases_link,
        definition=timeliness.IN_WORDS,
        version=timeliness.DEFINITION,
        source=timeliness.SOURCE,
        at=clock.now(),
        Bucket=Bucket,
    )


def _chart(figures: dict[Period, Timeliness], past: list[published.PublishedYear]) -> Any:
    name = f"{past[0].area}, published" if past else "Published past"
    return chart_of(figures, england=published.england(), past=past, past_name=name, target=_target())


def _span() -> Span:
    text = request.args.get("by", Span.MONTH)
    return Span(text) if text in set(Span) else Span.MONTH


def _target() -> Decimal | None:
    try:
        return Decimal(str(current_app.config.get("TIMELINESS_TARGET") or ""))
    except InvalidOperation:
        return None


def _counts_reopened() -> bool:
    return bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])


def _figures(span: Span) -> dict[Period, Timeliness]:
    ends = timeliness.first_and_last(counts_reopened=_counts_reopened())
    if ends is None:
        return {}
    periods = list(periods_between(*ends, span))
    if span in (Span.MONTH, Span.ROLLING):
        periods = periods[-MOST_MONTHS:]
    return timeliness.over_periods(periods, counts_reopened=_counts_reopened())


def _cases_link(period: Period, bucket: Bucket) -> str:
    return url_for("timeliness.cases", by=period.span.value, on=period.ends_on.isoformat(), bucket=bucket.value)


@bp.get("/timeliness.csv")
@requires(Permission.SEE_TIMELINESS)
def export() -> ResponseReturnValue:
    """Hand over the table as CSV."""
    span, today = _span(), clock.today()
    rows = (_cells(period, found) for period, found in _figures(span).items())
    return csv_response(f"timeliness-by-{span.value}-{today.isoformat()}.csv", HEADER, rows)


def _cells(period: Period, found: Timeliness) -> tuple[Any, ...]:
    return (
        period.name, period.starts_on, period.ends_on, found.plans_issued, found.within_20_weeks, found.percent,
        found.plans_issued_ex, found.within_20_weeks_ex, found.percent_ex, found.over_20_to_52_weeks,
        found.over_52_weeks, found.not_known,
    )  # fmt: skip


@bp.get("/cases")
@requires(Permission.SEE_CASES)
def cases() -> ResponseReturnValue:
    """Show the cases that a number is made of."""
    period, bucket = _asked_for()
    page = as_key(request.args.get("page", "")) or 1
    found = timeliness.for_period(period.starts_on, period.ends_on, counts_reopened=_counts_reopened())
    number = found.number(bucket)
    rows = timeliness.cases_behind(
        period.starts_on, period.ends_on, bucket, counts_reopened=_counts_reopened(), page=page
    )
    words = {"by": period.span.value, "on": period.ends_on.isoformat(), "bucket": bucket.value}
    return render_template(
        "timeliness/cases.html",
        period=period,
        bucket=bucket,
        number=number,
        rows=rows,
        page=page,
        pages=max(1, -(-number // 50)),
        link=lambda n: url_for("timeliness.cases", page=n, by=words["by"], on=words["on"], bucket=words["bucket"]),
        csv=url_for("timeliness.cases_csv", by=words["by"], on=words["on"], bucket=words["bucket"]),
    )


@bp.get("/cases.csv")
@requires(Permission.SEE_CASES)
def cases_csv() -> ResponseReturnValue:
    """Hand over the cases that a number is made of, as CSV."""
    period, bucket = _asked_for()
    header = ("Reference", "Name", "Received", "Plan issued", "Days", "Exception")

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in timeliness.cases_behind(
            period.starts_on, period.ends_on, bucket, counts_reopened=_counts_reopened(), per_page=None
        ):
            exception = "yes" if row.exceptions_apply else "no"
            yield row.reference, row.name, row.received_on, row.final_plan_on, row.days_to_plan, exception

    return csv_response(f"timeliness-{bucket.value}-{period.ends_on.isoformat()}.csv", header, rows())


def _asked_for() -> tuple[Period, Bucket]:
    bucket = request.args.get("bucket", Bucket.ALL)
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        abort(404)
    if bucket not in set(Bucket) or not 1990 <= on.year <= 2100:
        abort(404)
    return period_of(on, _span()), Bucket(bucket)
