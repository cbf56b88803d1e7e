"""
Figures over the whole caseload, worked out once for each state of it.

They are functions of the histories, of the last sweep and of what they are asked: until an entry is added or a job has
run, asking again gives the same.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import func, literal, select

from casetracker.extensions import db
from casetracker.models import CaseEvent, ImportBatch, JobRun

P = ParamSpec("P")
T = TypeVar("T")
_KEPT = 2_000
"""How many answers are kept: a few for each page, day and kind of year."""
_NEWEST = 10_000
"""How many entries are counted, the newest: more than are added while somebody's entry waits to be committed."""


def until_the_caseload_changes(question: Callable[P, T]) -> Callable[P, T]:
    """Keep a question's answers while the last entry and the last job are the same. Nobody may change an answer."""

    @wraps(question)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        state = _state()
        if not state:
            return question(*args, **kwargs)
        database = db.engine.url.render_as_string(hide_password=False)
        answer: T = answers(question, (database, state), *args, **kwargs)  # type: ignore[arg-type]  # all hashable
        return answer

    return ask


@lru_cache(maxsize=_KEPT)
def answers(question: Callable[..., Any], _state: tuple[object, ...], *args: Any, **kwargs: Any) -> Any:
    """Return what a question was answered in that state of that database; each is asked once."""
    return question(*args, **kwargs)


def _state() -> tuple[object, ...]:
    """
    Return what no other state of the caseload has; () where it is new.

    That is the hash of its newest entry, and how far jobs and imports have got. On PostgreSQL an entry with an earlier
    number may be committed after it, so that the newest are counted too; an import, which may take longer than they
    last, says when it has got further.
    """
    newest = select(func.max(CaseEvent.id)).scalar_subquery()
    last_entry = select(CaseEvent.hash).where(CaseEvent.id == newest).scalar_subquery()
    got_to = [
        select(func.max(column)).scalar_subquery()
        for column in (JobRun.id, JobRun.ended_at, ImportBatch.id, ImportBatch.worked_at, ImportBatch.ended_at)
    ]
    # In order and no more than there can be, or PostgreSQL takes them for a third of the table and starts helpers.
    some = select(CaseEvent.id).where(CaseEvent.id > newest - _NEWEST).order_by(CaseEvent.id.desc()).limit(_NEWEST)
    counted = select(func.count()).select_from(some.subquery()).scalar_subquery()
    on_postgresql = db.engine.dialect.name == "postgresql"
    state = db.session.execute(select(last_entry, *got_to, counted if on_postgresql else literal(0))).one()
    return tuple(state) if state[0] is not None else ()
