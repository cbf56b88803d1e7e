"""
Fitting: the past rehearsed month by month, each month with what was known when it began, and what it taught.

A rehearsal makes the forecasts that would have been made. What they got wrong, as far as it was known on a day, gives
the weights of `model.HASTE` and `Model.trust` as they would have been on that day: so a fit and a backtest are the same
thing, and neither can look ahead.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast import columns, grid, tables
from casetracker.forecast.calendar import NOTHING_ENTERED, ByPanel, Calendar
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.grid import Floats as Floats32
from casetracker.forecast.haste import HASTE, ONLY_QUICKEN, ONLY_SLOW
from casetracker.forecast.lives import Outcome, Spell, Version, lived, versions
from casetracker.forecast.model import BANDS, SHARES, Lessons, Model, band_of, put_right
from casetracker.forecast.parts import Parts, parts_of
from casetracker.forecast.priors import WEIGHT
from casetracker.forecast.season import FIRST, Season
from casetracker.forecast.snapshots import AGAIN, History, Seen, seen_in
from casetracker.forecast.tables import Spells
from casetracker.statute.counting import ORDINARY_READING, Reading

WEEKS = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 30, 40, 52)
"""The weeks of the clock at which cases are looked at."""
_LOOKS_A_CASE = 8.0
"""About how many looks there are at one case: together they count for one."""
_RECENT = 365.0
"""After so many days what a forecast got wrong counts for half as much."""
_HELD_BACK = 4.0
"""How strongly weights are held to nothing (ridge), in cases."""
_STEADY_SPREAD = 0.05
"""The squared distance between a case's own picture and the general one that is usual."""
Floats64 = NDArray[np.float64]
RunKey = tuple[int, int]
"""A case, and the number of a run of its clock."""


@dataclass(frozen=True, slots=True)
class Past:
    """All that histories hold, made ready: looks at cases, how they came out, the steps they went through."""

    cases: Cases
    """One row a look, in the order of their days."""
    run: NDArray[np.int32]
    """Of each row, the place of its run of the clock among all runs."""
    spells: Spells
    outcomes: Sequence[Outcome]
    """How the runs came out, once for each way that was known, ..."""
    outcome_of: NDArray[np.int32]
    """... and the place of each one's run."""
    calendar: Calendar = NOTHING_ENTERED

    def known_at(self, as_at: int) -> "Known":
        """Return how the case of each row had come out, as far as was known by the close of the day `as_at`."""
        then = np.array([o.known <= as_at < o.until for o in self.outcomes], dtype=bool)
        place = np.full(int(self.outcome_of.max(initial=-1)) + 2, -1)  # the last is of no run
        place[self.outcome_of[then]] = np.flatnonzero(then)
        row = place[self.run]
        facts = np.array([(o.issued_on, o.ended_on, o.excused) for o in self.outcomes] + [(NO_DAY, NO_DAY, False)])
        issued_on, ended_on, excused = facts[row].T.astype(np.int32)
        return Known(issued_on, ended_on, excused.astype(bool), row >= 0)

    def closed(self, as_at: int) -> list[Outcome]:
        """Return the runs that had ended, as far as was known by the close of the day `as_at`."""
        return [o for o in self.outcomes if o.ended_on != NO_DAY and o.known <= as_at < o.until]


@dataclass(frozen=True, slots=True)
class Known:
    """How the case of each look had come out, as far as was known on a day; `NO_DAY` where it had not."""

    issued_on: NDArray[np.int32]
    ended_on: NDArray[np.int32]
    excused: NDArray[np.bool_]
    on_record: NDArray[np.bool_]
    """Whether the clock was still on record: a correction can take it out."""


