"""Imports that were uploaded: one tick takes one that waits, or that was killed, and carries it through."""

import logging
import shutil
from pathlib import Path

from celery import shared_task
from flask import current_app

from casetracker import clock, importing
from casetracker.services.imports import running
from casetracker.transactions import unit_of_work

logger = logging.getLogger(__name__)


@shared_task(name="imports.run_waiting")
def run_waiting(**_later: object) -> int:
    """Run the imports that wait, one after another, and return how many were run."""
    done = 0
    while True:
        with unit_of_work():
            batch = running.claim(at=clock.now())
        if batch is None:
            return done
        folder = Path(current_app.config["DATA_FOLDER"]) / "uploads" / batch.stored_at
        finished = importing.run(batch, folder)
        shutil.rmtree(folder, ignore_errors=True)  # children's details are kept in one place: the database
        logger.info("Import %d ended: %s", finished.id, finished.outcome)
        done += 1
