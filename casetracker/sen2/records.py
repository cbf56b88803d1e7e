"""A return as records: rows in a tree under each person, whichever file they came from or whatever made them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.csvin.table import Row
from casetracker.sen2.book import Book
from casetracker.sen2.modules import CHILDREN, Field, Kind, Module, fields_in

_NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))


@dataclass(slots=True)
class Node:
    """A row of one module and the rows of its children."""

    module: Module
    row: Row
    children: dict[Module, list["Node"]] = field(default_factory=dict)
    case_id: int | None = None
    """The case in the tracker it was made from; None for one that came from a file."""

    def __getitem__(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def under(self, module: Module) -> list["Node"]:
        """Return the rows of one module that hang from this one."""
        return self.children.get(module, [])

    def add(self, child: "Node") -> "Node":
        """Hang a row from this one, and return it."""
        self.children.setdefault(child.module, []).append(child)
        return child

    def rows(self) -> Iterator["Node"]:
        """Yield this row and all beneath it."""
        yield self
        for nodes in self.children.values():
            for node in nodes:
                yield from node.rows()


class ReturnFile(Protocol):
    """A return that has been opened, ready to be read once, person by person."""

    header: Row
    refusals: list[Refusal]
    """Rows that could not be read; complete once `people` has been read."""

    @property
    def notes(self) -> list[str]:
        """What to say of the files as a whole; complete once `people` has been read."""
        ...

    @property
    def total(self) -> int:
        """How many people there are to read."""
        ...

    def people(self) -> Iterator[Node]:
        """Yield every person with all that hangs from them."""
        ...

    def rows_refused(self) -> Counter[str]:
        """Return how many rows of each file were refused in reading."""
        ...

    def close(self) -> None:
        """Let go of what is held on disc."""
        ...


def made(module: Module, cells: Mapping[str, str], *, case_id: int | None = None) -> Node:
    """Return a row that no file had, without its empty cells."""
    return Node(module, Row("", 0, {name: text for name, text in cells.items() if text}), {}, case_id)


class Tidier:
    """Brings rows into the one form they are compared, checked and written in, for one collection year."""

    def __init__(self, year: int, book: Book) -> None:
        self.year = year
        self._fields = {m: tuple((f, _tidier_of(f, book)) for f in fields_in(m, year)) for m in Module}

    def tidy(self, node: Node) -> Node:
        """
        Return a row and all beneath it with the fields of the year, days as ISO, flags as 0 and 1, codes as codes.

        A cell that is not what it should be stays as it is, for the rules to find.
        """
        cells = self.cells(node.module, node.row.cells)
        children = {
            shape.module: [self.tidy(child) for child in node.children[shape.module]]
            for shape in CHILDREN[node.module]
            if shape.module in node.children
        }
        return Node(node.module, Row(node.row.file, node.row.line, cells), children, node.case_id)

    def cells(self, module: Module, cells: Mapping[str, str]) -> dict[str, str]:
        """Return one row's cells in that form."""
        tidied = {}
        for one, tidier in self._fields[module]:
            text = cells.get(one.name)
            if text and (text := tidier(text)):
                tidied[one.name] = text
        return tidied


def _tidier_of(one: Field, book: Book) -> Callable[[str], str]:
    by_kind = {Kind.DAY: day_text, Kind.MOMENT: moment_text, Kind.FLAG: _flag_text, Kind.NUMBER: _number_text}
    if one.kind in by_kind:
        return by_kind[one.kind]
    if one.kind is Kind.CODE and one.codes in book.lists:
        codes = book.lists[one.codes]
        spelled = {code.code.lower(): code.code for code in codes.codes}
        spelled |= {word: code.code for code in codes.codes for word in code.words}
        return lambda text: spelled.get(text.strip().lower()) or _plain(text)
    return _plain


def _plain(text: str) -> str:
    return text.strip() if text.isprintable() else text.translate(_NOT_IN_XML).strip()


def day_text(text: str) -> str:
    """Return a day as ISO; the text itself where it is none."""
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return _plain(text)
    try:
        day = values.day(text)
    except BadValue:
        return _plain(text)
    return day.isoformat() if day else ""


def moment_text(text: str) -> str:
    """Return a moment as XML writes it, to the second and without an offset; the text itself where it is none."""
    text = _plain(text)
    for form in ("%Y-%b-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).isoformat(timespec="seconds")  # noqa: DTZ007  (London's clocks, unsaid)
        except ValueError:
            continue
    return text


def _flag_text(text: str) -> str:
    try:
        flag = values.flag(text)
    except BadValue:
        return _plain(text)
    return "" if flag is None else str(int(flag))


def _number_text(text: str) -> str:
    return _plain(text).removesuffix(".0")


def is_day(text: str) -> bool:
    """Return whether a tidied cell is a day that can be meant."""
    if len(text) != 10 or not "1900" <= text[:4] <= "2100":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
