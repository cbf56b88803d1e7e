"""Reading a return from XML, person by person, from people who may mean harm: no DTD, no entities, no network."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lxml import etree

from casetracker.csvin.refusals import FileRefused, Refusal
from casetracker.csvin.table import Row
from casetracker.sen2.modules import CHILDREN, SHAPES, Module, Shape
from casetracker.sen2.records import Node

LARGEST = 1 << 30
"""Bytes: a return of a million records is about 200 MB."""
LARGEST_IN_ONE_PLACE = 4 << 20
"""Bytes of one person, or of the header: the most that is held in memory at once."""
LONGEST_TEXT = 10_000
_BLOCK = 1 << 16
_LOOKED_AT = 1 << 20
_TAIL = 200
"""Bytes: enough to see whether the last of a file closes its first element."""
_BOM = b"\xef\xbb\xbf"
_NOT_UTF_8 = {
    b"\xff\xfe\0\0": "UTF-32", b"\0\0\xfe\xff": "UTF-32", b"<\0\0\0": "UTF-32", b"\0\0\0<": "UTF-32",
    b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"<\0": "UTF-16", b"\0<": "UTF-16",
}  # fmt: skip
"""How XML begins in an encoding of two or four bytes a character, whatever it says of itself; the longer first."""
_ENDS_WHOLE = re.compile(rb"</([\w.-]+:)?Message\s*>\s*\Z")
_WRONG = {
    "ERR_INVALID_ENCODING": "is not written in UTF-8, as a return is,",
    "ERR_RESOURCE_LIMIT": "is deeper or longer than a return is,",
}
"""What is wrong with a file, by the parser's word for it; anything else is that it is not well formed."""
_HEADER_ELEMENTS = {f.element: f.name for f in SHAPES[Module.SEN2].fields}
_WANTED = ("{*}Person", *(f"{{*}}{name}" for name in _HEADER_ELEMENTS))
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
"""Looked for before a parser is: a DTD may do its harm before the first element comes."""
_PARSER: dict[str, Any] = {
    "encoding": "UTF-8",  # whatever the file says of itself
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,  # so that libxml2 keeps its own bounds: 256 elements deep, 10 MB a text
    "remove_comments": True,
    "remove_pis": True,
}


@dataclass(frozen=True, slots=True)
class _Names:
    """What the elements of one module may be called: fields by element, modules beneath by element."""

    fields: dict[str, str]
    beneath: dict[str, Shape]

    def of(self, tag: str) -> "str | Shape | None":
        """Return the field or the module that an element is; None where it is neither."""
        name = _local(tag).lower()
        return self.beneath.get(name) or self.fields.get(name)


def _names(shape: Shape) -> _Names:
    fields = {name.lower(): one.name for one in shape.fields for name in (one.element, one.name)}
    fields |= {one.was[1].lower(): one.name for one in shape.fields if one.was}
    fields |= {other: name for other, name in shape.renamed.items() if other not in fields}
    return _Names(fields, {child.element.lower(): child for child in CHILDREN[shape.module]})


_NAMES = {module: _names(shape) for module, shape in SHAPES.items()}


