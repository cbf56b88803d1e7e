"""Bringing rows into line with their histories, as after an upgrade that adds a projected table."""

from datetime import date

from sqlalchemy import delete, select, update

from casetracker import jobs
from casetracker.extensions import db
from casetracker.models import Advice, Case
from casetracker.services import verification
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY


def test_rows_that_are_missing_or_wrong_are_written_anew_and_nothing_is_lost(session, on_the_day):
    case = factories.case(received_on=date(2026, 1, 5), steps=factories.lifetime(date(2026, 1, 5)))
    ours = factories.case(received_on=date(2026, 4, 20), child=factories.person(surname="B"),
                          steps=[(H.ASSESSMENT_AGREED, TODAY)])  # fmt: skip
    asked = factories.advice(ours, service=factories.service(), asked_on=TODAY)
    db.session.execute(delete(Advice).where(Advice.case_id == case.id))
    db.session.execute(update(Advice).where(Advice.id == asked.id).values(status="accepted"))
    db.session.execute(update(Case).where(Case.id == case.id).values(whose_move="nobody", days_to_plan=1))
    db.session.commit()
    assert verification.verify(on=TODAY).found > 3
    assert jobs.mend() == 2
    assert jobs.verify().found == 0
    mended = db.session.get(Advice, asked.id)
    assert (mended.status, mended.mailbox) == ("asked", "advice@health.example")
    assert len(db.session.scalars(select(Advice).where(Advice.case_id == case.id)).all()) == 3
