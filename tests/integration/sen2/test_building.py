"""A year's return from the cases in the tracker: a small year worked out by hand, and a whole authority's returned again."""

# ruff: noqa: E501  (rows of data, one to a line)

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Case, Outcome, Placement, PlanNeed, ReturnDetails, Sen2Return
from casetracker.queries import returns, sen2_returns, timeliness
from casetracker.sen2.book import shipped
from casetracker.sen2.figures import TIMELINESS, Figures
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Need, Placed
from casetracker.sen2.making import person_row
from casetracker.sen2.records import Tidier
from casetracker.services import histories
from casetracker.services.histories import NewEntry
from casetracker.services.returns import keeping
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.integration.imports.returns import case_of, together, write_return
from tests.integration.imports.test_sen2 import bring_in

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
GOLDEN = Path(__file__).parent / "golden" / "return-2026.xml"
AT = datetime(2026, 1, 20, 12, tzinfo=UTC)
VERSION = shipped().version(2026)
OFFICERS = ("--dmo", "--no-dco", "--dsco")


def child(name: str, **more):
    details = {"sex": "F", "ethnicity": "WBRI", "postcode": "OX1 1ND", "upn_unknown": "UN1"}
    return factories.person(forename=name, surname="Lovell", born_on=date(2016, 3, 4), **{**details, **more})


def at_school(urn: str, on: date) -> Kept:
    where = {"rank": "1", "urn": urn, "in_sen_unit": False, "in_resourced_provision": False}
    placements = (Placed(NAMED, **where), Placed(ATTENDED, entered_on=on, **where))
    return Kept(
        personal_budget=True, is_active=True, as_at=date(2026, 1, 15), placements=placements, needs=(Need("ASD", "1"),)
    )


def lifetime(received: date, agreed: date, plan: date, final: date):
    return [
        (H.ASSESSMENT_AGREED, agreed),
        (H.PLAN_AGREED, plan),
        (H.DRAFT_PLAN_SENT, plan),
        (H.FINAL_PLAN_ISSUED, final),
    ]


def small_year() -> None:
    """Make nine children whose cases end in as many ways; the golden file is what a person makes of them by hand."""
    d = date
    in_time = factories.case(
        child=child("Ada"),
        received_on=d(2025, 1, 6),
        steps=lifetime(d(2025, 1, 6), d(2025, 2, 10), d(2025, 4, 21), d(2025, 5, 26)),
    )
    late = factories.case(
        child=child("Bea", sex="M", upn="H801200001001", upn_unknown=""), received_on=d(2025, 1, 6),
        steps=[(H.ASSESSMENT_AGREED, d(2025, 2, 10)), (H.EXCEPTION_RECORDED, d(2025, 3, 1), {"paragraph": "13(3)(c)", "evidence": "e", "approved_by": "a"}), *lifetime(d(2025, 1, 6), d(2025, 2, 10), d(2025, 4, 21), d(2025, 7, 28))[1:]],
    )  # fmt: skip
    older = factories.case(
        child=child("Cat"),
        received_on=d(2024, 1, 8),
        steps=[*lifetime(d(2024, 1, 8), d(2024, 2, 12), d(2024, 4, 22), d(2024, 5, 27))],
    )
    factories.case(
        child=child("Dot"),
        received_on=d(2025, 3, 3),
        steps=[
            (H.ASSESSMENT_REFUSED, d(2025, 4, 7)),
            (H.MEDIATION_ASKED, d(2025, 4, 20)),
            (H.APPEAL_REGISTERED, d(2025, 5, 20)),
        ],
    )
    factories.case(child=child("Eve"), received_on=d(2025, 12, 15), steps=[(H.ASSESSMENT_AGREED, d(2026, 1, 12))])
    factories.case(
        child=child("Fay"),
        received_on=d(2025, 3, 3),
        steps=[(H.ASSESSMENT_AGREED, d(2025, 4, 7)), (H.REQUEST_WITHDRAWN, d(2025, 5, 1))],
    )
    factories.case(
        child=child("Gil"),
        received_on=d(2025, 3, 3),
        steps=[(H.ASSESSMENT_AGREED, d(2025, 4, 7)), (H.MOVED_OUT, d(2025, 5, 1))],
    )
    ceased = factories.case(
        child=child("Hal"),
        received_on=d(2023, 1, 9),
        steps=[
            *lifetime(d(2023, 1, 9), d(2023, 2, 13), d(2023, 4, 24), d(2023, 5, 29)),
            (H.CASE_CLOSED, d(2025, 9, 1), {"reason": "2"}),
        ],
    )
    factories.case(child=child("Ian"), received_on=d(2024, 3, 4), steps=[(H.ASSESSMENT_REFUSED, d(2024, 4, 8))])
    factories.case(child=child("Jen"), received_on=d(2026, 1, 5))
    kept = {case.id: at_school("123456", d(2025, 9, 1)) for case in (in_time, late, older, ceased)}
    keeping.keep(kept, at=AT)
    db.session.commit()