class XmlFile:
    """
    A return in XML. It is read twice: once whole, so that nothing is taken from a file that breaks off; once for use.

    :raises FileRefused: if it is not a return, or not one that may be read
    """

    def __init__(self, path: Path, *, largest: int = LARGEST) -> None:
        self._path, self._largest, self.name = path, largest, path.name
        self.refusals: list[Refusal] = []
        self._cells: dict[str, str] = {}
        self._left_out: Counter[str] = Counter()
        self._known: dict[tuple[Module, str], str | Shape | None] = {}
        self._people = sum(1 for _ in self._persons())
        if not self._cells.get("year") and not self._people:
            raise FileRefused(f"{path.name} is XML, and not a SEN2 return: it has neither a header nor people")
        self.header = Row(f"{path.name}, header", 1, dict(self._cells))

    @property
    def total(self) -> int:
        """How many people there are to read."""
        return self._people

    @property
    def notes(self) -> list[str]:
        """What to say of the file as a whole; complete once `people` has been read."""
        if not self._left_out:
            return []
        some = ", ".join(f"{name} ({number:,})" for name, number in self._left_out.most_common(10))
        return [f"{self._path.name}: not used: {some}"]

    def close(self) -> None:
        """Let go of the file, which is open only while it is read."""

    def people(self) -> Iterator[Node]:
        """Yield every person with all that hangs from them."""
        self._left_out.clear()
        for element in self._persons():
            yield self._node(SHAPES[Module.PERSON], element)

    def rows_refused(self) -> Counter[str]:
        """Return how many rows were refused in reading: none, since a file of XML is whole or is refused."""
        return Counter()

    def _persons(self) -> Iterator[etree._Element]:
        """Yield each person's element, taking it down again once it has been used."""
        if self._path.stat().st_size > self._largest:
            raise FileRefused(self._too_large())
        with self._path.open("rb") as handle:
            begins_like_a_return(handle.read(_LOOKED_AT), self._path.name)
            handle.seek(0)
            yield from self._parsed(handle)

    def _parsed(self, handle: IO[bytes]) -> Iterator[etree._Element]:
        parser = etree.XMLPullParser(events=("end",), tag=_WANTED, **_PARSER)
        read = last_end = 0
        tail, breaks_off = b"", False
        try:
            while block := handle.read(_BLOCK):
                read, tail = read + len(block), (tail + block)[-_TAIL:]
                if read > self._largest:
                    raise FileRefused(self._too_large())
                parser.feed(block)
                for element in self._found(parser):
                    last_end = read
                    yield element
                if read - last_end > LARGEST_IN_ONE_PLACE:
                    raise FileRefused(self._too_much_in_one_place())
            breaks_off = not _ENDS_WHOLE.search(tail)
            parser.close()
        except etree.XMLSyntaxError as error:
            if breaks_off:
                raise FileRefused(self._breaks_off(parser)) from None
            raise FileRefused(_in_words(self._path.name, parser, error)) from None
        yield from self._found(parser)

    def _found(self, parser: etree.XMLPullParser) -> Iterator[etree._Element]:
        """Yield the people that have ended, and keep the header's fields."""
        for element in _elements(parser):
            name = _local(str(element.tag))
            if name == "Person":
                if _person_above(element) is None:
                    yield element
                    _take_down(element)
            elif _person_above(element) is None:
                self._cells.setdefault(_HEADER_ELEMENTS[name], self._text(element))

    def _breaks_off(self, parser: etree.XMLPullParser) -> str:
        log: Any = parser.feed_error_log
        where = f" at line {log[-1].line}" if len(log) else ""
        return f"{self._path.name} ends too soon{where}: the rest of the return is missing"

    def _too_large(self) -> str:
        return f"{self._path.name} is larger than a return may be ({self._largest // (1 << 20):,} MB)"

    def _too_much_in_one_place(self) -> str:
        most = LARGEST_IN_ONE_PLACE // (1 << 20)
        return f"{self._path.name} has more than {most} MB in one person, or where no person is: this is not a return"

    def _node(self, shape: Shape, element: etree._Element) -> Node:
        cells: dict[str, str] = {}
        children: dict[Module, list[Node]] = {}
        known, module = self._known, shape.module
        for child in element:
            tag = str(child.tag)
            try:
                target = known[module, tag]
            except KeyError:
                target = known[module, tag] = _NAMES[module].of(tag)
            if isinstance(target, str):
                cells[target] = self._text(child)
            elif target is not None:
                children.setdefault(target.module, []).append(self._node(target, child))
            else:
                self._left_out[f"{shape.element}/{_local(tag)}"[:80]] += 1
        return Node(module, Row(f"{self._path.name}, {shape.element}", _line(element), cells), children)

    def _text(self, element: etree._Element) -> str:
        text = element.text or ""
        if len(text) > LONGEST_TEXT:
            raise FileRefused(
                f"{self._path.name} has a text of more than {LONGEST_TEXT:,} characters, at line {element.sourceline}"
            )
        return text.strip()


def begins_like_a_return(start: bytes, file: str) -> None:
    """
    Look at a file's beginning before anything is made of the rest.

    :raises FileRefused: if it is not XML, is not in UTF-8, has a DTD, or is about something else
    """
    _refuse_encoding(start, file)
    if _DECLARES.search(start):
        raise FileRefused(f"{file} has a document type declaration (DOCTYPE), which no return has or may have")
    root = _root(start, file)
    if root != "Message":
        raise FileRefused(
            f"{file} is XML, and not a SEN2 return: it begins with {root[:60]}, and a return begins with Message"
        )


def _refuse_encoding(start: bytes, file: str) -> None:
    """Refuse what is not in UTF-8, or says that it is not, before a parser is asked to make sense of it."""
    for beginning, name in _NOT_UTF_8.items():
        if start.startswith(beginning):
            raise FileRefused(f"{file} is written in {name}, and a return is written in UTF-8")
    text = start.removeprefix(_BOM)
    if not text.strip():
        raise FileRefused(f"{file} is empty")
    if not text.lstrip().startswith(b"<"):
        raise FileRefused(f"{file} is not XML: it does not begin with <")
    found = re.match(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", text[:256])
    if found and found[1].upper() != b"UTF-8":
        name = found[1].decode("ascii", "replace")[:40]
        raise FileRefused(f"{file} says that it is written in {name}, and a return is written in UTF-8")


def _root(start: bytes, file: str) -> str:
    """Return the name of the first element."""
    parser = etree.XMLPullParser(events=("start",), **_PARSER)
    try:
        for place in range(0, len(start), _BLOCK):
            parser.feed(start[place : place + _BLOCK])
            root = next(_elements(parser), None)
            if root is not None:
                return _local(str(root.tag))
    except etree.XMLSyntaxError as error:
        raise FileRefused(_in_words(file, parser, error)) from None
    raise FileRefused(f"{file} is not a return: no element begins in it, or none near its beginning")


def _in_words(file: str, parser: etree.XMLPullParser, error: etree.XMLSyntaxError) -> str:
    """Return what is wrong with a file, at which line, and the first thing that the parser had to say of it."""
    log: Any = parser.feed_error_log
    kind, line, message = (
        (log[0].type_name, log[0].line, log[0].message) if len(log) else ("", error.lineno or 1, error.msg)
    )
    return f"{file} {_WRONG.get(kind, 'is not well-formed XML')} at line {line} ({message.strip()})"


def _elements(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for event in parser.read_events():
        element: Any = event[1]  # the parser was asked for elements, and for nothing else
        yield element


def _line(element: etree._Element) -> int:
    line: Any = element.sourceline
    return line or 0


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _person_above(element: etree._Element) -> etree._Element | None:
    above = element.getparent()
    while above is not None:
        if _local(str(above.tag)) == "Person":
            return above
        above = above.getparent()
    return None


def _take_down(element: etree._Element) -> None:
    """Let go of a person that has been used, and of everything before it."""
    parent = element.getparent()
    element.clear()
    while parent is not None and len(parent) and parent[0] is not element:
        del parent[0]
