"""Closures and term dates from a file: CSV, or a calendar (iCalendar)."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from casetracker.csvin.refusals import FileRefused, Refusal
from casetracker.csvin.table import Row, Table
from casetracker.statute.closures import Shut

_COLUMNS = frozenset({"name", "first_day", "last_day", "what", "urn"})
_LONGEST = timedelta(days=120)


@dataclass(slots=True)
class Read:
    """What a file held: closures by URN ("" where none was given), and the lines that could not be taken."""

    closures: dict[str, list[Shut]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def read_closures(path: Path) -> Read:
    """
    Return the closures in a file. Rows marked `term` are terms, and what lies between two of them is a closure.

    :raises FileRefused: if it is neither such a CSV file nor a calendar
    """
    if path.suffix.lower() in (".ics", ".ical"):
        return _from_calendar(path)
    table = Table(path, _COLUMNS, frozenset({"name", "first_day", "last_day"}))
    read = Read()
    terms: dict[str, list[Shut]] = {}
    for row in table:
        shut = _row(row, read)
        if shut is not None:
            into = terms if row["what"].lower() == "term" else read.closures
            into.setdefault(row["urn"], []).append(shut)
    read.refusals += table.refusals
    for urn, own in terms.items():
        read.closures.setdefault(urn, []).extend(_between(own))
    return read


def _row(row: Row, read: Read) -> Shut | None:
    days = {}
    for column in ("first_day", "last_day"):
        day = _day(row[column])
        if day is None:
            read.refusals.append(row.refused(column, "a day is wanted, such as 2026-07-22 or 22/07/2026"))
            return None
        days[column] = day
    if row["what"].lower() not in ("", "term", "closure"):
        read.refusals.append(row.refused("what", "this is term or closure"))
        return None
    if days["last_day"] < days["first_day"]:
        read.refusals.append(row.refused("last_day", "it ends before it begins"))
        return None
    return Shut(days["first_day"], days["last_day"], row["name"][:120])


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    return None


def _between(terms: Sequence[Shut]) -> Iterator[Shut]:
    """Yield what lies between one term and the next; nothing is known of the days before the first."""
    inorder = sorted(terms, key=lambda term: term.starts_on)
    for one, other in itertools.pairwise(inorder):
        first, last = one.reopens_on, other.starts_on - timedelta(days=1)
        if first <= last and last - first < _LONGEST:
            yield Shut(first, last, f"holiday after {one.name}"[:120])


def _from_calendar(path: Path) -> Read:
    try:
        calendar = Calendar.from_ical(path.read_bytes())
    except (ValueError, UnicodeDecodeError) as wrong:
        raise FileRefused(f"{path.name} cannot be read as a calendar: {wrong}") from None
    read = Read()
    for number, event in enumerate(calendar.walk("VEVENT"), start=1):
        name = str(event.get("SUMMARY", "closure"))[:120]
        days: list[Any] = [event.get(part).dt if event.get(part) else None for part in ("DTSTART", "DTEND")]
        start, end = days
        problem = _why_not(event, start, end)
        if problem:
            read.refusals.append(Refusal(path.name, number, "", problem, name))
            continue
        last: date = end - timedelta(days=1) if end is not None else start
        read.closures.setdefault("", []).append(Shut(start, max(start, last), name))
    return read


def _why_not(event: object, start: object, end: object) -> str:
    if "RRULE" in event:  # type: ignore[operator]
        return "an event that repeats is not taken: give each closure by itself"
    if not isinstance(start, date) or isinstance(start, datetime) or isinstance(end, datetime):
        return "only whole days are taken"
    return ""
