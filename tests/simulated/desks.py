"""Places where cases wait their turn: panels, and services with so many starts a week."""

from collections.abc import Callable, Sequence

import numpy as np

from tests.simulated.days import FIRST, NEVER, Days, Flags, Numbers, thursdays


class Desk:
    """
    First come, first served, so many a week: each place is a day on which one case's work can begin.

    It is filled once, by the county's own cases. A case whose life is told again is then given the place it would have
    had behind all those that came before it. What the desk's future holds is taken as it turned out: the one thing in
    the known truth that nobody could have known on the day.
    """

    def __init__(self, places: Days) -> None:
        self._places = np.append(places, np.full(len(places) + 1, NEVER))
        self._joined: Days = np.empty(0, dtype=np.int64)
        self._taken: Days = np.empty(0, dtype=np.int64)
        self._stretch: Days = np.empty(0, dtype=np.int64)
        """Which stretch of cases each is in, of which every one had to wait for the one before it."""
        self._rank: dict[int, int] = {}

    def fill(self, joined: Days, cases: Days) -> Days:
        """Give each case its place, the first that is free on a later day than that on which it joins."""
        order = np.argsort(joined[0], kind="stable")
        earliest = np.searchsorted(self._places, joined[0, order], side="right")
        n = np.arange(len(order))
        taken = np.maximum.accumulate(earliest - n) + n
        self._joined, self._taken, self._stretch = joined[0, order], taken, np.cumsum(earliest == taken)
        self._rank = {int(case): rank for rank, case in enumerate(cases[order])}
        starts = np.empty_like(joined)
        starts[0, order] = self._day_of(taken)
        return starts

    def would_start(self, joined: Days, cases: Days) -> Days:
        """Return when cases would start that join on these days, each by itself behind the rest of the county's own."""
        earliest = np.searchsorted(self._places, joined, side="right")
        if not len(self._joined):
            return self._day_of(earliest)
        last = np.searchsorted(self._joined, joined, side="right") - 1
        own = np.array([self._rank.get(int(case), len(self._joined)) for case in cases], dtype=np.int64)
        # Were the case not in its own way, the one before it would have started a place sooner, where that one waited
        # in the same stretch.
        in_own_way = (own <= last) & (self._stretch[last] == np.append(self._stretch, -1)[own])
        behind = np.where(last >= 0, self._taken[last] + 1 - in_own_way, 0)
        return self._day_of(np.maximum(behind, earliest))

    def _day_of(self, places: Days) -> Days:
        return np.asarray(self._places[np.minimum(places, len(self._places) - 1)])


class Panel(Desk):
    """A panel that sits on Thursdays, or on one in so many, and takes all the cases that are ready."""

    def __init__(self, *, one_in: int = 1) -> None:
        super().__init__(thursdays()[::one_in])

    def fill(self, joined: Days, cases: Days) -> Days:
        """Give each case the next sitting, which is never full."""
        return self.would_start(joined, cases)


class Desks:
    """A desk for each of several people, in the order of their numbers; or one that everybody's cases go to."""

    def __init__(self, desks: Sequence[Desk]) -> None:
        self._desks = desks

    def fill(self, joined: Days, *, cases: Days, whose: Days, present: Flags) -> Days:
        """Give each case that is `present` its place at the desk of the person who holds it."""
        return self._each(lambda desk: desk.fill, joined, cases, whose, present)

    def would_start(self, joined: Days, *, cases: Days, whose: Days) -> Days:
        """Return when cases would start that join these people's desks on these days."""
        return self._each(lambda desk: desk.would_start, joined, cases, whose, np.ones(whose.shape, dtype=bool))

    def _each(
        self, serving: Callable[[Desk], Callable[[Days, Days], Days]], joined: Days, cases: Days, whose: Days, of: Flags
    ) -> Days:
        starts = joined.copy()
        for number, desk in enumerate(self._desks):
            columns = np.flatnonzero((whose == number) & of)
            starts[:, columns] = serving(desk)(joined[:, columns], cases[columns])
        return starts


def places(per_week: Numbers, open_on: Numbers) -> Days:
    """Return the day of each place where `per_week` cases can begin in a week of five days, on the days it is open."""
    begun = np.floor(np.cumsum(per_week / 5.0 * open_on) + 1e-9).astype(np.int64)
    return np.repeat(np.arange(FIRST, FIRST + len(begun)), np.diff(begun, prepend=0))
