"""Small returns written as trees: a dictionary's keys are columns, or modules with their rows beneath."""

from collections.abc import Mapping
from typing import Any

from casetracker.csvin.table import Row
from casetracker.sen2.book import Version, shipped
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Node

YEAR = 2024


def version(year: int = YEAR) -> Version:
    return shipped().version(year)


def tree(said: Mapping[str, Any], module: Module = Module.PERSON, *, year: int = YEAR) -> Node:
    """Return a person, or a row of another module, with all beneath it; `@census` and its like are days of the year."""
    of = version(year)
    constants = {
        "@census": of.census.isoformat(),
        "@first_day": of.first_day.isoformat(),
        "@last_day": of.last_day.isoformat(),
        "@year": str(of.year),
    }
    cells = {name: constants.get(value, value) for name, value in said.items() if isinstance(value, str)}
    node = Node(module, Row("", 0, cells))
    for name, rows in said.items():
        if not isinstance(rows, str):
            node.children[Module(name)] = [tree(row, Module(name), year=year) for row in rows]
    return node


def plain(node: Node) -> tuple[Any, ...]:
    """Return a row and all beneath it as something that can be compared."""
    return node.module, dict(node.row.cells), [plain(c) for rows in node.children.values() for c in rows]
