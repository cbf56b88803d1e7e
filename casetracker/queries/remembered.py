"""
Figures over the whole caseload, worked out once for each state of it.

They are functions of the histories, of the last sweep and of what they are asked: until an entry is added or a job has
run, asking again gives the same.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import String, cast, func, literal, select

from casetracker.extensions import db
from casetracker.models import CaseEvent, JobRun

P = ParamSpec("P")
T = TypeVar("T")
_KEPT = 256
"""How many answers are kept: a few for each page, day and kind of year."""


def until_the_caseload_changes(question: Callable[P, T]) -> Callable[P, T]:
    """Keep a question's answers while the last entry and the last job are the same. Nobody may change an answer."""

    answers: Any = lru_cache(maxsize=_KEPT)(lambda _database, _state, *args, **kwargs: question(*args, **kwargs))

    @wraps(question)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        state = _state()
        if not state:
            return question(*args, **kwargs)
        answer: T = answers(db.engine.url.render_as_string(hide_password=False), state, *args, **kwargs)
        return answer

    return ask


def _state() -> tuple[object, ...]:
    """
    Return what no other state of the caseload has: the hash of its newest entry and the newest job; () where it is new.

    On PostgreSQL an entry with an earlier number may be committed after it, so that the snapshot is named as well.
    """
    last_entry = select(CaseEvent.hash).order_by(CaseEvent.id.desc()).limit(1).scalar_subquery()
    last_job = select(func.max(JobRun.id)).scalar_subquery()
    last_ended = select(func.max(JobRun.ended_at)).scalar_subquery()
    on_postgresql = db.engine.dialect.name == "postgresql"
    snapshot = cast(func.pg_current_snapshot(), String) if on_postgresql else literal("")
    state = db.session.execute(select(last_entry, last_job, last_ended, snapshot)).one()
    return tuple(state) if state[0] is not None else ()
