"""
What may leave the building of a measure's figures, beside all the others that may: nothing small, nor what would tell
of few by being taken from another measure's. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from casetracker.measures import suppression
from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.parts import NOBODY, Side, Told, before, counting, numbers, pairs, told
from casetracker.measures.shipped import BY_KEY
from casetracker.measures.suppression import Beside, Cells, Published

Table = Mapping[str, Figure]
"""A measure's figures by the name of the row."""
Others = Mapping[str, Table]
"""The tables of the measures `before` it, by key, with the same rows."""


def alone(measure: Measure, figure: Figure, others: Mapping[str, Figure]) -> Cells:
    """Return what may be given of a figure that is part of no table, beside the others of the same children."""
    tables = {key: {"": other} for key, other in others.items()}
    return _in_order(measure, {"": figure}, tables, margins=(), by_row=False).whole


def table(measure: Measure, rows: Table, others: Others, *, margins: Sequence[frozenset[str]] = ()) -> Published:
    """
    Return what may be given of a table whose rows add up.

    What is hidden in the table of a measure before it is hidden in it too: else the rows that they have in common
    would give away those that they have not.
    """
    return _in_order(measure, rows, others, margins=margins, by_row=True)


def _in_order(
    measure: Measure, rows: Table, others: Others, *, margins: Sequence[frozenset[str]], by_row: bool
) -> Published:
    """Judge the measures before one and then it, each beside what is given of those before it."""
    found: dict[str, Published] = {}
    for key, own in [*((key, others[key]) for key in before(measure.key) if key in others), (measure.key, rows)]:
        beside = _beside(BY_KEY[key], own, others, found)
        if not by_row:
            beside = replace(beside, hidden_upper=frozenset(), hidden_lower=frozenset())
        found[key] = _publish(BY_KEY[key], own, beside, margins)
    return found[measure.key]


def _publish(measure: Measure, rows: Table, beside: Beside, margins: Sequence[frozenset[str]]) -> Published:
    found = {name: numbers(measure, figure) for name, figure in rows.items()}
    if measure.unit is Unit.PERCENT:
        both = {name: (sides[Side.UPPER], sides[Side.LOWER]) for name, sides in found.items()}
        return suppression.shares(both, margins=margins, beside=beside)
    only = {name: next(iter(sides.values())) for name, sides in found.items()}
    return suppression.counts(only, margins=margins, beside=beside)


def _beside(measure: Measure, rows: Table, others: Others, given: Mapping[str, Published]) -> Beside:
    """Return what the numbers of a table would tell beside what is given of others."""
    tables = {**others, measure.key: rows}
    columns: dict[Side, list[Mapping[str, int]]] = {side: [] for side in Side}
    hidden: dict[Side, set[str]] = {side: set() for side in Side}
    there = {(key, side): _how_far(BY_KEY[key], given[key], side) for key in given for side in counting(key)}
    perhaps = tuple(number for number, (in_some, _) in there.items() if in_some)
    surely = frozenset(number for number, (_, everywhere) in there.items() if everywhere)
    for one in told(measure.key, perhaps, surely):
        columns[one.by].append({name: _comes_to(one, tables, name) for name in rows})
    for key in given:
        if key in before(measure.key):
            for mine, theirs in pairs(measure, BY_KEY[key]):
                hidden[mine] |= _hidden(BY_KEY[key], given[key], theirs) & set(rows)
    return Beside(
        tuple(columns[Side.UPPER]),
        tuple(columns[Side.LOWER]),
        frozenset(hidden[Side.UPPER] | hidden[Side.REST]),
        frozenset(hidden[Side.LOWER]),
    )


def _comes_to(one: Told, tables: Others, name: str) -> int:
    return round(sum(n * numbers(BY_KEY[key], tables[key].get(name, NOBODY))[side] for (key, side), n in one.terms))


def _how_far(measure: Measure, published: Published, side: Side) -> tuple[bool, bool]:
    """Return whether a number is given in any row or of the whole, and whether it is in all of them."""
    lower = side is Side.LOWER and measure.unit is Unit.PERCENT
    every = (*published.groups.values(), published.whole)
    there = [(cells.denominator if lower else cells.numerator) is not None for cells in every]
    return any(there), all(there)


def _hidden(measure: Measure, published: Published, side: Side) -> set[str]:
    """Return the rows in which a number is not given; what is only counted stands under the upper number."""
    lower = side is Side.LOWER and measure.unit is Unit.PERCENT
    return {
        name for name, cells in published.groups.items() if (cells.denominator if lower else cells.numerator) is None
    }
