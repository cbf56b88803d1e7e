"""A release file, as the DfE publishes it, to figures by area and year: whatever the case of its names. Pure."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from casetracker.csvin.refusals import BadValue, FileRefused, Refusal
from casetracker.csvin.table import AGAIN, Row, Table
from casetracker.published.measures import RENAMED, TABLES, ReleaseTable

ENGLAND = "E92000001"
MARKS = frozenset({"x", "z", "c", ":", "low", "u", "k", "..", "-", ""})
"""What stands where no number does: not available, not applicable, suppressed, and the like."""
_PLACE = frozenset(
    {
        "time_period",
        "time_identifier",
        "geographic_level",
        "country_code",
        "country_name",
        "region_code",
        "region_name",
        "new_la_code",
        "old_la_code",
        "la_name",
        "breakdown_topic",
        "breakdown",
    }
)
_COLUMNS = frozenset(column for table in TABLES.values() for column in table.columns)
_NEEDED = frozenset({"time_period", "geographic_level", "breakdown_topic", "breakdown"})
_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_FIRST_YEAR, _LAST_YEAR = 2014, 2100


class Level(StrEnum):
    """What sort of area a figure is for."""

    NATIONAL = "national"
    REGIONAL = "regional"
    AUTHORITY = "authority"


_LEVELS = {"national": Level.NATIONAL, "regional": Level.REGIONAL, "local authority": Level.AUTHORITY}


@dataclass(frozen=True, slots=True)
class Area:
    """An area, by the code that lasts: for an authority the three figures, since its other code has changed."""

    code: str
    level: Level
    name: str
    region_code: str = ""


@dataclass(frozen=True, slots=True)
class AreaYear:
    """What a file says of one area in one year."""

    line: int
    year: int
    area: Area
    numbers: Mapping[str, float]
    marks: Mapping[str, str]
    """For each column with no number: the mark that stands there."""


@dataclass(slots=True)
class ReleaseFile:
    """A release file, read."""

    name: str
    table: ReleaseTable
    rows: list[AreaYear] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Rows that are not for whole areas, by why."""
    notes: list[str] = field(default_factory=list)
    read: int = 0

    @property
    def years(self) -> list[int]:
        """The years it has, earliest first."""
        return sorted({row.year for row in self.rows})


def read_release(path: Path) -> ReleaseFile:
    """
    Return what a release file says of whole areas. Which file it is, its columns tell.

    :raises FileRefused: if it is not one of those in `TABLES`, has a column missing, or has no row that can be taken
    """
    source = Table(path, _PLACE | _COLUMNS, _NEEDED, renamed=RENAMED, may_repeat=True)
    read: ReleaseFile | None = None
    stood: dict[tuple[int, str], int] = {}
    for row in source:
        read = read or ReleaseFile(path.name, _table_of(row))
        _take(row, read, stood)
    if read is None or not read.rows:
        raise FileRefused(f"{path.name} has no row that can be taken: figures of whole areas, by calendar year")
    read.refusals += source.refusals
    read.notes += source.notes
    read.read = source.read
    return read


def _table_of(row: Row) -> ReleaseTable:
    found = [table for table in TABLES.values() if table.signature in row.cells]
    if len(found) != 1:
        names = ", ".join(f"{table.name} ({table.signature})" for table in TABLES.values())
        raise FileRefused(f"{row.file} is none of the files of a release that can be read: {names}")
    return found[0]


def _take(row: Row, read: ReleaseFile, stood: dict[tuple[int, str], int]) -> None:
    why = _left_out(row)
    if why:
        read.left_out[why] += 1
        return
    try:
        year, area = _year(row), _area(row)
        numbers, marks = _cells(row, read.table)
        if (year, area.code) in stood:
            raise _Wrong("time_period", f"this area and year stood already, in line {stood[year, area.code]}")
    except _Wrong as wrong:
        read.refusals.append(row.refused(wrong.column, str(wrong)))
        return
    stood[year, area.code] = row.line
    read.rows.append(AreaYear(row.line, year, area, numbers, marks))


def _left_out(row: Row) -> str:
    """Return why a row is not for this purpose, or nothing for one that is."""
    if row["time_identifier"] and row["time_identifier"].lower() != "calendar year":
        return f"not of a calendar year ({row['time_identifier']})"
    topic, breakdown = row["breakdown_topic"].lower(), row["breakdown"].lower()
    # The words after "All" change between releases; that both cells say the same does not.
    if topic != breakdown or not topic.startswith(("all", "total")):
        return f"broken down by {row['breakdown_topic'] or 'nothing named'}"
    level = _LEVELS.get(row["geographic_level"].lower())
    if level is None:
        return f"of another level ({row['geographic_level']})"
    if level is Level.AUTHORITY and row["old_la_code"].lower() in MARKS:
        return "of no authority that has a code"
    return ""


def _year(row: Row) -> int:
    text = row["time_period"]
    if not (re.fullmatch(r"\d{4}", text) and _FIRST_YEAR <= int(text) <= _LAST_YEAR):
        raise _Wrong("time_period", "a calendar year is wanted, such as 2024")
    return int(text)


def _area(row: Row) -> Area:
    level = _LEVELS[row["geographic_level"].lower()]
    if level is Level.NATIONAL:
        return Area(ENGLAND, level, "England")
    if not re.fullmatch(r"E\d{8}", row["region_code"]):
        raise _Wrong("region_code", "a region’s code is wanted, such as E12000008")
    if level is Level.REGIONAL:
        return Area(row["region_code"], level, row["region_name"] or row["region_code"])
    if not re.fullmatch(r"\d{3}", row["old_la_code"]):
        raise _Wrong("old_la_code", "an authority’s three figures are wanted, such as 931")
    return Area(row["old_la_code"], level, row["la_name"] or row["old_la_code"], row["region_code"])


def _cells(row: Row, table: ReleaseTable) -> tuple[dict[str, float], dict[str, str]]:
    numbers: dict[str, float] = {}
    marks: dict[str, str] = {}
    for column in table.columns:
        if column not in row.cells:
            continue  # a release need not have every column
        text = row[column]
        if row.cells.get(column + AGAIN, text) != text:
            raise _Wrong(column, "the column stands twice, and here its two cells differ")
        if text.lower() in MARKS:
            marks[column] = text.lower() or "empty"
            continue
        if not _NUMBER.fullmatch(text):
            raise _Wrong(column, "this is neither a number nor one of the marks that stand for none")
        numbers[column] = float(text.replace(",", ""))
    return numbers, marks


class _Wrong(BadValue):
    def __init__(self, column: str, rule: str) -> None:
        super().__init__(rule)
        self.column = column
