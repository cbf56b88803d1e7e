"""Returns that were asked for: one tick takes one that waits, or that was killed, and makes it."""

import logging

from celery import shared_task

from casetracker import clock, returning
from casetracker.services.returns import running
from casetracker.transactions import unit_of_work

logger = logging.getLogger(__name__)


@shared_task(name="returns.run_waiting")
def run_waiting(**_later: object) -> int:
    """Make the returns that wait, one after another, and return how many were made."""
    done = 0
    while True:
        with unit_of_work():
            made = running.claim(at=clock.now())
        if made is None:
            return done
        finished = returning.run(made)
        logger.info("Return %d of %d ended: %s", finished.number, finished.year, finished.outcome)
        done += 1
