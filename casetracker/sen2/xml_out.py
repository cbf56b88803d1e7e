"""Writing a return as XML, person by person, so that memory stays flat; and checking what was written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lxml import etree

from casetracker.sen2.modules import CHILDREN, SHAPES, Field, Module, fields_in
from casetracker.sen2.records import Node
from casetracker.sen2.schema import schema_for

COLLECTION_DETAILS = ("collection", "year", "referencedate")
SOURCE = ("sourcelevel", "lea", "softwarecode", "release", "serialno", "datetime")
AUTHORITY = ("dmo", "dco", "dsco")
"""The header's fields by the part they stand in. The place of the third in XML was not seen in a specification."""


class SchemaBroken(Exception):
    """A return does not fit its own schema; the message gives the element and what stands in it."""


@dataclass(slots=True)
class Written:
    """How many rows of each module were written."""

    rows: Counter[Module] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def write_xml(handle: IO[bytes], header: Mapping[str, str], people: Iterable[Node], *, year: int) -> Written:
    """Write a return whose rows have been tidied for this collection year, and return how many rows there were."""
    writer = _Writer(year)
    with etree.xmlfile(handle, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element("Message"):
            file.write("\n")
            for part in writer.header(header):
                file.write(part)
                file.write("\n")
            with file.element("Persons"):
                file.write("\n")
                for person in people:
                    file.write(writer.element_of(person))
                    file.write("\n")
    return writer.written


class _Writer:
    def __init__(self, year: int) -> None:
        self.year = year
        self.written = Written()
        self._names = {m: tuple((f.name, f.element_in(year)) for f in fields_in(m, year)) for m in Module}

    def header(self, header: Mapping[str, str]) -> Iterable[etree._Element]:
        self.written.rows[Module.SEN2] += 1
        top = etree.Element("Header")
        for title, names in (("CollectionDetails", COLLECTION_DETAILS), ("Source", SOURCE)):
            part = etree.SubElement(top, title)
            for one in _some(names, self.year):
                if header.get(one.name):
                    etree.SubElement(part, one.element_in(self.year)).text = header[one.name]
        yield top
        given = [one for one in _some(AUTHORITY, self.year) if header.get(one.name)]
        if given:
            authority = etree.Element("LocalAuthority")
            for one in given:
                etree.SubElement(authority, one.element).text = header[one.name]
            yield authority

    def element_of(self, node: Node, above: etree._Element | None = None) -> etree._Element:
        name = SHAPES[node.module].element
        element = etree.Element(name) if above is None else etree.SubElement(above, name)
        self.written.rows[node.module] += 1
        cells = node.row.cells
        for column, title in self._names[node.module]:
            text = cells.get(column)
            if text:
                etree.SubElement(element, title).text = text
        for shape in CHILDREN[node.module]:
            for child in node.children.get(shape.module, ()):
                self.element_of(child, element)
        return element


def _some(names: Iterable[str], year: int) -> list[Field]:
    by_name = {one.name: one for one in fields_in(Module.SEN2, year)}
    return [by_name[name] for name in names if name in by_name]


def check_schema(path: Path, *, year: int) -> None:
    """
    Check a written return against the schema of its year, reading it as a stream.

    :raises SchemaBroken: at the first place where it does not fit
    """
    parsed = etree.iterparse(
        str(path),
        events=("end",),
        tag=SHAPES[Module.PERSON].element,
        schema=schema_for(year),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, person in parsed:
            person.clear()
            while person.getprevious() is not None:
                del person.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise SchemaBroken(str(error.msg)) from None
