"""
Does delay fall evenly: the shares of groups of children, with their intervals, and what they show beside the whole.

It says which groups differ from the whole by more than chance would explain. It cannot say why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casetracker.measures.figures import Figure
from casetracker.periods import Period
from casetracker.queries.measures.breakdowns import EVERYWHERE, Line, by_group
from casetracker.queries.measures.known import Asked
from casetracker.statistics import Verdict

ABOUT_CHILDREN = tuple(dimension for dimension in EVERYWHERE if dimension.key not in ("team", "worker"))
"""The ways of grouping that are of the child, and not of who works on the case."""


@dataclass(frozen=True, slots=True)
class Evenness:
    """How a share falls on the groups of one kind."""

    key: str
    name: str
    lines: tuple[Line, ...]
    whole: Figure

    @property
    def apart(self) -> tuple[Line, ...]:
        """The groups that differ from the whole by more than chance would explain."""
        return tuple(line for line in self.lines if line.verdict in (Verdict.LOWER, Verdict.HIGHER))

    @property
    def too_few(self) -> int:
        """How many groups are too small to say anything of."""
        return sum(line.verdict is Verdict.TOO_FEW for line in self.lines)

    @property
    def groups_said_of(self) -> int:
        """How many groups are large enough: one in some hundreds of them would stand apart by chance alone."""
        return len(self.lines) - self.too_few


def evenness(asked: Asked, period: Period) -> Sequence[Evenness]:
    """Return how a share falls on the children of each group, by each way of grouping them."""
    found = []
    for dimension in ABOUT_CHILDREN:
        broken = by_group(asked, period, dimension.key)
        found.append(Evenness(dimension.key, dimension.name, broken.lines, broken.whole))
    return found
