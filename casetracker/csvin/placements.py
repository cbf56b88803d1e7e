"""A file of placements: one to a row, for cases by their reference. A case is taken whole, or not at all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.csvin.table import Row, Table
from casetracker.sen2 import placing
from casetracker.sen2.codes import RESIDENTIAL, SEN_SETTINGS, code_in
from casetracker.sen2.kept import ATTENDED, NAMED, Placed

COLUMNS = tuple(
    "case_reference part rank urn ukprn sen_setting sen_setting_other entered_on left_on in_sen_unit "
    "in_resourced_provision res wbp".split()
)
_READERS: Mapping[str, Callable[[str], Any]] = {
    "part": str.lower,
    "sen_setting": lambda text: code_in(text, SEN_SETTINGS),
    "entered_on": values.day,
    "left_on": values.day,
    "in_sen_unit": lambda text: bool(values.flag(text)),
    "in_resourced_provision": lambda text: bool(values.flag(text)),
    "res": lambda text: code_in(text, RESIDENTIAL),
}
"""How a cell is read that does not stand for itself."""


@dataclass(frozen=True, slots=True)
class CasePlacements:
    """The rows of one case, and what they tell of."""

    rows: Sequence[Row]
    placed: tuple[Placed, ...]


@dataclass(slots=True)
class Read:
    """What a file held: the cases that can be taken, by reference, and the lines that cannot."""

    cases: dict[str, CasePlacements] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


def read_placements(path: Path, *, today: date) -> Read:
    """
    Return the placements in a file, checked as those that are typed in: with one row wrong, none of its case is taken.

    :raises casetracker.csvin.refusals.FileRefused: if it is not such a file
    """
    table = Table(path, frozenset(COLUMNS), frozenset({"case_reference", "part", "rank"}))
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        rows[row["case_reference"].casefold()].append(row)
    found = Read(refusals=list(table.refusals), notes=table.notes, read=table.read)
    broken = _Broken(table.refusals, rows.get("", ()))
    for own in rows.values():
        reference = own[0]["case_reference"]
        refusals = _wrong(own, today)
        line = refusals[0].line if refusals else broken.line_of(reference)
        if line is None:
            found.cases[reference] = CasePlacements(own, tuple(map(_placed, own)))
        else:
            found.refusals += [*refusals, *_with_them(own, refusals, line)]
    return found


class _Broken:
    """The rows that could not be read, or do not say whose they are: any of them may be of a case that is whole."""

    def __init__(self, refusals: Sequence[Refusal], nobodys: Sequence[Row]) -> None:
        self._by_cell = {cell.strip(): one.line for one in refusals for cell in one.value.split(",")}
        without = [one.line for one in refusals if not one.value] + [row.line for row in nobodys]
        self._anybodys = min(without, default=None)

    def line_of(self, reference: str) -> int | None:
        """Return the line of one that may be of a case."""
        return self._by_cell.get(reference, self._anybodys)


def _wrong(rows: Sequence[Row], today: date) -> list[Refusal]:
    """Return the rows of a case that are wrong, each with the first thing that is."""
    refusals = [row.refused(column, _lower(rule)) for row in rows for column, rule in islice(_problems(row, today), 1)]
    if refusals:
        return refusals
    return _refused(rows, placing.faults_together([_placed(row) for row in rows]))


def _refused(rows: Sequence[Row], faults: Iterable[tuple[int, placing.Fault]]) -> list[Refusal]:
    """Return the rows at these places as refused, each for the first thing that is wrong with it."""
    first: dict[int, placing.Fault] = {}
    for place, fault in faults:
        first.setdefault(place, fault)
    return [rows[place].refused(fault.field, _lower(fault.text)) for place, fault in first.items()]


def refused_whole(rows: Sequence[Row], faults: Iterable[tuple[int, placing.Fault]]) -> list[Refusal]:
    """Return every row of a case as refused, since some have faults; none where no row has any."""
    refusals = _refused(rows, faults)
    return [*refusals, *_with_them(rows, refusals, refusals[0].line)] if refusals else []


def _problems(row: Row, today: date) -> Iterator[tuple[str, str]]:
    """Yield each column that is wrong, and how."""
    if not row["case_reference"]:
        yield "case_reference", "a placement needs the reference of its case"
    if row["part"].lower() not in (NAMED, ATTENDED):
        yield "part", "this must be named (in the plan) or attended"
    for column, read in _READERS.items():
        try:
            read(row[column])
        except BadValue as wrong:
            yield column, str(wrong)
            return
    yield from placing.faults(_placed(row), today=today)


def _placed(row: Row) -> Placed:
    return Placed(**{name: _READERS.get(name, str)(row[name]) for name in COLUMNS[1:]})


def _with_them(rows: Sequence[Row], refusals: Sequence[Refusal], line: int) -> list[Refusal]:
    """Return the other rows of a case as refused: half of what a case has is not taken in place of all of it."""
    lines = {refusal.line for refusal in refusals}
    rule = f"line {line} cannot be taken, and none of a case is taken without the rest"
    return [row.refused("case_reference", rule) for row in rows if row.line not in lines]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
