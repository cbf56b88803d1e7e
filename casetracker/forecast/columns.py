"""Open cases as columns: one row for one case on one day, with the pieces of advice it waits for beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_DAY = 0
"""Where there is no day. Days are ordinals, as `date.toordinal` gives them."""
Labels = NDArray[np.int32]
"""Numbers of names; -1 for a name that the model does not know, or none."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of advice that were asked for, answered or not."""

    row: NDArray[np.int64]
    """The row of its case."""
    table: Labels
    """The table of its giver, or of its kind."""
    since: NDArray[np.int32]
    """The day from which it is waited for: asked for, or sent back."""
    answered: NDArray[np.int32]
    """The day it was answered; `NO_DAY` where it is waited for."""
    queue: NDArray[np.float32]
    """How many pieces its giver had outstanding on that day; -1 where that is not known."""
    ahead: NDArray[np.float32]
    """How many of those had been waited for longer."""
    shut: NDArray[np.float32]
    """For how many of the days ahead its giver is shut beyond what is usual (`Calendar.shut`)."""

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Cases:
    """Open cases, each as it stood at the close of a day."""

    case_id: NDArray[np.int64]
    day: NDArray[np.int32]
    place: NDArray[np.int8]
    """Its `steps.Place`."""
    gather: Labels
    """The table of gathering advice for a need like the child's."""
    since: NDArray[np.int32]
    """The day on which the step that is on began."""
    clock_on: NDArray[np.int32]
    decision_due: NDArray[np.int32]
    """Last days of the limits still to be met; `NO_DAY` where done, excused or not the law of this clock."""
    plan_due: NDArray[np.int32]
    final_due: NDArray[np.int32]
    excused: NDArray[np.bool_]
    """Whether an exception reaches the final plan."""
    worker: Labels
    load: NDArray[np.float32]
    """How many plans its worker had in hand (cases past their advice) on that day; -1 where nobody holds it."""
    source: NDArray[np.int8]
    """Who asked: the code of the return; 0 where not known."""
    age: NDArray[np.int8]
    """In whole years on the day the clock started; -1 where not known."""
    returned: NDArray[np.int8]
    """Pieces of advice sent back so far."""
    reopened: NDArray[np.bool_]
    """Whether the clock is not the first: an order, an agreement, a concession."""
    waits_for_family: NDArray[np.bool_]
    """Whether information has been asked for and has not come."""
    agreed_on: NDArray[np.int32]
    """The day of the decision to assess."""
    panels: NDArray[np.int32]
    """(n, calendar.SITTINGS): the days of the panel about then and ahead, of those known; `NO_DAY` for no more."""
    pieces: Pieces

    def __len__(self) -> int:
        return len(self.case_id)

    def take(self, wanted: NDArray[np.bool_]) -> "Cases":
        """Return the rows for which `wanted` is true, in the same order."""
        place = np.cumsum(wanted) - 1
        kept = wanted[self.pieces.row] if len(self.pieces) else np.zeros(0, dtype=bool)
        columns: dict[str, Any] = {f.name: getattr(self, f.name)[wanted] for f in fields(self) if f.name != "pieces"}
        pieces = {f.name: getattr(self.pieces, f.name)[kept] for f in fields(self.pieces)}
        pieces["row"] = place[pieces["row"]]
        return Cases(**columns, pieces=Pieces(**pieces))


TYPES: Mapping[str, Any] = {
    "case_id": np.int64,
    "day": np.int32,
    "place": np.int8,
    "gather": np.int32,
    "since": np.int32,
    "clock_on": np.int32,
    "decision_due": np.int32,
    "plan_due": np.int32,
    "final_due": np.int32,
    "excused": np.bool_,
    "worker": np.int32,
    "load": np.float32,
    "source": np.int8,
    "age": np.int8,
    "returned": np.int8,
    "reopened": np.bool_,
    "waits_for_family": np.bool_,
    "agreed_on": np.int32,
    "panels": np.int32,
}


def as_columns(rows: Sequence[tuple[Any, ...]], pieces: Sequence[tuple[Any, ...]]) -> Cases:
    """
    Return rows and pieces, each a tuple in the order of the fields of `Cases` and `Pieces`, as columns.

    A row leaves out `pieces`; a piece names its row by its place.
    """
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ([] for _ in TYPES)
    made = {name: np.asarray(column, dtype=TYPES[name]) for name, column in zip(TYPES, columns, strict=True)}
    of_pieces: Iterable[Any] = zip(*pieces, strict=True) if pieces else ([] for _ in range(7))
    types: tuple[Any, ...] = (np.int64, np.int32, np.int32, np.int32, np.float32, np.float32, np.float32)
    made_of_pieces = (np.asarray(c, dtype=t) for c, t in zip(of_pieces, types, strict=True))
    return Cases(**made, pieces=Pieces(*made_of_pieces))
