"""The returns that have been made, what was found wrong with each, and what was said of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select, union_all
from sqlalchemy.orm import aliased, joinedload

from casetracker.extensions import db
from casetracker.models import Case, ImportBatch, ImportKind, Outcome, Person, Sen2Issue, Sen2Note, Sen2Return, User
from casetracker.sen2.rules import ERROR, QUERY

PER_PAGE = 50
NAMES = frozenset({"surname", "forename"})


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many rows break one rule, and how many of those are explained."""

    rule: str
    kind: str
    text: str
    count: int
    explained: int


@dataclass(frozen=True, slots=True)
class FoundIssue:
    """A row that breaks a rule, with whose case it is and what was said of it."""

    id: int
    rule: str
    kind: str
    text: str
    fields: str
    value: str
    subject: str
    mend: str
    case_id: int | None
    reference: str
    name: str
    upn: str
    uln: str
    worker: str
    note: str
    note_by: str
    note_at: datetime | None

    @property
    def value_without_name(self) -> str:
        """What stands in the row, for a file that names nobody: nothing where that is a child’s name."""
        return "" if NAMES & set(self.fields.split()) else self.value


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which issues to show; an empty word is any."""

    rule: str = ""
    kind: str = ""
    worker: str = ""
    explained: str = ""
    """"yes" or "no"."""


def latest(*, number: int = 50) -> Sequence[Sen2Return]:
    """Return the newest makings."""
    query = select(Sen2Return).options(joinedload(Sen2Return.asked_by), joinedload(Sen2Return.signed_by))
    return db.session.scalars(query.order_by(Sen2Return.id.desc()).limit(number)).all()


def one(return_id: int) -> Sen2Return:
    """
    Return one making.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    query = select(Sen2Return).options(joinedload(Sen2Return.asked_by), joinedload(Sen2Return.signed_by))
    return db.session.scalars(query.where(Sen2Return.id == return_id)).one()


def in_place_of(made: Sen2Return) -> Sen2Return | None:
    """Return the build that took the place of one nobody signed, whose files and rows are gone; None where none did."""
    if made.outcome is not Outcome.DONE or made.files:
        return None
    later = select(Sen2Return).where(
        Sen2Return.year == made.year, Sen2Return.number > made.number, Sen2Return.outcome == Outcome.DONE
    )
    return db.session.scalars(later.order_by(Sen2Return.number.desc()).limit(1)).first()


def issue(return_id: int, issue_id: int) -> Sen2Issue:
    """
    Return one issue of a return.

    :raises sqlalchemy.exc.NoResultFound: if it has none with that number
    """
    return db.session.scalars(select(Sen2Issue).where(Sen2Issue.id == issue_id, Sen2Issue.return_id == return_id)).one()


def last_officers(year: int | None = None) -> dict[str, str]:
    """
    Return what was said last of each designated officer, in a return built here or brought in.

    A return of the year in question comes first, then one of a later year before one of an earlier.
    """
    brought_in = select(ImportBatch.header, ImportBatch.ended_at).where(
        ImportBatch.kind == ImportKind.SEN2_CSV, ImportBatch.outcome == Outcome.DONE, ~ImportBatch.dry_run
    )
    said = union_all(select(Sen2Return.header, Sen2Return.asked_at.label("at")), brought_in).subquery()
    headers: Sequence[dict[str, str]] = db.session.scalars(select(said.c.header).order_by(said.c.at)).all()
    last_comes_last = sorted(headers, key=lambda one: (one.get("year") == str(year), one.get("year", "")))
    return {name: one[name] for one in last_comes_last for name in ("dmo", "dco", "dsco") if name in one}


def year_before(made: Sen2Return) -> Sen2Return | None:
    """Return the year before's return to compare with: the last that was signed off, or failing that the last made."""
    query = select(Sen2Return).where(Sen2Return.year == made.year - 1, Sen2Return.outcome == Outcome.DONE)
    signed_first = Sen2Return.submission.desc().nulls_last()
    return db.session.scalars(query.order_by(signed_first, Sen2Return.number.desc()).limit(1)).first()


def by_rule(made: Sen2Return) -> list[RuleCount]:
    """Return how many rows break each rule, errors first."""
    explained = func.sum(case((_note_of(made).is_not(None), 1), else_=0))
    query = (
        select(Sen2Issue.rule, Sen2Issue.kind, func.min(Sen2Issue.text), func.count(), explained)
        .where(Sen2Issue.return_id == made.id)
        .group_by(Sen2Issue.rule, Sen2Issue.kind)
        .order_by(Sen2Issue.kind, Sen2Issue.rule)
    )
    return [RuleCount(*row) for row in db.session.execute(query)]


