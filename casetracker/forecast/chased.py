"""
What became of advice that was chased, in this authority's own past: how often it then came within two weeks.

Advice that is chased is mostly late already, so that it is set beside advice not chased that had been waited for just
as long. That is a comparison and no proof: what is chased may differ in other ways.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from casetracker.forecast.snapshots import History
from casetracker.statute.advice import AdviceState
from casetracker.statute.entries import known_by
from casetracker.statute.fold import fold

WITHIN = 14
"""Days after a chase."""
FEWEST = 50
"""With fewer pieces chased, or not chased, there is nothing to say."""
_WEEKS = 40
"""Weeks of waiting that are told apart; longer waits are left out."""


@dataclass(frozen=True, slots=True)
class Chasing:
    """How often advice came within `WITHIN` days."""

    pieces: int
    """First chases that are counted."""
    chased: float
    """The share of those pieces that came."""
    not_chased: float
    """The share of pieces not chased by then that came, of such as had been waited for as many weeks."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures as a fit keeps them."""
        return {"pieces": self.pieces, "chased": round(self.chased, 3), "not_chased": round(self.not_chased, 3)}


def of_json(kept: Mapping[str, Any] | None) -> Chasing | None:
    """Return what `Chasing.as_json` wrote."""
    return Chasing(**kept) if kept else None


def learn(histories: Iterable[History], *, as_at: date) -> Chasing | None:
    """Return what chasing came to, as far as it was known on the day `as_at`; None where too little is on record."""
    there, came = np.zeros((2, _WEEKS)), np.zeros((2, _WEEKS))
    for history in histories:
        for piece in fold(known_by(history.entries, as_at)).advice:
            for chased, week, within in _looks(piece, as_at.toordinal()):
                there[chased, week] += 1
                came[chased, week] += within
    both = (there[0] > 0) & (there[1] > 0)
    others, pieces = there[:, both].sum(axis=1)
    if min(pieces, others) < FEWEST:
        return None
    expected = float((there[1, both] * came[0, both] / there[0, both]).sum())
    return Chasing(int(pieces), float(came[1, both].sum() / pieces), expected / float(pieces))


def _looks(piece: AdviceState, as_at: int) -> Iterator[tuple[int, int, bool]]:
    """Yield 1 for the first chase of a piece and 0 for each week before it, with the week and whether it came soon."""
    if piece.runs_from is None:
        return
    began = piece.runs_from.toordinal()
    answered = min((day for day in (piece.first_received_on, piece.answered_on) if day), default=None)
    ended = piece.not_needed_on.toordinal() if piece.not_needed_on else as_at
    came = answered.toordinal() if answered else ended + 1
    chased = min(piece.chased_on, default=None)
    first = chased.toordinal() if chased else ended + 1
    for week in range(_WEEKS):
        day = began + 7 * week
        # What is known of the two weeks after: they are over, and no chase came into them.
        if day < came and day + WITHIN <= min(ended, first):
            yield 0, week, came <= day + WITHIN
    week = (first - began) // 7
    if began <= first < came and first + WITHIN <= ended and week < _WEEKS:
        yield 1, week, came <= first + WITHIN
