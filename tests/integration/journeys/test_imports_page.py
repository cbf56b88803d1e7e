"""Bringing files in from the page: what is refused beside its field, the progress, and what became of every row."""

import csv
import io
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Case, ImportBatch, Outcome
from casetracker.roles import Role
from casetracker.services.imports import running
from casetracker.tasks.imports import run_waiting
from tests.conftest import NOW
from tests.integration.imports.returns import case_of, together, write_return

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
CASES = """case_reference,person_reference,forename,surname,date_of_birth,received_on
C-1,P-1,Ada,Lovell,2015-03-04,2026-01-05
C-2,P-2,=SUM(A1),Ó Súilleabháin,2016-01-01,2026-02-02
"""
EVENTS = """case_reference,event,occurred_on
C-1,assessment_agreed,2026-02-09
C-1,assessment_agreed,31/02/2026
=cmd|' /C calc'!A0,note_added,2026-02-09
"""


def text(answer) -> str:
    return " ".join(" ".join(html.fromstring(answer.text).find(".//main").itertext()).split())


def sent(kind: str, *files: tuple[str, str], dry_run: bool = False) -> dict[str, object]:
    uploaded = [(io.BytesIO(content.encode()), name) for name, content in files]
    return {"kind": kind, "files": uploaded, **({"dry_run": "y"} if dry_run else {})}


def history(*, dry_run: bool = False) -> dict[str, object]:
    return sent("history", ("Cases.CSV", CASES), ("events.csv", EVENTS), dry_run=dry_run)


def post(browser, fields, *, status: int = 302):
    return browser.post("/imports/new", fields, status=status, content_type="multipart/form-data")


class TestUploading:
    def test_a_history_goes_from_the_page_to_the_caseload(self, app, client, user):
        browser = client(user(Role.DATA_OFFICER))
        page = post(browser, history()).location
        waiting = text(browser.get(page))
        assert "Waiting for the worker to begin" in waiting and "0 of 0 cases read." in waiting
        folder = Path(app.config["DATA_FOLDER"]) / "uploads"
        assert len(list(folder.iterdir())) == 1
        assert run_waiting() == 1
        assert list(folder.iterdir()) == []  # children's details are not left lying in files
        done = text(browser.get(page))
        assert "Cases: 2 new, 0 added to, 0 unchanged, 0 refused." in done
        assert browser.get(f"{page}/progress").json == {"done": 2, "total": 2, "outcome": "done"}
        assert "Whole past" in text(browser.get("/imports"))
        assert "Lovell" in client(user(Role.DATA_OFFICER)).get("/cases?closed=yes&q=lovell").text

    def test_a_return_is_read_and_its_totals_add_up(self, client, user, tmp_path):
        folder = write_return(tmp_path / "return", together(case_of(1), case_of(2, start="2023-Jan-01 00:00:00")))
        files = [(path.name, path.read_text()) for path in sorted(folder.iterdir())]
        browser = client(user(Role.DATA_OFFICER))
        page = post(browser, sent("sen2_csv", *files)).location
        run_waiting()
        rows = html.fromstring(browser.get(page).text).xpath("//table[1]/tbody/tr")
        for row in rows:
            read, loaded, already, refused = (int(cell.text.replace(",", "")) for cell in row.findall("td"))
            assert read == loaded + already + refused
        assert len(rows) >= 4

    def test_a_return_comes_in_as_xml_too(self, client, user):
        xml = (
            "<Message><Header><CollectionDetails><Year>2024</Year><ReferenceDate>2024-01-18</ReferenceDate>"
            "</CollectionDetails></Header><Persons><Person><Surname>Lovell</Surname><Forename>Ada</Forename><Requests>"
            "<ReceivedDate>2023-02-01</ReceivedDate><RequestOutcome>A</RequestOutcome></Requests></Person></Persons></Message>"
        )
        browser = client(user(Role.DATA_OFFICER))
        page = post(browser, sent("sen2_csv", ("Return.XML", xml))).location
        assert run_waiting() == 1
        assert "Cases: 1 new, 0 added to, 0 unchanged, 0 refused." in text(browser.get(page))
        answer = post(browser, sent("sen2_csv", ("a.xml", xml), ("b.csv", "x")), status=200)
        assert "Choose the XML file of the return by itself" in text(answer)

    def test_only_to_check_stores_nothing_and_reports_the_same(self, client, user):
        browser = client(user(Role.DATA_OFFICER))
        page = post(browser, history(dry_run=True)).location
        run_waiting()
        assert "Nothing was stored: this only checked the files." in text(browser.get(page))
        assert "31/02/2026" in text(browser.get(page))
        assert db.session.scalar(select(func.count(Case.id))) == 0

    def test_each_refused_row_is_on_the_page_and_in_a_file_that_runs_nothing(self, client, user):
        browser = client(user(Role.DATA_OFFICER))
        page = post(browser, history()).location
        run_waiting()
        shown = text(browser.get(page))
        assert "events.csv, line 3" in shown and "31/02/2026" in shown
        answer = browser.get(f"{page}/refused.csv")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        refused = {(row["file"], row["line"]): row["value"] for row in rows if row["severity"] == "refused"}
        assert refused["events.csv", "3"] == "31/02/2026"
        assert refused["events.csv", "4"] == "'=cmd|' /C calc'!A0"

    def test_a_file_that_cannot_be_read_says_why(self, client, user):
        browser = client(user(Role.DATA_OFFICER))
        page = post(browser, sent("history", ("cases.csv", ""), ("events.csv", EVENTS))).location
        run_waiting()
        assert "The files could not be read. cases.csv is empty" in text(browser.get(page))


