"""`make bench`: the sweep, the pages and the timeliness query at three sizes, as ratios of one run."""

import argparse
import csv
import io
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_login.utils import _create_identifier
from flask_migrate import upgrade
from sqlalchemy import and_, func, insert, select, text, update

import config
from benchmarks import returns
from benchmarks.board import the_board
from benchmarks.forecasting import BARE_FORECASTS, the_forecasts
from benchmarks.measures import the_measures
from benchmarks.seed import FACTS, HISTORIES, copied, fill
from casetracker import clock, create_app, digesting
from casetracker.extensions import db
from casetracker.models import Alert, Case, CaseEvent, Forecast, MilestoneRow, Person, Tallied, User
from casetracker.periods import Span, period_of
from casetracker.queries import caseload, tallies, timeliness
from casetracker.roles import Role
from casetracker.services import sweeps
from casetracker.services import tallies as keeping

SIZES = (1_000, 100_000, 1_000_000)
TIMES = 7
BARE_SWEEP = "bare scan and update of the rows it looks at"
DAYS = 3
"""Days that are swept after the first, of which the middle one is told."""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of cases, with commas")
    parser.add_argument("--open", action="store_true", help="measure the night alone, with so many open cases")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    results: dict[int, dict[str, float]] = {}
    for size in sizes:
        print(f"{size:,} {'open ' if asked.open else ''}cases (ms)", flush=True)
        with tempfile.TemporaryDirectory(prefix="casetracker-bench-") as folder:
            results[size] = measure(size, Path(folder), only_open=asked.open)
    report(results)
    if not asked.open:
        returns.main()


def measure(size: int, folder: Path, *, only_open: bool = False) -> dict[str, float]:
    """Return every measurement, or those of the night alone, in milliseconds unless its name says otherwise."""
    settings = config.load({"CASETRACKER_DATA": str(folder), "DATABASE_URL": os.environ.get("DATABASE_URL", "")})
    app = create_app(settings)
    found: dict[str, float] = {}
    with app.app_context():
        upgrade()
        tables = HISTORIES if only_open else (*HISTORIES, *FACTS)
        fill(size, today=clock.today(), now=datetime.now(UTC), tables=tables, only_open=only_open)
        figures = (the_figures, returns.the_return, the_digests, the_measures, the_board)
        for part in (the_night, *(() if only_open else figures)):
            found |= told(part())
            db.session.remove()
            _vacuumed()
    if not only_open:
        found |= told(the_pages(app))
    with app.app_context():
        db.engine.dispose()
    return found


