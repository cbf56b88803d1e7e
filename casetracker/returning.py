"""What every edge that works on a SEN2 return shares: the lists and rules in force here, and a return's header."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib.metadata import version as version_of_package
from pathlib import Path

from flask import current_app

from casetracker import clock
from casetracker.queries import returns
from casetracker.sen2 import book
from casetracker.sen2.book import Book, Version
from casetracker.sen2.making import PersonFacts


def lists_and_rules(more: Iterable[Path] = ()) -> Book:
    """
    Return what comes with the tracker, with the authority's own files over it and then these.

    :raises casetracker.sen2.book.BookRefused: if one of them cannot be used
    """
    return book.opened([*map(Path, current_app.config["SEN2_FILES"]), *more])


def header_of(version: Version, *, number: int, at: datetime, officers: Mapping[str, bool | None]) -> dict[str, str]:
    """
    Return the header of a return made here.

    :param officers: whether the authority has each of `dmo`, `dco` and `dsco`; one not said is left out
    """
    return {
        "collection": "SEN2",
        "year": str(version.year),
        "referencedate": version.census.isoformat(),
        "sourcelevel": "L",
        "lea": current_app.config["LOCAL_AUTHORITY_CODE"],
        "softwarecode": "casetracker",
        "release": version_of_package("casetracker"),
        "serialno": str(number),
        "datetime": at.astimezone(clock.LONDON).replace(tzinfo=None).isoformat(timespec="seconds"),
        **{name: str(int(there)) for name, there in officers.items() if there is not None},
    }


def people_of(version: Version, *, on: date) -> Iterator[PersonFacts]:
    """Yield the people whom a year's return may tell of, as they are known on a day."""
    for batch in returns.in_batches(version, on=on):
        yield from batch
