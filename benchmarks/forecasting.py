"""Scoring every open case, against a bare scan of the rows it reads and a bare update of the rows it writes."""

import gc
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from casetracker import clock
from casetracker.extensions import db
from casetracker.forecast import fitting, keeping
from casetracker.models import Case, FitState, Forecast, ForecastFit
from casetracker.queries.forecasting import histories
from casetracker.queries.forecasting.standing import input_queries
from casetracker.services import forecasts, outlooks
from casetracker.services.forecasts.scoring import write

BARE_FORECASTS = "bare scan and update of the same rows"
LEARNED_FROM = 400
"""Cases that the fit is made from: what is measured is scoring."""
IN_A_RANGE = 20_000
TIMES = 3


def the_forecasts() -> dict[str, float]:
    """
    Measure a night's scoring, range by range, each committed, and the gathering of its outlook.

    The cost a case is of the open cases scored, about a seventh of the caseload.
    """
    today = clock.today()
    _fit(today, clock.now())
    ends: Any = select(func.min(Case.id), func.max(Case.id))
    first, last = db.session.execute(ends).one()
    ranges = [(start, start + IN_A_RANGE - 1) for start in range(first, last + 1, IN_A_RANGE)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scored = 0

    def night(*, looks_ahead: bool = False) -> None:
        nonlocal scored
        scored = 0
        for start, end in ranges:
            batch = forecasts.score(on=today, first_id=start, last_id=end)
            if looks_ahead:
                outlooks.keep_part(scores=batch, first_id=start, last_id=end, on=today)
            scored += batch.scored
            db.session.commit()
            db.session.expunge_all()

    night(looks_ahead=True)  # the rows are there from the second night on
    outlook = _milliseconds(lambda: outlooks.keep(on=today, at=clock.now()))
    db.session.commit()
    gc.collect()
    gc.freeze()  # as a worker does, for what is measured and for what it is measured against
    nights, bares = [], []
    for _ in range(TIMES):  # one after the other, so that what else the machine does is shared by both
        nights.append(_milliseconds(night))
        bares.append(sum(_bare(start, end) for start, end in ranges))
    ours, bare = statistics.median(nights), statistics.median(bares)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        "open cases scored": float(scored),
        "outlook, gathered": outlook,
        "forecasts": ours,
        BARE_FORECASTS: bare,
        "forecasts, µs a case": ours * 1000 / max(scored, 1),
        "forecasts, times the bare scan and update": ours / bare,
        "forecasts, MB more": grown,
    }


def _fit(today: date, now: datetime) -> None:
    ids = list(db.session.scalars(select(Case.id).where(Case.received_on.is_not(None)).limit(LEARNED_FROM)))
    past = fitting.gather(histories(case_ids=ids), as_at=today)
    model = fitting.fit(fitting.rehearse(past), as_at=today.toordinal())
    db.session.add(
        ForecastFit(
            fitted_at=now,
            for_day=today,
            closed_cases=model.closed_cases,
            open_cases=model.open_cases,
            on_priors=False,
            state=FitState.IN_USE,
            scores={},
            model=keeping.as_text(model),
        )
    )
    db.session.commit()


def _bare(start: int, end: int) -> float:
    """Return what it takes to read the same rows and write the same rows, with nothing worked out."""
    table: Any = Forecast.__table__
    kept = db.session.execute(select(table).where(table.c.case_id.between(start, end)))
    rows = [dict(row) for row in kept.mappings()]

    def work() -> None:
        for query in input_queries(Case.id.between(start, end)):
            db.session.connection().execute(query).all()
        write(rows)
        db.session.commit()

    return _milliseconds(work)


def _milliseconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
