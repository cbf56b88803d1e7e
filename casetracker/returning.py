"""What every edge that works on a SEN2 return shares: the lists and rules in force here."""

from collections.abc import Iterable
from pathlib import Path

from flask import current_app

from casetracker.sen2 import book
from casetracker.sen2.book import Book


def lists_and_rules(more: Iterable[Path] = ()) -> Book:
    """
    Return what comes with the tracker, with the authority's own files over it and then these.

    :raises casetracker.sen2.book.BookRefused: if one of them cannot be used
    """
    return book.opened([*map(Path, current_app.config["SEN2_FILES"]), *more])
