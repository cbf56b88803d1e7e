"""
What the kept sums are sums of: each kind of `Tallied` as one query over the rows it counts.

The same query counts one case, before and after something is recorded of it, and the whole caseload, when the sums are
verified or mended. Nothing in it depends on what day it is.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from casetracker.extensions import db
from casetracker.models import Advice, AdviceLine, Case, MilestoneRow, Tallied, Tally
from casetracker.queries.days import days_between, month_number
from casetracker.queries.remembered import answers
from casetracker.queries.timeliness import REOPENED, bucket_of
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import FIRST_CLOCK, Duty

AT_ONCE = 500
"""How many cases are counted in one statement."""

_STILL_ADDED = 10_000
"""On PostgreSQL, how many lines are added at most while somebody's wait to be committed; SQLite has one writer."""
_STEP = 1_000

P = ParamSpec("P")
T = TypeVar("T")
Scope = Callable[[Any], ColumnElement[bool]]
"""Which cases: makes a condition of the column that has a case's id."""


class Alike(NamedTuple):
    """What the lines of a group are alike in."""

    of: Tallied
    word: str
    also: str
    holder: int | None
    month: int | None
    day: date | None
    until: date | None
    days: int | None
    is_so: bool


COLUMNS = tuple(getattr(Tally, name) for name in Alike._fields)


def _absent() -> dict[str, Any]:
    number, day = cast(null(), Integer), cast(null(), Date)
    return {"word": literal(""), "also": literal(""), "holder": number, "month": number, "day": day, "until": day,
            "days": number, "is_so": false()}  # fmt: skip


def _plans(scope: Scope) -> Select[Any]:
    return select(
        bucket_of(Case.days_to_plan).label("word"),
        case((Case.counts_for_timeliness, ""), else_=REOPENED).label("also"),
        Case.final_plan_month.label("month"),
        Case.exceptions_apply.label("is_so"),
    ).where(scope(Case.id), Case.final_plan_month.is_not(None))  # and nothing that the index has not


def _stages(scope: Scope) -> Select[Any]:
    columns: list[Any] = [type_coerce(Case.stage, String).label("word"), Case.clock_started_on.label("day")]
    return select(*columns).where(scope(Case.id), Case.is_open)


def _loads(scope: Scope) -> Select[Any]:
    columns: list[Any] = [Case.named_worker_id.label("holder"), Case.next_due_on.label("day")]
    return select(*columns).where(scope(Case.id), Case.is_open)


def _overdue(scope: Scope) -> Select[Any]:
    answers_until = (
        select(func.max(MilestoneRow.due_on))
        .where(
            MilestoneRow.case_id == Case.id,
            MilestoneRow.episode == Case.episode,
            MilestoneRow.duty == Duty.REPRESENTATIONS_WINDOW,
            MilestoneRow.is_open,
        )
        .scalar_subquery()
    )
    return select(
        type_coerce(Case.stage, String).label("word"),
        Case.received_on.label("day"),
        case((Case.stage == Stage.CONSULTING, answers_until)).label("until"),
        Case.clock_basis.in_(FIRST_CLOCK).label("is_so"),
    ).where(
        scope(Case.id),
        Case.is_open,
        Case.final_plan_on.is_(None),
        Case.exceptions_apply.is_(False),
        Case.received_on.is_not(None),
    )


def _advice(scope: Scope) -> Select[Any]:
    received = Advice.first_received_on.is_not(None)
    unanswered = and_(~received, Advice.not_known_on.is_(None))
    became = case(
        (and_(received, Advice.first_received_on > Advice.due_on), AdviceLine.LATE.value),
        (received, AdviceLine.IN_TIME.value),
        (unanswered, AdviceLine.UNANSWERED.value),
        else_=AdviceLine.NOT_KNOWN.value,
    )
    return _of_advice(scope).add_columns(
        became.label("word"),
        case((unanswered, Advice.due_on)).label("until"),
        case((received, days_between(Advice.runs_from, Advice.first_received_on))).label("days"),
        (Advice.excused_by != "").label("is_so"),
    )


def _accepted(scope: Scope) -> Select[Any]:
    days = days_between(Advice.first_received_on, Advice.accepted_on).label("days")
    both = and_(Advice.first_received_on.is_not(None), Advice.accepted_on.is_not(None))
    return _of_advice(scope).add_columns(literal(AdviceLine.ACCEPTED.value).label("word"), days).where(both)


def _returned(scope: Scope) -> Select[Any]:
    line = literal(AdviceLine.RETURNED.value).label("word")
    return _of_advice(scope).add_columns(line).where(Advice.times_returned > 0)


def _days_lost(scope: Scope) -> Select[Any]:
    line, days = literal(AdviceLine.DAYS_LOST.value).label("word"), Advice.days_lost.label("number")
    return _of_advice(scope).add_columns(line, days).where(Advice.days_lost != 0)


