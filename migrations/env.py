"""Alembic's environment: the application's engine, one transaction a migration, and no waiting long for locks."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from casetracker import models  # noqa: F401  (so that every table is known)
from casetracker.extensions import db

LOCK_KEY = 5_140_905
LOCK_TIMEOUT = "10s"


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SELECT pg_advisory_lock({LOCK_KEY})"))
        connection.commit()


def _release(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_unlock({LOCK_KEY})"))
        connection.commit()


def run() -> None:
    """Run the migrations on the application's database."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        _prepare(connection)
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        _release(connection)


run()