def gather(
    histories: Iterable[History],
    *,
    as_at: date,
    reading: Reading = ORDINARY_READING,
    weeks: Sequence[int] = WEEKS,
    calendar: Calendar = NOTHING_ENTERED,
) -> Past:
    """Return what histories hold, with a look at each case at each of `weeks` that is over by the day `as_at`."""
    looks: list[tuple[Seen, RunKey]] = []
    outcomes: list[Outcome] = []
    spells: list[Spell] = []
    for history in histories:
        told = _looking(history, looks, weeks, as_at=as_at, reading=reading)
        ended, steps = lived(told, history, reading=reading)
        spells += steps
        outcomes += ended
    looks.sort(key=lambda pair: pair[0].day)
    place = {key: n for n, key in enumerate(dict.fromkeys((o.case_id, o.run) for o in outcomes))}
    by_table = tables.as_columns(spells)
    return Past(
        cases=in_columns([look for look, _ in looks], by_table, calendar),
        run=np.array([place[key] for _, key in looks], dtype=np.int32),
        spells=by_table,
        outcomes=outcomes,
        outcome_of=np.array([place[o.case_id, o.run] for o in outcomes], dtype=np.int32),
        calendar=calendar,
    )


def _looking(
    history: History, looks: list[tuple[Seen, RunKey]], weeks: Sequence[int], *, as_at: date, reading: Reading
) -> Iterator[Version]:
    """Yield the versions of a history, adding to `looks` what was to be seen of it at each of `weeks`."""
    for version in versions(history.entries):
        run = version.facts.run
        began = run.opened.started_on if run is not None else None
        for day in (began + timedelta(weeks=week) for week in weeks) if began else ():
            if version.known <= day.toordinal() < version.until and day <= as_at:
                look = seen_in(version.facts, history, on=day, reading=reading)
                looks += [(look, (history.case_id, len(version.facts.runs)))] if look else []
        yield version


def in_columns(looks: Sequence[Seen], spells: Spells, calendar: Calendar = NOTHING_ENTERED) -> Cases:
    """Return looks as columns, with what weighed on workers and services and what was known to lie ahead on its day."""
    place = {name: n for n, name in enumerate(spells.names)}
    workers = [place.get(f"draft@{look.worker}", -1) for look in looks]
    pieces = [(row, place.get(p.table, -1), p.since, p.answered) for row, look in enumerate(looks) for p in look.pieces]
    days = np.array([look.day for look in looks], dtype=np.int64)
    of_pieces = np.array([piece[1] for piece in pieces], dtype=np.int64)
    on = days[[piece[0] for piece in pieces]] if pieces else days[:0]
    open_ = spells.ended == NO_DAY
    queues = open_at(of_pieces, on, spells.table[open_], spells.known[open_], spells.until[open_])
    since = np.array([piece[2] for piece in pieces], dtype=np.int64)
    ahead = open_since(of_pieces, on, since, spells)
    queues, ahead = (np.where(of_pieces == place[AGAIN], -1, numbers) for numbers in (queues, ahead))
    loads = _loads(np.array(workers, dtype=np.int64), days, spells)
    panels = calendar.sittings_about(days.astype(np.int32))
    rows = [
        look.row(gather=place.get(f"gather|{look.need}", place["gather"]), worker=worker, load=load, panels=panel)
        for look, worker, load, panel in zip(looks, workers, loads, panels, strict=True)
    ]
    shut = calendar.shut([p.table for look in looks for p in look.pieces], on.astype(np.int32))
    beside = zip(pieces, queues, ahead, shut, strict=True)
    return columns.as_columns(rows, [(*piece, *of_giver) for piece, *of_giver in beside])


def _loads(workers: NDArray[np.int64], days: NDArray[np.int64], spells: Spells) -> NDArray[np.int64]:
    """Return how many cases each worker had to plan, draft or finish on each day."""
    stems = {name: name.partition("@")[2] for name in spells.names if name.startswith(("plan@", "draft@", "finish@"))}
    place = {name: n for n, name in enumerate(spells.names)}
    number = np.array([place.get(f"draft@{stems[name]}", -1) if name in stems else -1 for name in spells.names])
    if not len(spells):
        return np.full(len(days), -1)
    own = number[spells.table]
    held = (own >= 0) & (spells.ended == NO_DAY)
    return open_at(workers, days, own[held], spells.known[held], spells.until[held])


