"""Our own XML schema of each year's return, made from the same fields that write it. The DfE's was not to be had."""

from functools import cache
from xml.sax.saxutils import quoteattr

from lxml import etree

from casetracker.sen2.book import Book, shipped
from casetracker.sen2.modules import CHILDREN, SHAPES, Field, Kind, Module, Shape, fields_in

_TYPES = {Kind.DAY: "day", Kind.FLAG: "flag", Kind.NUMBER: "figures", Kind.MOMENT: "moment"}
_HEADER_PARTS = (
    ("CollectionDetails", ("collection", "year", "referencedate")),
    ("Source", ("sourcelevel", "lea", "softwarecode", "release", "serialno", "datetime")),
)
_COMMON = """
 <xs:simpleType name="day"><xs:restriction base="xs:date">
  <xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}"/></xs:restriction></xs:simpleType>
 <xs:simpleType name="flag"><xs:restriction base="xs:string"><xs:pattern value="[01]"/></xs:restriction></xs:simpleType>
 <xs:simpleType name="figures"><xs:restriction base="xs:string">
  <xs:pattern value="[0-9]{1,10}"/></xs:restriction></xs:simpleType>
 <xs:simpleType name="moment"><xs:restriction base="xs:dateTime"/></xs:simpleType>
"""


def schema_text(year: int, book: Book | None = None) -> str:
    """Return the schema of a collection year's return. A list we could verify binds; any other only bounds lengths."""
    book = book or shipped()
    top = _element(SHAPES[Module.PERSON], year, book, 3)
    header = "\n".join(_header_part(title, names, year, book) for title, names in _HEADER_PARTS)
    authority = _fields([f for f in fields_in(Module.SEN2, year) if f.name in ("dmo", "dco", "dsco")], year, book, 5)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">'
        f"{_COMMON}"
        ' <xs:element name="Message"><xs:complexType><xs:sequence>\n'
        f'  <xs:element name="Header"><xs:complexType><xs:sequence>\n{header}\n'
        "  </xs:sequence></xs:complexType></xs:element>\n"
        '  <xs:element name="LocalAuthority" minOccurs="0"><xs:complexType><xs:sequence>\n'
        f"{authority}\n  </xs:sequence></xs:complexType></xs:element>\n"
        '  <xs:element name="Persons"><xs:complexType><xs:sequence>\n'
        f"{top}\n"
        "  </xs:sequence></xs:complexType></xs:element>\n"
        " </xs:sequence></xs:complexType></xs:element>\n"
        "</xs:schema>\n"
    )


@cache
def schema_for(year: int) -> etree.XMLSchema:
    """Return the schema of a collection year, ready to check with."""
    return etree.XMLSchema(etree.fromstring(schema_text(year).encode()))


def _header_part(title: str, names: tuple[str, ...], year: int, book: Book) -> str:
    fields = [one for one in fields_in(Module.SEN2, year) if one.name in names]
    return (
        f'   <xs:element name="{title}"><xs:complexType><xs:sequence>\n'
        f"{_fields(fields, year, book, 5)}\n   </xs:sequence></xs:complexType></xs:element>"
    )


def _element(shape: Shape, year: int, book: Book, depth: int) -> str:
    pad = " " * depth
    own = _fields(fields_in(shape.module, year), year, book, depth + 1)
    beneath = "".join("\n" + _element(child, year, book, depth + 1) for child in CHILDREN[shape.module])
    return (
        f'{pad}<xs:element name="{shape.element}" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>\n'
        f"{own}{beneath}\n{pad}</xs:sequence></xs:complexType></xs:element>"
    )


def _fields(fields: list[Field] | tuple[Field, ...], year: int, book: Book, depth: int) -> str:
    return "\n".join(" " * depth + _field(one, year, book) for one in fields)


def _field(one: Field, year: int, book: Book) -> str:
    name = quoteattr(one.element_in(year))
    if one.kind in _TYPES:
        return f'<xs:element name={name} type="{_TYPES[one.kind]}" minOccurs="0"/>'
    return (
        f'<xs:element name={name} minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">'
        f"{_bounds(one, year, book)}</xs:restriction></xs:simpleType></xs:element>"
    )


def _bounds(one: Field, year: int, book: Book) -> str:
    listed = book.lists.get(one.codes)
    if listed is not None and listed.verified and listed.codes:
        return "".join(f"<xs:enumeration value={quoteattr(code.code)}/>" for code in listed.in_year(year))
    return f'<xs:minLength value="1"/><xs:maxLength value="{one.longest}"/>'
