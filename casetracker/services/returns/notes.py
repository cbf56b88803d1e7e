"""Explaining what is queried: a note that stays with the year, and travels with the return."""

from datetime import datetime

from sqlalchemy import func, insert, literal, select

from casetracker.extensions import db
from casetracker.models import Sen2Issue, Sen2Note, Sen2Return, User
from casetracker.sen2.rules import QUERY
from casetracker.services.cases import NotPossible


def explain(*, issue: Sen2Issue, text: str, by: User, at: datetime) -> Sen2Note:
    """
    Say why a query is right as it stands; an earlier note on it stays on record.

    :raises NotPossible: for an error, which has to be mended, or once the return has been signed
    """
    year = _year_of(issue.return_id)
    if issue.kind != QUERY:
        raise NotPossible("An error has to be put right: it cannot be explained")
    note = Sen2Note(
        year=year, rule=issue.rule, case_id=issue.case_id, subject=issue.subject, text=text, at=at, by_id=by.id
    )
    db.session.add(note)
    db.session.flush()
    return note


def explain_all(*, return_id: int, rule: str, text: str, by: User, at: datetime) -> int:
    """
    Say the same of every query of one rule that has not been explained, and return how many there were.

    :raises NotPossible: once the return has been signed
    """
    year = _year_of(return_id)
    columns = (Sen2Note.year, Sen2Note.rule, Sen2Note.case_id, Sen2Note.subject, Sen2Note.text, Sen2Note.at)
    names = [column.key for column in columns] + ["by_id"]
    explained = (
        select(Sen2Note.id)
        .where(
            Sen2Note.year == year,
            Sen2Note.rule == Sen2Issue.rule,
            func.coalesce(Sen2Note.case_id, 0) == func.coalesce(Sen2Issue.case_id, 0),
            Sen2Note.subject == Sen2Issue.subject,
        )
        .exists()
    )
    unexplained = (
        select(
            literal(year),
            Sen2Issue.rule,
            Sen2Issue.case_id,
            Sen2Issue.subject,
            literal(text),
            literal(at, type_=Sen2Note.at.type),
            literal(by.id),
        )
        .where(Sen2Issue.return_id == return_id, Sen2Issue.rule == rule, Sen2Issue.kind == QUERY, ~explained)
        .distinct()
    )
    done = db.session.execute(insert(Sen2Note).from_select(names, unexplained))
    number: int = done.rowcount  # type: ignore[attr-defined]
    return number


def _year_of(return_id: int) -> int:
    made = db.session.get_one(Sen2Return, return_id)
    if made.signed_at is not None:
        raise NotPossible("This return has been signed off, and its notes with it: build it again to explain more")
    return made.year
