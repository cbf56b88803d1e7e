"""
Checking a return against our own rules, person by person.

The DfE's rules were not to be had: these are ours (sen2.md 2.5), and bear numbers of ours. An *error* would have the
return refused; a *query* may be right, and is explained. A code that is in no list we could verify is only a query.

One fault is one issue: a field that is wrong in itself, such as a day after the last there can be, is not told of again
by the rules that suppose it right. A query silences no error.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from casetracker.csvin.table import Row
from casetracker.sen2.book import Book, BookRefused, RuleText, Version
from casetracker.sen2.conditions import Cell, Condition, Setting, condition
from casetracker.sen2.modules import CHILDREN, SHAPES, Field, Kind, Module, fields_in
from casetracker.sen2.records import Node

ERROR, QUERY = "error", "query"
LONGEST_VALUE = 200
_MOST_SEEN = 5_000
"""Values of a field that are remembered; then it is begun anew, so that memory stays flat."""
_MENDED_ON = {Module.SEN2: "header", Module.PERSON: "person", Module.REQUESTS: "history", Module.ASSESSMENT: "history"}
_IN_WORDS = {Kind.DAY: "is not a day", Kind.FLAG: "must be 1 or 0", Kind.NUMBER: "must be figures"}


@dataclass(frozen=True, slots=True)
class Issue:
    """One rule broken by one row."""

    rule: str
    kind: str
    text: str
    module: Module
    fields: tuple[str, ...]
    value: str
    """What stands in the fields that the rule is about."""
    person: str
    subject: str
    """What tells this row from its like in the next return: a day of receipt, a code; empty where it stands alone."""
    file: str
    line: int
    case_id: int | None
    mend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to be asked."""

    said: RuleText
    when: Condition | None
    must: Condition
    supposes: frozenset[Cell] = frozenset()
    """The fields that it looks at, and supposes right, to say what must be."""
    is_of_one: bool = False
    """Whether what must be is said of nothing but one field: broken, that field is wrong in itself."""
    of_value: str = ""
    """The field of the row whose value alone tells whether it is broken; empty where more is looked at."""
    unique: str = ""
    """The field whose value may stand only once in a return: broken, if it has stood already."""

    def is_silenced_by(self, wrong: Mapping[Cell, str]) -> bool:
        """Return whether it supposes something that has been found wrong: an error, or for a query a query."""
        return any(wrong.get(cell) in (ERROR, self.said.kind) for cell in self.supposes)

    def broken_by(self, above: Mapping[Module, Node]) -> bool:
        """Return whether a row, with those it hangs from, breaks it."""
        return (self.when is None or self.when(above)) and not self.must(above)


def rules_for(book: Book, version: Version) -> dict[Module, tuple[Rule, ...]]:
    """
    Return every rule that holds in a collection year, by the module it is about.

    :raises BookRefused: if a rule is not written as rules are
    """
    said = [*_of_the_fields(book, version), *(rule for rule in book.rules.values())]
    found: dict[Module, list[Rule]] = {module: [] for module in Module}
    for text in said:
        if text.since <= version.year <= text.until:
            rule = _rule(text, version, book)
            found[Module(text.module)].append(rule)
    return {module: tuple(rules) for module, rules in found.items()}


def _rule(text: RuleText, version: Version, book: Book) -> Rule:
    try:
        of = Setting(Module(text.module), version, book)
        names = SHAPES[of.module].columns
    except ValueError:
        raise BookRefused(f"rule {text.id} is about {text.module!r}, which is no module") from None
    if unknown := [name for name in text.fields if name not in names]:
        raise BookRefused(f"rule {text.id} is about {', '.join(unknown)}, which {text.module} has not")
    if text.must[0] == "unique":
        when = condition(text.when, of) if text.when else None
        return Rule(text, when, lambda above: False, unique=text.must[1])
    must = condition(text.must, of)
    supposes = frozenset(of.reads)
    when = condition(text.when, of) if text.when else None
    own, *more = of.reads or [("", "")]
    alone = own[0] is of.module and not (when or more or of.counts)
    return Rule(text, when, must, supposes, is_of_one=len(of.reads) == 1, of_value=own[1] if alone else "")


def _of_the_fields(book: Book, version: Version) -> Iterator[RuleText]:
    """Yield the rules that the fields themselves make: a day is a day, a code is in its list, nothing is too long."""
    for module in Module:
        for one in fields_in(module, version.year):
            yield from _of_a_field(module, one, book)


def _of_a_field(module: Module, one: Field, book: Book) -> Iterator[RuleText]:
    mend = _MENDED_ON.get(module, "plan")
    name = f"{module}.{one.name}"
    if one.kind in _IN_WORDS:
        right = ["is", one.name, one.kind.value]
        text = f"{one.element} {_IN_WORDS[one.kind]}"
        yield RuleText(f"CT-F-{name}", ERROR, module, (one.name,), text, "the field itself", None, right, mend=mend)
    if one.codes:
        listed = book.lists[one.codes]
        kind = ERROR if listed.verified else QUERY
        text = f"{one.element} is a code that is not in its list"
        known = ["in_list", one.name]
        yield RuleText(f"CT-C-{name}", kind, module, (one.name,), text, listed.source, None, known, mend=mend)
    must: list[str | int] = ["longest", one.name, one.longest]
    text = f"{one.element} has more than {one.longest} characters"
    yield RuleText(f"CT-L-{name}", ERROR, module, (one.name,), text, "the field itself", None, must, mend=mend)


