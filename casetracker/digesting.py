"""Making the digests and summaries that are due, from an edge: some people at a time, each lot in one transaction."""

from datetime import datetime, time

from flask import current_app

from casetracker import clock
from casetracker.extensions import db
from casetracker.london import LONDON
from casetracker.sending import sender
from casetracker.services import digests, weekly_summaries
from casetracker.services.digest_claims import ENDS, Made
from casetracker.transactions import unit_of_work


def make_due(*, only: str | None = None) -> list[Made]:
    """
    Make what is due now and is not made yet, and return it. May be run by many at once, and killed.

    `only` is the e-mail address of the one person to make it for.
    """
    made: list[Made] = []
    while True:
        with unit_of_work():
            some = _next(clock.now(), only)
        if not some:
            return made
        made += some


def would_make(*, only: str | None = None) -> list[Made]:
    """Return what the day has still to bring, as it would be made now, and make none of it."""
    last_hour = datetime.combine(clock.today(), time(ENDS - 1), LONDON)
    try:
        return _next(last_hour, only)
    finally:
        db.session.rollback()


def _next(at: datetime, only: str | None) -> list[Made]:
    counts_reopened = bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
    weekly = weekly_summaries.make_due(at=at, sender=sender(), counts_reopened=counts_reopened, only=only)
    return [*weekly, *digests.make_due(at=at, sender=sender(), only=only)]
