"""
The cells of the DfE's row for one year, counted from the cases here, under the names of its columns.

As far as a tracker of assessments can: not the six-week cells, which count decisions on requests of earlier years by a
rule that is not published; nor those of relevant youth accommodation, of mediations and of appeals, which the return
takes from yes-or-no answers about each case, and not from what is recorded step by step; nor those of annual reviews.
An assessment counts in the year its outcome was reached.
"""

from datetime import date

from sqlalchemy import and_, func, select

from casetracker.extensions import db
from casetracker.models import Case, CaseFacts
from casetracker.queries.measures.expressions import SIXTEEN_WEEKS
from casetracker.queries.timeliness import OVER_52_WEEKS, WITHIN_20_WEEKS, percentage
from casetracker.statute.stages import Stage

_NO_PLAN_DECIDED = ("outcome_decision_within_time", "outcome_decision_over_time")
SHARES = {
    "pc_plans_issued_within_20_weeks": ("plans_issued_within_20_weeks", "plans_issued_den"),
    "pc_plans_issued_20_weeks_ex": ("plans_issued_20_weeks_ex", "plans_issued_den_ex"),
    "pc_plans_issued_gt20weeks_ltyear": ("plans_issued_gt20weeks_ltyear", "plans_issued_den"),
    "pc_plans_issued_gt20weeks_ltyear_ex": ("plans_issued_gt20weeks_ltyear_ex", "plans_issued_den_ex"),
    "pc_plans_issued_gt_1_year": ("plans_issued_gt_1_year", "plans_issued_den"),
    "pc_plans_issued_gt_1_year_ex": ("plans_issued_gt_1_year_ex", "plans_issued_den_ex"),
    "request_assess_pc": ("requests_decided_to_assess", "requests_received_in_year"),
    "request_not_assess_pc": ("requests_decided_not_to_assess", "requests_received_in_year"),
    "request_outstanding_pc": ("requests_decision_not_made", "requests_received_in_year"),
    "request_withdrawn_pc": ("requests_withdrawn", "requests_received_in_year"),
    "assess_issued_pc": ("assess_issued", "assess_in_year"),
    "assess_not_issued_pc": ("assess_not_issued", "assess_in_year"),
    "assess_withdrawn_pc": ("assess_withdrawn", "assess_in_year"),
    "outcome_decision_within_time_pc": ("outcome_decision_within_time", *_NO_PLAN_DECIDED),
    "outcome_decision_over_time_pc": ("outcome_decision_over_time", *_NO_PLAN_DECIDED),
}
"""The percentages, by their top and what their bottom is the sum of."""


def cells(year: int) -> dict[str, float]:
    """Return each cell of a year that can be counted; a share of nothing is left out."""
    counts = {**_timeliness(year), **_requests(year), **_assessments(year), **_no_plan(year)}
    shares = {
        key: percentage(counts[top], sum(counts[one] for one in bottom)) for key, (top, *bottom) in SHARES.items()
    }
    found: dict[str, float] = {name: float(number) for name, number in counts.items()}
    return found | {key: float(share) for key, share in shares.items() if share is not None}


def _timeliness(year: int) -> dict[str, int]:
    days, no_exception = Case.days_to_plan, Case.exceptions_apply.is_(False)
    parts = {
        "plans_issued_den": Case.id.is_not(None),
        "plans_issued_within_20_weeks": days <= WITHIN_20_WEEKS,
        "plans_issued_gt20weeks_ltyear": and_(days > WITHIN_20_WEEKS, days < OVER_52_WEEKS),
        "plans_issued_gt_1_year": days >= OVER_52_WEEKS,
    }
    without = {"plans_issued_within_20_weeks": "plans_issued_20_weeks_ex"}
    columns = [func.count().filter(rule).label(name) for name, rule in parts.items()]
    columns += [
        func.count().filter(rule, no_exception).label(without.get(name, f"{name}_ex")) for name, rule in parts.items()
    ]
    issued = Case.final_plan_month.between(year * 100 + 1, year * 100 + 12)
    row = db.session.execute(select(*columns).where(issued, Case.counts_for_timeliness.is_(True))).one()
    return dict(row._mapping)  # noqa: SLF001  (the public name of a row's columns)


def _requests(year: int) -> dict[str, int]:
    agreed, refused = Case.agreed_to_assess_on.is_not(None), Case.refused_to_assess_on.is_not(None)
    ended = Case.ended_on.is_not(None)
    received = func.count()
    columns = (
        received.label("requests_received_in_year"),
        func.count().filter(agreed).label("requests_decided_to_assess"),
        func.count().filter(~agreed, refused).label("requests_decided_not_to_assess"),
        func.count().filter(~agreed, ~refused, ~ended).label("requests_decision_not_made"),
        func.count().filter(~agreed, ~refused, ended).label("requests_withdrawn"),
    )
    row = db.session.execute(select(*columns).where(Case.received_on.between(*_days(year)))).one()
    return dict(row._mapping)  # noqa: SLF001


def _assessments(year: int) -> dict[str, int]:
    first, last = _days(year)
    issued = Case.final_plan_on.between(first, last)
    refused = and_(Case.plan_refused_on.between(first, last), Case.final_plan_on.is_(None))
    withdrawn = and_(
        Case.ended_on.between(first, last), Case.stage == Stage.WITHDRAWN, Case.agreed_to_assess_on.is_not(None)
    )
    columns = (
        func.count().filter(issued).label("assess_issued"),
        func.count().filter(refused).label("assess_not_issued"),
        func.count().filter(withdrawn).label("assess_withdrawn"),
    )
    found: dict[str, int] = dict(db.session.execute(select(*columns)).one()._mapping)  # noqa: SLF001
    return {"assess_in_year": sum(found.values()), **found}


def _no_plan(year: int) -> dict[str, int]:
    """As the measure of the same decisions counts them: those on the first clock, with a known day of receipt."""
    days = CaseFacts.days_to_no_plan
    columns = (
        func.count().filter(days <= SIXTEEN_WEEKS).label("outcome_decision_within_time"),
        func.count().filter(days > SIXTEEN_WEEKS).label("outcome_decision_over_time"),
    )
    decided = CaseFacts.no_plan_on.between(*_days(year))
    return dict(db.session.execute(select(*columns).where(decided)).one()._mapping)  # noqa: SLF001


def _days(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)
