"""
What may leave the building of a measure's figures, beside all the others that may: nothing small, nor what would tell
of few by being taken from another measure's. Pure.
"""

from collections.abc import Mapping, Sequence

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
Columns = tuple[Mapping[str, int], ...]
"""Numbers of children that nobody gives and that follow, by the name of the row."""


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
        upper, lower = _columns(BY_KEY[key], own, others, found)
        hidden = _hidden_too(BY_KEY[key], own, found) if by_row else (frozenset(), frozenset())
        found[key] = _publish(BY_KEY[key], own, Beside(upper, lower, *hidden), margins)
    return found[measure.key]


def _publish(measure: Measure, rows: Table, beside: Beside, margins: Sequence[frozenset[str]]) -> Published:
    found = {name: numbers(measure, figure) for name, figure in rows.items()}
    if measure.unit is Unit.PERCENT:
        both = {name: (sides[Side.UPPER], sides[Side.LOWER]) for name, sides in found.items()}
        return suppression.shares(both, margins=margins, beside=beside)
    only = {name: next(iter(sides.values())) for name, sides in found.items()}
    return suppression.counts(only, margins=margins, beside=beside)


def _columns(measure: Measure, rows: Table, others: Others, given: Mapping[str, Published]) -> tuple[Columns, Columns]:
    """Return what a table's upper numbers, and its lower, would tell beside what is given of others."""
    tables = {**others, measure.key: rows}
    columns: dict[Side, list[Mapping[str, int]]] = {Side.UPPER: [], Side.LOWER: []}
    there = {(key, side): _in_each(BY_KEY[key], given[key], side) for key in given for side in counting(key)}
    perhaps = tuple(number for number, rows_given in there.items() if any(rows_given))
    surely = frozenset(number for number, rows_given in there.items() if all(rows_given))
    for one in told(measure.key, perhaps, surely):
        columns[one.by].append({name: _comes_to(one, tables, name) for name in rows})
    return tuple(columns[Side.UPPER]), tuple(columns[Side.LOWER])


def _comes_to(one: Told, tables: Others, name: str) -> int:
    return round(sum(n * numbers(BY_KEY[key], tables[key].get(name, NOBODY))[side] for (key, side), n in one.terms))


def _in_each(measure: Measure, published: Published, side: Side) -> list[bool]:
    """Return whether a number is given in each row, and of the whole."""
    return [_is_given(measure, cells, side) for cells in (*published.groups.values(), published.whole)]


def _hidden_too(measure: Measure, rows: Table, given: Mapping[str, Published]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the rows whose upper number, or the rest, and whose lower is hidden in a table that has it in common."""
    hidden: dict[Side, set[str]] = {side: set() for side in Side}
    for key, published in given.items():
        for mine, theirs in pairs(measure, BY_KEY[key]):
            there = published.groups.items()
            hidden[mine] |= {name for name, cells in there if not _is_given(BY_KEY[key], cells, theirs)} & set(rows)
    return frozenset(hidden[Side.UPPER] | hidden[Side.REST]), frozenset(hidden[Side.LOWER])


def _is_given(measure: Measure, cells: Cells, side: Side) -> bool:
    """Return whether a number is given; what is only counted stands under the upper number."""
    lower = side is Side.LOWER and measure.unit is Unit.PERCENT
    return (cells.denominator if lower else cells.numerator) is not None
