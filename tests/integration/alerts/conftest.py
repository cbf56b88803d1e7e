"""What the tests of alerts share: cases at a stage, a forecast of them, and the sweep of a day."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Alert, AlertEntry, Case, FitState, Forecast, ForecastFit, MilestoneRow, Team
from casetracker.services import histories, sweeps
from casetracker.services.histories import NewEntry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Duty
from tests import factories
from tests.integration.jobs.agreeing import at_noon

RECEIVED = date(2026, 1, 5)
DECIDE_BY, FINAL_BY = date(2026, 2, 16), date(2026, 5, 25)
AGREED = (H.ASSESSMENT_AGREED, date(2026, 2, 9))


def sweep(on: date, **some: int) -> sweeps.SweepCounts:
    return sweeps.sweep(on=on, at=at_noon(on), **some)


def requested(*steps: factories.Step, **more: Any) -> Case:
    today = max([RECEIVED, *(step[1] for step in steps)])
    return factories.case(received_on=RECEIVED, steps=steps, today=today, **more)


def record(case: Case, happening: H, on: date, *, known_on: date | None = None, **detail: str) -> None:
    today = known_on or on
    histories.append(case_id=case.id, entries=[NewEntry(happening, on, at_noon(today), detail)], today=today)


def forecast(case: Case, on: date, **values: Any) -> Forecast:
    """Say what is forecast of a case as it now is; whatever was before is no more."""
    fit = db.session.scalars(select(ForecastFit)).first()
    if fit is None:
        fit = ForecastFit(
            fitted_at=at_noon(on),
            for_day=on,
            data_from=None,
            data_to=None,
            closed_cases=0,
            open_cases=0,
            on_priors=True,
            state=FitState.IN_USE,
            scores={},
            model="{}",
        )
        db.session.add(fit)
        db.session.flush()
    version = db.session.scalars(select(Case.version).where(Case.id == case.id)).one()
    known = {"case_version": version, "p_ends_otherwise": 0.1, "days_by_step": {}, "reasons": [], **values}
    row = db.session.get(Forecast, case.id)
    if row is None:
        row = Forecast(case_id=case.id)
        db.session.add(row)
    empty = dict.fromkeys(
        "p_decision p_no_plan p_final earliest_on expected_on latest_on latest_safe_on slack_days".split()
    )
    for name, value in {"limiting_step": "", **empty, "fit_id": fit.id, "for_day": on, **known}.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def alerts_of(case: Case, duty: Duty | None = None) -> list[tuple[str, str]]:
    """Return the alerts on a case as level and why it closed ("open" where it has not), in the order of raising."""
    return [(alert.level.value, alert.closed_because or "open") for alert in all_alerts(case, duty)]


def all_alerts(case: Case, duty: Duty | None = None) -> Sequence[Alert]:
    query = select(Alert).where(Alert.case_id == case.id).order_by(Alert.id)
    if duty is not None:
        query = query.where(Alert.duty == duty)
    return db.session.scalars(query, execution_options={"populate_existing": True}).all()


def about_the_plan(case: Case) -> list[str]:
    """Return the levels of the open alerts on the final plan."""
    return [level for level, because in alerts_of(case, Duty.ISSUE_FINAL_PLAN) if because == "open"]


def the_alert(case: Case, duty: Duty = Duty.ISSUE_FINAL_PLAN) -> Alert:
    (alert,) = [alert for alert in all_alerts(case, duty) if alert.closed_on is None]
    return alert


def milestone(case: Case, duty: Duty) -> MilestoneRow:
    query = select(MilestoneRow).where(MilestoneRow.case_id == case.id, MilestoneRow.duty == duty)
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def ledger_of(alert: Alert) -> list[str]:
    """Return the kinds of the lines of an alert's ledger, in the order of entry."""
    query = select(AlertEntry.kind).where(AlertEntry.alert_id == alert.id).order_by(AlertEntry.id)
    return [kind.value for kind in db.session.scalars(query)]


@pytest.fixture
def team(session) -> Callable[..., Team]:
    """Make a team: `team("North")`."""

    def make(name: str = "North") -> Team:
        made = Team(name=name)
        db.session.add(made)
        db.session.flush()
        return made

    return make
