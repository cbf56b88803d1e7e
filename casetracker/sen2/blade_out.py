"""Writing a return as the nine CSV files of COLLECT's "blade" export, as a stream."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Self

from casetracker.sen2.modules import CHILDREN, SHAPES, Kind, Module, fields_in
from casetracker.sen2.records import Node, is_day
from casetracker.sen2.xml_out import Written

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
FIRST_NUMBER = 1
SOURCE_ID = "1"


class BladeWriter:
    """The nine files, open: `with BladeWriter(...) as writer: writer.person(node)`."""

    def __init__(self, folder: Path, header: Mapping[str, str], *, year: int, on: date) -> None:
        self.written = Written()
        self._folder, self._header, self._year, self._on = folder, header, year, on
        self._fields = {m: tuple((f.name, f.kind) for f in fields_in(m, year)) for m in Module}
        self._numbers: Counter[Module] = Counter()
        self._stack = ExitStack()
        self._writers: dict[Module, Any] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for module in Module:
            handle = self._stack.enter_context(
                (self._folder / file_name(module, self._on)).open("w", newline="", encoding="utf-8")
            )
            self._writers[module] = csv.writer(handle)
            self._writers[module].writerow(_columns(module, self._year))
        self._row(Module.SEN2, self._header, "", 1)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def person(self, person: Node) -> None:
        """Write a person and all that hangs from them; the rows have been tidied for the year."""
        self._node(person, str(FIRST_NUMBER), self._numbers[Module.PERSON] + 1)

    def _node(self, node: Node, parent: str, place: int) -> None:
        key = self._row(node.module, node.row.cells, parent, place)
        for shape in CHILDREN[node.module]:
            for number, child in enumerate(node.children.get(shape.module, ()), start=1):
                self._node(child, key, number)

    def _row(self, module: Module, cells: Mapping[str, str], parent: str, place: int) -> str:
        self._numbers[module] += 1
        self.written.rows[module] += 1
        key = str(self._numbers[module])
        own = [key, key, str(place), SOURCE_ID, *([parent] if SHAPES[module].parent else [])]
        written = [_as_blade(cells.get(name, ""), kind) for name, kind in self._fields[module]]
        self._writers[module].writerow([*own, *written])
        return key


def write_blade(folder: Path, header: Mapping[str, str], people: Iterable[Node], *, year: int, on: date) -> Written:
    """Write a return whose rows have been tidied; `on` is the day in the files' names."""
    with BladeWriter(folder, header, year=year, on=on) as writer:
        for person in people:
            writer.person(person)
    return writer.written


def file_name(module: Module, on: date) -> str:
    """Return the name of a module's file."""
    return f"Blade-Export_{on:%d-%m-%Y}_{module}.csv"


def _columns(module: Module, year: int) -> list[str]:
    shape = SHAPES[module]
    own = [shape.key, "NativeId", shape.order_key, "sourceid"]
    parent = [shape.parent_key] if shape.parent else []
    return [*own, *parent, *(f.column_in(year) for f in fields_in(module, year))]


def _as_blade(text: str, kind: Kind) -> str:
    """Return a cell as the export writes it: days as `2022-Sep-28 00:00:00`, whatever the language of the machine."""
    if kind is Kind.DAY and is_day(text):
        return f"{text[:4]}-{_MONTHS[int(text[5:7]) - 1]}-{text[8:]} 00:00:00"
    if kind is Kind.MOMENT and len(text) == 19 and is_day(text[:10]):
        return f"{text[:4]}-{_MONTHS[int(text[5:7]) - 1]}-{text[8:10]} {text[11:]}"
    return text
