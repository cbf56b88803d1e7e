"""Returns as files, from the terminal: checked, compared, and brought in from XML as from CSV."""

# ruff: noqa: E501  (rows of data, one to a line)

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Case, CaseEvent
from casetracker.queries import timeliness
from casetracker.sen2.book import shipped
from casetracker.sen2.files import open_return
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Tidier
from casetracker.sen2.xml_out import write_xml
from tests.integration.imports.returns import case_of, together, write_return
from tests.integration.imports.test_sen2 import YEAR, bring_in
from tests.services import require, shared_data

pytestmark = pytest.mark.usefixtures("session")


def as_xml(folder: Path, path: Path) -> Path:
    """Write the return in a folder of CSV files as XML."""
    tidier = Tidier(2024, shipped())
    with open_return(folder) as file, path.open("wb") as handle:
        header = tidier.cells(Module.SEN2, file.header.cells)
        write_xml(handle, header, map(tidier.tidy, file.people()), year=2024)
    return path


def histories() -> list[tuple[object, ...]]:
    query = select(Case.reference, CaseEvent.seq, CaseEvent.happening, CaseEvent.occurred_on, CaseEvent.detail)
    rows = db.session.execute(query.join(CaseEvent, CaseEvent.case_id == Case.id)).all()
    return sorted(((*row[:4], json.dumps(row[4], sort_keys=True)) for row in rows), key=str)


