"""History files become histories."""

# ruff: noqa: E501  (rows of data, one to a line)

from datetime import date

import pytest
from sqlalchemy import func, select

from casetracker import clock, importing
from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, ImportBatch, ImportKind, ImportRefusal, User
from casetracker.services import verification
from casetracker.services.imports import running
from casetracker.statute.stages import Stage
from casetracker.transactions import unit_of_work

CASES = "case_reference,person_reference,forename,surname,date_of_birth,sex,received_on,request_source,named_worker_email,team\n"
EVENTS = "case_reference,event,occurred_on,recorded_at,advice_kind,advice_giver,reason,until,note\n"
ONE = "C1,P1,Seán,O’Brien,2015-04-01,M,2024-01-08,2,worker@example.gov.uk,North\n"


def bring_in(folder, cases: str, events: str, *, encoding: str = "utf-8", header: str = EVENTS) -> ImportBatch:
    folder.mkdir(exist_ok=True)
    (folder / "cases.csv").write_text(CASES + cases, encoding=encoding)
    (folder / "events.csv").write_text(header + events, encoding=encoding)
    with unit_of_work():
        batch = running.begin(kind=ImportKind.HISTORY, source="test", at=clock.now())
        batch = running.claim(at=clock.now(), batch_id=batch.id)
    return importing.run(batch, folder)


def refused() -> list[tuple[str, int, str]]:
    rows = db.session.scalars(select(ImportRefusal).order_by(ImportRefusal.file, ImportRefusal.line))
    return [(row.file, row.line, row.rule) for row in rows]


def the_case() -> Case:
    return db.session.scalars(select(Case)).one()


WHOLE = (
    "C1,assessment_agreed,2024-02-12,,,,,,\n"
    "C1,advice_asked,2024-02-12,,medical,Community paediatrics,,,\n"
    "C1,advice_received,2024-03-20,2024-03-22T10:00:00+00:00,medical,,,,\n"
    "C1,plan_agreed,2024-04-10,,,,,,\n"
    "C1,draft_plan_sent,2024-04-15,,,,,,\n"
    "C1,final_plan_issued,2024-05-20,,,,,,\n"
)


def test_a_whole_case_step_by_step(session, tmp_path):
    batch = bring_in(tmp_path / "f", ONE, WHOLE)
    case = the_case()
    assert (case.stage, case.received_on, case.days_to_plan) == (Stage.ISSUED, date(2024, 1, 8), 133)
    assert batch.counts["files"]["events.csv"] == {"read": 6, "loaded": 6, "already_there": 0, "refused": 0}
    worker = db.session.scalars(select(User)).one()
    assert (worker.email, worker.active) == ("worker@example.gov.uk", False)
    received = db.session.scalars(select(CaseEvent).where(CaseEvent.happening == "advice_received")).one()
    assert received.recorded_at.isoformat() == "2024-03-22T10:00:00+00:00"
    assert verification.verify(on=clock.today()).found == 0


def test_again_changes_nothing_and_a_longer_file_adds_what_is_new(session, tmp_path):
    bring_in(tmp_path / "f", ONE, "".join(WHOLE.splitlines(keepends=True)[:3]))
    again = bring_in(tmp_path / "f", ONE, "".join(WHOLE.splitlines(keepends=True)[:3]))
    assert again.counts["files"]["events.csv"]["already_there"] == 3
    longer = bring_in(tmp_path / "f", ONE, WHOLE)
    assert longer.counts["files"]["events.csv"] == {"read": 6, "loaded": 3, "already_there": 3, "refused": 0}
    assert the_case().stage is Stage.ISSUED
    assert verification.verify(on=clock.today()).found == 0


def test_british_dates_are_found_and_said(session, tmp_path):
    batch = bring_in(
        tmp_path / "f",
        ONE.replace("2024-01-08", "08/01/2024").replace("2015-04-01", "01/04/2015"),
        "C1,assessment_agreed,12/02/2024,,,,,,\n",
    )
    assert the_case().agreed_to_assess_on == date(2024, 2, 12)
    assert "events.csv: dates are DD/MM/YYYY" in batch.message


def test_a_date_in_another_style_than_the_files_refuses_its_row_and_no_more(session, tmp_path):
    events = (
        "C1,panel_considered,2024-02-01,,,,,,\nC1,assessment_agreed,2024-02-12,,,,,,\nC1,plan_agreed,03/04/2024,,,,,,\n"
    )
    batch = bring_in(tmp_path / "f", ONE, events)
    assert the_case().agreed_to_assess_on == date(2024, 2, 12)
    (refused,) = running.refusals(batch.id)
    assert (refused.line, refused.column, refused.value) == (4, "occurred_on", "03/04/2024")
    assert refused.rule == "the other dates of this file are written YYYY-MM-DD: this could be another day"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("C9,assessment_agreed,2024-02-12,,,,,,", "cases.csv has no case with this reference"),
        ("C1,assessment_dreamt,2024-02-12,,,,,,", "there is no such event"),
        ("C1,assessment_agreed,2024-02-31,,,,,,", "there is no such day"),
        ("C1,assessment_agreed,2023-12-01,,,,,,", "this was before the request was received on 2024-01-08"),
        ("C1,assessment_agreed,2093-12-01,,,,,,", "this day is still to come"),
        ("C1,advice_asked,2024-02-12,,,,,,", "an advice event needs the kind of advice"),
        ("C1,advice_asked,2024-02-12,,dental,,,,", "there is no such kind of advice"),
        ("C1,final_plan_issued,2024-02-12,,,,,,", "final_plan_issued cannot happen to a case that is requested"),
        ("C1,exception_recorded,2024-02-01,,,,5(4)(d),2024-02-10,", "they were away for 10 days"),
        ("C1,exception_recorded,2024-02-01,,,,7(4)(d),2024-02-10,", "no time limit has an exception"),
    ],
)
def test_a_row_that_breaks_a_rule_is_listed_and_the_case_is_loaded(session, tmp_path, row, rule):
    batch = bring_in(tmp_path / "f", ONE, row + "\n")
    assert [(file, line) for file, line, _ in refused()] == [("events.csv", 2)]
    assert rule in refused()[0][2]
    assert batch.counts["files"]["events.csv"] == {"read": 1, "loaded": 0, "already_there": 0, "refused": 1}
    assert the_case().stage is Stage.REQUESTED


def test_a_case_row_that_breaks_a_rule_takes_its_events_with_it(session, tmp_path):
    batch = bring_in(tmp_path / "f", ONE.replace("2024-01-08", ""), WHOLE)
    assert db.session.scalar(select(func.count(Case.id))) == 0
    assert batch.counts["files"]["events.csv"] == {"read": 6, "loaded": 0, "already_there": 0, "refused": 6}
    assert refused()[0] == ("cases.csv", 2, "the day the request was received is needed")


def test_one_child_may_have_several_cases(session, tmp_path):
    bring_in(tmp_path / "f", ONE + ONE.replace("C1", "C2").replace("2024-01-08", "2024-09-02"), "")
    assert len({case.person_id for case in db.session.scalars(select(Case))}) == 1


def test_excels_windows_1252_is_read(session, tmp_path):
    bring_in(tmp_path / "f", ONE.replace("’", "'"), "", encoding="cp1252")
    assert the_case().reference == "C1"


def test_an_exception_that_fits_excuses_the_limit(session, tmp_path):
    events = WHOLE.replace("2024-05-20", "2024-06-20") + "C1,exception_recorded,2024-04-20,,,,13(3)(c),,\n"
    bring_in(tmp_path / "f", ONE, events)
    assert the_case().exceptions_apply
