"""Signing a return off: who, when, which files. It is a submission from then on; another is a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import Outcome, Sen2Return, User
from casetracker.plurals import counted
from casetracker.queries import sen2_returns
from casetracker.services.cases import NotPossible


def refuse_unfit(made: Sen2Return) -> None:
    """Raise `NotPossible`, with the reason, where a return may not be signed off."""
    if made.signed_at is not None:
        raise NotPossible("This return has been signed off already")
    if made.outcome is not Outcome.DONE or not made.files:
        raise NotPossible("Only the latest build of a year’s return, once it is finished, can be signed off")
    if not made.counts["figures"]["people"]:
        raise NotPossible("There is nobody in it: an empty return is not signed off")
    if made.is_rehearsal:
        raise NotPossible(
            f"The census day, {made.census_on:%-d %B %Y}, was still to come when it was built: this is a rehearsal. "
            "Build it again on that day or later"
        )
    if made.errors:
        raise NotPossible(f"It has {counted(made.errors, 'error')} to put right: when that is done, build it again")
    waiting = sen2_returns.unexplained(made)
    if waiting:
        raise NotPossible(
            f"{counted(waiting, 'query', 'queries')} to explain; or put what is wrong right, and build it again"
        )


def sign(*, return_id: int, files: Mapping[str, Any], by: User, at: datetime) -> Sen2Return:
    """
    Sign a return off. `files` are its files as they are on disc now; the notes join them next (`keep_files`).

    :raises NotPossible: if it may not be, or a file is not what was built
    """
    made = db.session.scalars(select(Sen2Return).where(Sen2Return.id == return_id).with_for_update()).one()
    refuse_unfit(made)
    if any(files.get(name) != told for name, told in made.files.items()):
        raise NotPossible("A file of this return is not what was built: build it again")
    last = db.session.scalar(select(func.max(Sen2Return.submission)).where(Sen2Return.year == made.year))
    made.submission, made.signed_at, made.signed_by_id = (last or 0) + 1, at, by.id
    db.session.flush()  # two people who sign at once are found out here
    return made


def keep_files(made: Sen2Return, files: Mapping[str, Any]) -> None:
    """Keep the checksums of a return that has been signed, its notes among its files."""
    made.files = dict(files)
