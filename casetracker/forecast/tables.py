"""
How long each step takes, for each who does it: tables of hazards, learned from what has lately gone on.

A table says, for each cell of three days, which share of what is still waiting ends in it. It is learned from all the
waiting that went on, ended or not, so that what still waits counts too (censoring); recent days weigh most, so that a
service that slows is seen to within weeks. Advice is counted on the clock of those who give its kind, and all other
steps on the authority's. A table with little of its own leans on the one above it: a giver on its kind of advice, a
kind on what is shipped, a worker on the authority.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import grid, priors
from casetracker.forecast.calendar import OF_SCHOOLS
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.grid import CELLS, STEP, Floats, cell_of
from casetracker.forecast.lives import Spell
from casetracker.forecast.season import WEEKS_OF_YEAR, Clocks, Season, season, shipped, week_of_year

HALF_LIVES = (30.0, 120.0, 360.0)
HALF_LIFE = 120.0
"""After so many days what went on counts for half as much."""
_TRIED_ON = 42
"""The last days on which the half-lives are tried."""
_PREFERRED = 2.0
"""By how much (log likelihood) another half-life must do better than `HALF_LIFE` to be taken."""
_STEADY = 80.0
"""How many endings a week of the year needs before its own past counts for as much as what is shipped."""
_FURTHEST_BACK = 6
"""Half-lives beyond which nothing counts (less than one part in sixty)."""
_OWNER = re.compile("[|@]")
_SHIPPED = frozenset(priors.MEDIAN_AND_SPREAD)
_OF_THE_AUTHORITY = ("decide", "plan", "draft", "finish")
"""The steps that tell when the authority itself works; gathering is as slow as the slowest giver."""
_LAST_DAYS = np.arange(CELLS, dtype=np.float64) * STEP + 1
"""Of each cell, the last day that is in it."""
Names = Mapping[str, int]


def above(table: str) -> str:
    """Return the table that this one leans on; "" for one that leans on what is shipped."""
    stem = _OWNER.split(table, maxsplit=1)[0]
    return stem if stem != table else ""


def _drafting(table: str) -> str:
    """Return the table of drafting of the worker whose table this is: the number that a worker goes by; "" for none."""
    _, _, worker = table.partition("@")
    return f"draft@{worker}" if worker else ""


@dataclass(frozen=True, slots=True)
class Spells:
    """The steps that cases went through, as columns (see `lives.Spell`), one row for each way that one was known."""

    names: tuple[str, ...]
    table: NDArray[np.int32]
    began: NDArray[np.int32]
    ended: NDArray[np.int32]
    done: NDArray[np.bool_]
    onward: NDArray[np.bool_]
    source: NDArray[np.int8]
    known: NDArray[np.int32]
    until: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.table)

    def known_at(self, as_at: int) -> NDArray[np.bool_]:
        """Return which rows say what was known by the close of the day `as_at`."""
        return (self.known <= as_at) & (as_at < self.until)


def as_columns(spells: Sequence[Spell]) -> Spells:
    """Return spells as columns, with a table for each name there is and for each that one of them leans on."""
    used = {s.table for s in spells}
    names = sorted({name for table in used for name in (table, above(table), _drafting(table)) if name} | _SHIPPED)
    place = {name: n for n, name in enumerate(names)}
    columns: Iterable[Any] = zip(*((place[s.table], *s[1:]) for s in spells), strict=True)
    types: tuple[Any, ...] = (np.int32, np.int32, np.int32, bool, bool, np.int8, np.int32, np.int32)
    made = [np.asarray(c, dtype=t) for c, t in zip(columns if spells else ([] for _ in types), types, strict=True)]
    return Spells(tuple(names), *made)


@lru_cache(maxsize=8)
def places_of(names: tuple[str, ...]) -> Names:
    """Return the place of each name; asked for many times of one model."""
    return MappingProxyType({name: place for place, name in enumerate(names)})


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables as they were on a day."""

    names: tuple[str, ...]
    clocks: Clocks
    """Those that the cells of each table are counted by."""
    survival: NDArray[np.float64]
    """(tables, 2 * CELLS + 1): the logarithm of the share still waiting at the start of each cell, carried on at the
    last hazard beyond the horizon, so that what has waited long can be looked up too."""
    cases: NDArray[np.float64]
    """How many recent endings each table rests on, as weighed."""
    queue: NDArray[np.float64]
    """How many have been waiting at a time, on average of the same days."""
    a_day: NDArray[np.float64]
    """How many have ended a day, on average of the same days."""

    @property
    def places(self) -> Names:
        return places_of(self.names)

    @property
    def season(self) -> Season:
        """The authority's own: steps put together are counted by it."""
        return self.clocks.seasons[0]

    def whole(self, table: int | NDArray[Any]) -> Floats:
        """Return the distribution of a step not yet begun, (CELLS,) cumulative; for many tables (n, CELLS)."""
        return (-np.expm1(self.survival[table, 1 : CELLS + 1])).astype(np.float32)

    def chances(self, table: NDArray[np.int32], waited: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how often steps that have gone on so many days were to be expected to end (cumulative hazard)."""
        place = np.clip((waited + 2) / STEP, 0, 2 * CELLS - 1)
        cell = place.astype(np.int64)
        here, after = self.survival[table, cell], self.survival[table, cell + 1]
        return -(here + (place - cell) * (after - here))

    def left(self, table: NDArray[np.int32], waited: NDArray[np.float64]) -> Floats:
        """Return the distribution of what is left of steps that have waited so many days, (n, CELLS) cumulative."""
        # Still open at the close of day w is a wait of more than w days: two thirds of a cell after day w's own start.
        place = np.clip(waited / STEP, 0, CELLS - 1)
        cell = place.astype(np.int32)
        part = (place - cell)[:, None].astype(np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(self.survival.astype(np.float32), CELLS + 2, axis=1)
        here = windows[table, cell]
        ends = here[:, 1:-1] + part * (here[:, 2:] - here[:, 1:-1])
        now = part + np.float32(2 / 3)
        first, second = here[:, 1:2] - here[:, :1], here[:, 2:3] - here[:, 1:2]
        start = here[:, :1] + np.minimum(now, 1) * first + np.maximum(now - 1, 0) * second
        found: Floats = -np.expm1(ends - start)
        return found

    def left_of(self, table: NDArray[np.int32], since: NDArray[np.int32], day: NDArray[np.int32]) -> Floats:
        """
        Return the distribution of what is left of steps that began on some days, seen at the close of others.

        They have waited by the clocks of those who do them; what is left is told by `season`, as all that comes after.
        """
        found = self.left(table, self.clocks.between(table, since, day))
        clock = self.clocks.of[table]
        for on in np.unique(day[clock > 0]):
            until = on + self.season.after(np.full(CELLS, on), _LAST_DAYS)
            for number in np.unique(clock[(day == on) & (clock > 0)]):
                rows, theirs = (day == on) & (clock == number), self.clocks.seasons[number]
                found[rows] = grid.at_each(found[rows], theirs.at_moments(until) - theirs.at_moments(on))
        return found


def learn(spells: Spells, *, as_at: int, half_lives: Sequence[float] = HALF_LIVES) -> Tables:
    """Return the tables, and the clocks they are counted by, as what was known by the close of `as_at` makes them."""
    whole_past = _lived_through(spells, clocks_of(spells.names), as_at=as_at)
    clocks = _learned_clocks(whole_past, spells)
    through = _lived_through(spells, clocks, as_at=as_at)
    half_life = memories(through, spells, as_at=as_at, half_lives=half_lives)
    through = replace(through, weight=_fading(as_at - through.day, half_life[through.table]))
    endings, at_risk = _counts(through, spells)
    survival = carried_on(np.log1p(-_hazards(spells, endings, at_risk)))
    a_day = np.log(2) / half_life
    queue = at_risk.sum(axis=1) * STEP * a_day
    return Tables(spells.names, clocks, survival, endings.sum(axis=1), queue, endings.sum(axis=1) * a_day)


def memories(
    through: "_Through", spells: Spells, *, as_at: int, half_lives: Sequence[float] = HALF_LIVES
) -> NDArray[np.float64]:
    """
    Return after how many days what went on counts for half as much, for each table.

    It is chosen for each kind of step from `half_lives`, by which would best have foretold its last weeks from what
    went before: a service that has slowed is soon judged by its recent days alone, a steady one by all it did.
    """
    parent = _parents(spells)
    kind = np.where(parent >= 0, parent, np.arange(len(spells.names)))
    since = as_at - _TRIED_ON
    recent = through.day > since
    of_kinds = replace(through, table=kind[through.table])
    shipped_ones = _shipped(spells)
    best = np.full(len(spells.names), half_lives[0])
    most = np.full(len(spells.names), -np.inf)
    for half_life in half_lives:
        weight = np.where(recent, 0.0, _fading(since - through.day, half_life))
        endings, at_risk = _counted(replace(of_kinds, weight=weight), len(spells.names))
        hazard = np.clip((endings + priors.WEIGHT * shipped_ones) / (at_risk + priors.WEIGHT), 1e-4, 0.95)
        told = hazard[of_kinds.table[recent], through.cell[recent]]
        likelihood = np.where(through.ends[recent], np.log(told), np.log1p(-told))
        found = np.bincount(of_kinds.table[recent], likelihood, minlength=len(best)).astype(np.float64)
        found += _PREFERRED * (half_life == HALF_LIFE)
        best, most = np.where(found > most, half_life, best), np.maximum(found, most)
    return best[kind]


def carried_on(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `Tables.survival` of the logarithms of the shares that each cell leaves waiting."""
    beyond = np.repeat(logs[:, -20:].mean(axis=1, keepdims=True), CELLS, axis=1)
    return np.cumsum(np.concatenate([np.zeros((len(logs), 1)), logs, beyond], axis=1), axis=1)


@dataclass(frozen=True, slots=True)
class _Through:
    """The cells that steps have been through, one row a cell."""

    clocks: Clocks
    table: NDArray[np.int64]
    cell: NDArray[np.int64]
    ends: NDArray[np.bool_]
    weight: NDArray[np.float64]
    day: NDArray[np.int32]


def _fading(age: NDArray[Any], half_life: Any) -> NDArray[np.float64]:
    """Return how much what went on so many days ago counts."""
    weight = np.exp2(-np.maximum(age, 0) / half_life)
    return np.where(age > half_life * _FURTHEST_BACK, 0.0, weight)


def _lived_through(spells: Spells, by: Clocks, *, as_at: int) -> _Through:
    """Return the cells that steps had been through by the close of the day `as_at`, as far as was then known."""
    over = spells.ended != NO_DAY
    last = np.where(over, spells.ended, as_at).astype(np.int32)
    oldest = as_at - max(HALF_LIVES) * _FURTHEST_BACK
    counted = spells.known_at(as_at) & (spells.began <= as_at) & (last >= oldest)
    table, began, last = spells.table[counted], spells.began[counted], last[counted]
    days = np.maximum(last - began, 0)
    waited = np.rint(np.maximum(by.between(table, began, last), 0)).astype(np.int32)
    done = (spells.done & over)[counted]
    final = cell_of(waited)
    through = final + done  # one that has not ended has been through the cells before the one it is in
    row = np.repeat(np.arange(len(table)), through)
    cell = np.arange(len(row)) - np.repeat(np.cumsum(through) - through, through)
    stretch = days / np.maximum(waited, 1)
    day = (began[row] + cell * STEP * stretch[row]).astype(np.int32)
    ends = done[row] & (cell == final[row])
    return _Through(by, table[row].astype(np.int64), cell, ends, np.ones(len(row)), day)


def _counts(through: _Through, spells: Spells) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, for each table and cell, the endings and the waiting at risk of one, with those of tables under it."""
    endings, at_risk = _counted(through, len(spells.names))
    parent = _parents(spells)
    for counted in (endings, at_risk):
        np.add.at(counted, parent[parent >= 0], counted[parent >= 0])
    return endings, at_risk


def _counted(through: _Through, tables: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, for each table by itself and each cell, the endings and the waiting at risk of one."""
    key = through.table * CELLS + through.cell
    at_risk = np.bincount(key, through.weight, minlength=tables * CELLS).reshape(-1, CELLS).astype(np.float64)
    ends = through.ends
    endings = np.bincount(key[ends], through.weight[ends], minlength=tables * CELLS)
    return endings.reshape(-1, CELLS).astype(np.float64), at_risk


def _parents(spells: Spells) -> NDArray[np.int64]:
    place = {name: n for n, name in enumerate(spells.names)}
    return np.array([place.get(above(name), -1) for name in spells.names])


def _shipped(spells: Spells) -> NDArray[np.float32]:
    return np.stack([priors.hazards(above(name) or name) for name in spells.names])


def _hazards(spells: Spells, endings: NDArray[np.float64], at_risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of what waits that ends in each cell, each table leaning on the one above it."""
    parent = _parents(spells)
    shipped_ones = _shipped(spells)
    own = (endings + priors.WEIGHT * shipped_ones) / (at_risk + priors.WEIGHT)
    leaning = (endings + priors.WEIGHT * own[parent]) / (at_risk + priors.WEIGHT)
    return np.clip(np.where((parent >= 0)[:, None], leaning, own), 1e-4, 0.95)


def clocks_of(names: Sequence[str], seasons: tuple[Season, ...] = ()) -> Clocks:
    """Return the authority's clock and one for each kind of advice, in their order: those given, or else shipped."""
    stems = [_OWNER.split(name, maxsplit=1)[0] for name in names]
    kinds = sorted({stem for stem in stems if stem.startswith("advice:")})
    found = seasons or (shipped(), *(shipped(of_schools=kind in OF_SCHOOLS) for kind in kinds))
    return Clocks(found, np.array([kinds.index(stem) + 1 if stem in kinds else 0 for stem in stems], dtype=np.int64))


def _learned_clocks(through: _Through, spells: Spells) -> Clocks:
    """Return how much gets done in each week of the year: what did, against what the tables expect of the waiting."""
    of, seasons = through.clocks.of, through.clocks.seasons
    tells = (of > 0) | np.array([name.startswith(_OF_THE_AUTHORITY) for name in spells.names])
    counted = tells[through.table]
    hazards = _hazards(spells, *_counts(through, spells))[through.table, through.cell]
    key = of[through.table] * WEEKS_OF_YEAR + week_of_year(through.day)
    shape = (len(seasons), WEEKS_OF_YEAR)
    expected = np.bincount(key[counted], hazards[counted], minlength=shape[0] * shape[1]).reshape(shape)
    happened = np.bincount(key[counted & through.ends], minlength=shape[0] * shape[1]).reshape(shape)
    more = (happened + _STEADY) / (expected + _STEADY)
    return Clocks(tuple(season(one.weeks * by) for one, by in zip(seasons, more, strict=True)), of)


def shares_that_end(spells: Spells, *, as_at: int, half_life: float = HALF_LIFE) -> NDArray[np.float64]:
    """
    Return the share of cases that leave each step without going on to a plan, by who asked: (4 steps, 6 sources).

    The steps are deciding, planning, drafting and finishing. Source 0 is everybody's, which the others lean on.
    """
    found = np.zeros((4, 6))
    stems = np.array([name.partition("@")[0] for name in spells.names] or [""])
    left = (spells.ended != NO_DAY) & spells.known_at(as_at)
    weight = np.exp2(-np.maximum(as_at - spells.ended, 0) / (2 * half_life)) * left
    for n, (step, usual) in enumerate(priors.ENDS_OTHERWISE.items()):
        here = weight * (stems[spells.table] == step) if len(spells) else weight
        everybody = _share(here, ~spells.onward, usual)
        found[n, 0] = everybody
        for source in range(1, 6):
            found[n, source] = _share(here * (spells.source == source), ~spells.onward, everybody)
    return found


def _share(weight: NDArray[Any], happened: NDArray[np.bool_], leaning_on: float) -> float:
    return float((weight[happened].sum() + priors.WEIGHT * leaning_on) / (weight.sum() + priors.WEIGHT))
