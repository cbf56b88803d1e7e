"""A CSV file as a stream of rows: its encoding and separator found out, its columns matched, its lines counted."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from casetracker.csvin.refusals import LONGEST_VALUE, FileRefused, Refusal, printable
from casetracker.plurals import counted

LONGEST_CELL = 100_000
"""Characters: a longer cell is an unclosed quotation mark or not a CSV file."""
AGAIN = " (again)"
"""What stands after the name of a column that a file has twice, where that is let be."""
LONGEST_LINE = 1_000_000
"""Characters: a file with a longer line is not read, so that no file can fill the memory."""
_LOOKED_AT = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its cells by the column's own name, trimmed."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def refused(self, column: str, rule: str, *, query: bool = False) -> Refusal:
        """Return a refusal of this row for what stands in a column."""
        return Refusal(
            self.file, self.line, column, rule, printable(self[column])[:LONGEST_VALUE] if column else "", query
        )


@dataclass
class Table:
    """An open CSV file. Iterate over it once; `refusals`, `notes` and `read` are complete when that is done."""

    path: Path
    known: frozenset[str]
    required: frozenset[str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Other names a column may come under: lower case, old name to ours."""
    may_repeat: bool = False
    """Whether a column may stand twice: the second is then read as its name and `AGAIN`, for the reader to compare."""
    notes: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    read: int = 0

    @property
    def name(self) -> str:
        return self.path.name

    def __iter__(self) -> Iterator[Row]:
        encoding = _encoding(self.path)
        if encoding == "cp1252":
            self.notes.append(f"{self.name} is not in UTF-8; it was read as Windows-1252, which Excel writes")
        with self.path.open(encoding=encoding, errors="replace", newline="") as handle:
            yield from self._rows(handle)

    def _rows(self, handle: IO[str]) -> Iterator[Row]:
        delimiter = self._delimiter(handle.read(65_536))
        handle.seek(0)
        csv.field_size_limit(LONGEST_CELL)
        # Strict: else a quotation mark that is never closed would take all the rows after it into one cell, unsaid.
        reader = csv.reader(self._lines(handle), delimiter=delimiter, strict=True)
        try:
            columns = self._columns(next(reader))
        except csv.Error as error:
            raise FileRefused(f"the header row of {self.name} cannot be read: {_in_words(error)}") from None
        begins = reader.line_num + 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._unreadable(error, begins, reader.line_num)
                begins = reader.line_num + 1
                continue
            line, begins = begins, reader.line_num + 1
            if any(cell.strip() for cell in cells):
                self.read += 1
                yield from self._row(line, cells, columns)

    def _delimiter(self, start: str) -> str:
        if not start.strip("\ufeff\r\n\t ,;"):
            raise FileRefused(f"{self.name} is empty: it has no header row")
        delimiter = _delimiter(start)
        if delimiter != ",":
            self.notes.append(
                f"{self.name} is separated by {'tabs' if delimiter == chr(9) else 'semicolons'}, not commas"
            )
        return delimiter

    def _lines(self, handle: IO[str]) -> Iterator[str]:
        """Yield the physical lines, and say where a character could not be read."""
        number, said = 0, False
        while line := handle.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise FileRefused(
                    f"line {number} of {self.name} has more than {LONGEST_LINE:,} characters: this is not a CSV file"
                )
            if "\ufffd" in line and not said:
                said = True
                self.notes.append(
                    f"{self.name} has characters that cannot be read, the first in line {number}; they show as \ufffd"
                )
            yield line.replace("\0", "")

    def _unreadable(self, error: csv.Error, begins: int, ends: int) -> None:
        """Refuse a row that is not well-formed CSV, or the file where nothing after it can be told apart."""
        if "end of data" in str(error) or "field larger" in str(error):
            raise FileRefused(f"{self.name} cannot be read beyond line {begins}: {_in_words(error)}")
        self.read += 1
        rule = _in_words(error) + (f"; the row runs on to line {ends}" if ends > begins else "")
        self.refusals.append(Refusal(self.name, begins, "", rule))

    def _row(self, line: int, cells: list[str], columns: list[str]) -> Iterator[Row]:
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if extra or len(cells) < len(columns):
            rule = f"the row has {counted(len(cells), 'cell')} and the header has {len(columns)}"
            self.refusals.append(Refusal(self.name, line, "", rule, printable(",".join(cells))[:LONGEST_VALUE]))
            return
        yield Row(self.name, line, {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name})

    def _columns(self, header: list[str]) -> list[str]:
        """Return our name for each column, empty for one to be left out."""
        bares = [title.strip().strip("\ufeff").lower() for title in header]
        # Where the old name and the new stand side by side, the new one is read.
        old = {other: name for other, name in self.renamed.items() if name not in bares}
        by_lower = {name.lower(): name for name in self.known} | old
        columns: list[str] = []
        unknown: list[str] = []
        for title, bare in zip(header, bares, strict=True):
            name = by_lower.get(bare, "")
            if name and name in columns:
                if not self.may_repeat or name + AGAIN in columns:
                    raise FileRefused(f"{self.name} has the column {name} twice")
                name += AGAIN
            if not name and bare:
                unknown.append(title.strip())
            columns.append(name)
        missing = sorted(self.required - set(columns))
        if missing:
            stands = printable(", ".join(header))[:300]
            raise FileRefused(f"{self.name} lacks the column {', '.join(missing)}; its header is: {stands}")
        if unknown:
            self.notes.append(f"{self.name}: not used: {printable(', '.join(unknown))[:300]}")
        return columns


def _encoding(path: Path) -> str:
    """Return how a file's text is written: by its mark, else UTF-8 where it is valid throughout, else Windows-1252."""
    with path.open("rb") as handle:
        start = handle.read(4)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name
        decoder = codecs.getincrementaldecoder("utf-8")()
        handle.seek(0)
        try:
            while block := handle.read(_LOOKED_AT):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _delimiter(start: str) -> str:
    header = next(iter(io.StringIO(start)), "")
    return max(",;\t", key=header.count)


def _in_words(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a cell has more than {LONGEST_CELL:,} characters; is a quotation mark not closed?"
    if "end of data" in str(error):
        return "a quotation mark that opens in this row is never closed"
    if "expected after" in str(error):
        return "a quotation mark stands inside a quoted cell (write it twice), or an earlier one was not closed"
    return f"this is not well-formed CSV ({error})"
