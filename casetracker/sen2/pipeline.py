"""A return on its way: each person is checked, counted and written as they pass, and nobody is held."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetracker.csvin.table import Row
from casetracker.sen2.blade_out import BladeWriter
from casetracker.sen2.book import Book, Version
from casetracker.sen2.figures import Figures
from casetracker.sen2.making import PersonFacts, person_row
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Node, Tidier
from casetracker.sen2.rules import Checker, Issue
from casetracker.sen2.xml_out import check_schema, write_xml

Take = Callable[[list[Issue]], None]


@dataclass(frozen=True, slots=True)
class Making:
    """What a return is made by, and where it is written: as XML, as CSV, as both or not at all."""

    book: Book
    version: Version
    header: Mapping[str, str]
    counts_reopened: bool = False
    xml: Path | None = None
    blade: Path | None = None
    on: date | None = None
    """The day in the names of the CSV files; the census day where none is given."""

    def run(self, people: Iterable[PersonFacts], take: Take) -> Figures:
        """
        Make the rows of people, write them, hand over what is wrong with each, and return what it adds up to.

        :raises casetracker.sen2.xml_out.SchemaBroken: at the end, if the XML does not fit its schema
        """
        tidier = Tidier(self.version.year, self.book)
        header = tidier.cells(Module.SEN2, self.header)
        figures = Figures(self.version, self.counts_reopened)
        with closing(Checker(self.book, self.version)) as checker, ExitStack() as stack:
            take(checker.header(Row("", 0, header)))
            rows = _checked(_rows(people, self.version, tidier), checker, figures, take)
            if self.blade is not None:
                on = self.on or self.version.census
                writer = stack.enter_context(BladeWriter(self.blade, header, year=self.version.year, on=on))
                rows = _also(rows, writer)
            self._written(header, rows)
        return figures

    def _written(self, header: Mapping[str, str], rows: Iterator[Node]) -> None:
        if self.xml is None:
            for _ in rows:
                pass
            return
        with self.xml.open("wb") as handle:
            write_xml(handle, header, rows, year=self.version.year)
        check_schema(self.xml, year=self.version.year)


def _rows(people: Iterable[PersonFacts], version: Version, tidier: Tidier) -> Iterator[Node]:
    for person in people:
        row = person_row(person, version)
        if row is not None:
            yield tidier.tidy(row)


def _checked(rows: Iterator[Node], checker: Checker, figures: Figures, take: Take) -> Iterator[Node]:
    for row in rows:
        figures.add(row)
        take(checker.person(row))
        yield row


def _also(rows: Iterator[Node], writer: BladeWriter) -> Iterator[Node]:
    for row in rows:
        writer.person(row)
        yield row