def unexplained(made: Sen2Return) -> int:
    """Return how many queries nobody has explained."""
    query = select(func.count(Sen2Issue.id)).where(
        Sen2Issue.return_id == made.id, Sen2Issue.kind == QUERY, _note_of(made).is_(None)
    )
    return db.session.scalar(query) or 0


def how_many(made: Sen2Return, wanted: Wanted) -> int:
    """Return how many issues are wanted."""
    return db.session.scalar(_wanted(select(func.count(Sen2Issue.id)), made, wanted)) or 0


def issues(made: Sen2Return, wanted: Wanted, *, page: int = 1, per_page: int | None = PER_PAGE) -> list[FoundIssue]:
    """Return the issues that are wanted, errors first; `per_page` of None gives them all."""
    query = _wanted(_shown(made), made, wanted).order_by(Sen2Issue.kind, Sen2Issue.rule, Sen2Issue.id)
    if per_page is not None:
        query = query.limit(per_page).offset((page - 1) * per_page)
    return [_found(row) for row in db.session.execute(query)]


def every_note(made: Sen2Return) -> Iterator[FoundIssue]:
    """Yield every query of a return that has been explained, with what was said: what travels with it."""
    query = _wanted(_shown(made), made, Wanted(kind=QUERY, explained="yes"))
    for row in db.session.execute(query.order_by(Sen2Issue.rule, Sen2Issue.id)).yield_per(1000):
        yield _found(row)


def workers_of(made: Sen2Return) -> list[tuple[str, str]]:
    """Return the named workers whose cases have issues, by name."""
    query = (
        select(User.id, User.name)
        .join(Case, Case.named_worker_id == User.id)
        .join(Sen2Issue, Sen2Issue.case_id == Case.id)
        .where(Sen2Issue.return_id == made.id)
        .distinct()
        .order_by(User.name)
    )
    return [(str(row.id), row.name) for row in db.session.execute(query)]


def _note_of(made: Sen2Return) -> Any:
    """Return the number of the latest note on an issue, as a column. A signed return has those of its day."""
    known = Sen2Note.at <= made.signed_at if made.signed_at is not None else Sen2Note.id.is_not(None)
    return (
        select(func.max(Sen2Note.id))
        .where(
            Sen2Note.year == made.year,
            Sen2Note.rule == Sen2Issue.rule,
            func.coalesce(Sen2Note.case_id, 0) == func.coalesce(Sen2Issue.case_id, 0),
            Sen2Note.subject == Sen2Issue.subject,
            known,
        )
        .correlate(Sen2Issue)
        .scalar_subquery()
    )


def _shown(made: Sen2Return) -> Select[Any]:
    worker, writer = aliased(User), aliased(User)
    query: Any = (
        select(
            Sen2Issue.id,
            Sen2Issue.rule,
            Sen2Issue.kind,
            Sen2Issue.text,
            Sen2Issue.fields,
            Sen2Issue.value,
            Sen2Issue.subject,
            Sen2Issue.mend,
            Sen2Issue.case_id,
            Case.reference,
            Person.forename,
            Person.surname,
            Person.upn,
            Person.uln,
            worker.name.label("worker"),
            Sen2Note.text.label("note"),
            writer.name.label("note_by"),
            Sen2Note.at.label("note_at"),
        )
        .outerjoin(Case, Case.id == Sen2Issue.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(worker, worker.id == Case.named_worker_id)
        .outerjoin(Sen2Note, Sen2Note.id == _note_of(made))
        .outerjoin(writer, writer.id == Sen2Note.by_id)
    )
    return query  # type: ignore[no-any-return]


def _wanted(query: Select[Any], made: Sen2Return, wanted: Wanted) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [Sen2Issue.return_id == made.id]
    if wanted.rule:
        conditions.append(Sen2Issue.rule == wanted.rule)
    if wanted.kind in (ERROR, QUERY):
        conditions.append(Sen2Issue.kind == wanted.kind)
    if wanted.worker.isascii() and wanted.worker.isdigit():
        held = select(Case.id).where(Case.named_worker_id == int(wanted.worker[:9]))
        conditions.append(Sen2Issue.case_id.in_(held))
    if wanted.explained in ("yes", "no"):
        note = _note_of(made)
        conditions.append(note.is_not(None) if wanted.explained == "yes" else note.is_(None))
    return query.where(and_(*conditions))


def _found(row: Any) -> FoundIssue:
    return FoundIssue(
        row.id,
        row.rule,
        row.kind,
        row.text,
        row.fields,
        row.value,
        row.subject,
        row.mend,
        row.case_id,
        row.reference or "",
        f"{row.forename or ''} {row.surname or ''}".strip(),
        row.upn or "",
        row.uln or "",
        row.worker or "",
        row.note or "",
        row.note_by or "",
        row.note_at,
    )
