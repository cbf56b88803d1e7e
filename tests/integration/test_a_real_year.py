"""
A whole authority's year: a synthetic return whose totals are Oxfordshire's published cells of 2023, brought in once.

The timeliness page, the measures, the DfE's row and the return made again must all say what was published.
"""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from casetracker import clock, create_app
from casetracker.commands import main
from casetracker.extensions import db
from casetracker.measures.shipped import BY_KEY
from casetracker.models import Case, CaseEvent, ImportBatch, Outcome
from casetracker.periods import Span, period_of
from casetracker.published.measures import HEADLINE
from casetracker.queries import comparators, own_return, timeliness
from casetracker.queries.measures.figures import for_period
from casetracker.queries.measures.known import Asked
from casetracker.sen2.book import shipped
from casetracker.sen2.differences import Tally, between
from casetracker.sen2.figures import TIMELINESS, Figures
from casetracker.sen2.files import open_return
from casetracker.sen2.records import Tidier
from casetracker.services import comparators as published
from casetracker.services import verification
from casetracker.statute.stages import Stage
from casetracker.transactions import unit_of_work
from tests.conftest import migrate, settings
from tests.integration.imports.test_sen2 import bring_in
from tests.postgresql import LentDatabase
from tests.services import postgresql_url, require, shared_data

pytestmark = pytest.mark.usefixtures("in_the_tracker")
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def data() -> Path:
    """The folder of the return and of the DfE's releases."""
    require("shared")
    folder = shared_data()
    assert folder is not None
    return folder / "data"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tracker(
    request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, int]]:
    """A tracker with the return in it, and the number of the import that brought it."""
    folder = tmp_path_factory.mktemp("a-real-year")
    lent: LentDatabase | None = None
    if request.param == "sqlite":
        address = f"sqlite:///{folder / 'casetracker.db'}"
        migrate(address, folder)
    else:
        require("postgresql")
        lent = LentDatabase(postgresql_url() or "", lambda address: migrate(address, folder), name="a_real_year")
        address = lent.address
    app = create_app(settings(address, folder))
    with app.app_context():
        number = bring_in(data / "sen2-oxfordshire-2023").id
        db.session.remove()
    yield app, number
    with app.app_context():
        db.engine.dispose()
    if lent is not None:
        lent.drop()


@pytest.fixture
def in_the_tracker(tracker: tuple[Flask, int]) -> Iterator[None]:
    """Have the test inside the application's context."""
    with tracker[0].app_context():
        yield
        db.session.remove()


def test_every_row_is_read_and_the_published_line_is_reproduced(tracker):
    batch = db.session.get_one(ImportBatch, tracker[1])
    found = timeliness.for_period(*YEAR)
    assert batch.outcome is Outcome.DONE
    assert (found.plans_issued, found.plans_issued_ex) == (994, 993)
    assert (found.within_20_weeks, found.within_20_weeks_ex) == (533, 533)
    assert (found.over_20_to_52_weeks, found.over_52_weeks) == (446, 15)
    assert (str(found.percent), str(found.percent_ex)) == ("53.6", "53.7")
    assert {n["read"] for n in batch.counts["files"].values()} == {6420, 7102, 7340}
    assert db.session.scalar(select(func.count(Case.id)).where(Case.stage == Stage.ISSUED)) == 6420


@pytest.mark.parametrize(
    ("measure", "numbers"),
    [
        ("plans_within_20_weeks", (533, 993)),
        ("plans_within_20_weeks_including_exceptions", (533, 994)),
        ("plans_20_to_52_weeks", (446, 994)),
        ("plans_over_52_weeks", (15, 994)),
    ],
)
def test_the_measures_say_the_same(measure, numbers):
    later = date(2026, 12, 31)
    figure = for_period(Asked(BY_KEY[measure], later, later), period_of(YEAR[0], Span.CALENDAR))
    assert (figure.numerator, figure.denominator) == numbers
    assert measure != "plans_within_20_weeks" or str(figure.value) == "53.7"


