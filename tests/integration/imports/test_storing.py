"""Storing what files brought: once, however often; what cannot stand is reported; the totals add up."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import (
    Case,
    CaseEvent,
    ImportBatch,
    ImportKind,
    ImportRefusal,
    MilestoneRow,
    Outcome,
    Person,
    User,
)
from casetracker.services.histories import NewEntry
from casetracker.services.imports import running
from casetracker.services.imports.incoming import IncomingCase, IncomingEntry, Source
from casetracker.services.imports.storing import Context, store
from casetracker.services.people import PersonDetails
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage

TODAY = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
RECEIVED = date(2026, 1, 5)
WHOLE = [
    (H.REQUEST_RECEIVED, 0),
    (H.ASSESSMENT_AGREED, 35),
    (H.PLAN_AGREED, 100),
    (H.DRAFT_PLAN_SENT, 110),
    (H.FINAL_PLAN_ISSUED, 139),
]


def incoming(
    reference: str = "A-1", steps=None, *, batch_id: int | None = None, upn: str | None = None
) -> IncomingCase:
    entries = []
    for line, (happening, days) in enumerate(WHOLE if steps is None else steps, start=2):
        on = RECEIVED + timedelta(days=days)
        entry = NewEntry(
            happening, on, datetime(on.year, on.month, on.day, 22, tzinfo=UTC), {}, import_batch_id=batch_id
        )
        entries.append(IncomingEntry(entry, Source("events.csv", line)))
    return IncomingCase(
        reference=reference,
        person_key=f"P-{reference}",
        person=PersonDetails("Ada", "Ó Súilleabháin", date(2016, 1, 1), upn=upn),
        entries=entries,
        source=Source("cases.csv", 2),
        worker_email="someone@example.gov.uk",
        team="North",
        rows=Counter({"cases.csv": 1}),
    )


def context(batch_id: int | None = None, *, dry_run: bool = False) -> Context:
    return Context(batch_id=batch_id, today=TODAY, at=AT, dry_run=dry_run)


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    tables = (Case, CaseEvent, MilestoneRow, Person, User)
    return {
        table.__tablename__: [tuple(row) for row in db.session.execute(select(*table.__table__.columns))]
        for table in tables
    }


def test_a_new_case_is_stored_with_its_history_person_worker_and_team(session):
    tally, remarks = store([incoming()], context())
    case = db.session.scalars(select(Case)).one()
    assert (case.stage, case.days_to_plan, case.counts_for_timeliness) == (Stage.ISSUED, 139, True)
    worker = db.session.get_one(User, case.named_worker_id)
    assert (worker.email, worker.active) == ("someone@example.gov.uk", False)
    assert tally.as_counts()["files"] == {
        "cases.csv": {"read": 1, "loaded": 1, "already_there": 0, "refused": 0},
        "events.csv": {"read": 5, "loaded": 5, "already_there": 0, "refused": 0},
    }
    assert remarks == []


def test_the_same_file_again_changes_nothing(session):
    store([incoming()], context())
    before = all_rows()
    tally, _ = store([incoming()], context())
    assert all_rows() == before
    assert tally.as_counts()["files"]["events.csv"] == {"read": 5, "loaded": 0, "already_there": 5, "refused": 0}
    assert tally.cases_unchanged == 1


def test_a_longer_version_adds_only_what_is_new(session):
    store([incoming(steps=WHOLE[:2])], context())
    tally, _ = store([incoming()], context())
    assert tally.as_counts()["files"]["events.csv"] == {"read": 5, "loaded": 3, "already_there": 2, "refused": 0}
    assert db.session.scalars(select(Case)).one().stage is Stage.ISSUED


def test_a_row_the_law_does_not_allow_is_refused_and_the_rest_is_loaded(session):
    steps = [(H.REQUEST_RECEIVED, 0), (H.ASSESSMENT_AGREED, 35), (H.ASSESSMENT_AGREED, 36), (H.PLAN_AGREED, 90)]
    tally, remarks = store([incoming(steps=steps)], context())
    assert [(r.file, r.line) for r in remarks] == [("events.csv", 4)]
    assert "assessment_agreed cannot happen" in remarks[0].rule
    assert tally.as_counts()["files"]["events.csv"] == {"read": 4, "loaded": 3, "already_there": 0, "refused": 1}
    assert db.session.scalars(select(Case)).one().stage is Stage.PLANNING


def test_a_case_of_which_nothing_true_could_be_said_is_refused_whole(session):
    steps = [(H.ASSESSMENT_AGREED, -10), (H.REQUEST_RECEIVED, 0), (H.PLAN_AGREED, 90), (H.FINAL_PLAN_ISSUED, 120)]
    tally, remarks = store([incoming(steps=steps), incoming("A-2")], context())
    counts = tally.as_counts()
    assert counts["files"]["events.csv"] == {"read": 9, "loaded": 5, "already_there": 0, "refused": 4}
    assert counts["files"]["cases.csv"] == {"read": 2, "loaded": 1, "already_there": 0, "refused": 1}
    assert counts["cases"]["refused"] == 1
    assert "the whole of it is refused" in remarks[-1].rule
    assert [case.reference for case in db.session.scalars(select(Case))] == ["A-2"]


def test_a_dry_run_reports_the_same_and_writes_nothing(session):
    steps = [(H.REQUEST_RECEIVED, 0), (H.ASSESSMENT_AGREED, 35), (H.ASSESSMENT_AGREED, 36)]
    dry = store([incoming(steps=steps)], context(dry_run=True))
    assert db.session.scalar(select(func.count(Case.id))) == 0
    assert dry[0].as_counts() == store([incoming(steps=steps)], context())[0].as_counts()


def test_two_cases_of_one_child_share_the_person(session):
    one, two = incoming("A-1", upn="A123456789012"), incoming("A-2", WHOLE[:1], upn="A123456789012")
    store([one], context())
    store([two], context())
    assert db.session.scalar(select(func.count(Person.id))) == 1


class TestRunning:
    def begun(self) -> ImportBatch:
        batch = running.begin(kind=ImportKind.HISTORY, source="cases.csv", at=AT, stored_at="somewhere")
        db.session.commit()
        return batch

    def test_one_import_is_taken_by_one_worker(self, session):
        batch = self.begun()
        taken = running.claim(at=AT)
        assert taken is not None
        assert taken.id == batch.id
        assert running.claim(at=AT + timedelta(seconds=10)) is None

    def test_a_killed_import_is_taken_up_again_and_ends_the_same(self, session):
        batch = self.begun()
        running.claim(at=AT)
        cases = [incoming(f"A-{n}", batch_id=batch.id) for n in range(3)]
        store(cases[:2], context(batch.id))  # and then the worker was killed
        db.session.commit()
        later = AT + timedelta(minutes=10)
        assert running.claim(at=later) is not None
        again = running.Run(batch.id, [incoming(f"A-{n}", batch_id=batch.id) for n in range(3)], context(batch.id))
        while again.step(at=later):
            pass
        finished = again.finish(at=later)
        assert finished.outcome is Outcome.DONE
        assert finished.counts["files"]["events.csv"] == {"read": 15, "loaded": 15, "already_there": 0, "refused": 0}
        assert finished.counts["cases"] == {"new": 3, "added_to": 0, "unchanged": 0, "refused": 0}
        assert db.session.scalar(select(func.count(CaseEvent.id))) == 15

    def test_each_refused_row_is_kept_with_its_line_rule_and_value(self, session):
        batch = self.begun()
        steps = [(H.REQUEST_RECEIVED, 0), (H.ASSESSMENT_AGREED, 35), (H.ASSESSMENT_AGREED, 36)]
        run = running.Run(batch.id, [incoming(steps=steps)], context(batch.id))
        run.step(at=AT)
        kept = db.session.scalars(select(ImportRefusal)).one()
        assert (kept.file, kept.line, kept.value) == ("events.csv", 4, "assessment_agreed 2026-02-10")

    @pytest.mark.parametrize("reason", ["events.csv is empty"])
    def test_a_file_that_cannot_be_read_fails_the_import_with_the_reason(self, session, reason):
        batch = self.begun()
        assert running.fail(batch.id, at=AT, reason=reason).outcome is Outcome.FAILED
        assert db.session.get_one(ImportBatch, batch.id).message == reason
