"""
What a rule can say of a row, as JSON: `["on_or_before", "receiveddate", "requestoutcomedate"]`.

A field is named by its column, with its module before it where it is another's: `requests.receiveddate`. `@census`,
`@first_day`, `@last_day` and `@year` are those of the return. Days are compared only where both are days: a missing or
wrong one is another rule's affair, so such a comparison holds.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casetracker.identifiers import problem_with_postcode, problem_with_uln, problem_with_upn
from casetracker.sen2.book import Book, BookRefused, Version
from casetracker.sen2.modules import SHAPES, Kind, Module
from casetracker.sen2.records import Node, is_day

Above = Mapping[Module, Node]
"""The row in question and those it hangs from, by module."""
Condition = Callable[[Above], bool]
Value = Callable[[Above], str]
Cell = tuple[Module, str]
"""A field of a row, by its module and its column."""
_WELL_MADE = {"upn": problem_with_upn, "uln": problem_with_uln, "postcode": problem_with_postcode}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a condition is read for: the module of its rule, the year and the lists."""

    module: Module
    version: Version
    book: Book
    reads: set[Cell] = field(default_factory=set)
    """The fields that the conditions read for it look at; filled as they are read."""
    counts: set[Module] = field(default_factory=set)
    """The modules whose rows beneath they count, likewise."""


def condition(said: Any, of: Setting) -> Condition:
    """
    Return a condition as something that can be asked.

    :raises BookRefused: if it says nothing that we know
    """
    if not isinstance(said, list) or not said or said[0] not in _READERS:
        raise BookRefused(f"no condition is written like {said!r}")
    try:
        return _READERS[said[0]](said[1:], of)
    except (IndexError, TypeError, ValueError, KeyError, re.error) as error:
        raise BookRefused(f"the condition {said!r} lacks something, or has too much: {error}") from None


def _value(name: str, of: Setting) -> Value:
    constants = {
        "@census": of.version.census.isoformat(),
        "@first_day": of.version.first_day.isoformat(),
        "@last_day": of.version.last_day.isoformat(),
        "@year": str(of.version.year),
    }
    if name in constants:
        fixed = constants[name]
        return lambda above: fixed
    module_name, _, column = name.rpartition(".")
    module = Module(module_name) if module_name else of.module
    if column not in SHAPES[module].columns:
        raise BookRefused(f"the module {module} has no field {column}")
    of.reads.add((module, column))
    return lambda above: above[module].row.cells.get(column, "")


def _given(rest: Sequence[Any], of: Setting) -> Condition:
    names = [_value(name, of) for name in rest]
    return lambda above: all(value(above) for value in names)


def _empty(rest: Sequence[Any], of: Setting) -> Condition:
    names = [_value(name, of) for name in rest]
    return lambda above: not any(value(above) for value in names)


def _one_of(rest: Sequence[Any], of: Setting) -> Condition:
    name, allowed = rest
    value, those = _value(name, of), frozenset(allowed)
    return lambda above: value(above) in those


def _same(rest: Sequence[Any], of: Setting) -> Condition:
    one, other = (_value(name, of) for name in rest)
    return lambda above: one(above) == other(above)


def _in_list(rest: Sequence[Any], of: Setting) -> Condition:
    (name,) = rest
    value = _value(name, of)
    listed = next(f.codes for f in SHAPES[of.module].fields if f.name == name)
    codes = of.book.lists[listed].in_year(of.version.year)
    allowed = frozenset(code.code for code in codes)
    return lambda above: not value(above) or not allowed or value(above) in allowed


def _is_kind(rest: Sequence[Any], of: Setting) -> Condition:
    name, kind = rest
    value = _value(name, of)
    right: dict[Kind, Callable[[str], bool]] = {
        Kind.DAY: is_day,
        Kind.FLAG: lambda text: text in ("0", "1"),
        Kind.NUMBER: lambda text: text.isascii() and text.isdigit(),
    }
    check = right[Kind(kind)]
    return lambda above: not value(above) or check(value(above))


def _longest(rest: Sequence[Any], of: Setting) -> Condition:
    name, most = rest
    value = _value(name, of)
    return lambda above: len(value(above)) <= most


def _on_or_before(rest: Sequence[Any], of: Setting) -> Condition:
    one, other = (_value(name, of) for name in rest)

    def holds(above: Above) -> bool:
        first, second = one(above), other(above)
        return first <= second or not (is_day(first) and is_day(second))

    return holds


def _aged(rest: Sequence[Any], of: Setting) -> Condition:
    """Age in whole years on a day: `["aged", "person.personbirthdate", "receiveddate", 0, 25]`, both counted."""
    born, on, least, most = rest
    born_on, day = _value(born, of), _value(on, of)

    def holds(above: Above) -> bool:
        first, second = born_on(above), day(above)
        if not (is_day(first) and is_day(second)):
            return True
        one, other = date.fromisoformat(first), date.fromisoformat(second)
        years = other.year - one.year - ((other.month, other.day) < (one.month, one.day))
        return bool(least <= years <= most)

    return holds


def _well_made(rest: Sequence[Any], of: Setting) -> Condition:
    name, what = rest
    value, problem = _value(name, of), _WELL_MADE[what]
    return lambda above: not value(above) or problem(value(above)) is None


def _matches(rest: Sequence[Any], of: Setting) -> Condition:
    name, pattern = rest
    value, compiled = _value(name, of), re.compile(pattern)
    return lambda above: not value(above) or compiled.fullmatch(value(above)) is not None


def _count(rest: Sequence[Any], of: Setting) -> Condition:
    """Rows beneath, perhaps only some: `["count", "placementdetail", 1, 2, ["one_of", "placementrank", ["1"]]]`."""
    name, least, most, *which = rest
    module = Module(name)
    of.counts.add(module)
    chosen = condition(which[0], replace(of, module=module)) if which else None

    def holds(above: Above) -> bool:
        rows = above[of.module].children.get(module, ())
        number = len(rows) if chosen is None else sum(chosen({**above, module: row}) for row in rows)
        return bool(least <= number <= most)

    return holds


def _all(rest: Sequence[Any], of: Setting) -> Condition:
    parts = [condition(part, of) for part in rest]
    return lambda above: all(part(above) for part in parts)


def _any(rest: Sequence[Any], of: Setting) -> Condition:
    parts = [condition(part, of) for part in rest]
    return lambda above: any(part(above) for part in parts)


def _not(rest: Sequence[Any], of: Setting) -> Condition:
    (part,) = rest
    inner = condition(part, of)
    return lambda above: not inner(above)


_READERS: dict[str, Callable[[Sequence[Any], Setting], Condition]] = {
    "given": _given,
    "empty": _empty,
    "one_of": _one_of,
    "same": _same,
    "in_list": _in_list,
    "is": _is_kind,
    "longest": _longest,
    "on_or_before": _on_or_before,
    "aged": _aged,
    "well_made": _well_made,
    "matches": _matches,
    "count": _count,
    "all": _all,
    "any": _any,
    "not": _not,
}