def test_the_published_row_comes_out_of_the_return_cell_by_cell(data, tmp_path):
    for table in ("timeliness_20_week", "requests", "assessments"):
        published.bring_in(Path(shutil.copy(data / "dfe-ehc-plans-2025" / f"{table}.csv", tmp_path)), at=AT)
    the_row, counted = comparators.row_of("931", 2023), own_return.cells(2023)
    agreed = {key for key in counted if the_row[key] == counted[key]}
    # Three decisions of no plan, late, are not in the DfE's row. Nothing in the return tells three from the rest (the
    # test below), and these cells are not among those that it was made to equal.
    assert set(counted) - agreed == {
        "outcome_decision_over_time",
        "outcome_decision_within_time_pc",
        "outcome_decision_over_time_pc",
    }
    assert (the_row["outcome_decision_over_time"], counted["outcome_decision_over_time"]) == (71, 74)
    expected = {
        "plans_issued_den": 994, "plans_issued_den_ex": 993,
        "plans_issued_within_20_weeks": 533, "plans_issued_20_weeks_ex": 533,
        "plans_issued_gt20weeks_ltyear": 446, "plans_issued_gt20weeks_ltyear_ex": 445,
        "plans_issued_gt_1_year": 15, "plans_issued_gt_1_year_ex": 15,
        "pc_plans_issued_within_20_weeks": 53.6, "pc_plans_issued_20_weeks_ex": 53.7,
        "pc_plans_issued_gt20weeks_ltyear": 44.9, "pc_plans_issued_gt20weeks_ltyear_ex": 44.8,
        "pc_plans_issued_gt_1_year": 1.5, "pc_plans_issued_gt_1_year_ex": 1.5,
        "requests_received_in_year": 1384, "requests_decided_to_assess": 1146,
        "requests_decided_not_to_assess": 218, "requests_decision_not_made": 20, "requests_withdrawn": 0,
        "request_assess_pc": 82.8, "request_not_assess_pc": 15.8, "request_outstanding_pc": 1.4,
        "request_withdrawn_pc": 0.0,
        "assess_in_year": 1336, "assess_issued": 1220, "assess_not_issued": 114, "assess_withdrawn": 2,
        "outcome_decision_within_time": 40, "outcome_decision_over_time": 74,
        "outcome_decision_within_time_pc": 35.1, "outcome_decision_over_time_pc": 64.9,
        "assess_issued_pc": 91.3, "assess_not_issued_pc": 8.5, "assess_withdrawn_pc": 0.1,
    }  # fmt: skip
    assert counted == expected
    in_2024 = next(one for one in comparators.by_year(HEADLINE, "931") if one.year == 2024)
    assert (in_2024.ours.value, in_2024.nation.value, in_2024.region.area) == (38.5, 46.4, "South East")
    assert {one.area for one in in_2024.left_out} >= {"Lewisham", "Dorset", "City of London"}
    assert in_2024.place.of == 153 - len(in_2024.left_out)
    assert 1 < in_2024.place.rank < in_2024.place.of
    db.session.rollback()


def test_nothing_in_the_return_tells_three_decisions_of_no_plan_from_the_others(data):
    folder = data / "sen2-oxfordshire-2023"
    requests, assessments = (
        list(csv.DictReader(next(folder.glob(f"*_{name}.csv")).read_text(encoding="utf-8-sig").splitlines()))
        for name in ("requests", "assessment")
    )
    of_request = {row["requeststableid"]: row for row in requests}
    refused = [row for row in assessments if row["assessmentoutcome"] == "N"]
    assert len(refused) == 114
    flags = {
        tuple(value for name, value in row.items() if name.endswith(("mediation", "tribunal", "week20")))
        + tuple(of_request[row["requeststableid"]][name] for name in ("requestoutcome", "rya", "exported"))
        + tuple(of_request[row["requeststableid"]][name] for name in ("requestmediation", "requesttribunal"))
        + (row["assessmentoutcomedate"][:4], bool(of_request[row["requeststableid"]]["receiveddate"]))
        for row in refused
    }
    assert len(flags) == 1


def test_the_return_made_from_it_is_the_return_record_by_record(tracker, data, tmp_path):
    build = main.get_command(None, "sen2")
    answer = (
        tracker[0]
        .test_cli_runner()
        .invoke(build, ["build", "--year", "2024", "--out", str(tmp_path / "csv"), "--no-dmo", "--dco"])
    )
    assert answer.exit_code == 0, answer.output
    tally, tidier, made = Tally(), Tidier(2024, shipped()), Figures(shipped().version(2024))
    with open_return(data / "sen2-oxfordshire-2023") as before, open_return(tmp_path / "csv") as after:
        found = list(between(map(tidier.tidy, before.people()), map(tidier.tidy, after.people()), tally))
    assert found == [] and (tally.people_before, tally.people_after) == (7340, 7340)
    with open_return(tmp_path / "csv") as file:
        for person in file.people():
            made.add(tidier.tidy(person))
    page, of_the_return = timeliness.for_period(*YEAR), made.as_dict()
    assert {name: of_the_return[name] for name in TIMELINESS} == {name: getattr(page, name) for name in TIMELINESS}


def test_brought_in_again_nothing_changes_and_every_history_verifies(data):
    before = db.session.scalar(select(func.count(CaseEvent.id)))
    batch = bring_in(data / "sen2-oxfordshire-2023")
    assert db.session.scalar(select(func.count(CaseEvent.id))) == before
    assert batch.counts["cases"] == {"new": 0, "added_to": 0, "unchanged": 7340, "refused": 0}
    with unit_of_work():
        assert verification.verify(on=clock.today(), sample=300).found == 0
