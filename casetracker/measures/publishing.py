"""
What may leave the building of a measure's figures, beside all the others that may: nothing small, nor what would tell
of few by being taken from another measure's. Pure.
"""

from collections.abc import Mapping, Sequence

from casetracker.measures import suppression
from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.parts import NOBODY, Side, before, numbers, pairs
from casetracker.measures.shipped import BY_KEY
from casetracker.measures.suppression import Beside, Cells, Published

Table = Mapping[str, Figure]
"""A measure's figures by the name of the row."""
Others = Mapping[str, Table]
"""The tables of the measures `before` it, by key, with the same rows."""


def alone(measure: Measure, figure: Figure, others: Mapping[str, Figure]) -> Cells:
    """Return what may be given of a figure that is part of no table, beside the others of the same children."""
    tables = {key: {"": other} for key, other in others.items()}
    return _publish(measure, {"": figure}, _beside(measure, {"": figure}, tables), ()).whole


def table(measure: Measure, rows: Table, others: Others, *, margins: Sequence[frozenset[str]] = ()) -> Published:
    """
    Return what may be given of a table whose rows add up.

    What is hidden in the table of a measure before it is hidden in it too: else the rows that they have in common
    would give away those that they have not.
    """
    found: dict[str, Published] = {}
    for key, own in [*((key, others[key]) for key in before(measure.key) if key in others), (measure.key, rows)]:
        beside = _beside(BY_KEY[key], own, others, found)
        found[key] = _publish(BY_KEY[key], own, beside, margins)
    return found[measure.key]


def _publish(measure: Measure, rows: Table, beside: Beside, margins: Sequence[frozenset[str]]) -> Published:
    found = {name: numbers(measure, figure) for name, figure in rows.items()}
    if measure.unit is Unit.PERCENT:
        both = {name: (sides[Side.UPPER], sides[Side.LOWER]) for name, sides in found.items()}
        return suppression.shares(both, margins=margins, beside=beside)
    only = {name: next(iter(sides.values())) for name, sides in found.items()}
    return suppression.counts(only, margins=margins, beside=beside)


def _beside(measure: Measure, rows: Table, others: Others, given: Mapping[str, Published] | None = None) -> Beside:
    """Return what the numbers of a table would tell beside those of others; `given` is what is given of them."""
    columns: dict[Side, list[Mapping[str, int]]] = {side: [] for side in Side}
    hidden: dict[Side, set[str]] = {side: set() for side in Side}
    for key in before(measure.key):
        if key in others:
            other = BY_KEY[key]
            for mine, theirs in pairs(measure, other):
                columns[mine].append(
                    {
                        name: abs(
                            numbers(measure, figure)[mine] - numbers(other, others[key].get(name, NOBODY))[theirs]
                        )
                        for name, figure in rows.items()
                    }
                )
                hidden[mine] |= _hidden(other, given[key], theirs) & set(rows) if given else set()
    return Beside(
        (*columns[Side.UPPER], *columns[Side.REST]),
        tuple(columns[Side.LOWER]),
        frozenset(hidden[Side.UPPER] | hidden[Side.REST]),
        frozenset(hidden[Side.LOWER]),
    )


def _hidden(measure: Measure, published: Published, side: Side) -> set[str]:
    """Return the rows in which a number is not given; what is only counted stands under the upper number."""
    lower = side is Side.LOWER and measure.unit is Unit.PERCENT
    return {
        name for name, cells in published.groups.items() if (cells.denominator if lower else cells.numerator) is None
    }
