"""Running a job from an edge so that the run is on record, whether it ends well, badly or not at all."""

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from casetracker import clock, law
from casetracker.extensions import db
from casetracker.london import LONDON
from casetracker.models import Case, JobRun, Outcome
from casetracker.queries import forecasts as said
from casetracker.queries import jobs as runs
from casetracker.sending import sender
from casetracker.services import board as board_figures
from casetracker.services import chasing, forecasts, histories, outlooks, snapshots, sweeps, tallies, verification
from casetracker.services.measures import quality
from casetracker.transactions import unit_of_work

logger = logging.getLogger(__name__)
Counts = dict[str, Any]
SUMS = "kept sums, counted"
SCORES = "forecast scores"
SCORES_OF_MOVED = "forecast scores of cases that moved"
CASES_IN_A_RANGE = 20_000
"""How many ids of cases one task scores."""


class DayToCome(ValueError):
    """A job was asked for the night of a day that has not come."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day:%-d %B %Y} has not come yet")


def run(job: str, work: Callable[[date], Counts], *, on: date | None = None) -> Counts:
    """
    Do a job's work in one transaction, and keep a record of the run in transactions of its own.

    `on` makes it the night of another day. A run that is killed stays on record as running.

    :raises DayToCome: if `on` is still to come; nothing is recorded
    """
    today = clock.today()
    day = on or today
    if day > today:
        raise DayToCome(day)
    with unit_of_work():
        begun = JobRun(job=job, for_day=day, started_at=clock.now(), outcome=Outcome.RUNNING)
        db.session.add(begun)
        db.session.flush()  # its number is wanted below
        number = begun.id
    try:
        with unit_of_work():
            counts = work(day)
    except BaseException as fault:
        _end(number, Outcome.FAILED, {}, message=f"{type(fault).__name__}: {fault}"[:2000])
        raise
    _end(number, Outcome.DONE, counts)
    logger.info("%s for %s: %s", job, day, counts)
    return counts


def _end(number: int, outcome: Outcome, counts: Counts, *, message: str = "") -> None:
    with unit_of_work():
        ended = db.session.get_one(JobRun, number)
        ended.outcome, ended.counts, ended.message, ended.ended_at = outcome, counts, message, clock.now()


def sweep(*, on: date | None = None, first_id: int | None = None, last_id: int | None = None) -> Counts:
    """Run the sweep; of the cases from one id to another, where they are given."""

    def work(day: date) -> Counts:
        counts = sweeps.sweep(on=day, at=clock.now(), first_id=first_id, last_id=last_id, reading=law.reading())
        return {name: getattr(counts, name) for name in counts.__slots__}

    whole = first_id is None and last_id is None
    return run("sweep" if whole else "sweep part", work, on=on)


def snapshot(*, on: date | None = None) -> Counts:
    """Freeze the day's timeliness figures."""

    def work(day: date) -> Counts:
        counts_reopened = bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
        return {"figures": snapshots.take(on=day, at=clock.now(), counts_reopened=counts_reopened)}

    return run("snapshot", work, on=on)


def outlook(*, on: date | None = None) -> Counts:
    """Gather what the scored cases add up to, and keep the day's cones, unless that has been done."""
    if outlooks.is_kept(on=on or clock.today()):
        return {"cones": 0}

    def work(day: date) -> Counts:
        counts_reopened = bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
        return {"cones": outlooks.keep(on=day, at=clock.now(), counts_reopened=counts_reopened)}

    return run("outlook", work, on=on)


def board(*, on: date | None = None) -> Counts:
    """Work out the board's figures, as at the end of the last month that is over."""

    def work(day: date) -> Counts:
        counts_reopened = bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
        return {"figures": board_figures.refresh(today=day, at=clock.now(), counts_reopened=counts_reopened)}

    return run("board", work, on=on)


def data_quality(*, on: date | None = None) -> Counts:
    """Keep the night's counts of the faults in the data."""
    return run("data quality", lambda day: {"counts": quality.keep(on=day)}, on=on)


def fit_forecast(*, on: date | None = None) -> Counts:
    """Fit the forecast on what is known, and put the fit in use unless it is worse than the one that is."""

    def work(day: date) -> Counts:
        made = forecasts.fit(on=day, at=clock.now(), reading=law.reading())
        return {"fit": made.id, "closed_cases": made.closed_cases, "on_priors": made.on_priors, "state": made.state}

    return run("forecast fit", work, on=on)


def score_forecasts(*, first_id: int, last_id: int, on: date | None = None) -> Counts:
    """Score the open cases of a range of ids, and add them to the day's outlook."""

    def work(day: date) -> Counts:
        past = day < clock.today()
        batch = forecasts.score(on=day, first_id=first_id, last_id=last_id, past=past, reading=law.reading())
        if not past:
            counts_reopened = bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
            outlooks.keep_part(
                scores=batch, first_id=first_id, last_id=last_id, on=day, counts_reopened=counts_reopened
            )
        return {"from": first_id, "to": last_id, "cases": batch.scored}

    return run(SCORES, work, on=on)


