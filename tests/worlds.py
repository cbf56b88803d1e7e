"""Worlds that many tests begin in: each built once a run, and put into a test's empty database as the rows it was."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select, text

from casetracker.extensions import db

T = TypeVar("T")
Rows = dict[Table, list[dict[str, Any]]]
_kept: dict[tuple[Hashable, ...], tuple[Any, Rows]] = {}


def begin(build: Callable[..., T], **asked: Hashable) -> T:
    """
    Put into the database what `build(**asked)` puts there, which depends on nothing else; return what that returned.

    :raises ValueError: if there is something in the database
    """
    key = (build, *sorted(asked.items()))
    found = {table for table in db.metadata.sorted_tables if db.session.scalar(select(func.count()).select_from(table))}
    if found:
        raise ValueError(f"a world begins in an empty database, and there is something in {sorted(map(str, found))}")
    if key in _kept:
        _put(_kept[key][1])
    else:
        told = build(**asked)
        db.session.commit()
        _kept[key] = told, _rows()
    answer: T = _kept[key][0]
    return answer


def _rows() -> Rows:
    connection = db.session.connection()
    found = {table: connection.execute(select(table)).mappings().all() for table in db.metadata.sorted_tables}
    return {table: [dict(row) for row in rows] for table, rows in found.items() if rows}


def _put(rows: Rows) -> None:
    connection = db.session.connection()
    on_postgresql = db.engine.dialect.name == "postgresql"
    for table, values in rows.items():
        connection.execute(insert(table), values)
        if on_postgresql and isinstance(values[0].get("id"), int):
            counter = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(text(f"SELECT setval({counter}, max(id)) FROM {table.name} WHERE {counter} IS NOT NULL"))
    db.session.commit()
