"""One PostgreSQL database for a whole run of tests, as empty before each of them as it was when it was made."""

import os
from collections.abc import Callable

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

TABLES = "SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
COUNTERS = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
KEPT = "alembic_version"


class LentDatabase:
    """
    A migrated database that tests have one after another.

    Emptying takes a hundredth of what it takes to make a database and to drop it.

    :param server: the address of a server where databases may be made, and triggers left aside, by who signs in
    :param migrate: brings the database at an address up to date
    :param name: sets it apart from others of this run
    """

    def __init__(self, server: str, migrate: Callable[[str], None], *, name: str = "") -> None:
        self._server = make_url(server)
        self._migrate = migrate
        self._name = f"casetracker_test_{os.getpid()}{name}"
        self._make()

    @property
    def address(self) -> str:
        """Its address, as it is."""
        return self._address(self._name)

    def emptied(self) -> str:
        """Return its address, with no row in it and nobody else connected; made anew where its tables were changed."""
        with self._connection(self._name) as connection:
            connection.execute(OTHERS)
            as_made = self._tables(connection) == self._made_with
            if as_made:
                self._empty(connection)
        if not as_made:
            self.drop()
            self._make()
        return self.address

    def drop(self) -> None:
        """Drop it, whoever is connected."""
        self._on_the_server("DROP DATABASE {} WITH (FORCE)")

    def _make(self) -> None:
        self._on_the_server("CREATE DATABASE {}")
        self._on_the_server("ALTER DATABASE {} SET synchronous_commit = off")  # no test pulls the plug on the server
        self._migrate(self.address)
        with self._connection(self._name) as connection:
            self._made_with = self._tables(connection)

    def _empty(self, connection: psycopg.Connection) -> None:
        holding = sql.SQL(", ").join(
            sql.SQL("EXISTS (SELECT FROM {})").format(sql.SQL(table)) for table in self._made_with
        )
        found = connection.execute(sql.SQL("SELECT {}").format(holding)).fetchone() or ()
        connection.execute("SET session_replication_role = replica")  # no trigger, so no order among the tables
        for table, has_rows in zip(self._made_with, found, strict=True):
            if has_rows and table != KEPT:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
        connection.execute(COUNTERS)

    @staticmethod
    def _tables(connection: psycopg.Connection) -> list[str]:
        return sorted(name for (name,) in connection.execute(TABLES))

    def _on_the_server(self, statement: str) -> None:
        with self._connection(str(self._server.database)) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self._name)))

    def _connection(self, database: str) -> psycopg.Connection:
        address = self._server.set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def _address(self, database: str) -> str:
        return self._server.set(database=database).render_as_string(hide_password=False)
