"""Two returns side by side: what their headers say, who is in only one of them, what is told differently of whom."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from casetracker.sen2.modules import CHILDREN, Module
from casetracker.sen2.records import Node

_PLACE = {
    Module.REQUESTS: ("receiveddate", "requestoutcomedate", "requestoutcome"),
    Module.PLAN_DETAIL: ("placementrank", "urn", "ukprn", "sensetting"),
    Module.PLACEMENT: ("placementrank", "entrydate", "urn", "ukprn", "sensetting"),
    Module.NEED: ("sentyperank", "sentype"),
}
"""What puts rows of a module in the same order in both returns."""
_OF_THE_FILE = frozenset({"softwarecode", "release", "serialno", "datetime"})
"""What a header says of the file and not of the return."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing told differently. `field` is empty where the whole person, or the whole row, is in one return only."""

    person: str
    """Whom it is about, as `identity` names them; `header` for the header."""
    module: str
    number: str
    """Which of the person's rows of this module, such as `1` or `1.1`; empty for the person."""
    field: str
    before: str
    after: str


@dataclass(slots=True)
class Tally:
    """How many people were compared, and how many differ, with the fields of the header that do."""

    people_before: int = 0
    people_after: int = 0
    only_before: int = 0
    only_after: int = 0
    changed: int = 0
    in_header: int = 0
    by_field: Counter[str] = field(default_factory=Counter)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.only_before or self.only_after or self.changed or self.in_header)


def identity(person: Node) -> str:
    """Return what makes this the same person in another return."""
    if person["upn"]:
        return f"UPN {person['upn']}"
    if person["uniquelearnernumber"]:
        return f"ULN {person['uniquelearnernumber']}"
    cells = (person[name].casefold() for name in ("surname", "forename", "personbirthdate", "postcode"))
    return "name " + "|".join(cells)


def between_headers(before: Node, after: Node, tally: Tally) -> Iterator[Difference]:
    """Yield what two returns' headers, which have been tidied, say differently of the return."""
    old, new = ({n: text for n, text in node.row.cells.items() if n not in _OF_THE_FILE} for node in (before, after))
    for difference in _told_differently("header", {Module.SEN2: old}, {Module.SEN2: new}, tally):
        tally.in_header += 1
        yield difference


def between(before: Iterable[Node], after: Iterable[Node], tally: Tally) -> Iterator[Difference]:
    """Yield what differs between two returns' people, who have been tidied. The first wait on disc for the second."""
    store = sqlite3.connect("")
    try:
        store.execute("CREATE TABLE people (key TEXT PRIMARY KEY, rows TEXT) WITHOUT ROWID")
        tally.people_before = store.executemany("INSERT INTO people VALUES (?, ?)", _keyed(before)).rowcount
        tally.people_before = max(tally.people_before, 0)
        yield from _through(store, _keyed(after), tally)
        for (key,) in store.execute("SELECT key FROM people ORDER BY key"):
            tally.only_before += 1
            yield Difference(key, Module.PERSON, "", "", "in the first only", "")
    finally:
        store.close()


def _keyed(people: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """Yield each person's key and rows; a second person with the same key is a person of their own."""
    seen: Counter[str] = Counter()
    for person in people:
        key = identity(person)
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key} ({seen[key]})"
        yield key, json.dumps(dict(_flat(person, "")))


def _through(store: sqlite3.Connection, after: Iterable[tuple[str, str]], tally: Tally) -> Iterator[Difference]:
    for key, rows in after:
        tally.people_after += 1
        found = store.execute("SELECT rows FROM people WHERE key = ?", (key,)).fetchone()
        if found is None:
            tally.only_after += 1
            yield Difference(key, Module.PERSON, "", "", "", "in the second only")
            continue
        store.execute("DELETE FROM people WHERE key = ?", (key,))
        if found[0] != rows:
            tally.changed += 1
            yield from _told_differently(key, json.loads(found[0]), json.loads(rows), tally)


def _flat(node: Node, number: str) -> Iterator[tuple[str, dict[str, str]]]:
    yield f"{node.module} {number}".strip(), dict(sorted(node.row.cells.items()))
    for shape in CHILDREN[node.module]:
        names = _PLACE.get(shape.module, ())
        rows = sorted(node.children.get(shape.module, ()), key=lambda row: [row[name] for name in names])
        for place, child in enumerate(rows, start=1):
            yield from _flat(child, f"{number}.{place}".lstrip("."))


def _told_differently(
    key: str, before: dict[str, dict[str, str]], after: dict[str, dict[str, str]], tally: Tally
) -> Iterator[Difference]:
    for where in dict.fromkeys([*before, *after]):
        module, _, number = where.partition(" ")
        if where not in after or where not in before:
            tally.by_field[module] += 1
            only = ("in the first only", "") if where not in after else ("", "in the second only")
            yield Difference(key, module, number, "", *only)
            continue
        old, new = before[where], after[where]
        for name in dict.fromkeys([*old, *new]):
            if old.get(name, "") != new.get(name, ""):
                tally.by_field[f"{module}.{name}"] += 1
                yield Difference(key, module, number, name, old.get(name, ""), new.get(name, ""))
