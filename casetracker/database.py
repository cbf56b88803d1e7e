"""What each connection to the database is told, so that SQLite keeps the promises PostgreSQL does."""

from typing import Any

from flask import Flask
from sqlalchemy import event

from casetracker.extensions import db

BUSY_MILLISECONDS = 30_000


def init_app(app: Flask) -> None:
    """Switch on foreign keys and write-ahead logging for SQLite connections."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.close()
