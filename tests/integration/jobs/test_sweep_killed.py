"""A sweep killed anywhere and run again leaves the rows of one that was left alone; two at once leave those of one."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, literal, select, union_all

from casetracker import jobs
from casetracker.demonstration import load as demonstration
from casetracker.extensions import db
from casetracker.models import Alert, Case, JobRun, MilestoneRow, Outcome
from casetracker.queries import jobs as job_queries
from casetracker.services import histories, sweeps, verification
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.integration.jobs.agreeing import assert_case_is_as_replay_says, at_noon

ROOT = Path(__file__).resolve().parents[3]
LOADED_ON, SWEPT_ON = date(2026, 6, 1), date(2026, 6, 15)
REAL, COPIES = 200, 25
WORKER = """
import sys
from pathlib import Path
from sqlalchemy import event
from casetracker import create_app
from casetracker.extensions import db
from casetracker.tasks.nightly import sweep
from tests.conftest import settings

uri, folder, stop_after = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
written = 0

def stop(connection, cursor, statement, parameters, context, executemany):
    global written
    swept = ("UPDATE milestones", "UPDATE cases", "UPDATE alerts", "INSERT INTO alerts")
    written += statement.lstrip().startswith(swept)
    if written == stop_after:
        print("in the middle", flush=True)
        sys.stdin.read()

app = create_app(settings(uri, folder))
with app.app_context():
    event.listen(db.engine, "after_cursor_execute", stop)
    sweep.run(on=sys.argv[4])
"""


@pytest.fixture
def county(session):
    """Five thousand cases: a few hundred made up, and copies of their rows."""
    demonstration.load(today=LOADED_ON, now=datetime(2026, 6, 1, 9, tzinfo=UTC), cases=REAL)
    numbers = union_all(*(select(literal(n).label("n")) for n in range(1, COPIES))).subquery()
    name = Case.reference + "-" + func.cast(numbers.c.n, Case.reference.type)
    columns = [column for column in Case.__table__.columns if column.key not in ("id", "reference")]
    db.session.execute(
        insert(Case).from_select(
            ["reference", *(c.key for c in columns)],
            select(name, *columns).join(numbers, literal(True)),
            include_defaults=False,
        )
    )
    copy = Case.__table__.alias()
    rest = [column for column in MilestoneRow.__table__.columns if column.key not in ("id", "case_id")]
    of_copies = (
        select(copy.c.id, *rest)
        .select_from(MilestoneRow)
        .join(Case, Case.id == MilestoneRow.case_id)
        .join(numbers, literal(True))
        .join(copy, copy.c.reference == name)
    )
    db.session.execute(
        insert(MilestoneRow).from_select(["case_id", *(c.key for c in rest)], of_copies, include_defaults=False)
    )
    db.session.commit()
    assert db.session.scalar(select(func.count(Case.id))) == REAL * COPIES


def rows() -> Iterator[list[tuple[object, ...]]]:
    """Yield all that a sweep may write, in an order of its own."""
    tables = (
        (MilestoneRow, (MilestoneRow.case_id, MilestoneRow.key), set()),
        (Case, (Case.id,), set()),
        (Alert, (Alert.case_id, Alert.milestone_key, Alert.level, Alert.raised_on), {"id"}),
    )
    for table, order, left_out in tables:
        columns = [column for column in table.__table__.columns if column.key not in left_out]
        yield [tuple(row) for row in db.session.execute(select(*columns).order_by(*order))]


def killed_in_the_middle(uri: str, folder: Path, *, stop_after: int) -> None:
    """Start a worker on the sweep, and kill it once it has made so many of the sweep's statements."""
    arguments = [sys.executable, "-c", WORKER, uri, str(folder), str(stop_after), SWEPT_ON.isoformat()]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "in the middle\n"
        worker.kill()
        assert worker.wait(timeout=30) == -signal.SIGKILL


def test_a_worker_killed_in_the_middle_and_run_again_leaves_the_rows_of_an_undisturbed_sweep(
    county, session, database_uri, tmp_path, on_the_day
):
    on_the_day.move_to(datetime(2026, 6, 15, 0, 30, tzinfo=UTC))
    before = list(rows())
    sweeps.sweep(on=SWEPT_ON, at=at_noon(SWEPT_ON))
    undisturbed = list(rows())
    db.session.rollback()
    assert before != undisturbed

    for stop_after in (1, 4, 7):
        killed_in_the_middle(database_uri, tmp_path, stop_after=stop_after)
        assert list(rows()) == before, f"killed after {stop_after} statements"
        db.session.rollback()
    left = db.session.scalars(select(JobRun)).all()
    assert [(run.outcome, run.ended_at) for run in left] == [(Outcome.RUNNING, None)] * 3
    (shown,) = job_queries.last_runs(at=left[-1].started_at + timedelta(hours=7))
    assert shown.outcome == "did not finish"
    db.session.rollback()

    jobs.sweep(on=SWEPT_ON)
    assert list(rows()) == undisturbed


class Together:
    """Things done at the same time, each with a connection of its own; the first fault among them is raised."""

    def __init__(self, app) -> None:
        self.app = app
        self.faults: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def do(self, work) -> None:
        def run() -> None:
            try:
                with self.app.app_context():
                    work()
                    db.session.remove()
            except BaseException as fault:  # noqa: BLE001  (handed to the test, which raises it)
                self.faults.append(fault)

        self.threads.append(threading.Thread(target=run))

    def wait(self) -> None:
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in self.threads), "something waits for ever"
        if self.faults:
            raise self.faults[0]


def test_two_sweeps_at_once_do_what_one_does(county, app, session):
    sweeps.sweep(on=SWEPT_ON, at=at_noon(SWEPT_ON))
    undisturbed = list(rows())
    db.session.rollback()
    together = Together(app)
    for _ in range(3):
        together.do(lambda: (sweeps.sweep(on=SWEPT_ON, at=at_noon(SWEPT_ON)), db.session.commit()))
    together.wait()
    assert list(rows()) == undisturbed


def test_people_record_while_sweeps_run_and_nobody_waits_for_ever(app, session):
    received = date(2026, 1, 5)
    steps = [(H.ASSESSMENT_AGREED, date(2026, 2, 9))]
    steps += [(H.ADVICE_ASKED, date(2026, 2, 9), {"advice_kind": kind}) for kind in ("medical", "educational")]
    ids = [
        factories.case(received_on=received, steps=steps, reference=f"W-{n}", today=date(2026, 3, 2)).id
        for n in range(40)
    ]
    db.session.commit()
    nights = [date(2026, 3, 16) + timedelta(days=n) for n in range(20)]

    def sweep_every_night() -> None:
        for night in nights:
            sweeps.sweep(on=night, at=at_noon(night))
            db.session.commit()

    def record(kind: str, cases: list[int]) -> None:
        for place, case_id in enumerate(cases):
            on = nights[place % len(nights)]
            entry = histories.NewEntry(H.ADVICE_RECEIVED, on, at_noon(on), {"advice_kind": kind})
            histories.append(case_id=case_id, entries=[entry], today=on)
            db.session.commit()

    together = Together(app)
    together.do(sweep_every_night)
    together.do(sweep_every_night)
    together.do(lambda: record("medical", ids[:20]))
    together.do(lambda: record("educational", ids[20:]))
    together.wait()
    sweeps.sweep(on=nights[-1], at=at_noon(nights[-1]))
    for case_id in ids:
        assert_case_is_as_replay_says(case_id, on=nights[-1])
    assert verification.verify(on=nights[-1]).found == 0