def open_at(
    wanted: NDArray[Any], days: NDArray[Any], label: NDArray[Any], began: NDArray[Any], over: NDArray[Any]
) -> NDArray[np.int64]:
    """Return how many of the spells with each wanted label were open at the close of each day; -1 for no label."""
    far = 20_000_000
    key = label.astype(np.int64) * far
    asked = wanted.astype(np.int64) * far + days
    first = np.searchsorted(np.sort(key), wanted.astype(np.int64) * far)
    found = np.searchsorted(np.sort(key + began), asked, side="right") - first
    found -= np.searchsorted(np.sort(key + over), asked, side="right") - first
    return np.where(wanted >= 0, found, -1)


def open_since(wanted: NDArray[Any], days: NDArray[Any], since: NDArray[Any], spells: Spells) -> NDArray[np.int64]:
    """Return how many of the spells of each wanted table were open at the close of each day and had begun sooner."""
    found = np.full(len(wanted), -1, dtype=np.int64)
    order = np.flatnonzero(spells.ended == NO_DAY)
    order = order[np.argsort(spells.table[order], kind="stable")]
    first = np.searchsorted(spells.table[order], np.arange(len(spells.names) + 1))
    by_table = np.argsort(wanted, kind="stable")
    starts = np.searchsorted(wanted[by_table], np.arange(len(spells.names) + 1))
    for table in range(len(spells.names)):
        asked = by_table[starts[table] : starts[table + 1]]
        own = order[first[table] : first[table + 1]]
        if not len(asked):
            continue
        began, known, until = spells.began[own], spells.known[own], spells.until[own]
        for some in np.array_split(asked, max(1, len(asked) * len(own) // 4_000_000)):
            sooner = began[None, :] < since[some, None]
            there = (known[None, :] <= days[some, None]) & (until[None, :] > days[some, None])
            found[some] = (sooner & there).sum(axis=1)
    return found


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The forecasts that would have been made, before anything was put right, and what is needed to put them so."""

    past: Past
    parts: Parts
    month: NDArray[np.int32]
    """The day on which the knowledge that each row was forecast with ended: the last of the month before."""
    seasons: dict[int, Season]
    """The season as it was known then, by month."""

    def on_the_clock(self, until: Floats64) -> Floats64:
        """Return the days from each look to a day, or part of one, on the clock that its forecast was made by."""
        found = np.zeros(len(until))
        for month, season in self.seasons.items():
            rows = self.month == month
            last = np.maximum(until[rows], self.past.cases.day[rows])
            readings = season.clock - season.clock[0]
            found[rows] = np.interp(last - FIRST, np.arange(len(readings)), readings)
            found[rows] -= readings[self.past.cases.day[rows] - FIRST]
        return found


def rehearse(past: Past, *, told: Callable[[int], object] = lambda done: None) -> Rehearsal:
    """Make the forecast of every look with the tables as they were when its month began."""
    cases = past.cases
    months = _month_before(cases.day)
    made: list[Parts] = []
    seasons: dict[int, Season] = {}
    for one in np.unique(months):
        rows = months == one
        known = tables.learn(past.spells, as_at=int(one))
        seasons[int(one)] = known.season
        part = cases.take(rows)
        load, by_panel = usual_load(past, as_at=int(one)), decided_by_panel(past, as_at=int(one))
        made.append(parts_of(known, part, usual_load=load, by_panel=by_panel))
        told(int(rows.sum()))
    return Rehearsal(past, _together(made), months, seasons)


def _together(made: Sequence[Parts]) -> Parts:
    if not made:
        empty = np.zeros((0, grid.CELLS), dtype=np.float32)
        return Parts(empty, empty, empty, np.zeros((0, len(HASTE))))
    return Parts(*(np.concatenate([getattr(part, name) for part in made]) for name in Parts.__slots__))


def _month_before(days: NDArray[np.int32]) -> NDArray[np.int32]:
    months = (days.astype(np.int64) - 719_163).astype("datetime64[D]").astype("datetime64[M]")
    return (months.astype("datetime64[D]").astype(np.int64) + 719_163 - 1).astype(np.int32)


def usual_load(past: Past, *, as_at: int) -> float:
    """Return how many plans the worker of a usual case had in hand in the year to the day `as_at`."""
    recent = (past.cases.day <= as_at) & (past.cases.day > as_at - 365) & (past.cases.load > 0)
    return float(past.cases.load[recent].mean()) if recent.any() else 1.0


def decided_by_panel(past: Past, *, as_at: int) -> ByPanel:
    """Return how far decisions, to assess and to make a plan, are the panel's, as far as it was known by a day."""
    spells = past.spells
    decisions = np.array([name.partition("@")[0] in ("decide", "plan") for name in spells.names])
    ended = decisions[spells.table] & spells.done & spells.known_at(as_at)
    return past.calendar.decides(spells.ended[ended], as_at=as_at)


def fit(rehearsal: Rehearsal, *, as_at: int) -> Model:
    """Return the model as what was known by the close of the day `as_at` makes it."""
    past = rehearsal.past
    closed = past.closed(as_at)
    began = {o.case_id for o in past.outcomes if o.clock_on <= as_at and o.known <= as_at < o.until}
    closed_ids = {o.case_id for o in closed}
    return Model(
        as_at=as_at,
        tables=tables.learn(past.spells, as_at=as_at),
        ends_otherwise=tables.shares_that_end(past.spells, as_at=as_at),
        excused=_excused(closed),
        usual_load=usual_load(past, as_at=as_at),
        by_panel=decided_by_panel(past, as_at=as_at),
        lessons=lessons(rehearsal, as_at=as_at),
        closed_cases=len(closed_ids),
        open_cases=len(began - closed_ids),
    )


def _excused(closed: Sequence[Outcome]) -> float:
    late = [o for o in closed if o.ended_on > o.final_due]
    return (sum(o.excused for o in late) + WEIGHT * 0.02) / (len(late) + WEIGHT)


_LOWEST = np.array([0.0 if name in ONLY_QUICKEN else -1.5 for name in HASTE])
_HIGHEST = np.array([0.0 if name in ONLY_SLOW else 1.5 for name in HASTE])
"""Between these each weight of `HASTE` is kept."""


def lessons(rehearsal: Rehearsal, *, as_at: int) -> Lessons:
    """Return what the forecasts made before the day `as_at` taught, as far as it was known by then."""
    past, cases = rehearsal.past, rehearsal.past.cases
    known = past.known_at(as_at)
    before = (cases.day < as_at) & known.on_record
    ended = known.ended_on != NO_DAY
    issued = known.issued_on != NO_DAY
    last = np.where(ended, known.ended_on - np.where(issued, 0.5, 0.0), as_at)
    final, haste = rehearsal.parts.final[before], rehearsal.parts.haste[before]
    left = rehearsal.on_the_clock(last.astype(np.float64))[before]
    waited = -np.log(np.clip(1 - grid.at(final, left), 1e-6, 1)).astype(np.float64)
    weight = np.exp2(-(as_at - cases.day[before]) / _RECENT) / _LOOKS_A_CASE
    weights = _weigh(haste, waited, issued[before], weight, lowest=_LOWEST, highest=_HIGHEST)
    band, looks = band_of(cases)[before], cases.take(before)
    bands = range(len(BANDS) + 1)
    straight = np.tile(np.linspace(0, 1, SHARES + 1), (len(bands), 1))
    quicker = Lessons(weights, np.ones(len(bands)), np.zeros((len(bands), grid.CELLS)), straight)
    cdf = put_right(quicker, looks, final, haste)
    general = np.stack([_in_general(cdf[band == b], weight[band == b]) for b in bands])
    late = (~ended | (known.ended_on > cases.final_due))[before]
    settled = ((cases.final_due < as_at) & issued)[before]
    due = rehearsal.on_the_clock(np.maximum(cases.final_due, cases.day).astype(np.float64))[before]

    def believed(rows: NDArray[np.bool_], in_general: Floats64) -> float:
        return _believed(cdf[rows], in_general, due[rows], late[rows], weight[rows])

    own = np.array([believed((band == b) & settled, general[b]) for b in bands])
    cdf = put_right(Lessons(weights, own, general, straight), looks, final, haste)
    made = grid.at(cdf, left).astype(np.float64)
    came = issued[before]
    trust = np.stack([_put_right(made[band == b], came[band == b], weight[band == b]) for b in bands])
    return Lessons(weights, own, general, trust)


def _in_general(cdf: Floats32, weight: Floats64) -> Floats64:
    """Return the mean of distributions; one that is spread evenly where there is none."""
    if not len(cdf):
        return np.linspace(0, 1, grid.CELLS)
    return np.asarray(np.average(cdf, axis=0, weights=weight), dtype=np.float64)


def _believed(cdf: Floats32, general: Floats64, until: Floats64, late: NDArray[np.bool_], weight: Floats64) -> float:
    """Return how far the cases' own pictures were better than the general one: least squares, held to 1."""
    own = 1 - grid.at(cdf, until)
    in_general = 1 - grid.at(np.broadcast_to(general.astype(np.float32), cdf.shape), until)
    apart = own - in_general
    steady = WEIGHT * _STEADY_SPREAD
    together = float((weight * apart * (late - in_general)).sum()) + steady
    return float(np.clip(together / (float((weight * apart**2).sum()) + steady), 0, 1))


def _weigh(
    x: Floats64, waited: Floats64, came: NDArray[np.bool_], weight: Floats64, *, lowest: Floats64, highest: Floats64
) -> Floats64:
    """
    Return the weights under which what came is likeliest, held to nothing by a ridge and between bounds.

    What is left is taken to go exp(x w) times as quick as forecast, so that what came within it is a Poisson count
    whose mean is the waiting (the forecast's cumulative hazard) times that; Newton's method, which ends in a few steps,
    with what is at a bound and would go beyond it left there.
    """
    found = np.zeros(x.shape[1])
    for _ in range(40):
        mean = weight * waited * np.exp(np.clip(x @ found, -4, 4))
        slope = x.T @ (weight * came - mean) - _HELD_BACK * found
        free = ~((found <= lowest) & (slope < 0) | (found >= highest) & (slope > 0))
        of_free = x[:, free]
        curve = (of_free * mean[:, None]).T @ of_free + _HELD_BACK * np.eye(of_free.shape[1])
        before = found.copy()
        found[free] += np.clip(np.linalg.solve(curve, slope[free]), -0.5, 0.5)
        found = np.clip(found, lowest, highest)
        if np.abs(found - before).max(initial=0) < 1e-6:
            break
    return found


def _put_right(made: Floats64, came: NDArray[np.bool_], weight: Floats64) -> Floats64:
    """
    Return, for each of SHARES + 1 points of a distribution, the share of cases that had come by then.

    A table of hazards like the others, over shares instead of days, leaning on what a perfect forecast would have.
    """
    cell = np.clip((made * SHARES).astype(int), 0, SHARES - 1)
    endings = np.bincount(cell[came], weight[came], minlength=SHARES)
    leaving = np.bincount(cell, weight, minlength=SHARES)
    # One still waited for has been through the cells before its own, and, on average, half of its own.
    at_risk = leaving[::-1].cumsum()[::-1] - 0.5 * (leaving - endings)
    perfect = 1 / (SHARES - np.arange(SHARES))
    hazard = np.clip((endings + 2 * WEIGHT * perfect) / (at_risk + 2 * WEIGHT), 0, 1)
    hazard[-1] = 1.0
    return np.concatenate([[0.0], 1 - np.cumprod(1 - hazard)])
