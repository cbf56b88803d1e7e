"""What a terminal is told when the database will not do: one line, with what to do about it."""

import re
import sqlite3

import click
from sqlalchemy.exc import DBAPIError

NOT_READABLE = 2
"""What every command ends with when a file that it was given cannot be read, or one cannot be written."""
FAULTS = (DBAPIError, sqlite3.Error)
"""What a database that cannot be used raises."""
_NO_TABLES = re.compile(r"no such (table|column)|(relation|column) \S+ does not exist")


def in_words(error: Exception, *, database: str) -> click.ClickException:
    """Return the refusal for an error of the database, whose address is given with its password hidden."""
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].strip().rstrip(".:")
    if _NO_TABLES.search(reason):
        return click.ClickException(
            f"The database {database} has not the tables of this version: run `casetracker db upgrade` first."
        )
    return click.ClickException(
        f"The database {database} cannot be opened ({reason}): check DATABASE_URL, and that you may write there."
    )


class CannotRead(click.ClickException):
    """A file that was given cannot be read."""

    exit_code = NOT_READABLE
