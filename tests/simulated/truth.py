"""
The known truth: the probability of a breach that nobody could better, with all that the simulator knows on a day.

It is found by telling the rest of each case many times over from its hidden state. For `independent`, and whatever is
built on it, that is exact to the error of the draws. Where cases wait in queues it is close: a case not yet in a queue
is told where it would have stood had everybody else's case gone as it did go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.simulated.county import LIMIT, County
from tests.simulated.days import Days, Flags, Numbers
from tests.simulated.lives import Telling, tell

WEEKS = (4, 8, 12, 16)
_AT_ONCE = 60_000
"""How many lives are told at once, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The cases still open at the end of a week after their receipt, and what was true of them then."""

    week: int
    places: Days
    """Which cases, by their number in the county."""
    on: Days
    """The day of each, as an ordinal."""
    probability: Numbers
    """Of a breach of the 20 weeks."""
    breached: Flags
    """What came of it."""
    settled: Flags
    """Whether what came of it is known by the county's last day."""
    excused: Flags

    @property
    def counted(self) -> Flags:
        """The cases to be scored on: those whose outcome is known, and to which no exception applied."""
        return np.asarray(self.settled & ~self.excused)


def truths(county: County, *, weeks: Sequence[int] = WEEKS, times: int = 400, seed: int = 1) -> Iterator[Truth]:
    """Yield the truth at the end of each of these weeks after receipt, for all cases that are then still open."""
    for week in weeks:
        on = county.folk.received + 7 * week
        places = np.flatnonzero(county.ended > on)
        probability = truth(county, places, on[places], times=times, seed=seed + week)
        yield Truth(
            week=week,
            places=places,
            on=on[places],
            probability=probability,
            breached=county.breached[places],
            settled=county.settled[places],
            excused=county.excused[places],
        )


def truth(county: County, places: Days, on: Days, *, times: int = 400, seed: int = 1) -> Numbers:
    """Return the probability that each of these cases breaches, given its hidden state at the close of its day `on`."""
    rng = np.random.default_rng(seed)
    found = np.empty(len(places))
    step = max(1, _AT_ONCE // times)
    for begin in range(0, len(places), step):
        some = slice(begin, begin + step)
        found[some] = _share_breaching(county, places[some], on[some], times, rng)
    return found


def _share_breaching(county: County, of: Days, on: Days, times: int, rng: np.random.Generator) -> Numbers:
    so_far = {name: days[of] for name, days in county.marks.items()}
    telling = Telling(county.ways, county.folk.some(of), rng, times, so_far, on, of)
    late = tell(telling) > county.folk.received[of] + LIMIT
    return np.asarray(late.mean(axis=0))
