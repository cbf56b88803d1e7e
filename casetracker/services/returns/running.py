"""The making of a return, as steps that an edge commits one by one, so that a killed one can be begun again."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from casetracker.extensions import db
from casetracker.models import Outcome, Sen2Issue, Sen2Return, User
from casetracker.sen2.book import Version
from casetracker.sen2.rules import ERROR, QUERY, Issue

KILLED_AFTER = timedelta(minutes=3)
"""How long a making may be silent before it is taken to have been killed."""


def next_number(year: int) -> int:
    """Return the number that the next making of a year's return will have."""
    return (db.session.scalar(select(func.max(Sen2Return.number)).where(Sen2Return.year == year)) or 0) + 1


def begin(*, version: Version, number: int, header: Mapping[str, str], by: User | None, at: datetime) -> Sen2Return:
    """Record that a year's return is to be made; two people who ask at once make two, each with its number."""
    made = Sen2Return(
        year=version.year,
        number=number,
        version=version.version,
        header=dict(header),
        asked_at=at,
        asked_by_id=by.id if by else None,
        outcome=Outcome.WAITING,
        stored_as=secrets.token_hex(16),
    )
    db.session.add(made)
    db.session.flush()  # its id goes into the address of its page
    return made


def claim(*, at: datetime) -> Sen2Return | None:
    """
    Take one return that waits to be made, or whose worker was killed; None where there is none.

    Two workers never take the same one: the later finds that the row has changed.
    """
    free = or_(
        Sen2Return.outcome == Outcome.WAITING,
        (Sen2Return.outcome == Outcome.RUNNING) & (Sen2Return.worked_at < at - KILLED_AFTER),
    )
    found = db.session.scalar(select(Sen2Return.id).where(free).order_by(Sen2Return.id).limit(1))
    if found is None:
        return None
    values = {"outcome": Outcome.RUNNING, "worked_at": at, "done": 0}
    taken = db.session.execute(update(Sen2Return).where(Sen2Return.id == found, free).values(values))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    db.session.execute(delete(Sen2Issue).where(Sen2Issue.return_id == found))
    return db.session.get_one(Sen2Return, found, populate_existing=True)


def keep_issues(return_id: int, issues: Sequence[Issue]) -> None:
    """Keep what was found wrong."""
    rows = [
        {
            "return_id": return_id,
            "rule": issue.rule[:60],
            "kind": issue.kind,
            "text": issue.text[:500],
            "module": issue.module.value,
            "fields": " ".join(issue.fields)[:200],
            "value": issue.value[:200],
            "subject": issue.subject[:200],
            "mend": issue.mend[:20],
            "case_id": issue.case_id,
        }
        for issue in issues
    ]
    if rows:
        db.session.execute(insert(Sen2Issue), rows)


def got_on(return_id: int, *, done: int, total: int, at: datetime) -> None:
    """Record how far a making has got."""
    made = db.session.get_one(Sen2Return, return_id)
    made.done, made.total, made.worked_at = done, total, at


def finish(
    return_id: int, *, counts: Mapping[str, Any], files: Mapping[str, Any], at: datetime
) -> tuple[Sen2Return, Sequence[str]]:
    """
    Record that a return has been made, and what it adds up to.

    Returns it with the folders of the year's earlier makings that nobody signed: its own has taken their place, and
    children's details are kept in no more files than they have to be.
    """
    made = db.session.get_one(Sen2Return, return_id)
    tally = select(Sen2Issue.kind, func.count()).where(Sen2Issue.return_id == return_id).group_by(Sen2Issue.kind)
    found = dict(iter(db.session.execute(tally)))
    made.errors, made.queries = found.get(ERROR, 0), found.get(QUERY, 0)
    made.counts, made.files = dict(counts), dict(files)
    made.outcome, made.ended_at, made.worked_at = Outcome.DONE, at, at
    earlier = db.session.scalars(
        select(Sen2Return).where(
            Sen2Return.year == made.year, Sen2Return.number < made.number, Sen2Return.signed_at.is_(None)
        )
    ).all()
    gone = [one for one in earlier if one.files]
    for one in gone:
        one.files = {}
    _forget_issues(one.id for one in gone)
    return made, [one.stored_as for one in gone]


def _forget_issues(return_ids: Iterable[int]) -> None:
    ids = list(return_ids)
    if ids:
        db.session.execute(delete(Sen2Issue).where(Sen2Issue.return_id.in_(ids)))


def fail(return_id: int, *, reason: str, at: datetime) -> Sen2Return:
    """Record that a return could not be made, and why, in words for the person who asked for it."""
    made = db.session.get_one(Sen2Return, return_id)
    made.outcome, made.ended_at, made.message = Outcome.FAILED, at, reason
    return made
