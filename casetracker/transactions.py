"""The only commits in the package: at the edge, once, when all that was to be written has been."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from casetracker.extensions import db

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Keep all that is written inside when it ends well, and none of it when it does not."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def commits(edge: Callable[P, R]) -> Callable[P, R]:
    """Decorate a view, a task or a command so that all it wrote is kept when it returns, and none when it raises."""

    @wraps(edge)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with unit_of_work():
            return edge(*args, **kwargs)

    return wrapper
