"""The return as COLLECT's "blade" export gives it: nine CSV files, joined person by person at flat memory."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casetracker.csvin.refusals import FileRefused, Refusal
from casetracker.csvin.table import Row, Table
from casetracker.sen2.modules import SHAPES, Module, Shape
from casetracker.sen2.records import Node


class BladeFiles:
    """The files of one return, read once into a file of SQLite's own and handed out person by person."""

    def __init__(self, folder: Path) -> None:
        self.refusals: list[Refusal] = []
        self.notes: list[str] = []
        self._names: dict[Module, str] = {}
        self._store = sqlite3.connect("")
        self._store.execute(
            "CREATE TABLE rows (module TEXT, id TEXT, parent TEXT, line INTEGER, cells TEXT, PRIMARY KEY (module, id)) "
            "WITHOUT ROWID"
        )
        files = _find(folder)
        for module, shape in SHAPES.items():
            if module in files:
                self._load(shape, files[module])
            elif shape.essential:
                raise FileRefused(f"the file whose name ends in _{module}.csv is not there")
            else:
                self.notes.append(
                    f"there is no file whose name ends in _{module}.csv; its part of the return is left out"
                )
        self._store.execute("CREATE INDEX by_parent ON rows (module, parent, line)")
        self.header = self._header()

    def close(self) -> None:
        """Let go of the file on disc."""
        self._store.close()

    @property
    def total(self) -> int:
        """How many people there are to read."""
        found = self._store.execute("SELECT count(*) FROM rows WHERE module = ?", (Module.PERSON,)).fetchone()
        return int(found[0])

    def rows_refused(self) -> Counter[str]:
        """Return how many rows of each file were refused in reading."""
        return Counter(r.file for r in {(r.file, r.line): r for r in self.refusals if not r.is_query}.values())

    def file_of(self, module: Module) -> str:
        """Return the name of a module's file."""
        return self._names[module]

    def people(self) -> Iterator[Node]:
        """Yield every person with all that hangs from them; then the rows that hang from nobody are refused."""
        query = "SELECT id, line, cells FROM rows WHERE module = ? ORDER BY line"
        for key, line, cells in self._store.execute(query, (Module.PERSON,)):
            yield self._node(Module.PERSON, key, line, cells)
        self._refuse_orphans()

    def _node(self, module: Module, key: str, line: int, cells: str) -> Node:
        node = Node(module, Row(self._names[module], line, json.loads(cells)))
        for child, shape in SHAPES.items():
            if shape.parent is module:
                query = "SELECT id, line, cells FROM rows WHERE module = ? AND parent = ? ORDER BY line"
                found = self._store.execute(query, (child, key)).fetchall()
                if found:
                    node.children[child] = [self._node(child, *row) for row in found]
        return node

    def _load(self, shape: Shape, path: Path) -> None:
        required = {shape.key} | ({shape.parent_key} if shape.parent and shape.module is not Module.PERSON else set())
        table = Table(path, shape.every_column, frozenset(required), shape.renamed)
        self._names[shape.module] = table.name
        self._store.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", self._unique(shape, table))
        self.notes += table.notes
        self.refusals += table.refusals

    def _unique(self, shape: Shape, table: Table) -> Iterator[tuple[Any, ...]]:
        seen = self._store.cursor()
        for row in table:
            key, parent = _key(row[shape.key]), _key(row[shape.parent_key]) if shape.parent else ""
            if not key:
                self.refusals.append(row.refused(shape.key, "the row has no number of its own"))
            elif seen.execute("SELECT 1 FROM rows WHERE module = ? AND id = ?", (shape.module, key)).fetchone():
                self.refusals.append(row.refused(shape.key, "a row with this number has stood already"))
            else:
                yield shape.module, key, parent, row.line, json.dumps(dict(row.cells))

    def _refuse_orphans(self) -> None:
        for module, shape in SHAPES.items():
            if shape.parent is None or module is Module.PERSON:
                continue
            query = (
                "SELECT line, cells FROM rows AS child WHERE module = ? AND NOT EXISTS "
                "(SELECT 1 FROM rows WHERE module = ? AND id = child.parent) ORDER BY line"
            )
            for line, cells in self._store.execute(query, (module, shape.parent)):
                row = Row(self._names[module], line, json.loads(cells))
                self.refusals.append(
                    row.refused(shape.parent_key, f"the {shape.parent} file has no row with this number")
                )
                self._refuse_beneath(module, row[shape.key])

    def _refuse_beneath(self, module: Module, key: str) -> None:
        """Refuse what hangs from a row that was refused itself."""
        for child, shape in SHAPES.items():
            if shape.parent is not module:
                continue
            query = "SELECT id, line, cells FROM rows WHERE module = ? AND parent = ?"
            for own_key, line, cells in self._store.execute(query, (child, _key(key))).fetchall():
                row = Row(self._names[child], line, json.loads(cells))
                self.refusals.append(row.refused(shape.parent_key, "the row it belongs to was refused"))
                self._refuse_beneath(child, own_key)

    def _header(self) -> Row:
        query = "SELECT line, cells FROM rows WHERE module = ? ORDER BY line LIMIT 1"
        found = self._store.execute(query, (Module.SEN2,)).fetchone()
        if found is None:
            raise FileRefused(
                f"{self._names[Module.SEN2]} has no row: it says which authority and year the return is for"
            )
        return Row(self._names[Module.SEN2], found[0], json.loads(found[1]))


def _key(text: str) -> str:
    """Return a number as it is compared: trimmed, and without the ".0" that a spreadsheet puts after it."""
    return text.strip().removesuffix(".0")


def _find(folder: Path) -> dict[Module, Path]:
    found: dict[Module, Path] = {}
    for path in sorted(folder.iterdir()):
        stem = path.stem.lower()
        module = next((m for m in Module if stem == m or stem.endswith(f"_{m}")), None)
        if path.suffix.lower() != ".csv" or module is None:
            continue
        if module in found:
            raise FileRefused(
                f"two files end in _{module}.csv ({found[module].name}, {path.name}): keep one return in a folder"
            )
        found[module] = path
    if not found:
        raise FileRefused(
            "there is no file of a SEN2 return here: their names end in _person.csv, _requests.csv and so on"
        )
    return found
