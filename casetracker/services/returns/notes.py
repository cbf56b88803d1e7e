"""Explaining what is queried: a note that stays with the year, and travels with the return, so that it names nobody."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, literal, select

from casetracker.extensions import db
from casetracker.identifiers import folded
from casetracker.models import Case, Person, Sen2Issue, Sen2Note, Sen2Return, User
from casetracker.sen2.rules import QUERY
from casetracker.services.cases import NotPossible

_LIKE_A_UPN = re.compile(r"\b[A-Z][0-9]{11}[0-9A-Z]\b", re.IGNORECASE | re.ASCII)
_INITIALS = 2
"""Letters: a part of a name that has no more, as in O’Brien, is not looked for by itself."""


def explain(*, issue: Sen2Issue, text: str, by: User, at: datetime) -> Sen2Note:
    """
    Say why a query is right as it stands; an earlier note on it stays on record.

    :raises NotPossible: for an error, which has to be mended; if it names the child; or once the return has been signed
    """
    year = _year_of(issue.return_id)
    if issue.kind != QUERY:
        raise NotPossible("An error has to be put right: it cannot be explained")
    _refuse_names(text, _words(text), Sen2Issue.id == issue.id)
    note = Sen2Note(
        year=year, rule=issue.rule, case_id=issue.case_id, subject=issue.subject, text=text, at=at, by_id=by.id
    )
    db.session.add(note)
    db.session.flush()
    return note


def explain_all(*, return_id: int, rule: str, text: str, by: User, at: datetime) -> int:
    """
    Say the same of every query of one rule that has not been explained, and return how many there were.

    Of many children some are called Young or May: here a name counts only where it is written with a capital.

    :raises NotPossible: if it names one of the children, or once the return has been signed
    """
    year = _year_of(return_id)
    capitals = _words(" ".join(word for word in text.split() if word != word.lower()))
    _refuse_names(text, capitals, Sen2Issue.return_id == return_id, Sen2Issue.rule == rule)
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


def _refuse_names(text: str, words: Iterable[str], *of: ColumnElement[bool]) -> None:
    """Refuse a note with a UPN, or with one of the names of a child whose row breaks a rule, among its words."""
    if _LIKE_A_UPN.search(text):
        raise NotPossible("There is a UPN in it, or what looks like one: take it out, since the note travels")
    query = select(Person.forename, Person.surname).join(Case, Case.person_id == Person.id)
    children = query.join(Sen2Issue, Sen2Issue.case_id == Case.id).where(*of).distinct()
    names = {part for child in db.session.execute(children) for name in child for part in _parts(name)}
    if found := sorted(names.intersection(words)):
        raise NotPossible(f"“{found[0].capitalize()}” is the name of a child it is about: name nobody in it")


def _parts(name: str) -> set[str]:
    words = _words(name)
    return words if len(words) == 1 else {word for word in words if len(word) > _INITIALS}


def _words(text: str) -> set[str]:
    """Return the words of a text without capitals or accents: “Ada’s” as one, and as what is before and after."""
    return {*folded(text).split(), *folded(re.sub(r"[^\w\s]", " ", text)).split()}


def _year_of(return_id: int) -> int:
    made = db.session.get_one(Sen2Return, return_id)
    if made.signed_at is not None:
        raise NotPossible("This return has been signed off, and its notes with it: build it again to explain more")
    return made.year