def night_was_missed() -> bool:
    """Return whether nothing has been scored for today an hour after its night began, nor is being scored now."""
    at, today = clock.now(), clock.today()
    begun = at - timedelta(hours=1) >= datetime.combine(today, time(0), LONDON)
    return begun and not runs.has_run(SCORES, on=today) and not runs.is_running(SCORES, at=at)


def ranges_to_score(*, size: int = CASES_IN_A_RANGE) -> list[tuple[int, int]]:
    """
    Return the ranges of ids that hold all open cases, each scored by itself.

    Where no fit is in use yet the first one is made; there are none while that is being done by another.
    """
    if not _have_a_fit():
        return []
    ends: Any = select(func.min(Case.id), func.max(Case.id)).where(Case.is_open)
    first, last = db.session.execute(ends).one()
    db.session.rollback()
    if first is None:
        return []
    starts = range((first // size) * size, last + 1, size)
    return [(start, start + size - 1) for start in starts]


def _have_a_fit() -> bool:
    """Make a fit where there is none that can be read, unless that is being done; return whether there is one now."""
    if not forecasts.can_score() and not runs.is_running("forecast fit", at=clock.now()):
        fit_forecast()
    return forecasts.can_score()


def score_what_moved(*, most: int = 5_000, at_once: int = 500) -> int:
    """Score the open cases that have moved since their forecast, some at a time, and return how many were."""
    scored, after, fitted = 0, 0, _have_a_fit()
    while fitted and scored < most:
        ids = said.behind(after=after, limit=at_once)
        db.session.rollback()
        if not ids:
            break
        after = ids[-1]
        with unit_of_work():
            forecasts.score(on=clock.today(), first_id=ids[0], last_id=after, case_ids=ids, reading=law.reading())
        scored += len(ids)
    if scored:
        run(SCORES_OF_MOVED, lambda day: {"cases": scored})
    return scored


def sweep_the_first_scores() -> bool:
    """
    Sweep once all open cases have their first forecasts, where no sweep has begun since; return whether it was done.

    So the alerts that rest on the forecast need not wait for the hour when a tracker is started for the first time.
    """
    first = runs.first_success((SCORES, SCORES_OF_MOVED))
    waits = first is not None and not runs.has_begun(runs.SWEEP, since=first) and not said.behind(after=0, limit=1)
    db.session.rollback()
    if waits:
        sweep()
    return waits


def chase() -> Counts:
    """Send the reminders that are due, each in a transaction of its own: what was sent before a kill has been sent."""

    waiting = [one.advice.id for one in chasing.due(today=clock.today())]
    if not waiting:
        return {"sent": 0}
    sent = 0
    for advice_id in waiting:
        with unit_of_work():
            for one in chasing.due(today=clock.today(), advice_id=advice_id):
                done = chasing.send(one, today=clock.today(), at=clock.now(), sender=sender(), reading=law.reading())
                sent += done is not None
    run("chase", lambda day: {"sent": sent})
    return {"sent": sent}


def mend(*, batch: int = 200) -> int:
    """Bring every case's rows into line with its history, some at a time, and return how many cases there were."""
    ids = list(db.session.scalars(select(Case.id).order_by(Case.id)))
    db.session.rollback()
    for start in range(0, len(ids), batch):
        with unit_of_work():
            for case_id in ids[start : start + batch]:
                histories.bring_into_line(case_id, today=clock.today(), at=clock.now(), reading=law.reading())
        db.session.expunge_all()
    sweep()  # marks what is overdue, on the rows as they now are
    mend_sums()
    return len(ids)


def mend_sums() -> Counts:
    """Count every case anew, and add to the kept sums what they lack."""
    return run(SUMS, lambda _day: {"mended": tallies.mend()})


def count_sums() -> None:
    """Count every case, unless that was done before: after an upgrade from a version that kept no sums it was not."""
    if runs.first_success({SUMS}) is None:
        mend_sums()


def fold_sums() -> None:
    """Fold the lines of the kept sums, once every case has been counted; where nothing was added none is written."""
    count_sums()
    with unit_of_work():  # of its own: on SQLite what folds may not have read first
        if tallies.is_folded():
            return
    with unit_of_work():
        tallies.fold()


def verify(*, sample: int | None = None) -> verification.Report:
    """Verify every history, or a sample, and return what was found."""
    reports: list[verification.Report] = []

    def work(day: date) -> Counts:
        report = verification.verify(on=day, sample=sample, reading=law.reading())
        reports.append(report)
        return {"cases": report.cases, "entries": report.entries, "differences": report.found}

    run("verify", work)
    return reports[0]