class TestImport:
    def test_xml_makes_the_same_histories_as_the_csv_it_was_made_from(self, tmp_path, run):
        folder = write_return(tmp_path / "csv", together(case_of(1), case_of(2, week20="1"), case_of(3, start="")))
        path = as_xml(folder, tmp_path / "return.xml")
        answer = run("import sen2-xml", path)
        assert answer.exit_code == 0, answer.output
        from_xml = histories()
        assert len(from_xml) == 4 + 5 + 3
        batch = bring_in(folder)  # and the CSV is the same return: nothing is new
        assert batch.counts["cases"] == {"new": 0, "added_to": 0, "unchanged": 3, "refused": 0}
        assert histories() == from_xml

    def test_every_row_is_answered_for(self, tmp_path, run):
        path = as_xml(write_return(tmp_path / "csv", together(case_of(1), case_of(2))), tmp_path / "return.xml")
        answer = json.loads(run("import sen2-xml", path, "--json").stdout)
        counts = {name.rpartition(", ")[2]: n for name, n in answer["files"].items()}
        assert counts["Person"] == {"read": 2, "loaded": 2, "already_there": 0, "refused": 0}
        assert set(counts) == {"Person", "Requests", "Assessment", "NamedPlan"}

    def test_a_file_that_may_not_be_read_stores_nothing_and_says_why(self, tmp_path, run):
        path = tmp_path / "return.xml"
        path.write_text('<!DOCTYPE Message [<!ENTITY x "y">]><Message>&x;</Message>')
        answer = run("import sen2-xml", path)
        assert answer.exit_code == 2 and "document type declaration" in answer.output
        assert db.session.scalar(select(func.count(Case.id))) == 0

    @pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
    def test_a_whole_authoritys_xml_gives_the_published_figure(self, tmp_path, run):
        require("shared")
        shared = shared_data()
        assert shared is not None
        path = as_xml(shared / "data" / "sen2-oxfordshire-2023", tmp_path / "return.xml")
        assert run("import sen2-xml", path).exit_code == 0
        found = timeliness.for_period(*YEAR)
        assert (found.plans_issued, found.plans_issued_ex) == (994, 993)
        assert (found.within_20_weeks, found.within_20_weeks_ex) == (533, 533)


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
class TestValidate:
    def test_a_return_with_nothing_wrong_ends_with_0(self, tmp_path, run):
        require("shared")
        shared = shared_data()
        assert shared is not None
        answer = run("sen2 validate", shared / "data" / "sen2-oxfordshire-2023")
        assert (answer.exit_code, answer.stderr) == (0, "")
        assert "0 errors, 0 queries" in answer.stdout
        assert ["namedplan", "6,420"] in [line.split() for line in answer.stdout.splitlines()]

    def test_which_file_of_a_folder_is_read_is_said(self, tmp_path, run):
        folder = write_return(tmp_path / "r", case_of(1))
        assert run("sen2 validate", folder).stderr == ""
        as_xml(folder, folder / "return.xml")
        for words in ((folder,), (folder, "--json")):
            answer = run("sen2 validate", *words)
            assert answer.stderr.startswith(f"Reading return.xml in {folder}, and none of the CSV files")
        assert json.loads(answer.stdout)["year"] == 2024
        assert "Reading" not in run("sen2 validate", folder / "return.xml").stderr

    def test_one_with_errors_ends_with_1_and_lists_them_all(self, tmp_path, run):
        rows = together(case_of(1, outcome="N"), case_of(2))
        rows["assessment"].append({"assessmenttableid": "9", "requeststableid": "77"})
        report = tmp_path / "found.csv"
        answer = run("sen2 validate", write_return(tmp_path / "r", rows), "--report", report)
        assert answer.exit_code == 1
        assert "CT308: There is an assessment, and the outcome of the request is not to assess" in answer.stdout
        found = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines()))
        assert {(row["rule"], row["person"], row["line"]) for row in found} >= {
            ("CT308", "Ada Surname1", "2"),
            ("CT001", "", "4"),
        }
        told = json.loads(run("sen2 validate", tmp_path / "r", "--json").stdout)
        assert told["errors"] == sum(row["kind"] == "error" for row in found)
        assert sum(issue["count"] for issue in told["issues"]) == len(found)

    def test_queries_alone_end_with_0(self, tmp_path, run):
        rule = {"id": "Q1", "kind": "query", "module": "person", "fields": ["surname"], "text": "T", "must": ["empty", "surname"]}  # fmt: skip
        (tmp_path / "own.json").write_text(json.dumps({"rules": [rule]}))
        (tmp_path / "r.xml").write_text(
            "<Message><Header><CollectionDetails><Collection>SEN2</Collection><Year>2024</Year><ReferenceDate>2024-01-18"
            "</ReferenceDate></CollectionDetails><Source><LEA>931</LEA></Source></Header><Persons><Person><Surname>A"
            "</Surname><Forename>B</Forename><PersonBirthDate>2015-01-01</PersonBirthDate><UPNunknown>UN1</UPNunknown>"
            "<Requests><RequestOutcome>H</RequestOutcome></Requests></Person></Persons></Message>"
        )
        answer = run("sen2 validate", tmp_path / "r.xml", "--lists", tmp_path / "own.json")
        assert answer.exit_code == 0 and "Q1: T" in answer.stdout and "0 errors" in answer.stdout

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("not xml", "is not XML"),
            ("<Message><Persons><Person/></Persons></Message>", "does not say which year"),
            ("<Message><Header><Year>2019</Year></Header></Message>", "no return for the collection of 2019 is known"),
        ],
    )
    def test_one_that_cannot_be_read_ends_with_2_and_says_why(self, tmp_path, run, content, words):
        (tmp_path / "r.xml").write_text(content)
        answer = run("sen2 validate", tmp_path / "r.xml")
        assert answer.exit_code == 2 and words in answer.stderr

    def test_a_file_of_lists_that_cannot_be_used_ends_with_2(self, tmp_path, run):
        (tmp_path / "own.json").write_text("{")
        folder = write_return(tmp_path / "r", case_of(1))
        answer = run("sen2 validate", folder, "--lists", tmp_path / "own.json")
        assert answer.exit_code == 2 and "own.json is not JSON" in answer.stderr

    def test_an_authoritys_own_files_are_named_in_its_settings(self, app, tmp_path, run):
        (tmp_path / "own.json").write_text(json.dumps({"lists": {"sex": {"source": "", "verified": True, "codes": []}}}))  # fmt: skip
        app.config["SEN2_FILES"] = [str(tmp_path / "own.json")]
        rows = case_of(1)
        rows["person"][0]["sex"] = "X"
        assert "CT-C-person.sex" not in run("sen2 validate", write_return(tmp_path / "r", rows)).stdout


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
class TestDiff:
    def test_the_same_return_as_csv_and_xml_ends_with_0(self, tmp_path, run):
        folder = write_return(tmp_path / "csv", together(case_of(1), case_of(2)))
        path = as_xml(folder, tmp_path / "return.xml")
        answer = run("sen2 diff", folder, path)
        assert answer.exit_code == 0
        assert "2 people and 2: 0 only in the first, 0 only in the second, 0 told differently" in answer.stdout

    def test_two_that_differ_end_with_1_and_say_where(self, tmp_path, run):
        first = write_return(tmp_path / "a", together(case_of(1), case_of(2)))
        second = write_return(tmp_path / "b", together(case_of(1, week20="1"), case_of(3)))
        report = tmp_path / "found.csv"
        answer = run("sen2 diff", first, second, "--report", report)
        assert (
            answer.exit_code == 1 and "1 only in the first, 1 only in the second, 1 told differently" in answer.stdout
        )
        told = json.loads(run("sen2 diff", first, second, "--json").stdout)
        assert told["by_field"] == {"assessment.week20": 1}
        rows = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines()))
        assert ("assessment", "week20", "0", "1") in {(r["module"], r["field"], r["before"], r["after"]) for r in rows}

    def test_headers_are_compared_in_what_they_say_of_the_return(self, tmp_path, run):
        first, second = (write_return(tmp_path / name, case_of(1)) for name in ("a", "b"))
        as_xml(first, tmp_path / "first.xml")
        path = as_xml(second, tmp_path / "second.xml")
        path.write_text(path.read_text().replace("<LEA>931</LEA>", "<LEA>937</LEA><SerialNo>7</SerialNo>"))
        answer = run("sen2 diff", tmp_path / "first.xml", path)
        assert answer.exit_code == 1 and "Their headers differ" in answer.stdout
        assert "header: sen2 lea: 931 → 937" in answer.stdout and "serialno" not in answer.stdout
        told = json.loads(run("sen2 diff", tmp_path / "first.xml", path, "--json").stdout)
        assert (told["in_header"], told["by_field"]) == (1, {"sen2.lea": 1})

    def test_one_that_cannot_be_read_ends_with_2(self, tmp_path, run):
        folder = write_return(tmp_path / "a", case_of(1))
        (tmp_path / "empty").mkdir()
        assert run("sen2 diff", folder, tmp_path / "empty").exit_code == 2
        assert run("sen2 diff", folder, tmp_path / "nowhere").exit_code == 2