def _of_advice(scope: Scope) -> Select[Any]:
    kind, asked = type_coerce(Advice.kind, String).label("also"), month_number(Advice.asked_on).label("month")
    columns: list[Any] = [Advice.service_id.label("holder"), kind, asked]
    return select(*columns).where(scope(Advice.case_id), Advice.asked_on.is_not(None), Advice.not_needed_on.is_(None))


def _waiting(scope: Scope) -> Select[Any]:
    waited_for = (
        select(Advice.case_id, Advice.service_id.label("holder"))
        .join(Case, Case.id == Advice.case_id)
        .where(scope(Advice.case_id), Advice.is_outstanding, Case.is_open)
        .distinct()
        .subquery()
    )
    alone = func.count().over(partition_by=waited_for.c.case_id) == 1
    return select(waited_for.c.holder, alone.label("is_so"))


_EACH: Sequence[tuple[Tallied, Callable[[Scope], Select[Any]]]] = (
    (Tallied.PLANS, _plans),
    (Tallied.STAGES, _stages),
    (Tallied.LOADS, _loads),
    (Tallied.OVERDUE, _overdue),
    (Tallied.ADVICE, _advice),
    (Tallied.ADVICE, _accepted),
    (Tallied.ADVICE, _returned),
    (Tallied.ADVICE, _days_lost),
    (Tallied.WAITING, _waiting),
)


def counted(scope: Scope, kinds: Collection[Tallied] = tuple(Tallied)) -> list[Select[Any]]:
    """Return queries that count cases anew, each group of those that are alike once: `Alike` and the number."""
    return [_grouped(of, each(scope)) for of, each in _EACH if of in kinds]


def _grouped(of: Tallied, each: Select[Any]) -> Select[Any]:
    rows = each.subquery()
    there = [rows.c[name] for name in Alike._fields if name in rows.c]
    columns = [(rows.c if name in rows.c else _absent())[name].label(name) for name in Alike._fields[1:]]
    number = cast(func.sum(rows.c.number), Integer) if "number" in rows.c else func.count()
    return select(literal(of.value).label("of"), *columns, number.label("number")).group_by(*there)


def of_cases(case_ids: Sequence[int], kinds: Collection[Tallied] = tuple(Tallied)) -> Counter[Alike]:
    """Return what some cases add to the sums, as their rows now are."""
    found: Counter[Alike] = Counter()
    query = _among_cases(db.engine.dialect.name, frozenset(kinds))
    for start in range(0, len(case_ids), AT_ONCE):
        for row in db.session.execute(query, {"case_ids": case_ids[start : start + AT_ONCE]}):
            found[_alike(row)] += row.number
    return found


@cache
def _among_cases(_dialect: str, kinds: frozenset[Tallied]) -> CompoundSelect[Any]:
    """Return the query of some cases, made once: making it takes longer than a case takes to be counted."""
    return union_all(*counted(lambda column: column.in_(bindparam("case_ids", expanding=True)), kinds))


def differences() -> Select[Any]:
    """Return a query for what would have to be added to each sum that is not what counting anew gives: all at once."""
    there = select(*COLUMNS, (-Tally.number).label("number"))
    lines = union_all(*counted(lambda column: column.is_not(None)), there).subquery()
    number = cast(func.sum(lines.c.number), Integer).label("number")
    alike = [lines.c[name] for name in Alike._fields]
    return select(*alike, number).group_by(*alike).having(func.sum(lines.c.number) != 0)


def wrong() -> list[tuple[Alike, int]]:
    """Return each sum that is not what counting anew gives, with what it lacks."""
    return [(_alike(row), row.number) for row in db.session.execute(differences())]


def added_up(
    up_to: Callable[Concatenate[int, P], T], since: Callable[Concatenate[T, int, P], T], *args: P.args, **kw: P.kwargs
) -> T:
    """
    Return figures made of very many lines: what those that stand come to is remembered, and the newest are added.

    `up_to` makes the figures of the lines up to an id and is asked again only when lines have been folded or many more
    have been added; `since` adds those after it, and may not change what it is given.
    """
    ends = (select(end(Tally.id)).scalar_subquery() for end in (func.min, func.max))  # each by itself is one look
    first, last = db.session.execute(select(*ends)).one()
    still_added = _STILL_ADDED if db.engine.dialect.name == "postgresql" else 0
    settled = max(0, ((last or 0) - still_added) // _STEP * _STEP)
    database = db.engine.url.render_as_string(hide_password=False)
    standing: T = answers(up_to, (database, first), settled, *args, **kw)  # type: ignore[arg-type]  # all hashable
    return since(standing, settled, *args, **kw)


def _alike(row: Any) -> Alike:
    return Alike._make((Tallied(row.of), *row[1:-2], bool(row.is_so)))
