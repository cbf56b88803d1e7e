"""The one door to a case history, and that nothing gets round it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, MilestoneRow
from casetracker.services import cases, histories
from casetracker.services.histories import NewEntry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.stages import Stage
from tests import factories

TODAY = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def events(case: Case) -> list[CaseEvent]:
    return list(db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)))


def milestone(case: Case, duty: str) -> MilestoneRow:
    return db.session.scalars(
        select(MilestoneRow).where(MilestoneRow.case_id == case.id, MilestoneRow.duty == duty)
    ).one()


def add(case: Case, happening: H, on: date, *, seen: int | None = None, submission: str | None = None) -> Case:
    entry = NewEntry(happening, on, AT, {}, submission=submission)
    return histories.append(case_id=case.id, entries=[entry], today=TODAY, seen_version=seen)


class TestAppending:
    def test_an_entry_moves_the_case_and_its_milestones_in_one_step(self, session):
        case = factories.case(received_on=date(2026, 5, 4))
        add(case, H.ASSESSMENT_AGREED, date(2026, 5, 20))
        assert case.stage is Stage.ASSESSING
        assert case.agreed_to_assess_on == date(2026, 5, 20)
        assert milestone(case, "decide_whether_to_assess").done_on == date(2026, 5, 20)
        assert case.final_due_on == date(2026, 9, 21)

    def test_an_unlawful_entry_is_refused_and_nothing_is_written(self, session):
        case = factories.case(received_on=date(2026, 5, 4))
        before = case.version
        with pytest.raises(histories.NotAllowed, match="final_plan_issued cannot happen"):
            add(case, H.FINAL_PLAN_ISSUED, date(2026, 5, 20))
        assert len(events(case)) == before == case.version

    def test_an_entry_in_the_future_is_refused(self, session):
        case = factories.case(received_on=date(2026, 5, 4))
        with pytest.raises(histories.NotAllowed, match="2 June 2026 is in the future"):
            add(case, H.ASSESSMENT_AGREED, date(2026, 6, 2))

    def test_the_second_of_two_people_is_told(self, session):
        case = factories.case(received_on=date(2026, 5, 4))
        seen = case.version
        add(case, H.PANEL_CONSIDERED, date(2026, 5, 18), seen=seen)
        with pytest.raises(histories.SavedByAnother) as told:
            add(case, H.ASSESSMENT_AGREED, date(2026, 5, 20), seen=seen)
        assert (told.value.seen, told.value.now) == (1, 2)

    def test_the_same_form_posted_twice_records_one_entry(self, session):
        case = factories.case(received_on=date(2026, 5, 4))
        add(case, H.PANEL_CONSIDERED, date(2026, 5, 18), submission="a" * 32)
        with pytest.raises(histories.AlreadyRecorded) as told:
            add(case, H.PANEL_CONSIDERED, date(2026, 5, 18), submission="a" * 32)
        assert told.value.event.seq == 2

    def test_two_that_write_the_same_place_in_the_history_cannot_both_stand(self, session):
        case = factories.case(received_on=date(2026, 5, 4))
        rival = histories.event_rows(
            case_id=case.id, reference=case.reference, entries=[factories.entry((H.NOTE_ADDED, TODAY))], after=1
        )
        db.session.add(CaseEvent(**rival[0]))
        db.session.flush()
        with pytest.raises(histories.SavedByAnother):
            add(case, H.PANEL_CONSIDERED, date(2026, 5, 18))


class TestCorrecting:
    def test_a_correction_stands_in_the_place_of_the_entry_and_both_are_kept(self, session, user):
        case = factories.case(received_on=date(2026, 5, 4), steps=[(H.ASSESSMENT_AGREED, date(2026, 5, 20))])
        wrong = events(case)[-1]
        cases.correct(
            event=wrong,
            occurred_on=date(2026, 5, 19),
            detail=None,
            reason="slip of the keyboard",
            by=user(),
            today=TODAY,
            at=AT,
        )
        assert case.agreed_to_assess_on == date(2026, 5, 19)
        kept = events(case)
        assert [event.occurred_on for event in kept[1:]] == [date(2026, 5, 20), date(2026, 5, 19)]
        assert kept[-1].corrects == wrong.seq
        assert kept[-1].detail["why_corrected"] == "slip of the keyboard"

    def test_an_entry_that_did_not_happen_is_taken_out_by_another(self, session, user):
        case = factories.case(received_on=date(2026, 5, 4), steps=[(H.ASSESSMENT_AGREED, date(2026, 5, 20))])
        cases.correct(
            event=events(case)[-1], occurred_on=None, detail=None, reason="wrong child", by=user(), today=TODAY, at=AT
        )
        assert case.stage is Stage.REQUESTED
        assert milestone(case, "decide_whether_to_assess").done_on is None

    def test_a_correction_that_would_make_the_rest_impossible_is_refused(self, session, user):
        case = factories.case(
            received_on=date(2026, 1, 5),
            steps=[(H.ASSESSMENT_AGREED, date(2026, 2, 10)), (H.PLAN_AGREED, date(2026, 4, 20))],
        )
        with pytest.raises(histories.NotAllowed, match="plan_agreed cannot happen"):
            cases.correct(
                event=events(case)[1],
                occurred_on=None,
                detail=None,
                reason="wrong child",
                by=user(),
                today=TODAY,
                at=AT,
            )


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        ["UPDATE case_events SET occurred_on = '2026-01-01'", "DELETE FROM case_events"],
        ids=["update", "delete"],
    )
    def test_the_database_refuses_to_change_or_remove_an_entry(self, session, statement):
        factories.case()
        db.session.commit()
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
        assert len(db.session.scalars(select(CaseEvent)).all()) == 1

    def test_postgresql_refuses_to_truncate_it(self, session):
        factories.case()
        db.session.commit()
        if db.engine.dialect.name == "sqlite":
            statement = "DELETE FROM case_events WHERE 1 = 1"  # SQLite has no TRUNCATE: this is what it offers instead
        else:
            statement = "TRUNCATE case_events CASCADE"
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()

    def test_each_entry_carries_the_hash_of_the_one_before(self, session):
        case = factories.case(steps=factories.lifetime(date(2026, 1, 5)))
        chain = events(case)
        assert [event.previous_hash for event in chain[1:]] == [event.hash for event in chain[:-1]]
        assert chain[-1].hash == case.last_hash
        assert len({event.hash for event in chain}) == len(chain)


class TestStoringWhole:
    def test_a_history_stored_whole_equals_one_appended_entry_by_entry(self, session):
        steps = factories.lifetime(date(2026, 1, 5))
        appended = factories.case(received_on=date(2026, 1, 5), reference="A")
        for step in steps:
            histories.append(case_id=appended.id, entries=[factories.entry(step)], today=TODAY)
        entries = [factories.entry((H.REQUEST_RECEIVED, date(2026, 1, 5))), *map(factories.entry, steps)]
        standing = replay(histories.as_history(entries), on=TODAY)
        (whole_id,) = histories.store_new(
            [histories.NewCase({"reference": "B", "person_id": appended.person_id}, entries, standing)]
        )
        whole = db.session.get_one(Case, whole_id)
        same = {column.key for column in Case.__table__.columns} - {"id", "reference", "last_hash"}
        assert {name: getattr(whole, name) for name in same} == {name: getattr(appended, name) for name in same}
        columns = [c.key for c in MilestoneRow.__table__.columns if c.key not in ("id", "case_id")]
        rows = {
            case.reference: sorted(
                tuple(str(getattr(row, name)) for name in columns)
                for row in db.session.scalars(select(MilestoneRow).where(MilestoneRow.case_id == case.id))
            )
            for case in (appended, whole)
        }
        assert rows["A"] == rows["B"]
