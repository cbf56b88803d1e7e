"""
The night's outlook: what each batch of scored cases adds up to, and the cones made of the whole.

`keep_part` is called with each batch's forecasts, in its transaction; `keep` when the batches are done. Both may be run
twice, at once or after a kill: a part stands in place of itself, and so does a cone until all that was scored is in it.
From then on it stands, for a plan issued later in the day would be counted twice: as issued, and as a chance of it. Nor
is a day that is over filled in afterwards, when more is known.
"""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select

from casetracker.extensions import db
from casetracker.forecast import arrivals, cone
from casetracker.forecast.cone import NOTHING, Ends, Newcomers, Scored
from casetracker.forecast.present import FEWEST_PLANS
from casetracker.london import day_of
from casetracker.models import KpiCone, Outlook, OutlookPart
from casetracker.periods import Period, Span, period_of
from casetracker.queries import outlooks, timeliness
from casetracker.upserts import put

SPANS = (Span.MONTH, Span.QUARTER, Span.CALENDAR, Span.ACADEMIC)
"""The periods that are foreseen."""
SHARE_WITH_PLAN = 0.7
"""Of requests, the share that end in a plan, where there are too few to tell: three in four assessed, most of those."""
KEPT = timedelta(days=35)
"""How long the gathered rows are kept; the cones are kept for good."""
_HORIZON = 730


def keep_part(*, scores: Scored, first_id: int, last_id: int, on: date, counts_reopened: bool = False) -> None:
    """Keep what the open cases of a range of ids add up to, in place of what was kept for any of the range that day."""
    found = cone.outlook(
        scores, outlooks.counted(first_id=first_id, last_id=last_id, on=on, counts_reopened=counts_reopened)
    )
    overlapping = (OutlookPart.day == on, OutlookPart.first_id <= last_id, OutlookPart.last_id >= first_id)
    db.session.execute(delete(OutlookPart).where(*overlapping, OutlookPart.first_id != first_id))
    row = {
        "day": on,
        "first_id": first_id,
        "last_id": last_id,
        "cases": found.cases,
        "backlog": found.backlog,
        "sums": [[round(float(value), 5) for value in line] for line in found.sums],
    }
    put(OutlookPart, [row], key=("day", "first_id"))


def is_kept(*, on: date) -> bool:
    """Return whether a day's outlook has been gathered, with all the cases in it that have been scored."""
    scored = select(func.coalesce(func.sum(OutlookPart.cases), 0)).where(OutlookPart.day == on).scalar_subquery()
    return db.session.scalar(select(Outlook.cases >= scored).where(Outlook.day == on)) or False


def keep(*, on: date, at: datetime, counts_reopened: bool = False) -> int:
    """Gather the outlook of a day that is not over, keep its cones, and return how many; none where it stands."""
    if day_of(at) > on or is_kept(on=on):
        return 0
    total = _total(on)
    gathered = _gather(on, at, total, counts_reopened=counts_reopened)
    put(Outlook, [gathered], key=("day",))
    db.session.execute(delete(OutlookPart).where(OutlookPart.day < on))
    db.session.execute(delete(Outlook).where(Outlook.day < on - KEPT))
    if not total.cases:
        return 0
    periods = [period_of(on, span) for span in SPANS]
    rows = [_row(period, total, gathered, on=on, at=at, counts_reopened=counts_reopened) for period in periods]
    put(KpiCone, rows, key=("day", "span", "starts_on"))
    return len(rows)


def _total(on: date) -> cone.Outlook:
    total = NOTHING
    for sums, cases, backlog in db.session.execute(
        select(OutlookPart.sums, OutlookPart.cases, OutlookPart.backlog).where(OutlookPart.day == on)
    ):
        total += cone.Outlook(np.array(sums, dtype=np.float64), cases, backlog)
    return total


def _gather(on: date, at: datetime, total: cone.Outlook, *, counts_reopened: bool) -> dict[str, Any]:
    return {
        "day": on,
        "recorded_at": at,
        "cases": total.cases,
        "open_cases": outlooks.how_many(counts_reopened=counts_reopened),
        "on_priors": outlooks.rests_on_priors(),
        "requests": [list(row) for row in outlooks.requests_by_month(on=on)],
        "days_to_plan": [list(row) for row in outlooks.days_to_plan(on=on)],
        "facts": outlooks.facts(on=on),
    }


def _row(
    period: Period, total: cone.Outlook, gathered: dict[str, Any], *, on: date, at: datetime, counts_reopened: bool
) -> dict[str, Any]:
    issued = timeliness.for_period(period.starts_on, on, counts_reopened=counts_reopened)
    certain = Ends(issued.within_20_weeks_ex, issued.plans_issued_ex - issued.within_20_weeks_ex)
    days = (period.ends_on - on).days
    found = cone.cone(certain, total, _newcomers(gathered, on=on, days=days), days=days, seed=on.toordinal())
    low, high = found.interval or (None, None)
    return {
        "day": on,
        "span": period.span.value,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "issued_in_time": int(certain.in_time),
        "issued_late": int(certain.late),
        "expected_in_time": found.expected.in_time,
        "expected_late": found.expected.late,
        "from_backlog": found.from_backlog,
        "from_newcomers": found.from_newcomers,
        "best_in_time": found.best.in_time,
        "best_late": found.best.late,
        "worst_in_time": found.worst.in_time,
        "worst_late": found.worst.late,
        "percent": found.expected.percent,
        "low": low,
        "high": high,
        "on_priors": gathered["on_priors"],
        "definition": timeliness.DEFINITION,
        "recorded_at": at,
    }


def _newcomers(gathered: dict[str, Any], *, on: date, days: int) -> Newcomers:
    """Return what requests from tomorrow on will add by so many days from now."""
    fit = arrivals.of_months(gathered["requests"])
    if fit is None or days <= 0:
        return Newcomers()
    taken = [(int(day), int(number)) for day, number in gathered["days_to_plan"]]
    if sum(number for _, number in taken) < FEWEST_PLANS:
        taken = cone.usual_days()
    facts = gathered["facts"]
    known = (facts["requests_ended"] or 0) >= FEWEST_PLANS
    share = facts["share_with_plan"] if known else SHARE_WITH_PLAN
    calendar = [on + timedelta(days=n) for n in range(1, days + 1)]
    return cone.newcomers(fit.by_day(calendar), cone.plan_by(taken, share=share, horizon=_HORIZON))