class TestTheSmallYear:
    def test_is_what_a_person_makes_of_it_by_hand(self, tmp_path, run):
        small_year()
        answer = run("sen2 export", "--year", 2026, "--xml", tmp_path / "r.xml", *OFFICERS, "--json")
        told = json.loads(answer.stdout)
        assert told["errors"] == 0, told["issues"]
        assert answer.exit_code == 0
        assert person_lines(tmp_path / "r.xml") == person_lines(GOLDEN)
        assert [path.name for path in tmp_path.glob("*.part")] == []

    def test_officers_are_those_that_the_return_built_last_said_where_nothing_else_is(self, tmp_path, run):
        small_year()
        db.session.add(
            Sen2Return(
                year=2026, number=1, version=VERSION.version, asked_at=AT, outcome=Outcome.WAITING, stored_as="0" * 32,
                header={"dmo": "1", "dco": "0", "dsco": "1"},
            )
        )  # fmt: skip
        db.session.commit()
        run("sen2 export", "--year", 2026, "--xml", tmp_path / "r.xml", "--no-dsco")
        written = (tmp_path / "r.xml").read_text().lower()
        assert "<dmo>1</dmo>" in written and "<dco>0</dco>" in written and "<dsco>0</dsco>" in written

    def test_as_csv_it_is_the_same_return(self, tmp_path, run):
        small_year()
        assert run("sen2 build", "--year", 2026, "--out", tmp_path / "csv", *OFFICERS).exit_code == 0
        assert run("sen2 diff", tmp_path / "csv", GOLDEN).exit_code == 0

    def test_agrees_with_the_timeliness_page(self):
        small_year()
        page = timeliness.for_period(VERSION.first_day, VERSION.last_day)
        made = figures()
        assert {name: made[name] for name in TIMELINESS} == {name: getattr(page, name) for name in TIMELINESS}
        assert (made["plans_issued"], made["plans_issued_ex"], made["within_20_weeks"]) == (2, 1, 1)

    def test_a_corrected_dispute_is_not_flagged(self):
        small_year()
        dot = db.session.scalars(select(Case).where(Case.received_on == date(2025, 3, 3)).order_by(Case.id)).first()
        assert dot is not None
        wrong = factories.entry((H.ENTRY_WITHDRAWN, date(2025, 5, 20)))
        histories.append(
            case_id=dot.id,
            entries=[NewEntry(wrong.happening, wrong.occurred_on, wrong.recorded_at, corrects=4)],
            today=date(2026, 1, 20),
        )
        (row,) = [r for r in rows() if r["forename"] == "Dot"]
        (request,) = row.children["requests"]
        assert (request["requestmediation"], request["requesttribunal"]) == ("1", "0")

    def test_a_report_lists_everything_that_was_found(self, tmp_path, run):
        small_year()
        report = tmp_path / "found.csv"
        answer = run("sen2 export", "--year", 2026, "--xml", tmp_path / "r.xml", "--report", report, "--json")
        found = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines()))
        assert len(found) == sum(issue["count"] for issue in json.loads(answer.stdout)["issues"]) == 8
        assert {row["rule"] for row in found} == {"CT105", "CT106", "CT311"}

    def test_a_year_that_is_not_known_ends_with_2(self, tmp_path, run):
        answer = run("sen2 export", "--year", 2031, "--xml", tmp_path / "r.xml")
        assert answer.exit_code == 2 and "no return for the collection of 2031 is known" in answer.stderr

    def test_a_folder_with_files_in_it_is_left_alone(self, tmp_path, run):
        (tmp_path / "mine.txt").write_text("mine")
        answer = run("sen2 build", "--year", 2026, "--out", tmp_path)
        assert answer.exit_code == 2 and "is not empty" in answer.stderr
        assert [path.name for path in tmp_path.glob("*.csv")] == []

    def test_with_force_the_return_in_a_folder_is_written_over_and_nothing_else(self, tmp_path, run):
        small_year()
        (tmp_path / "mine.txt").write_text("mine")
        (tmp_path / "Blade-Export_01-01-2026_person.csv").write_text("of an earlier build")
        assert run("sen2 build", "--year", 2026, "--out", tmp_path, "--force", *OFFICERS).exit_code == 0
        assert (tmp_path / "mine.txt").read_text() == "mine" and len(list(tmp_path.glob("*.csv"))) == 9
        assert run("sen2 diff", tmp_path, GOLDEN).exit_code == 0

    def test_a_file_that_is_there_is_written_over_only_with_force(self, tmp_path, run):
        small_year()
        path = tmp_path / "r.xml"
        path.write_text("mine")
        answer = run("sen2 export", "--year", 2026, "--xml", path)
        assert answer.exit_code == 2 and "is there already" in answer.stderr and path.read_text() == "mine"
        assert run("sen2 export", "--year", 2026, "--xml", path, "--force").exit_code == 0
        assert person_lines(path) == person_lines(GOLDEN)

    @pytest.mark.parametrize("words", [("sen2 build", "--out"), ("sen2 export", "--xml")])
    def test_where_nothing_can_be_written_one_line_says_so(self, tmp_path, run, words):
        (tmp_path / "file").write_text("no folder")
        command, option = words
        answer = run(command, "--year", 2026, option, tmp_path / "file" / "r")
        assert (
            answer.exit_code == 2 and answer.stderr == f"Error: {tmp_path}/file/r cannot be written: Not a directory\n"
        )
        answer = run(command, "--year", 2026, option, tmp_path / "r", "--report", tmp_path / "file" / "found.csv")
        assert answer.exit_code == 2 and "found.csv cannot be written: Not a directory" in answer.stderr

    def test_before_its_census_day_it_is_said_to_be_a_rehearsal(self, tmp_path, run):
        words = ("--report", tmp_path / "found.csv")
        assert "21 January 2027, is still to come: this is a rehearsal" in (
            run("sen2 export", "--year", 2027, "--xml", tmp_path / "r.xml", *words).stdout
        )
        for year, is_ahead in ((2026, False), (2027, True)):
            told = json.loads(run("sen2 export", "--year", year, "--xml", tmp_path / f"{year}.xml", "--json").stdout)
            assert told["rehearsal"] is is_ahead

    def test_what_does_not_fit_the_schema_is_not_kept(self, tmp_path, run):
        small_year()
        placed = Placed(ATTENDED, "1", "abc", entered_on=date(2025, 1, 1))
        bad = Kept(is_active=True, as_at=date(2026, 1, 16), placements=(placed,))
        case_id = db.session.scalar(select(func.min(ReturnDetails.case_id)))
        keeping.keep({case_id: bad}, at=AT)
        db.session.commit()
        answer = run("sen2 export", "--year", 2026, "--xml", tmp_path / "r.xml")
        assert (
            answer.exit_code == 1
            and "does not fit its schema" in answer.stderr
            and "CT-F-placementdetail.urn" in answer.stdout
        )
        assert list(tmp_path.glob("r.xml*")) == []


