"""
The measures: each by month, as known now and a year ago, beside pandas and DuckDB with their loading counted.

`python -m benchmarks.measures` measures them alone, on caseloads that have facts and no histories.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import select

import config
from benchmarks.seed import FACTS, fill
from casetracker import clock, create_app
from casetracker.extensions import db
from casetracker.measures.definition import Over
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE
from casetracker.models import CaseFacts
from casetracker.periods import Span, period_of
from casetracker.queries.measures import breakdowns, figures, quality
from casetracker.queries.measures.known import Asked
from casetracker.queries.timeliness import WITHIN_20_WEEKS

TIMES = 3
SIZES = "1000,100000,1000000"


def the_measures() -> dict[str, float]:
    """Return how many milliseconds each takes, worked out anew: nothing that was remembered."""
    today = clock.today()
    a_year_ago = today - timedelta(days=365)
    first = date(today.year - 10, 1, 1)
    found: dict[str, float] = {}
    for measure in KNOWN_HERE:
        now = Asked(measure, today, today)
        found[f"measure: {measure.key}"] = _median(lambda now=now: _by_month(now, first, today))  # type: ignore[misc]
    headline = BY_KEY["plans_within_20_weeks"]
    then = Asked(headline, a_year_ago, today)
    found["headline by month, as known a year ago"] = _median(lambda: _by_month(then, first, today))
    open_then = Asked(BY_KEY["open_cases"], a_year_ago, today)
    found["open cases, as known a year ago"] = _median(lambda: figures.on_day.__wrapped__(open_then))  # type: ignore[attr-defined]
    year = period_of(a_year_ago, Span.CALENDAR)
    by_need: Any = breakdowns.by_group.__wrapped__  # type: ignore[attr-defined]
    found["headline of a year, by need"] = _median(lambda: by_need(Asked(headline, today, today), year, "need"))
    faults: Any = quality.counted.__wrapped__  # type: ignore[attr-defined]
    found["every fault in the data"] = _median(lambda: faults(today=today))
    return found | _by_others()


def _by_month(asked: Asked, first: date, last: date) -> None:
    if asked.measure.over is Over.DAY:
        figures.on_day.__wrapped__(asked)  # type: ignore[attr-defined]
    else:
        figures.by_month.__wrapped__(asked, first, last)  # type: ignore[attr-defined]


def _median(work: Callable[[], Any], times: int = TIMES) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def _loaded() -> list[Any]:
    columns = (CaseFacts.final_plan_on, CaseFacts.days_to_plan, CaseFacts.exceptions_apply)
    return list(db.session.execute(select(*columns).where(CaseFacts.counts_for_timeliness)))


def _by_others() -> dict[str, float]:
    """Return what pandas and DuckDB take for the headline by month, over the same columns; nothing where missing."""
    found = {}
    try:
        import pandas

        def by_pandas() -> None:
            frame = pandas.DataFrame(_loaded(), columns=["on", "days", "exception"])
            frame = frame[~frame["exception"].astype(bool)]
            frame["within"] = frame["days"] <= WITHIN_20_WEEKS
            frame["month"] = pandas.to_datetime(frame["on"]).dt.to_period("M")
            frame.groupby("month").agg({"within": ["sum", "count"]})

        found["headline by month, pandas with loading"] = _median(by_pandas)
    except ImportError:
        pass
    try:
        import duckdb
        import pandas

        def by_duckdb() -> None:
            frame = pandas.DataFrame(_loaded(), columns=["on_day", "days", "exception"])
            duckdb.sql(
                f"SELECT date_trunc('month', on_day), count(*) FILTER (days <= {WITHIN_20_WEEKS}), count(*) "
                f"FROM frame WHERE NOT exception GROUP BY 1"
            ).fetchall()
            del frame

        found["headline by month, DuckDB with loading"] = _median(by_duckdb)
    except ImportError:
        pass
    return found


def main() -> None:
    """Measure the measures alone, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="numbers of cases, with commas")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    results: dict[int, dict[str, float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="casetracker-bench-") as folder:
            app = create_app(config.load({"CASETRACKER_DATA": str(Path(folder))}))
            with app.app_context():
                upgrade()
                fill(size, today=clock.today(), now=datetime.now(UTC), tables=FACTS)
                results[size] = the_measures()
                db.session.remove()
                db.engine.dispose()
        print(f"{size:,} cases measured", flush=True)
    print("measurement (ms) | " + " | ".join(f"{size:,}" for size in sizes))
    for name in results[sizes[-1]]:
        print(f"{name} | " + " | ".join(f"{results[size].get(name, float('nan')):.1f}" for size in sizes))


if __name__ == "__main__":
    main()
