"""What the night's outlook is gathered from: open cases by their chances, the backlog, requests, speeds, queues."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import and_, case, exists, false, func, select

from casetracker.extensions import db
from casetracker.forecast.cone import FAMILY, WITHIN, Counted
from casetracker.models import Advice, Case, FitState, ForecastFit, MilestoneRow, Tallied, Tally
from casetracker.queries.days import days_between, month_number
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.statute.advice import AdviceKind
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import FIRST_CLOCK, Duty

_YEAR = timedelta(days=365)
_LATELY = timedelta(weeks=26)
"""How far back the speed of a queue is measured."""
STEPS_LEFT = {Stage.CONSULTING: 0, Stage.PLANNING: 1, Stage.ASSESSING: 2}
"""How many steps a case at each stage still has before its final plan; 3 at any other."""

_CONSULTS = Case.stage == Stage.CONSULTING
_FAMILY_ANSWERS = (
    MilestoneRow.case_id == Case.id,
    MilestoneRow.episode == Case.episode,
    MilestoneRow.duty == Duty.REPRESENTATIONS_WINDOW,
    MilestoneRow.is_open,
)
"""What finds the family's 15 days on the draft of a case, unless it has answered."""


def counted(*, first_id: int, last_id: int, on: date, counts_reopened: bool = False) -> Counted:
    """Return the open cases of a range of ids that the headline will count if their plan is issued."""
    answers_until = select(func.max(MilestoneRow.due_on)).where(*_FAMILY_ANSWERS).scalar_subquery()
    query = (
        select(Case.id, Case.received_on, Case.draft_sent_on, case((_CONSULTS, answers_until)).label("answers_until"))
        .where(Case.id.between(first_id, last_id), *_will_count(counts_reopened))
        .order_by(Case.id)
    )
    rows = db.session.execute(query).all()
    return Counted(
        case_id=np.array([row.id for row in rows], dtype=np.int64),
        days_left=np.array([_days_left(row.received_on, on) for row in rows], dtype=np.int64),
        soonest=np.array([_soonest(row.draft_sent_on, row.answers_until, on) for row in rows], dtype=np.int64),
    )


def _will_count(counts_reopened: bool) -> list[Any]:
    """Return what makes an open case one whose plan will be in the headline (queries/timeliness.py)."""
    first = [] if counts_reopened else [Case.clock_basis.in_(FIRST_CLOCK)]
    return [Case.is_open, Case.final_plan_on.is_(None), Case.exceptions_apply.is_(False), *first]


def _days_left(received_on: date | None, on: date) -> int:
    return -1 if received_on is None else (received_on - on).days + WITHIN


def _soonest(draft_sent_on: date | None, answers_until: date | None, on: date) -> int:
    if draft_sent_on is None:
        return FAMILY
    return 0 if answers_until is None else max((answers_until - on).days + 1, 0)


def how_many(*, counts_reopened: bool = False) -> int:
    """Return how many open cases the headline will count if their plan is issued."""
    return db.session.scalar(select(func.count()).select_from(Case).where(*_will_count(counts_reopened))) or 0


@until_the_caseload_changes
def backlog(*, on: date, ends_on: date, counts_reopened: bool = False) -> Sequence[tuple[date, int, int, bool]]:
    """
    Return the cases past their 20 weeks as they stand.

    Each row is of cases alike: the day of receipt, the steps left, how many, and whether a draft is out on which the
    family's 15 days run until `ends_on` or beyond, so that its plan cannot follow by then (reg 13(1)(a)).
    """
    steps = case(*((Tally.word == stage, left) for stage, left in STEPS_LEFT.items()), else_=3)
    each = (
        select(
            Tally.day,
            steps.label("steps"),
            func.coalesce(Tally.until >= ends_on, false()).label("answers"),
            Tally.number,
        )
        .where(
            Tally.of == Tallied.OVERDUE,
            Tally.day < on - timedelta(days=WITHIN),
            *([] if counts_reopened else [Tally.is_so]),
        )
        .subquery()
    )
    alike = (each.c.day, each.c.steps, each.c.answers)
    number = func.sum(each.c.number)
    found = db.session.execute(select(*alike, number).group_by(*alike).having(number != 0).order_by(*alike))
    return [(received_on, left, number, bool(answers)) for received_on, left, answers, number in found]


