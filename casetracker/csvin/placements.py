"""A file of placements: one to a row, for cases by their reference."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.csvin.table import Row, Table

COLUMNS = tuple(
    "case_reference part rank urn ukprn sen_setting sen_setting_other entered_on left_on in_sen_unit "
    "in_resourced_provision res wbp".split()
)
_PARTS = frozenset({"named", "attended"})
_EITHER = "a placement has either a URN or UKPRN, or a code of setting"
_READERS: Mapping[str, Callable[[str], Any]] = {
    "entered_on": values.day,
    "left_on": values.day,
    "in_sen_unit": values.flag,
    "in_resourced_provision": values.flag,
}


@dataclass(slots=True)
class Read:
    """What a file held: rows by case, and the lines that could not be taken."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


def read_placements(path: Path) -> Read:
    """
    Return the placements in a file, their cells checked.

    :raises casetracker.csvin.refusals.FileRefused: if it is not such a file
    """
    table = Table(path, frozenset(COLUMNS), frozenset({"case_reference", "part", "rank"}))
    found = Read()
    for row in table:
        problem = next(_problems(row), None)
        if problem is None:
            found.rows[row["case_reference"]].append(row)
        else:
            found.refusals.append(row.refused(*problem))
    found.refusals += table.refusals
    found.notes += table.notes
    found.read = table.read
    return found


def _problems(row: Row) -> Iterator[tuple[str, str]]:
    """Yield each column that is wrong, and how."""
    for column, right, rule in (
        ("case_reference", bool(row["case_reference"]), "a placement needs the reference of its case"),
        ("part", row["part"].lower() in _PARTS, "this must be named (in the plan) or attended"),
        ("rank", row["rank"] in ("1", "2"), "this must be 1 (primary) or 2 (secondary)"),
        ("urn", bool(row["urn"] or row["ukprn"]) != bool(row["sen_setting"]), _EITHER),
        ("urn", _is_number(row["urn"], 6), "a URN has 6 figures"),
        ("ukprn", _is_number(row["ukprn"], 8), "a UKPRN has 8 figures"),
        ("entered_on", bool(row["entered_on"]) or row["part"].lower() == "named", "the day of entry is needed"),
    ):
        if not right:
            yield column, rule
    for column, read in _READERS.items():
        try:
            read(row[column])
        except BadValue as wrong:
            yield column, str(wrong)


def _is_number(text: str, length: int) -> bool:
    return not text or (text.isascii() and text.isdigit() and len(text) == length)
