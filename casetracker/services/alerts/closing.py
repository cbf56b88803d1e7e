"""Closing alerts, each with the reason: what it was about has moved on, or something worse stands in its place."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from casetracker.models import WORST_FIRST, Alert, AlertThreshold, Case, Forecast, MilestoneRow
from casetracker.queries.alert_ledger import THRESHOLD_RAISED
from casetracker.services.alerts.calling import Code, Rules, its_forecast
from casetracker.services.alerts.run import TODAY, Run, Shape

_worse, _row, _its_case = aliased(Alert), aliased(MilestoneRow), aliased(Case)


def close_all(run: Run) -> int:
    """Close every alert whose reason has gone, and return how many there were."""
    return run.changed(_close)


def close_superseded(run: Run) -> int:
    """Close every alert that stands beside a worse one on the same milestone, and return how many there were."""
    return run.changed(_give_way)


@cache
def _close(shape: Shape) -> Any:
    lost = and_(_stood(), shape.holds(Alert.case_id), ~_still_called_for())
    return update(Alert).where(shape.free(lost)).values(closed_on=TODAY, closed_because=_why_it_closes())


@cache
def _give_way(shape: Shape) -> Any:
    worse = _worse
    place = {level.value: number for number, level in enumerate(WORST_FIRST)}
    beside = exists().where(
        worse.case_id == Alert.case_id,
        worse.milestone_key == Alert.milestone_key,
        worse.closed_on.is_(None),
        worse.raised_on <= TODAY,
        case(place, value=worse.level) < case(place, value=Alert.level),
    )
    lesser = and_(_stood(), Alert.level != WORST_FIRST[0], shape.holds(Alert.case_id), beside)
    return update(Alert).where(shape.free(lesser)).values(closed_on=TODAY, closed_because="became_worse")


def _stood() -> ColumnElement[bool]:
    return and_(Alert.closed_on.is_(None), Alert.raised_on <= TODAY)


def _still_called_for() -> ColumnElement[bool]:
    row = _row
    found = (
        select(row.id)
        .join(Case, Case.id == row.case_id)
        .outerjoin(Forecast, its_forecast())
        .outerjoin(AlertThreshold, AlertThreshold.team_id == Case.team_id)
        .where(
            row.case_id == Alert.case_id,
            row.key == Alert.milestone_key,
            row.excused_by == "",
            row.due_on == Alert.due_on,
            or_(row.is_open, func.coalesce(row.done_on, row.lapsed_on) > TODAY),
            Rules(row).keeps(Alert),
        )
        .correlate(Alert)
    )
    return found.exists()


def _why_it_closes() -> ColumnElement[str]:
    row, its_case = _row, _its_case
    of_the_clock = Alert.code.in_([Code.NO_TIME_FOR_REPRESENTATIONS, Code.DAYS_OF_THE_FAMILY])
    reason: Any = case(
        (and_(row.done_on <= TODAY, row.done_on > row.due_on), "done_late"),
        (row.done_on <= TODAY, "done"),
        (and_(row.lapsed_on <= TODAY, its_case.is_open.is_(False)), "case_ended"),
        (row.lapsed_on <= TODAY, "no_longer_applies"),
        (row.excused_by != "", "excused"),
        (row.due_on != Alert.due_on, "date_corrected"),
        (and_(row.due_on < TODAY, Alert.code != Code.STAGE_LATE), "became_breach"),
        (and_(Alert.code == Code.NO_TIME_FOR_REPRESENTATIONS, its_case.draft_sent_on.is_not(None)), "draft_sent"),
        (of_the_clock, "family_answered"),
        (and_(Alert.code == Code.PROBABLE, Rules(row).kept_as_raised(Alert)), THRESHOLD_RAISED),
        (Alert.code.in_([Code.NO_SLACK, Code.PROBABLE, Code.SAFE_DAY_PASSED]), "forecast_eased"),
        else_="no_longer_applies",
    )
    found = (
        select(reason)
        .join(its_case, its_case.id == row.case_id)
        .outerjoin(Forecast, its_forecast(its_case))
        .where(row.case_id == Alert.case_id, row.key == Alert.milestone_key)
        .correlate(Alert)
        .scalar_subquery()
    )
    return func.coalesce(found, "no_longer_applies")
