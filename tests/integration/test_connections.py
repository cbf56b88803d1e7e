"""What each connection to the database has been told."""

from sqlalchemy import text

from casetracker.extensions import db


def said_to(name: str) -> str:
    """Return a setting of PostgreSQL's, or a PRAGMA of SQLite's."""
    asked = "SHOW" if db.engine.dialect.name == "postgresql" else "PRAGMA"
    return str(db.session.scalar(text(f"{asked} {name}")))


def test_a_connection_is_prepared_and_stays_so_when_what_it_was_used_for_is_taken_back(app, session):
    name, value = ("jit", "off") if db.engine.dialect.name == "postgresql" else ("foreign_keys", "1")
    assert said_to(name) == value
    db.session.rollback()
    assert said_to(name) == value
