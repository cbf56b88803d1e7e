"""A SEN2 return becomes histories: the published figure comes out, and nothing is lost or invented on the way."""

# ruff: noqa: E501  (rows of data, one to a line)

import shutil
from datetime import date

import pytest
from sqlalchemy import func, select

from casetracker import clock, importing
from casetracker.extensions import db
from casetracker.models import Case, CaseEvent, ImportBatch, ImportKind, ImportRefusal, Outcome, Person
from casetracker.queries import timeliness
from casetracker.services import verification
from casetracker.services.imports import running
from casetracker.statute.stages import Stage
from casetracker.transactions import unit_of_work
from tests.integration.imports.returns import case_of, together, write_return

YEAR = (date(2023, 1, 1), date(2023, 12, 31))


def bring_in(folder, *, dry_run: bool = False) -> ImportBatch:
    with unit_of_work():
        batch = running.begin(kind=ImportKind.SEN2_CSV, source="test", at=clock.now(), dry_run=dry_run)
        batch = running.claim(at=clock.now(), batch_id=batch.id)
    return importing.run(batch, folder)


def refusals(severity: str = "refused") -> list[tuple[str, int, str, str]]:
    rows = db.session.scalars(
        select(ImportRefusal).where(ImportRefusal.severity == severity).order_by(ImportRefusal.id)
    )
    return [(row.file.split("_")[-1], row.line, row.column, row.rule) for row in rows]


def adds_up(batch: ImportBatch) -> bool:
    return all(n["read"] == n["loaded"] + n["already_there"] + n["refused"] for n in batch.counts["files"].values())


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2023-May-22 00:00:00", (1, 0, 0)),
        ("2023-May-23 00:00:00", (0, 1, 0)),
        ("2024-Jan-01 00:00:00", (0, 1, 0)),
        ("2024-Jan-02 00:00:00", (0, 0, 1)),
    ],
    ids=["day 140", "day 141", "day 364", "day 365"],
)
def test_the_bounds_of_timeliness(session, tmp_path, start, expected):
    bring_in(write_return(tmp_path / "r", case_of(1, start=start)))
    found = timeliness.for_period(date(2023, 1, 1), date(2024, 12, 31))
    assert (found.within_20_weeks, found.over_20_to_52_weeks, found.over_52_weeks) == expected


def test_a_plan_with_no_day_of_receipt_is_counted_and_never_in_time(session, tmp_path):
    bring_in(write_return(tmp_path / "r", case_of(1, received="")))
    found = timeliness.for_period(*YEAR)
    assert (found.plans_issued, found.within_20_weeks, found.over_20_to_52_weeks, found.not_known) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("changed", "counted"),
    [
        ({"mediation": "1"}, 0),
        ({"conclusion": "H", "outcome": "H", "received": ""}, 0),
        ({"conclusion": "S"}, 1),
        ({}, 1),
    ],
    ids=["after mediation", "historical", "assessed by another authority", "ordinary"],
)
def test_which_plans_count(session, tmp_path, changed, counted):
    bring_in(write_return(tmp_path / "r", case_of(1, **changed)))
    assert timeliness.for_period(*YEAR).plans_issued == counted
    assert db.session.scalars(select(Case)).one().stage is Stage.ISSUED


def test_a_plan_to_which_an_exception_applied_leaves_the_headline(session, tmp_path):
    bring_in(write_return(tmp_path / "r", together(case_of(1, week20="1"), case_of(2))))
    found = timeliness.for_period(*YEAR)
    assert (found.plans_issued, found.plans_issued_ex) == (2, 1)


@pytest.mark.parametrize(
    ("outcome", "conclusion", "stage"),
    [("A", "", Stage.REQUESTED), ("N", "", Stage.REFUSED), ("W", "", Stage.WITHDRAWN), ("Y", "A", Stage.ASSESSING), ("Y", "N", Stage.NO_PLAN), ("Y", "W", Stage.WITHDRAWN), ("no", "", Stage.REFUSED)],
)  # fmt: skip
def test_each_outcome_ends_at_its_stage(session, tmp_path, outcome, conclusion, stage):
    rows = case_of(1, outcome=outcome, conclusion=conclusion, start="")
    if not conclusion:
        rows["assessment"] = []
    bring_in(write_return(tmp_path / "r", rows))
    assert db.session.scalars(select(Case)).one().stage is stage


