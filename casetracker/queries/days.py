"""Days and months in SQL, the same on both databases."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, extract, func

from casetracker.extensions import db


def days_between(first: Any, last: Any) -> ColumnElement[int]:
    """Return how many days there are from one day to another."""
    if db.engine.dialect.name == "postgresql":
        return cast(last - first, Integer)
    return cast(func.julianday(last) - func.julianday(first), Integer)


def month_number(day: Any) -> ColumnElement[int]:
    """Return the month a day is in, as YYYYMM."""
    if db.engine.dialect.name == "sqlite":
        return cast(func.strftime("%Y%m", day), Integer)  # half of what taking the year and the month apart costs
    return cast(extract("year", day) * 100 + extract("month", day), Integer)