def _vacuumed() -> None:
    """Do for PostgreSQL at once what it does by itself within minutes, where nobody has switched that off."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def told(found: dict[str, float]) -> dict[str, float]:
    """Print measurements as they are made: at the largest size they take an hour."""
    for name, value in found.items():
        print(f"  {name}: {value:,.1f}", flush=True)
    return found


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long one piece of work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def the_night() -> dict[str, float]:
    """Measure forecasts and sweeps, and a night of both against the bare reading and writing of both."""
    found = the_forecasts() | the_sweep()
    ours = found["forecasts"] + found["sweep, each day after"]
    bare = found[BARE_FORECASTS] + found[BARE_SWEEP]
    return found | {"a night, both": ours, "a night, times the bare scans and updates": ours / bare}


def the_sweep() -> dict[str, float]:
    """
    Measure a first sweep, which has everything to mark and raise, and those of the days after, which have little.

    Beside the first stands what it takes the database to write the same rows with nothing worked out; beside each of
    the others, to read once and to update the rows that it looks at. One goes before and is taken back: a worker makes
    its statements once.
    """
    first_day = clock.today() - timedelta(days=DAYS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sweeps.sweep(on=first_day, at=clock.now())
    db.session.rollback()
    first = milliseconds(lambda: _swept(first_day))
    same_rows = milliseconds(_written_again)
    db.session.rollback()
    after, bare = [], []
    for number in range(1, DAYS + 1):
        after.append(milliseconds(lambda number=number: _swept(first_day + timedelta(days=number))))  # type: ignore[misc]
        bare.append(milliseconds(_scanned) + milliseconds(_updated))
        db.session.rollback()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        "sweep, first": first,
        "bare writing of the rows it wrote": same_rows,
        "sweep, times that": first / same_rows,
        "sweep, each day after": statistics.median(after),
        BARE_SWEEP: statistics.median(bare),
        "sweep each day after, times that": statistics.median(after) / statistics.median(bare),
        "sweep, MB more": grown,
    }


def _swept(on: date) -> None:
    sweeps.sweep(on=on, at=clock.now())
    db.session.commit()


def _scanned() -> None:
    its_forecast = Forecast.case_id == Case.id
    read: tuple[Any, ...] = (
        select(MilestoneRow.key, MilestoneRow.force, MilestoneRow.excused_by, Case.episode, Case.draft_sent_on)
        .join(Case, Case.id == MilestoneRow.case_id)
        .add_columns(Forecast.slack_days, Forecast.p_final, Forecast.latest_safe_on)
        .outerjoin(Forecast, its_forecast)
        .where(MilestoneRow.is_open),
        select(Alert.remedy, Alert.probability, Alert.harm, Case.stage, Person.born_on, MilestoneRow.due_on)
        .join(Case, Case.id == Alert.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(MilestoneRow, and_(MilestoneRow.case_id == Alert.case_id, MilestoneRow.key == Alert.milestone_key))
        .add_columns(Forecast.p_final, Forecast.limiting_step)
        .outerjoin(Forecast, its_forecast)
        .where(Alert.closed_on.is_(None)),
    )
    for query in read:  # the greatest of each column: all of it is read, and none of it is handed to Python
        columns = query.subquery().c
        db.session.execute(select(*(func.max(column) for column in columns)))


def _updated() -> None:
    db.session.execute(update(MilestoneRow).where(MilestoneRow.is_open).values(marked_overdue_on=clock.today()))
    db.session.execute(update(Alert).where(Alert.closed_on.is_(None)).values(probability=Alert.probability))


def _written_again() -> None:
    """Write as many rows as a first sweep did: its marks, its alerts and their lines in the ledger."""
    marked = MilestoneRow.marked_overdue_on.is_not(None)
    db.session.execute(update(MilestoneRow).where(marked).values(marked_overdue_on=clock.today()))
    copied("alerts", {"id": None, "milestone_key": "milestone_key || '+'"}, "true")
    copied("alert_entries", {"id": None, "once": "once || '+'"}, "true")


def the_figures() -> dict[str, float]:
    """
    Measure timeliness by month against the same figures from the columns read into Python, loading counted.

    What is measured is the counting of every plan anew, as it is done to verify the kept sums; and beside it the
    figures as pages have them, from the sums.
    """
    last = period_of(clock.today(), Span.CALENDAR).ends_on
    first = last.replace(year=last.year - 10)
    (anew,) = tallies.counted(lambda column: column.is_not(None), {Tallied.PLANS})
    kept = timeliness.by_month.__wrapped__  # type: ignore[attr-defined]  # not one that was worked out before
    return {
        "timeliness by month": statistics.median(
            milliseconds(lambda: db.session.execute(anew).all()) for _ in range(TIMES)
        ),
        **_by_pandas(),
        "timeliness by month, from the kept sums": statistics.median(
            milliseconds(lambda: kept(first, last)) for _ in range(TIMES)
        ),
    }


def _by_pandas() -> dict[str, float]:
    """Return what pandas takes over the same columns of the same database; nothing where it is not installed."""
    try:
        import pandas
    except ImportError:
        return {}
    columns = (Case.final_plan_month, Case.days_to_plan, Case.exceptions_apply)
    query = select(*columns).where(Case.counts_for_timeliness)

    def work() -> None:
        frame = pandas.DataFrame(db.session.execute(query).all(), columns=["month", "days", "exception"])
        frame["within"] = frame["days"] <= timeliness.WITHIN_20_WEEKS
        frame.groupby("month").agg({"within": "sum", "exception": "sum", "days": "count"})

    return {"timeliness by month, pandas with loading": statistics.median(milliseconds(work) for _ in range(3))}


def the_digests() -> dict[str, float]:
    """Measure the morning's mails to everybody, put in words: as the dry run makes them, at any hour."""
    started = time.perf_counter()
    made = digesting.would_make()
    taken = (time.perf_counter() - started) * 1000
    return {"digests, mails": float(len(made)), "digests": taken}


