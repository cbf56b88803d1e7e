"""Writing rows that may be there already, in one statement on either database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from casetracker.extensions import Model, db


def insert_into(table: Any) -> Any:
    """Return the statement of the database in use that inserts into a table and may say what to do on a conflict."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def put(table: type[Model], rows: Sequence[dict[str, Any]], *, key: Sequence[str], in_place: bool = True) -> None:
    """
    Write rows, each known by its key; one that is there already gives way to the new one, or stays as it is.

    :param in_place: whether the new one takes its place
    """
    if not rows:
        return
    into = insert_into(table).values(list(rows))
    if in_place:
        newer = {name: into.excluded[name] for name in rows[0] if name not in key}
        into = into.on_conflict_do_update(index_elements=list(key), set_=newer)
    else:
        into = into.on_conflict_do_nothing(index_elements=list(key))
    db.session.execute(into)
