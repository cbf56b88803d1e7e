"""Bringing the alerts of one case into line as soon as its history has changed."""

from datetime import date, datetime

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Alert
from casetracker.services.alerts import closing, ledger, outcomes, remedies
from casetracker.services.alerts.run import Run
from casetracker.statute.counting import ORDINARY_READING, Reading


def follow(*, case_id: int, on: date, at: datetime, reading: Reading = ORDINARY_READING) -> int:
    """
    Close the alerts of a case that its history has settled, and put the rest right; return how many were closed.

    Nothing is raised: that is the sweep's. Its alerts are held in the order of their ids, as everybody does who writes
    several.
    """
    held = select(Alert.id).where(Alert.case_id == case_id).order_by(Alert.id).with_for_update(key_share=True)
    if not db.session.scalars(held).all():
        return 0
    run = Run(on, at, first_id=case_id, last_id=case_id, reading=reading)
    closed = closing.close_all(run)
    ledger.enter_closed(run)
    outcomes.settle(run, again=True)
    remedies.refresh(run)
    return closed
