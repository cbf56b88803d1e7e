"""
Small numbers kept out of what leaves the building: fewer than 6 children, and whatever would give them away.

A table is one row for each group, with how many are in it (the lower number) and, for a share, how many of them are in
the upper number; beneath it stands the whole. Hiding a small number is not enough: it is what is left when the others
are taken from the whole, or when one number of a row is taken from the other. So further groups are hidden, the
smallest first, until at least two are hidden and what is hidden adds up to 6 or more; where there are not enough, the
whole is hidden too. Nought is shown: it tells of nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 6
"""A number of children below this, other than nought, is not published."""
HIDDEN = "c"
"""What stands in a file for a number that is not published, as in the DfE's own files."""
NOTE = "c: fewer than 6, or fewer than 6 would follow from it and others"
"""What is said of it at the end of the file."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The two numbers of a group, or of the whole; None for one that is not published."""

    numerator: int | None
    denominator: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """A table as it may be published."""

    groups: Mapping[str, Cells]
    whole: Cells

    @property
    def hides_anything(self) -> bool:
        return any(None in (cells.numerator, cells.denominator) for cells in (*self.groups.values(), self.whole))


@dataclass(frozen=True, slots=True)
class Beside:
    """What a table must not tell when it is laid beside another, whose children are some of its own or have them."""

    upper: tuple[Mapping[str, int], ...] = ()
    """Columns of what is left when the one table's upper numbers, or the rest, and the other's are taken apart."""
    lower: tuple[Mapping[str, int], ...] = ()
    hidden_upper: frozenset[str] = frozenset()
    """Groups whose upper number, or the rest, is hidden in the other."""
    hidden_lower: frozenset[str] = frozenset()


_BY_ITSELF = Beside()


def shares(
    groups: Mapping[str, tuple[int, int]],
    *,
    margins: Sequence[frozenset[str]] = (),
    beside: Beside = _BY_ITSELF,
) -> Published:
    """
    Return what may be published of groups with an upper and a lower number each. They share no child.

    `margins` are sets of groups whose sums are published elsewhere, as the years of months are.
    """
    lower = {name: of for name, (_, of) in groups.items()}
    upper = {name: (part, of - part) for name, (part, of) in groups.items()}
    hidden_lower, hides_whole = _hidden([lower], already=beside.hidden_lower, margins=margins, beside=beside.lower)
    parts = [{name: both[side] for name, both in upper.items()} for side in (0, 1)]
    already = hidden_lower | beside.hidden_upper
    hidden_upper, hides_upper = _hidden(parts, already=already, margins=margins, beside=beside.upper)
    if hides_whole:
        hidden_lower = hidden_upper = set(groups)
    found = {
        name: Cells(
            None if name in hidden_upper else part,
            None if name in hidden_lower else of,
        )
        for name, (part, of) in groups.items()
    }
    whole = Cells(sum(part for part, _ in groups.values()), sum(lower.values()))
    return Published(
        found,
        Cells(None if hides_whole or hides_upper else whole.numerator, None if hides_whole else whole.denominator),
    )


def counts(
    groups: Mapping[str, int], *, margins: Sequence[frozenset[str]] = (), beside: Beside = _BY_ITSELF
) -> Published:
    """Return what may be published of groups that are only counted, under the upper number."""
    already, columns = beside.hidden_upper | beside.hidden_lower, (*beside.upper, *beside.lower)
    hidden, hides_whole = _hidden([groups], already=already, margins=margins, beside=columns)
    found = {name: Cells(None if name in hidden or hides_whole else number, None) for name, number in groups.items()}
    return Published(found, Cells(None if hides_whole else sum(groups.values()), None))


def _hidden(
    columns: Sequence[Mapping[str, int]],
    *,
    already: Collection[str],
    margins: Sequence[frozenset[str]],
    beside: Sequence[Mapping[str, int]],
) -> tuple[set[str], bool]:
    """
    Return the groups to hide in columns that are hidden together, and whether the columns' sums must be hidden too.

    Each column is given with its sum; `already` are groups that are hidden for a reason of their own, and `beside` are
    columns that nobody gives, but that follow from what is given.
    """
    every = (*columns, *beside)
    hidden = set(already) | {name for column in every for name, number in column.items() if _is_small(number)}
    if any(_is_small(sum(column.values())) for column in every):
        return set(columns[0]), True
    everything = frozenset(columns[0])
    while unsafe := [line for line in (everything, *margins) if not _are_safe(columns, hidden & line, beside)]:
        others = sorted(
            {name for line in unsafe for name in line & everything} - hidden,
            key=lambda name: (_size(columns, name), name),
        )
        if not others:
            return hidden, everything in unsafe
        hidden.add(others[0])
    return hidden, False


def _size(columns: Sequence[Mapping[str, int]], name: str) -> tuple[bool, int]:
    """Return what puts groups in the order of hiding: a group of nobody hides nothing, and comes last."""
    numbers = [column[name] for column in columns]
    return not any(numbers), min(numbers)


def _are_safe(columns: Sequence[Mapping[str, int]], hidden: set[str], beside: Sequence[Mapping[str, int]]) -> bool:
    """Return whether nothing that is hidden can be worked out from the sums of the columns."""
    if not hidden:
        return True
    somebody = [name for name in hidden if any(column[name] for column in (*columns, *beside))]
    return (
        len(somebody) > 1
        and all(sum(column[name] for name in hidden) >= FEWEST for column in columns)
        and not any(_is_small(sum(column[name] for name in hidden)) for column in beside)
    )


def _is_small(number: int) -> bool:
    return 0 < number < FEWEST
