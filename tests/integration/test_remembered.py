"""Figures that are kept until the caseload changes: asked once for each state, and never stale."""

from datetime import date

from sqlalchemy import func, select

from casetracker import jobs
from casetracker.extensions import db
from casetracker.models import Case
from casetracker.queries.remembered import until_the_caseload_changes
from casetracker.services import cases
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.committing import while_a_case_is_recorded


def test_is_asked_once_for_each_state_and_each_argument(session, user, on_the_day):
    asked = []

    @until_the_caseload_changes
    def question(number: int, *, on: date) -> int:
        asked.append((number, on))
        return number

    case = factories.case()
    session.commit()
    assert [question(1, on=TODAY), question(1, on=TODAY), question(2, on=TODAY)] == [1, 1, 2]
    assert len(asked) == 2
    cases.record(case_id=case.id, happening=H.NOTE_ADDED, occurred_on=TODAY, by=user(), today=TODAY, at=NOW)
    session.commit()
    question(1, on=TODAY)
    assert len(asked) == 3
    jobs.sweep(on=TODAY)
    question(1, on=TODAY)
    assert len(asked) == 4


def test_what_is_committed_elsewhere_and_changes_no_case_leaves_the_answers(session, user, on_the_day):
    asked = []
    question = until_the_caseload_changes(lambda: asked.append(1))
    factories.case()
    session.commit()
    question()
    user()  # committed, as somebody's reading a page is, who is noted to have seen an alert
    question()
    assert len(asked) == 1


def test_with_no_history_nothing_is_kept(session):
    asked = []
    question = until_the_caseload_changes(lambda: asked.append(1))
    question()
    question()
    assert len(asked) == 2


def test_an_entry_with_an_earlier_number_that_is_committed_later_is_counted(app, session):
    """On PostgreSQL numbers are given out before they are committed; SQLite has one writer at a time."""
    question = until_the_caseload_changes(lambda: db.session.scalar(select(func.count(Case.id))))
    factories.case(reference="ZERO")
    session.commit()
    if db.engine.dialect.name == "sqlite":
        return
    with while_a_case_is_recorded(app):
        factories.case(reference="QUICK")
        session.commit()
        assert question() == 2
        session.commit()
    assert question() == 3