class TestMessyRows:
    def test_a_plan_before_its_request_is_refused_and_the_rest_is_loaded(self, session, tmp_path):
        batch = bring_in(write_return(tmp_path / "r", together(case_of(1, start="2022-Dec-01 00:00:00"), case_of(2))))
        assert ("namedplan.csv", 2, "startdate", "the plan begins before the request was received") in refusals()
        stages = set(db.session.scalars(select(Case.stage)))
        assert stages == {Stage.PLANNING, Stage.ISSUED}
        assert adds_up(batch)

    @pytest.mark.parametrize("bad", ["31/02/2026", "0203-Jan-05 00:00:00", "soon"])
    def test_a_receipt_that_is_no_day_refuses_the_request_and_all_beneath_it(self, session, tmp_path, bad):
        batch = bring_in(write_return(tmp_path / "r", together(case_of(1, received=bad), case_of(2))))
        assert [(file, line, column) for file, line, column, _ in refusals()] == [("requests.csv", 2, "receiveddate")]
        assert {name.split("_")[-1]: n["refused"] for name, n in batch.counts["files"].items()} == {
            "person.csv": 1, "requests.csv": 1, "assessment.csv": 1, "namedplan.csv": 1,
        }  # fmt: skip
        assert adds_up(batch)

    def test_a_decision_out_of_order_keeps_the_figure_and_is_asked_about(self, session, tmp_path):
        bring_in(write_return(tmp_path / "r", case_of(1, decided="2022-Jan-01 00:00:00", concluded="")))
        assert timeliness.for_period(*YEAR).within_20_weeks == 1
        assert [column for _, _, column, _ in refusals("query")] == ["requestoutcomedate", "assessmentoutcomedate"]
        agreed = db.session.scalars(select(CaseEvent).where(CaseEvent.seq == 2)).one()
        assert agreed.detail["day_as_given"] == "2022-Jan-01 00:00:00"

    def test_duplicates_and_orphans_are_refused_with_their_lines(self, session, tmp_path):
        rows = together(case_of(1), case_of(2))
        rows["requests"].append(dict(rows["requests"][0]))
        rows["assessment"].append({"assessmenttableid": "9", "requeststableid": "77", "assessmentoutcome": "Y"})
        rows["namedplan"].append(
            {"namedplantableid": "9", "assessmenttableid": "9", "startdate": "2023-May-01 00:00:00"}
        )
        batch = bring_in(write_return(tmp_path / "r", rows))
        assert [(file, line, column) for file, line, column, _ in refusals()] == [
            ("requests.csv", 4, "requeststableid"),
            ("assessment.csv", 4, "requeststableid"),
            ("namedplan.csv", 4, "assessmenttableid"),
        ]
        assert adds_up(batch)
        assert timeliness.for_period(*YEAR).plans_issued == 2

    def test_windows_1252_names_are_read_right(self, session, tmp_path):
        rows = case_of(1)
        rows["person"][0]["surname"] = "Ó Súilleabháin"
        bring_in(write_return(tmp_path / "r", rows, encoding="cp1252"))
        assert db.session.scalars(select(Person.surname)).one() == "Ó Súilleabháin"

    def test_a_folder_without_a_return_fails_with_the_reason(self, session, tmp_path):
        batch = bring_in(tmp_path)
        assert batch.outcome is Outcome.FAILED
        assert "no file of a SEN2 return" in batch.message

    def test_a_return_without_its_requests_fails_with_the_reason(self, session, tmp_path):
        folder = write_return(tmp_path / "r", case_of(1))
        next(folder.glob("*_requests.csv")).unlink()
        assert "_requests.csv is not there" in bring_in(folder).message

    def test_a_return_without_its_lesser_files_is_loaded_and_said(self, session, tmp_path):
        folder = write_return(tmp_path / "r", case_of(1))
        for name in ("senneed", "placementdetail", "activeplans", "plandetail"):
            next(folder.glob(f"*_{name}.csv")).unlink()
        batch = bring_in(folder)
        assert batch.outcome is Outcome.DONE
        assert batch.message.count("is left out") == 4


def test_a_dry_run_writes_no_case_and_says_the_same(session, tmp_path):
    folder = write_return(tmp_path / "r", together(case_of(1), case_of(2, received="31/02/2023")))
    dry = bring_in(folder, dry_run=True)
    assert db.session.scalar(select(func.count(Case.id))) == 0
    assert dry.counts == bring_in(folder).counts


def test_the_next_years_return_carries_a_case_on(session, tmp_path):
    first = case_of(1, conclusion="A", concluded="", start="")
    bring_in(write_return(tmp_path / "first", first))
    batch = bring_in(write_return(tmp_path / "second", case_of(1)))
    assert batch.counts["cases"] == {"new": 0, "added_to": 1, "unchanged": 0, "refused": 0}
    assert db.session.scalars(select(Case)).one().stage is Stage.ISSUED


def test_an_import_killed_half_way_and_run_again_ends_the_same(session, tmp_path, monkeypatch):
    folder = write_return(tmp_path / "r", together(*(case_of(n) for n in range(1, 9))))
    monkeypatch.setattr(running, "STEP", 3)
    real, calls = running.store, []

    def dies(batch, context):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(batch, context)

    monkeypatch.setattr(running, "store", dies)
    with pytest.raises(KeyboardInterrupt):
        bring_in(folder)
    assert db.session.scalar(select(func.count(Case.id))) == 6
    bring_in(folder)
    assert db.session.scalar(select(func.count(Case.id))) == 8
    assert db.session.scalar(select(func.count(CaseEvent.id))) == 8 * 4
    assert verification.verify(on=clock.today()).found == 0
    shutil.rmtree(folder)