def requests_by_month(*, on: date) -> list[tuple[int, int]]:
    """
    Return the requests received in each whole month before the one of `on`, by YYYYMM.

    The first month with any is left out, since records may begin in the middle of it.
    """
    month = month_number(Case.received_on)
    query = select(month, func.count()).where(Case.received_on < on.replace(day=1)).group_by(month)
    found = {int(number): times for number, times in db.session.execute(query)}
    if not found:
        return []
    at, this = _next_month(min(found)), on.year * 100 + on.month
    months = []
    while at < this:
        months.append((at, found.get(at, 0)))
        at = _next_month(at)
    return months


def _next_month(number: int) -> int:
    return number + (1 if number % 100 < 12 else 89)


def days_to_plan(*, on: date) -> list[tuple[int, int]]:
    """Return the days that plans issued in the year before took from their request, and how many took so many."""
    start = on - _YEAR
    query = (
        select(Case.days_to_plan, func.count())
        .where(
            Case.final_plan_month.between(start.year * 100 + start.month, on.year * 100 + on.month),
            Case.final_plan_on > start,
            Case.final_plan_on <= on,
            Case.counts_for_timeliness,
            Case.exceptions_apply.is_(False),
            Case.days_to_plan.is_not(None),
        )
        .group_by(Case.days_to_plan)
        .order_by(Case.days_to_plan)
    )
    return [(days, number) for days, number in db.session.execute(query) if days is not None]


def facts(*, on: date) -> dict[str, float | int | None]:
    """Return how requests are decided and how the two queues stand; None for what there is nothing to tell it from."""
    return {**_decisions(on), **_plans(on), **_advice(on), **_drafts(on)}


def _decisions(on: date) -> dict[str, float | int | None]:
    agreed = and_(Case.agreed_to_assess_on > on - _YEAR, Case.agreed_to_assess_on <= on)
    refused = and_(Case.refused_to_assess_on > on - _YEAR, Case.refused_to_assess_on <= on)
    query = select(
        func.count().filter(agreed),
        func.count().filter(refused),
        func.avg(days_between(Case.received_on, Case.agreed_to_assess_on)).filter(agreed),
    )
    yes, no, days = db.session.execute(query).one()
    return {
        "agreed_share": yes / (yes + no) if yes + no else None,
        "weeks_to_decide": float(days) / 7 if days is not None else None,
    }


def _plans(on: date) -> dict[str, float | int | None]:
    """Return the share of requests made one to two years ago that ended in a plan, and of those agreed."""
    old = Case.received_on.between(on - 2 * _YEAR, on - _YEAR)
    has_plan, assessed = Case.final_plan_on.is_not(None), Case.agreed_to_assess_on.is_not(None)
    query = select(func.count(), func.count().filter(assessed), func.count().filter(has_plan)).where(old)
    received, agreed, issued = db.session.execute(query).one()
    return {
        "requests_ended": received,
        "share_with_plan": issued / received if received else None,
        "plan_share": min(issued / agreed, 1.0) if agreed else None,
    }


def _advice(on: date) -> dict[str, float | int | None]:
    psychological = Advice.kind == AdviceKind.PSYCHOLOGICAL
    waiting = select(func.count()).where(psychological, Advice.is_outstanding)
    lately = Advice.first_received_on.between(on - _LATELY + timedelta(days=1), on)
    received = select(func.count()).where(psychological, lately)
    return {
        "advice_waiting": db.session.scalar(waiting) or 0,
        "advice_a_week": (db.session.scalar(received) or 0) / (_LATELY.days / 7),
    }


def _drafts(on: date) -> dict[str, float | int | None]:
    awaited = exists().where(Advice.case_id == Case.id, Advice.is_outstanding, Advice.kind == AdviceKind.PSYCHOLOGICAL)
    advised = exists().where(Advice.case_id == Case.id, Advice.kind == AdviceKind.PSYCHOLOGICAL)
    to_draft = and_(Case.stage == Stage.ASSESSING, advised, ~awaited)
    waiting = select(func.count()).select_from(Case).where(Case.is_open, (Case.stage == Stage.PLANNING) | to_draft)
    lately = Case.draft_sent_on.between(on - _LATELY + timedelta(days=1), on)
    sent: Any = select(func.count()).select_from(Case).where(lately)
    return {
        "drafts_waiting": db.session.scalar(waiting) or 0,
        "drafts_a_week": (db.session.scalar(sent) or 0) / (_LATELY.days / 7),
    }


def rests_on_priors() -> bool:
    """Return whether the fit in use rests on what is shipped, or there is none."""
    found: Sequence[bool] = db.session.scalars(
        select(ForecastFit.on_priors).where(ForecastFit.state == FitState.IN_USE)
    ).all()
    return not found or found[0]
