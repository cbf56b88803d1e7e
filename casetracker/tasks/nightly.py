"""The nightly and hourly jobs, and the weekly one: the clock and one service each."""

import logging
from datetime import date

from celery import shared_task

from casetracker import jobs
from casetracker.services import sweeps

logger = logging.getLogger(__name__)


@shared_task(name="nightly.sweep")
def sweep(*, on: str | None = None, **_later: object) -> None:
    """Sweep the caseload. `on` (an ISO date) reruns a missed night as though it were that day."""
    jobs.sweep(on=date.fromisoformat(on) if on else None)


@shared_task(name="nightly.sweep_part")
def sweep_part(*, first_id: int, last_id: int, on: str | None = None, **_later: object) -> None:
    """Sweep the cases from one id to another."""
    jobs.sweep(on=date.fromisoformat(on) if on else None, first_id=first_id, last_id=last_id)


@shared_task(name="nightly.sweep_in_parts")
def sweep_in_parts(*, on: str | None = None, **_later: object) -> int:
    """
    Hand the night's sweep out in parts, to as many workers as there are; return how many. A small caseload is one.

    The next `nightly.sweep`, of every case, makes up for a part that was lost or killed, and says that all is done.
    """
    parts = sweeps.parts()
    if len(parts) < 2:
        sweep(on=on)
        return 1
    for first_id, last_id in parts:
        sweep_part.delay(first_id=first_id, last_id=last_id, on=on)
    return len(parts)


@shared_task(name="nightly.snapshot")
def snapshot(*, on: str | None = None, **_later: object) -> None:
    """Freeze the day's timeliness figures."""
    jobs.snapshot(on=date.fromisoformat(on) if on else None)


@shared_task(name="nightly.outlook")
def outlook(**_later: object) -> None:
    """Keep where the night's forecasts say timeliness will end; once all that was scored is in it, nothing is done."""
    jobs.outlook()


@shared_task(name="nightly.board")
def board(*, on: str | None = None, **_later: object) -> None:
    """Work out the board's figures."""
    jobs.board(on=date.fromisoformat(on) if on else None)


@shared_task(name="nightly.data_quality")
def data_quality(*, on: str | None = None, **_later: object) -> None:
    """Keep the night's counts of the faults in the data."""
    jobs.data_quality(on=date.fromisoformat(on) if on else None)


@shared_task(name="nightly.verify")
def verify(**_later: object) -> None:
    """Check that every case is what its history says."""
    report = jobs.verify()
    if report.found:
        logger.error("Verification found %d differences, the first: %s", report.found, report.differences[0])


@shared_task(name="nightly.fold_sums")
def fold_sums(**_later: object) -> None:
    """Fold the lines of the kept sums, of which every entry adds some."""
    jobs.fold_sums()