@dataclass(slots=True)
class _Field:
    """The rules of the value of one field, and which of them the values that have been seen break."""

    column: str
    rules: list[Rule] = field(default_factory=list)
    seen: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    def broken_by(self, above: Mapping[Module, Node], node: Node) -> tuple[Rule, ...]:
        """Return the rules that a row breaks: days, flags and codes are few, and each is asked about once."""
        value = node[self.column]
        broken = self.seen.get(value)
        if broken is None:
            if len(self.seen) >= _MOST_SEEN:
                self.seen.clear()
            broken = self.seen[value] = tuple(rule for rule in self.rules if rule.broken_by(above))
        return broken


class Checker:
    """Checks one return, whose rows have been tidied. What has been seen before is kept on disc, so memory is flat."""

    def __init__(self, book: Book, version: Version) -> None:
        rules = rules_for(book, version)
        self._fields = {module: _by_field(these) for module, these in rules.items()}
        self._others = {module: [rule for rule in these if not rule.of_value] for module, these in rules.items()}
        self._store = sqlite3.connect("")
        self._store.execute("CREATE TABLE seen (what BLOB PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        """Let go of the file on disc."""
        self._store.close()

    def header(self, row: Row) -> list[Issue]:
        """Return what is wrong with the header."""
        node = Node(Module.SEN2, row)
        return list(self._of(node, {Module.SEN2: node}, "", {}))

    def person(self, person: Node) -> list[Issue]:
        """Return what is wrong with a person's rows."""
        name = f"{person['forename']} {person['surname']}".strip()
        return list(self._beneath(person, {}, name, {}))

    def _beneath(
        self, node: Node, above: dict[Module, Node], name: str, wrong_above: Mapping[Cell, str]
    ) -> Iterator[Issue]:
        here, wrong = {**above, node.module: node}, {**wrong_above}
        yield from self._of(node, here, name, wrong)
        for shape in CHILDREN[node.module]:
            for child in node.children.get(shape.module, ()):
                yield from self._beneath(child, here, name, wrong)

    def _of(self, node: Node, above: Mapping[Module, Node], name: str, wrong: dict[Cell, str]) -> Iterator[Issue]:
        """Yield what is wrong with a row, and add its fields that are wrong in themselves to `wrong`, with the kind."""
        for rule in self._broken(node, above):
            if rule.is_silenced_by(wrong):
                continue
            if rule.is_of_one:
                wrong.update(dict.fromkeys(rule.supposes, rule.said.kind))
            yield _issue(rule.said, node, above, name)

    def _broken(self, node: Node, above: Mapping[Module, Node]) -> Iterator[Rule]:
        """Yield the rules that a row breaks, those of its values first, since others suppose these right."""
        for one in self._fields[node.module]:
            yield from one.broken_by(above, node)
        for rule in self._others[node.module]:
            if rule.broken_by(above) and (not rule.unique or self._stood_already(rule, node)):
                yield rule

    def _stood_already(self, rule: Rule, node: Node) -> bool:
        value = node[rule.unique]
        if not value:
            return False
        what = hashlib.blake2b(f"{rule.said.id} {value}".encode(), digest_size=12).digest()
        return self._store.execute("INSERT OR IGNORE INTO seen VALUES (?)", (what,)).rowcount == 0


def _by_field(rules: tuple[Rule, ...]) -> list[_Field]:
    found: dict[str, _Field] = {}
    for rule in rules:
        if rule.of_value:
            found.setdefault(rule.of_value, _Field(rule.of_value)).rules.append(rule)
    return list(found.values())


def _issue(said: RuleText, node: Node, above: Mapping[Module, Node], name: str) -> Issue:
    request, person = above.get(Module.REQUESTS), above.get(Module.PERSON)
    shown = {field: node[field] for field in said.fields}
    value = _shown(shown) if any(shown.values()) else ""
    return Issue(
        rule=said.id,
        kind=said.kind,
        text=said.text,
        module=node.module,
        fields=said.fields,
        value=value[:LONGEST_VALUE],
        person=name,
        subject=_subject(node, above)[:LONGEST_VALUE],
        file=node.row.file,
        line=node.row.line,
        case_id=next((row.case_id for row in (node, request, person) if row is not None and row.case_id), None),
        mend=said.mend,
    )


def _shown(cells: Mapping[str, str]) -> str:
    if len(cells) == 1:
        return next(iter(cells.values()))
    return ", ".join(f"{name} {text or '–'}" for name, text in cells.items())


def _subject(node: Node, above: Mapping[Module, Node]) -> str:
    if node.module is Module.NEED:
        return node["sentype"]
    if node.module in (Module.PLACEMENT, Module.PLAN_DETAIL):
        return " ".join(filter(None, (node["urn"] or node["ukprn"] or node["sensetting"], node["entrydate"])))
    request = above.get(Module.REQUESTS)
    return request["receiveddate"] if request is not None else ""