def rows(year: int = 2026):
    version, tidier = shipped().version(year), Tidier(year, shipped())
    people = (p for batch in returns.in_batches(version, on=date(2026, 6, 1), size=3) for p in batch)
    return [tidier.tidy(row) for person in people if (row := person_row(person, version)) is not None]


def figures(year: int = 2026) -> dict[str, int]:
    found = Figures(shipped().version(year))
    for row in rows(year):
        found.add(row)
    return found.as_dict()


def person_lines(path: Path) -> list[str]:
    """Return the lines of a return that are people; the header has the moment in it."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("<Person>")]


class TestReturnedAgain:
    """A return brought into an empty tracker, and that year's return made from it."""

    def test_again_and_with_an_earlier_return_after_it_the_same_is_kept(self, tmp_path):
        rows_of = together(case_of(1), case_of(2, mediation="1"))
        rows_of["activeplans"] = [
            {"activeplanstableid": "1", "requeststableid": "1", "lastreview": "2023-Dec-01 00:00:00"}
        ]
        rows_of["senneed"] = [{"senneedtableid": "1", "activeplanstableid": "1", "sentype": "ASD", "sentyperank": "1"}]
        folder = write_return(tmp_path / "r", rows_of)
        bring_in(folder)
        first = kept()
        assert [(row[0], row[2]) for row in first] == [(False, date(2023, 12, 1)), (True, None)]
        bring_in(folder)
        assert kept() == first
        header = next(folder.glob("*_sen2.csv"))
        header.write_text(header.read_text().replace("2024-Jan-18", "2023-Jan-19").replace(",2024,", ",2023,"))
        next(folder.glob("*_senneed.csv")).unlink()
        bring_in(folder)
        assert kept() == first
        assert db.session.scalar(select(func.count(PlanNeed.id))) == 1

    def test_a_later_return_takes_the_place_of_an_earlier_and_not_of_what_was_entered(self, tmp_path):
        bring_in(write_return(tmp_path / "a", together(case_of(1), case_of(2))))
        ids = db.session.scalars(select(ReturnDetails.case_id).order_by(ReturnDetails.case_id)).all()
        keeping.keep({ids[0]: Kept(as_at=date(2026, 1, 1), placements=(Placed(ATTENDED, "1", "123456"),))}, at=AT)
        later = write_return(tmp_path / "b", together(case_of(1, mediation="1"), case_of(2, mediation="1")))
        header = next(later.glob("*_sen2.csv"))
        header.write_text(header.read_text().replace("2024-Jan-18", "2025-Jan-16").replace(",2024,", ",2025,"))
        bring_in(later)
        flags = dict(db.session.execute(select(ReturnDetails.case_id, ReturnDetails.request_mediation)).all())
        assert flags == {ids[0]: None, ids[1]: True}
        assert db.session.scalars(select(Placement.urn)).all() == ["123456"]

    def test_its_header_too_says_what_it_said(self, tmp_path, run):
        rows = {**case_of(1), "sen2": [{"sourcelevel": "L", "dmo": "0", "dco": "true"}]}
        folder = write_return(tmp_path / "r", rows)
        bring_in(folder)
        run("sen2 build", "--year", 2024, "--out", tmp_path / "again")
        told = json.loads(run("sen2 diff", folder, tmp_path / "again", "--json").stdout)
        assert told["in_header"] == 0, told

    def test_officers_are_those_of_the_same_year_else_of_the_latest_and_a_dry_run_says_none(self, tmp_path):
        for year, officers, dry_run in ((2024, "10", False), (2023, "01", False), (2026, "11", True)):
            dmo, dco = officers
            header = {"year": str(year), "referencedate": f"{year}-Jan-18 00:00:00", "dmo": dmo, "dco": dco}
            bring_in(write_return(tmp_path / str(year), {**case_of(1), "sen2": [header]}), dry_run=dry_run)
        told = {year: sen2_returns.last_officers(year) for year in (2023, 2024, 2026, None)}
        first, second = {"dmo": "1", "dco": "0"}, {"dmo": "0", "dco": "1"}
        assert told == {2023: second, 2024: first, 2026: first, None: first}

    def test_a_dry_run_keeps_nothing(self, tmp_path):
        bring_in(write_return(tmp_path / "r", case_of(1)), dry_run=True)
        assert db.session.scalar(select(func.count(ReturnDetails.case_id))) == 0


def kept():
    query = select(
        ReturnDetails.request_mediation,
        ReturnDetails.as_at,
        ReturnDetails.last_review_on,
        ReturnDetails.collection_year,
    )
    return [tuple(row) for row in db.session.execute(query.order_by(ReturnDetails.case_id))]


def test_batches_meet_without_gap_or_overlap():
    small_year()
    names = [p.forename for batch in returns.in_batches(VERSION, on=date(2026, 6, 1), size=2) for p in batch]
    assert names == sorted(set(names)) and len(names) == returns.people_to_read(VERSION) == 8


def test_the_questions_asked_do_not_grow_with_the_people(queries_of):
    small_year()
    counts = []
    for size in (100, 4):
        with queries_of() as asked:
            batches = list(returns.in_batches(VERSION, on=date(2026, 6, 1), size=size))
        counts.append((len(asked) - 1) / len(batches))
    assert counts[0] == counts[1] <= 6