def the_pages(app: Flask) -> dict[str, float]:
    """
    Measure the pages a caseworker and a manager open, through the whole application.

    The caseworker is first given as many open cases as fill a page: of 1,000 cases nobody holds so many, and a page of
    seven would be held against one of fifty.
    """
    with app.app_context():
        worker = db.session.scalars(select(User).where(User.role == Role.CASEWORKER).order_by(User.id)).first()
        about = select(Case.id, Case.reference, Person.surname, Person.forename).join(Person)
        urgent = about.where(Case.is_open).order_by(Case.next_due_on).limit(1)
        case_id, reference, surname, forename = db.session.execute(urgent).one()
        alert_id = db.session.scalars(select(Alert.id).where(Alert.closed_on.is_(None)).limit(1)).one()
        if worker is None:
            raise SystemExit("there is nobody to sign in as")
        _fill_a_page(worker)
        db.session.refresh(worker)
    browser = signed_in(app, worker)
    paths = {
        "my caseload": f"/cases?worker={worker.id}",
        "my caseload, ended too": f"/cases?worker={worker.id}&closed=yes",
        "caseload, all": "/cases?all=1",
        "caseload, by stage": "/cases?stage=assessing",
        "caseload, overdue": "/cases?due=overdue",
        "find by reference": f"/cases?q={reference}&closed=yes",
        "find by name": f"/cases?q={surname}+{forename}&closed=yes",
        "case": f"/cases/{case_id}",
        "overview": "/overview",
        "alerts": "/alerts",
        "alerts, one thing to do": "/alerts?remedy=chase_advice&subject=medical",
        "alerts, by probability": "/alerts?order=probability",
        "an alert": f"/alerts/{alert_id}",
        "panels": "/panels",
        "excused, past their day": "/alerts/excused",
        "were we right": "/alerts/were-we-right",
        "how alerts are raised": "/alerts/settings",
        "how right the forecast is": "/forecast",
        "what would help a case": f"/forecast/cases/{case_id}/what-if",
        "looking ahead": "/ahead",
        "backlog dial": "/ahead/backlog",
        "two years ahead": "/ahead/capacity",
        "timeliness": "/timeliness",
        "measures": "/measures",
        "a measure by month": "/measures/plans_within_20_weeks",
        "data quality": "/measures/data-quality",
        "the board": "/board",
        "an indicator of the board": "/board/plans_within_20_weeks",
        "comparators": "/comparators",
        "advice in figures": "/advice",
        "advice waited for": "/advice/outstanding",
        "advice of a case": f"/cases/{case_id}/advice",
    }
    found = {}
    for name, path in paths.items():
        answer = browser.get(path)
        if answer.status_code != 200 or (name.startswith("find") and reference not in answer.text):
            raise SystemExit(f"{path} answered {answer.status_code}, or without what was looked for")
        found[f"page: {name}"] = statistics.median(
            milliseconds(lambda path=path: browser.get(path)) for _ in range(TIMES)
        )  # type: ignore[misc]
    for name in ("overview", "timeliness", "advice in figures", "backlog dial"):
        found[f"page: {name}, the first after an entry"] = after_an_entry(app, browser, paths[name])
    return found


def _fill_a_page(worker: User) -> None:
    some = select(Case.id).where(Case.is_open, Case.named_worker_id != worker.id).limit(caseload.PER_PAGE)
    ids = db.session.scalars(some.order_by(Case.id)).all()
    with keeping.kept(ids, {Tallied.LOADS}):
        db.session.execute(update(Case).where(Case.id.in_(ids)).values(named_worker_id=worker.id))
    db.session.commit()


def after_an_entry(app: Flask, browser: FlaskClient, path: str) -> float:
    """Measure a page whose figures are remembered, when they have to be worked out anew."""
    times = []
    for _ in range(3):
        with app.app_context():
            events = CaseEvent.__table__
            last = select(events).order_by(CaseEvent.id.desc()).limit(1)
            copy = dict(db.session.execute(last).mappings().one())
            copy |= {"id": copy["id"] + 1, "seq": copy["seq"] + 1, "hash": token_hex(32), "submission": None}
            db.session.execute(insert(CaseEvent), [copy])
            db.session.commit()
        times.append(milliseconds(lambda: browser.get(path)))
    return statistics.median(times)


def signed_in(app: Flask, who: User) -> FlaskClient:
    """Return a browser that somebody has signed in with."""
    browser = app.test_client()
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "bench"}):
        identifier = _create_identifier()
    browser.environ_base["HTTP_USER_AGENT"] = "bench"
    with browser.session_transaction() as session:
        session.update(_user_id=who.get_id(), _fresh=True, _id=identifier)
    return browser


def report(results: dict[int, dict[str, float]]) -> None:
    """Print the measurements and the ratios that DESIGN.md sets bars for."""
    sizes = list(results)
    table = io.StringIO()
    writer = csv.writer(table, delimiter="|", lineterminator="\n")
    writer.writerow(["measurement (ms)", *(f"{size:,}" for size in sizes), f"{sizes[-1]:,} : {sizes[0]:,}"])
    for name in results[sizes[-1]]:
        row = [results[size].get(name, float("nan")) for size in sizes]
        writer.writerow([name, *(f"{value:.1f}" for value in row), f"{row[-1] / row[0]:.2f}" if row[0] else ""])
    print(table.getvalue())


if __name__ == "__main__":
    main()
