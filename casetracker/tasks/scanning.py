"""The tick of the virus scanner: files that could not be scanned when they came are scanned now."""

from celery import shared_task
from flask import current_app

from casetracker import clock, downloads
from casetracker.adapters.scanning import scanner_of
from casetracker.services import advice_files
from casetracker.transactions import unit_of_work


@shared_task(name="scanning.rescan")
def rescan(**_later: object) -> int:
    """Scan what waits, and return how many files now have been."""
    scanner = scanner_of(current_app.config["CLAMD_ADDRESS"])
    if scanner is None:
        return 0
    with unit_of_work():
        return advice_files.rescan(at=clock.now(), files=downloads.store(), scanner=scanner)
