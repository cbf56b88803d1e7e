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
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_login.utils import _create_identifier
from flask_migrate import upgrade
from sqlalchemy import insert, select, update

import config
from benchmarks import returns
from benchmarks.board import the_board
from benchmarks.forecasting import the_forecasts
from benchmarks.measures import the_measures
from benchmarks.seed import fill
from casetracker import clock, create_app
from casetracker.extensions import db
from casetracker.models import Alert, Case, CaseEvent, MilestoneRow, Person, User
from casetracker.periods import Span, period_of
from casetracker.queries import timeliness
from casetracker.roles import Role
from casetracker.services import sweeps

SIZES = (1_000, 100_000, 1_000_000)
TIMES = 7


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of cases, with commas")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    results: dict[int, dict[str, float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="casetracker-bench-") as folder:
            results[size] = measure(size, Path(folder))
    report(results)
    returns.main()


def measure(size: int, folder: Path) -> dict[str, float]:
    """Return every measurement, in milliseconds unless its name says otherwise, at one size."""
    settings = config.load({"CASETRACKER_DATA": str(folder), "DATABASE_URL": os.environ.get("DATABASE_URL", "")})
    app = create_app(settings)
    found: dict[str, float] = {}
    with app.app_context():
        upgrade()
        fill(size, today=clock.today(), now=datetime.now(UTC))
        found |= the_sweep()
        found |= the_figures()
        found |= returns.the_return()
        found |= the_forecasts(today=clock.today(), now=datetime.now(UTC))
        found |= the_measures()
        found |= the_board()
        db.session.remove()
    found |= the_pages(app)
    with app.app_context():
        db.engine.dispose()
    print(f"{size:,} cases measured", flush=True)
    return found


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long one piece of work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def the_sweep() -> dict[str, float]:
    """Measure a first sweep, which has everything to mark and raise, against a bare scan and update of those rows."""
    today = clock.today()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = milliseconds(lambda: sweeps.sweep(on=today, at=clock.now()))
    db.session.commit()
    again = milliseconds(lambda: sweeps.sweep(on=today, at=clock.now()))
    db.session.commit()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    open_rows = MilestoneRow.is_open.is_(True)
    bare = milliseconds(
        lambda: db.session.execute(update(MilestoneRow).where(open_rows).values(marked_overdue_on=today))
    )
    db.session.rollback()
    return {"sweep, first": first, "sweep, again": again, "bare update of the open rows": bare, "sweep, MB more": grown}


def the_figures() -> dict[str, float]:
    """Measure timeliness by month against the same figures from the columns read into Python, loading counted."""
    last = period_of(clock.today(), Span.CALENDAR).ends_on
    first = last.replace(year=last.year - 10)
    anew = timeliness.by_month.__wrapped__  # type: ignore[attr-defined]  # not one that was worked out before
    ours = statistics.median(milliseconds(lambda: anew(first, last)) for _ in range(TIMES))
    return {"timeliness by month": ours, **_by_pandas()}


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


def the_pages(app: Flask) -> dict[str, float]:
    """Measure the pages a caseworker and a manager open, through the whole application."""
    with app.app_context():
        worker = db.session.scalars(select(User).where(User.role == Role.CASEWORKER).order_by(User.id)).first()
        about = select(Case.id, Case.reference, Person.surname, Person.forename).join(Person)
        urgent = about.where(Case.is_open).order_by(Case.next_due_on).limit(1)
        case_id, reference, surname, forename = db.session.execute(urgent).one()
        alert_id = db.session.scalars(select(Alert.id).where(Alert.closed_on.is_(None)).limit(1)).one()
    if worker is None:
        raise SystemExit("there is nobody to sign in as")
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
        "an alert": f"/alerts/{alert_id}",
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
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        found[f"page: {name}"] = statistics.median(
            milliseconds(lambda path=path: browser.get(path)) for _ in range(TIMES)
        )  # type: ignore[misc]
    for name in ("overview", "timeliness", "advice in figures"):
        found[f"page: {name}, the first after an entry"] = after_an_entry(app, browser, paths[name])
    return found


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
    for size in sizes:
        found = results[size]
        ratio = found["sweep, first"] / found["bare update of the open rows"]
        print(f"{size:,}: sweep costs {found['sweep, first'] / size * 1000:.1f} µs a case, {ratio:.1f} x a bare update")
    print(table.getvalue())


if __name__ == "__main__":
    main()
