"""Cells: dates, instants, yes and no, as the systems that councils have write them."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

from casetracker.csvin.refusals import BadValue
from casetracker.london import LONDON

EARLIEST, LATEST = 1900, 2100
_MONTHS = {m: n for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"(\d{1,4})-(\d{1,2})-(\d{1,2})" + _TIME)
_BLADE = re.compile(r"(\d{1,4})-([A-Za-z]{3})[a-z]*-(\d{1,2})" + _TIME)
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{1,4})" + _TIME)
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{1,4})" + _TIME)
_YES, _NO = frozenset({"1", "true", "yes", "y", "t"}), frozenset({"0", "false", "no", "n", "f"})
ISO_STYLE, BRITISH_STYLE = "YYYY-MM-DD", "DD/MM/YYYY"


def style_of(text: str) -> str | None:
    """Return which of the two styles of a history file a date is written in, or None for neither."""
    text = text.strip()
    if _ISO.fullmatch(text):
        return ISO_STYLE
    return BRITISH_STYLE if _BRITISH.fullmatch(text) else None


def day(text: str) -> date | None:
    """
    Return the date in a cell, or None for an empty one.

    :raises BadValue: if it is not a date, or not one that can be meant
    """
    text = text.strip()
    if not text:
        return None
    year, month, day_of_month = _parts(text)
    if not EARLIEST <= year <= LATEST:
        raise BadValue(f"the year {year:04d} cannot be meant")
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise BadValue("there is no such day") from None


def _parts(text: str) -> tuple[int, int, int]:
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _BRITISH.fullmatch(text):
        return _full_year(found[3]), int(found[2]), int(found[1])
    if found := _BLADE.fullmatch(text):
        return int(found[1]), _month(found[2]), int(found[3])
    if found := _NAMED.fullmatch(text):
        return _full_year(found[3]), _month(found[2]), int(found[1])
    raise BadValue("this is not a date: write it as 2026-01-31 or 31/01/2026")


def _full_year(text: str) -> int:
    if len(text) == 2:
        raise BadValue("the year needs four figures")
    return int(text)


def _month(text: str) -> int:
    try:
        return _MONTHS[text.lower()]
    except KeyError:
        raise BadValue("there is no such month") from None


def instant(text: str) -> datetime | None:
    """
    Return the instant in a cell (ISO 8601), or None for an empty one. Without an offset it is taken as London's time.

    :raises BadValue: if it is not one
    """
    text = text.strip()
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue("this is not an instant: write it as 2026-01-31T14:05:00+00:00") from None
    if not EARLIEST <= parsed.year <= LATEST:
        raise BadValue(f"the year {parsed.year:04d} cannot be meant")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=LONDON)


def end_of(on: date) -> datetime:
    """Return the last minute of a day in London: when a thing was known, where only its day is."""
    return datetime.combine(on, time(23, 59), LONDON)


def flag(text: str) -> bool | None:
    """
    Return yes or no, or None for an empty cell.

    :raises BadValue: if it says neither
    """
    word = text.strip().lower()
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise BadValue("this must be 1 or 0 (or true, false, yes, no, or empty)")


def one_of(allowed: frozenset[str], what: str) -> Callable[[str], str]:
    """Return a reader of cells that hold one of these words, in any case, or nothing."""

    def read(text: str) -> str:
        word = text.strip().lower()
        if word and word not in allowed:
            raise BadValue(f"this is not {what}")
        return word

    return read
