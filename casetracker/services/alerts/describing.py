"""Putting newly raised alerts into words, in batches: the sentence and the figures at that moment."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update

from casetracker.extensions import db
from casetracker.models import USUAL_THRESHOLD, Alert, AlertThreshold, Case, Forecast
from casetracker.services.alerts.calling import Code, its_forecast
from casetracker.services.alerts.run import Run, Shape
from casetracker.services.alerts.words import Figures, sentence

BATCH = 5_000
LONGEST = 500


def describe(run: Run) -> None:
    """Put every alert that has no words yet into words."""
    connection = db.session.connection()  # hands over rows as they are: the session would look for entities
    while batch := connection.execute(_not_described(run.shape), run.told).all():
        connection.execute(_write(), [_described(row) for row in batch])


@cache
def _write() -> Any:
    alerts: Any = Alert.__table__
    return (
        update(alerts)
        .where(alerts.c.id == bindparam("of_id"))
        .values(words=bindparam("in_words"), figures=bindparam("with_figures"))
    )


@cache
def _not_described(shape: Shape) -> Any:
    return (
        select(
            Alert.id,
            Alert.code,
            Alert.duty,
            Alert.due_on,
            Alert.raised_on,
            Alert.probability,
            Forecast.expected_on,
            Forecast.latest_safe_on,
            Forecast.slack_days,
            func.coalesce(Forecast.limiting_step, "").label("limiting_step"),
            func.coalesce(Forecast.limiting_subject, "").label("limiting_subject"),
            func.coalesce(Forecast.limiting_holder, "").label("limiting_holder"),
            func.coalesce(AlertThreshold.threshold, USUAL_THRESHOLD).label("threshold"),
        )
        .join(Case, Case.id == Alert.case_id)
        .outerjoin(Forecast, its_forecast())
        .outerjoin(AlertThreshold, AlertThreshold.team_id == Case.team_id)
        .where(Alert.words == "", shape.holds(Alert.case_id))
        .order_by(Alert.id)
        .limit(BATCH)
    )


def _described(row: Any) -> dict[str, Any]:
    figures = Figures(
        days_left=(row.due_on - row.raised_on).days,
        probability=row.probability,
        expected_on=row.expected_on,
        latest_safe_on=row.latest_safe_on,
        slack_days=row.slack_days,
        limiting_step=row.limiting_step,
        limiting_subject=row.limiting_subject,
        limiting_holder=row.limiting_holder,
        threshold=row.threshold if row.code == Code.PROBABLE else None,
    )
    return {
        "of_id": row.id,
        "in_words": sentence(row.code, row.duty, figures)[:LONGEST],
        "with_figures": figures.as_json(),
    }
