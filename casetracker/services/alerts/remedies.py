"""
What is to be done about an alert, how likely the breach is now, and how much harm waiting does: what puts it in order.

What is to be done comes from the milestone itself where it is one step, else from the step that the forecast says the
rest waits for, else (where there is no forecast of the case as it now is) from the stage of the case.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from casetracker.forecast.steps import Step
from casetracker.models import Alert, AlertLevel, Case, Forecast, MilestoneRow, Person, Remedy
from casetracker.queries.alerts import BY_STEP
from casetracker.services.alerts.calling import its_forecast, probability_of
from casetracker.services.alerts.run import Run, Shape
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import Duty

OUT_OF_SCHOOL = 1_000_000
"""More than any year and month of birth."""
A_DIFFERENCE = 0.005
"""How far a probability has to move to be written anew: less is not seen on a page."""
_other = aliased(MilestoneRow)
_BY_DUTY = {
    Duty.RECEIVE_ADVICE: Remedy.CHASE_ADVICE,
    Duty.SETTING_REPLY: Remedy.CONSULT,
    Duty.DECIDE_WHETHER_TO_ASSESS: Remedy.DECIDE_AT_PANEL,
    Duty.RECONSIDER: Remedy.DECIDE_AT_PANEL,
}
_BY_STAGE = {
    Stage.REQUESTED: Remedy.DECIDE_AT_PANEL,
    Stage.ORDERED_TO_ASSESS: Remedy.DECIDE_AT_PANEL,
    Stage.RECONSIDERING: Remedy.DECIDE_AT_PANEL,
    Stage.PLANNING: Remedy.DRAFT,
    Stage.AMENDING: Remedy.ISSUE,
}


def remedy(duty: Any) -> ColumnElement[str]:
    """Return what is to be done about a milestone of this duty, joined to its `Case` and (or not) its `Forecast`."""
    is_waited_for = _there_is(Duty.RECEIVE_ADVICE)
    was_asked_for = _there_is(Duty.RECEIVE_ADVICE, is_open=False)
    consults = or_(_there_is(Duty.REPRESENTATIONS_WINDOW), _there_is(Duty.SETTING_REPLY))
    last = case((consults, Remedy.CONSULT.value), else_=Remedy.ISSUE.value)
    return case(
        (Case.named_worker_id.is_(None), Remedy.ASSIGN.value),
        *((duty == of, found.value) for of, found in _BY_DUTY.items()),
        *((Forecast.limiting_step == step, found.value) for step, found in BY_STEP.items()),
        (Forecast.limiting_step == Step.FINISH, last),
        *((Case.stage == stage, found.value) for stage, found in _BY_STAGE.items()),
        (Case.stage == Stage.CONSULTING, last),
        (and_(Case.stage == Stage.ASSESSING, is_waited_for), Remedy.CHASE_ADVICE.value),
        (and_(Case.stage == Stage.ASSESSING, was_asked_for), Remedy.DECIDE_PLAN.value),
        (Case.stage == Stage.ASSESSING, Remedy.ASK_FOR_ADVICE.value),
        else_=Remedy.OTHER.value,
    )


def _there_is(duty: Duty, *, is_open: bool = True) -> ColumnElement[bool]:
    found = exists().where(_other.case_id == Case.id, _other.duty == duty, _other.episode == Case.episode)
    return found.where(_other.is_open) if is_open else found


def remedy_subject(duty: Any, subject: Any) -> ColumnElement[str]:
    """Return the kind of advice to chase, where that is what is to be done; else nothing."""
    row = _other
    first_due = (
        select(row.subject)
        .where(row.case_id == Case.id, row.duty == Duty.RECEIVE_ADVICE, row.episode == Case.episode, row.is_open)
        .order_by(row.due_on, row.subject)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    by_duty = [duty == of for of in _BY_DUTY if of is not Duty.RECEIVE_ADVICE]
    return case(
        (or_(Case.named_worker_id.is_(None), *by_duty), ""),
        (duty == Duty.RECEIVE_ADVICE, subject),
        (Forecast.limiting_step == Step.ADVICE, Forecast.limiting_subject),
        (Forecast.limiting_step != "", ""),
        (Case.stage == Stage.ASSESSING, func.coalesce(first_due, "")),
        else_="",
    )


def harm() -> ColumnElement[int]:
    """Return how much harm waiting does, the greater the worse: a child out of school first, then the youngest."""
    born = extract("year", Person.born_on) * 100 + extract("month", Person.born_on)
    return case((Case.out_of_school, OUT_OF_SCHOOL), else_=0) + func.coalesce(cast(born, Integer), 0)


def probability(level: Any, duty: Any) -> ColumnElement[float]:
    """Return the probability of the breach at stake: 1 once there has been one."""
    return case((level == AlertLevel.BREACHED, 1.0), else_=probability_of(duty))


def refresh(run: Run) -> int:
    """Bring what puts the open alerts in order up to date, and return how many differed."""
    return run.changed(_refresh)


@cache
def _refresh(shape: Shape) -> Any:
    now = _as_they_are_now(shape).subquery("now")
    differs = or_(
        Alert.remedy != now.c.remedy,
        Alert.remedy_subject != now.c.remedy_subject,
        Alert.harm != now.c.harm,
        func.abs(func.coalesce(Alert.probability, -1.0) - func.coalesce(now.c.probability, -1.0)) > A_DIFFERENCE,
    )
    columns = ("remedy", "remedy_subject", "harm", "probability")
    return update(Alert).where(Alert.id == now.c.id, differs).values({name: now.c[name] for name in columns})


def _as_they_are_now(shape: Shape) -> Any:
    stands = shape.free(and_(Alert.closed_on.is_(None), shape.holds(Alert.case_id)))
    return (
        select(
            Alert.id,
            cast(remedy(Alert.duty), String).label("remedy"),
            remedy_subject(Alert.duty, Alert.subject).label("remedy_subject"),
            harm().label("harm"),
            probability(Alert.level, Alert.duty).label("probability"),
        )
        .join(Case, Case.id == Alert.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Forecast, its_forecast())
        .where(stands)
    )