class TestBadInput:
    @pytest.mark.parametrize(
        ("kind", "names", "field", "message"),
        [
            ("history", [], "files", "Choose the files"),
            ("history", ["a.csv"], "files", "Choose two files, called cases.csv and events.csv"),
            ("history", ["cases.xlsx", "events.csv"], "files", "Every file must be a CSV file"),
            ("sen2_csv", ["a.csv", "A.CSV"], "files", "Two of the files have the same name"),
            ("sen2_csv", [f"{n}.csv" for n in range(13)], "files", "no more than 12 files"),
            ("", ["a.csv"], "kind", "Choose what you are bringing in"),
        ],
    )
    def test_is_said_beside_the_field_and_nothing_is_kept(self, app, client, user, kind, names, field, message):
        fields = sent(kind, *((name, "x") for name in names))
        answer = post(client(user(Role.DATA_OFFICER)), fields, status=200)
        said = html.fromstring(answer.text).get_element_by_id(f"{field}-error")
        assert message in " ".join(said.itertext())
        assert db.session.scalar(select(func.count(ImportBatch.id))) == 0
        assert not (Path(app.config["DATA_FOLDER"]) / "uploads").exists()

    def test_a_name_that_climbs_out_of_its_folder_does_not(self, app, client, user):
        post(client(user(Role.DATA_OFFICER)), sent("sen2_csv", ("../../../escaped_sen2.csv", "x")))
        folder = Path(app.config["DATA_FOLDER"])
        assert [path.name for path in folder.rglob("*escaped*")] == ["escaped_sen2.csv"]
        assert next(folder.rglob("*escaped*")).parent.parent == folder / "uploads"

    def test_more_than_may_be_sent_is_answered_with_413(self, app, client, user):
        app.config["MAX_UPLOAD_LENGTH"] = 1000
        answer = post(client(user(Role.DATA_OFFICER)), sent("sen2_csv", ("a.csv", "x" * 5000)), status=413)
        assert "too large" in answer.text.lower() or "too big" in answer.text.lower()


def test_one_killed_half_way_shows_how_far_it_got_and_is_taken_up_again(client, user, session):
    batch = running.begin(kind="history", source="cases.csv", at=NOW, stored_at="gone")
    batch.outcome, batch.done, batch.total, batch.worked_at = Outcome.RUNNING, 250, 1000, NOW
    session.commit()
    shown = client(user(Role.DATA_OFFICER)).get(f"/imports/{batch.id}")
    assert "250 of 1,000 cases read." in text(shown)
    bar = html.fromstring(shown.text).get_element_by_id("progress")
    assert (bar.get("max"), bar.get("value")) == ("1000", "250")


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CASEWORKER, 403), (Role.MANAGER, 403), (Role.DATA_OFFICER, 200), (Role.ADMINISTRATOR, 200)],
)
def test_who_may_bring_files_in(client, user, role, status):
    browser = client(user(role))
    for path in ("/imports", "/imports/new"):
        browser.get(path, status=status)
    browser.get("/imports/999", status=404 if status == 200 else 403)
