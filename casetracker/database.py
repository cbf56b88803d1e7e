"""What each connection to the database is told: SQLite to keep the promises PostgreSQL does, PostgreSQL to be quick."""

from typing import Any

from flask import Flask
from sqlalchemy import event

from casetracker.extensions import db

BUSY_MILLISECONDS = 30_000


def init_app(app: Flask) -> None:
    """Have each new connection prepared as its database needs."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "connect", _PREPARED[engine.dialect.name])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """
    Have no statement compiled (jit): with many cases that takes longer by far than to run it.

    Said once the connection is there, since what stands between (a pooler) may not let it be said at the start.
    """
    connection.autocommit = True  # or the first rollback would take it back
    connection.execute("SET jit = off")
    connection.autocommit = False


_PREPARED = {"sqlite": _prepare_sqlite, "postgresql": _prepare_postgresql}
