"""Open cases being put into columns: by name first, and then with the numbers that a model has for the names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast.calendar import Calendar
from casetracker.forecast.columns import TYPES, Cases, Pieces
from casetracker.forecast.model import Model
from casetracker.forecast.snapshots import AGAIN, Seen
from casetracker.forecast.tables import above
from casetracker.queries.forecasting.pressures import Pressures
from casetracker.statute.advice import AdviceKind

Numbers = NDArray[Any]
_OF_NO_CASE = ("gather", "worker", "load", "panels")
"""The columns that are not of the case alone: a model has the numbers, or others' work and the calendar say."""


class Piece(NamedTuple):
    """A piece of advice that was asked for: what it is, and who gives it."""

    kind: AdviceKind | None
    """None for one that was sent back, where only that is known."""
    giver: str


class About(NamedTuple):
    """What is known of an open case besides its columns."""

    version: int
    holder: str
    """The named worker's name; empty where nobody holds it."""
    worker: str
    """What the forecast knows the worker by: the number of the user, as text."""


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Open cases as columns, and what is shown of each."""

    cases: Cases
    about: Sequence[About]
    """In the order of the columns."""
    pieces: Sequence[Piece]
    """In the order of `cases.pieces`."""


class Drawn:
    """Open cases in columns, with names where a model has numbers."""

    def __init__(self, rows: Sequence[Any]) -> None:
        """Make room for `rows`, in the order of their ids: each has the id, the version and the holder's name."""
        self._number = {row.id: number for number, row in enumerate(rows)}
        self._versions = [row.version for row in rows]
        self._holders = [row.holder or "" for row in rows]
        self._columns: dict[str, Numbers] = {
            name: np.zeros(len(rows), dtype=kind) for name, kind in TYPES.items() if name not in _OF_NO_CASE
        }
        self._needs = [""] * len(rows)
        self._workers = [""] * len(rows)
        self._pieces: tuple[list[Any], ...] = ([], [], [], [], [], [])
        """By column: the row of its case, kind, giver, table, since when it is waited for, and when it was answered."""

    def put(self, look: Seen, advice: Sequence[Any] = ()) -> None:
        """Put in a case as its history shows it; `advice` names the givers, if it is in step with the pieces."""
        at = self._number[look.case_id]
        for name, column in self._columns.items():
            column[at] = getattr(look, name)
        self._needs[at], self._workers[at] = look.need, look.worker
        named = [(piece.kind, piece.giver) for piece in advice]
        if len(named) != len(look.pieces):
            named = [(None, "")] * len(look.pieces)
        pieces = [(*who, *asked) for who, asked in zip(named, look.pieces, strict=True)]
        if pieces:
            self.add_pieces([look.case_id] * len(pieces), *zip(*pieces, strict=True))

    def fill(self, columns: Mapping[str, Any], *, needs: Sequence[str], workers: Sequence[str]) -> None:
        """Put in many cases, `columns` having every column that needs no model, and `case_id` first of all."""
        at = [self._number[case_id] for case_id in columns["case_id"].tolist()]
        for name, column in self._columns.items():
            column[at] = columns[name]
        for place, need, worker in zip(at, needs, workers, strict=True):
            self._needs[place], self._workers[place] = need, worker

    def add_pieces(self, case_ids: Sequence[int], *columns: Sequence[Any]) -> None:
        """Put in pieces of advice by column: kind, giver, table, since when and when answered."""
        rows = [self._number[case_id] for case_id in case_ids]
        for column, values in zip(self._pieces, (rows, *columns), strict=True):
            column.extend(values)

    def numbered(self, model: Model, weighs: Pressures | None, calendar: Calendar) -> OpenCases:
        """
        Return them with the model's numbers, and with what is known to lie ahead.

        :param weighs: what weighs on givers and workers; None where that is not known
        """
        places = model.tables.places
        order = np.argsort(np.array(self._pieces[0], dtype=np.int64), kind="stable")
        if np.any(np.diff(order) < 0):
            self._pieces = tuple([column[at] for at in order] for column in self._pieces)
        _, kinds, givers, *_ = self._pieces
        worker = _each(self._workers, lambda name: places.get(f"draft@{name}", -1), np.int32)
        load = np.full(len(worker), -1, dtype=np.float32)
        if weighs is not None:
            held = _each(self._workers, lambda name: weighs.load.get(name, 0), np.float32)
            load = np.where(worker >= 0, held, load)
        cases = Cases(
            **self._columns,
            gather=_each(self._needs, lambda need: places.get(f"gather|{need}", places["gather"]), np.int32),
            worker=worker,
            load=load,
            panels=calendar.sittings_about(self._columns["day"]),
            pieces=self._numbered_pieces(model, weighs, calendar),
        )
        about = list(map(About, self._versions, self._holders, self._workers))
        return OpenCases(cases, about, list(map(Piece, kinds, givers)))

    def _numbered_pieces(self, model: Model, weighs: Pressures | None, calendar: Calendar) -> Pieces:
        places = model.tables.places
        row, _, _, names, since, answered = self._pieces
        days = np.array(since, dtype=np.int32)
        # A giver that the model does not know is looked up by the kind of its advice.
        table = _each(names, lambda name: places.get(name, places.get(above(name), -1)), np.int32)
        queue, ahead = (np.full(len(names), -1, dtype=np.float32) for _ in range(2))
        if weighs is not None:
            distinct = {name: number for number, name in enumerate(set(names) - {AGAIN})}
            by_name = _each(names, lambda name: distinct.get(name, -1), np.int32)
            for name, number in distinct.items():
                here = np.flatnonzero((by_name == number) & (table >= 0))
                queue[here] = weighs.queue(name)
                ahead[here] = weighs.ahead(name, days[here])
        rows, answers = np.array(row, dtype=np.int64), np.array(answered, dtype=np.int32)
        shut = calendar.shut(names, self._columns["day"][rows])
        return Pieces(row=rows, table=table, since=days, answered=answers, queue=queue, ahead=ahead, shut=shut)


def _each(names: Sequence[str], number_of: Callable[[str], float], kind: Any) -> Numbers:
    """Return the number of each name, asked for once however often the name comes."""
    numbers = {name: number_of(name) for name in set(names)}
    return np.array([numbers[name] for name in names], dtype=kind)
