"""
Two years ahead: requests against the hours of psychologists and caseworkers, and when the queue breaks. Pure.

Week by week, each of many runs draws its requests from the fit of the arrivals. Those agreed to be assessed join the
queue for psychological advice (reg 6(1)(d): sought for every assessment), and what leaves that queue joins the queue
for a plan to be drafted. A queue gives out what its hours allow, first come first served, and no piece sooner than it
takes to do. The queue there is now is taken to have waited its length divided by what leaves in a week (Little's law,
Operations Research 9 (1961) 383). What a case takes beside the two waits is what brings the sum to the median that
plans have lately taken; a change in either wait shows in the plans issued after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from math import erf, sqrt
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast.arrivals import Arrivals, Month, days_of

Array = NDArray[np.float64]
Spell = tuple[int, int]
"""The first and the last of some months in a row, counted from 1."""
WEEKS = 104
RUNS = 400
ADVICE_LIMIT = 6.0
"""Weeks within which advice is due (SEND Regs 2014, reg 8(1))."""
PLAN_LIMIT = 20 + 0.5 / 7
"""Weeks within which a plan is in time (reg 13(2)), with the whole of its last day."""
LEAST_ADVICE, LEAST_DRAFT = 3.0, 1.0
"""The fewest weeks that a piece of advice, and a draft, take with nobody waiting before them."""
AFTER_THE_DRAFT = 3
"""Weeks from the draft to the final plan: the family's 15 days (reg 13(1)) and a little."""
HOURS_MAY_BE_OUT_BY = 0.05
"""Standard deviation of the hours that people turn out to have, as a share, drawn once for each run."""
EIGHTY = (10, 50, 90)
_WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True)
class Found:
    """How things stand, from the tracker's own rows."""

    day: date
    agreed_share: float
    """Of requests decided, the share to be assessed."""
    weeks_to_decide: float
    plan_share: float
    """Of cases assessed, the share that come to a draft."""
    advice_waiting: int
    """Pieces of psychological advice asked for and not given."""
    drafts_waiting: int
    """Cases to be assessed whose psychological advice is in and whose draft is not sent."""
    advice_a_week: float
    """Pieces of psychological advice received a week, of late."""
    drafts_a_week: float
    median_days: float
    """What plans issued of late took from the request, half of them less."""
    spread_days: float
    """Half the width of the band about that which holds two in three of them."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who does the work, and how long it takes them."""

    psychologists: float
    psychologist_hours: float
    """Hours a week each has for advice on assessments."""
    hours_per_advice: float
    caseworkers: float
    caseworker_hours: float
    """Hours a week each has for writing plans."""
    hours_per_plan: float

    @property
    def advice_a_week(self) -> float:
        """Pieces of advice that the psychologists' hours allow."""
        return self.psychologists * self.psychologist_hours / self.hours_per_advice

    @property
    def drafts_a_week(self) -> float:
        """Drafts that the caseworkers' hours allow."""
        return self.caseworkers * self.caseworker_hours / self.hours_per_plan


@dataclass(frozen=True, slots=True)
class Change:
    """Staff to be had beside those there are, each in whole-time people."""

    name: str
    psychologists: float = 0.0
    caseworkers: float = 0.0
    from_month: int = 0
    """How many months from now they start."""
    for_months: int | None = None
    """How long they stay; None for good."""


class Measure(StrEnum):
    """What is shown of each month."""

    ADVICE_WAITING = "advice_waiting"
    ADVICE_WEEKS = "advice_weeks"
    DRAFTS_WAITING = "drafts_waiting"
    TIMELINESS = "timeliness"


@dataclass(frozen=True, slots=True)
class Course:
    """What is foreseen with one change of staff: for each measure the low, middle and high of each month's end."""

    name: str
    low: dict[Measure, list[float]]
    middle: dict[Measure, list[float]]
    high: dict[Measure, list[float]]
    advice_breaks: list[Spell]
    """The months at whose end advice takes longer than its six weeks as likely as not."""
    timeliness_breaks: list[Spell]
    """The months at whose end timeliness is under the target as likely as not."""


@dataclass(frozen=True, slots=True)
class Need:
    """What the requests of the second year take, so that no queue grows in it."""

    advice_a_week: float
    drafts_a_week: float
    psychologists: float
    """Whole-time, at the hours that those there are have; and so the plan writers."""
    caseworkers: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """Two years, with each change of staff: the same requests in each, so that what differs is the staff."""

    months: list[Month]
    requests: list[tuple[float, float, float]]
    """Requests of each month: low, middle, high."""
    courses: list[Course]
    need: Need


def ahead(
    found: Found, arrivals: Arrivals, staff: Staff, changes: Sequence[Sequence[Change]], *, target: float, seed: int
) -> Ahead:
    """
    Return two years with each set of changes; the first may be empty, for the staff there are.

    :param target: timeliness to be kept, in hundredths
    :param seed: the same gives the same draws
    """
    rng = np.random.default_rng(seed)
    lag = round(found.weeks_to_decide)
    starts = [found.day + timedelta(weeks=week) for week in range(-lag, WEEKS)]
    requests = _requests(arrivals, starts, rng)
    hours = np.maximum(rng.normal(1.0, HOURS_MAY_BE_OUT_BY, size=(RUNS, 2)), 0.5)
    luck = rng.normal(size=(RUNS, WEEKS))
    joining = requests[:, :WEEKS] * found.agreed_share
    ends, months = _months(starts[lag:])
    courses = [_course(found, staff, change, (joining, hours, luck), ends, target=target) for change in changes]
    foreseen = _foreseen(arrivals, months, rng)
    return Ahead(months, foreseen, courses, _need(found, staff, foreseen))


def _need(found: Found, staff: Staff, requests: Sequence[tuple[float, float, float]]) -> Need:
    year = [middle for _, middle, _ in requests[-12:]]
    advice = sum(year) / (len(year) * _WEEKS_A_MONTH) * found.agreed_share
    drafts = advice * found.plan_share
    return Need(
        advice_a_week=advice,
        drafts_a_week=drafts,
        psychologists=advice * staff.hours_per_advice / staff.psychologist_hours,
        caseworkers=drafts * staff.hours_per_plan / staff.caseworker_hours,
    )


def _requests(arrivals: Arrivals, starts: Sequence[date], rng: np.random.Generator) -> Array:
    """Return the requests of each week in each run: the fit's own doubt, then chance as wide as the months showed."""
    months = list(dict.fromkeys((day.year, day.month) for day in starts))
    place = [months.index((day.year, day.month)) for day in starts]
    weekly = arrivals.drawn(months, runs=RUNS, rng=rng) * 7 / days_of(months)
    mean = weekly[:, place]
    return np.asarray(rng.poisson(mean / arrivals.spread) * arrivals.spread, dtype=np.float64)


def _months(weeks: Sequence[date]) -> tuple[list[int], list[Month]]:
    """Return the last week of each month that the weeks reach the end of, and the months."""
    names = [(day.year, day.month) for day in weeks]
    ends = [n for n in range(len(names) - 1) if names[n] != names[n + 1]]
    return ends, [names[n] for n in ends]


def _foreseen(
    arrivals: Arrivals, months: Sequence[Month], rng: np.random.Generator
) -> list[tuple[float, float, float]]:
    """Return the requests of each whole month: low, middle, high."""
    drawn = arrivals.drawn(months, runs=RUNS, rng=rng)
    counts = rng.poisson(drawn / arrivals.spread) * arrivals.spread
    return [(float(a), float(b), float(c)) for a, b, c in np.percentile(counts, EIGHTY, axis=0).T]


def _course(
    found: Found,
    staff: Staff,
    changes: Sequence[Change],
    drawn: tuple[Array, Array, Array],
    ends: Sequence[int],
    *,
    target: float,
) -> Course:
    joining, hours, luck = drawn
    psychologists, caseworkers = _people(changes)
    can_advise = (staff.psychologists + psychologists) * staff.psychologist_hours / staff.hours_per_advice
    can_draft = (staff.caseworkers + caseworkers) * staff.caseworker_hours / staff.hours_per_plan
    advice, advised = _queue(joining, can_advise[None, :] * hours[:, :1], found.advice_waiting, LEAST_ADVICE)
    drafts, drafted = _queue(
        advised * found.plan_share, can_draft[None, :] * hours[:, 1:], found.drafts_waiting, LEAST_DRAFT
    )
    pace = _pace(staff.advice_a_week, joining), _pace(staff.drafts_a_week, advised * found.plan_share)
    waited = _waits(joining, advised, found.advice_waiting, pace[0], LEAST_ADVICE)
    then = _waits(advised * found.plan_share, drafted, found.drafts_waiting, pace[1], LEAST_DRAFT)
    share = _with_luck(_in_time(found, pace, waited, then), plans=drafted * _WEEKS_A_MONTH, luck=luck)
    tracks = dict(zip(Measure, (advice, waited, drafts, share), strict=True))
    low, middle, high = (
        {m: np.percentile(t[:, list(ends)], c, axis=0).tolist() for m, t in tracks.items()} for c in EIGHTY
    )
    return Course(
        name=_capital(" and ".join(change.name for change in changes) or "the staff there are"),
        low=low,
        middle=middle,
        high=high,
        advice_breaks=_spells(w > ADVICE_LIMIT for w in middle[Measure.ADVICE_WEEKS]),
        timeliness_breaks=_spells(s < target for s in middle[Measure.TIMELINESS]),
    )


def _people(changes: Sequence[Change]) -> tuple[Array, Array]:
    """Return the psychologists and the caseworkers to be added in each week."""
    added = np.zeros((2, WEEKS))
    month = np.arange(WEEKS) * 7 / (365.25 / 12)
    for change in changes:
        until = np.inf if change.for_months is None else change.from_month + change.for_months
        there = (month >= change.from_month) & (month < until)
        added += there * np.array([[change.psychologists], [change.caseworkers]])
    return added[0], added[1]


def _queue(joining: Array, can: Array, waiting: float, least: float) -> tuple[Array, Array]:
    """Return how many wait at the end of each week, and how many left in it."""
    length = np.full(len(joining), float(waiting))
    lengths, left = np.empty_like(joining), np.empty_like(joining)
    for week in range(joining.shape[1]):
        length = length + joining[:, week]
        leaves = np.minimum(can[:, week], length / max(least, 1.0))
        length = length - leaves
        lengths[:, week], left[:, week] = length, leaves
    return lengths, left


def _pace(a_week: float, joining: Array) -> float:
    """Return what is taken to leave a queue in a week now: what the hours allow, and a tenth of what joins at least."""
    return max(a_week, 0.1 * float(joining.mean()), 1e-6)


def _waits(joining: Array, left: Array, waiting: float, pace: float, least: float) -> Array:
    """Return the weeks that the last to leave in each week had waited, first come first served."""
    runs, weeks = joining.shape
    start = np.array([-waiting / pace, 0.0])
    times = np.tile(np.concatenate([start, np.arange(1, weeks + 1)]), (runs, 1))
    joined = np.concatenate(
        [np.zeros((runs, 1)), waiting + np.cumsum(np.pad(joining, ((0, 0), (1, 0))), axis=1)], axis=1
    )
    apart = np.arange(runs)[:, None] * (joined.max() + 1.0)
    since = np.interp((np.cumsum(left, axis=1) + apart).ravel(), (joined + apart).ravel(), times.ravel())
    return np.asarray(np.maximum(np.arange(1, weeks + 1) - since.reshape(runs, weeks), least))


def _in_time(found: Found, pace: tuple[float, float], waited: Array, then: Array) -> Array:
    """Return the share of the plans issued in each week that is in time, in hundredths."""
    now = max(found.advice_waiting / pace[0], LEAST_ADVICE), max(found.drafts_waiting / pace[1], LEAST_DRAFT)
    to_final = AFTER_THE_DRAFT
    lately = _later(waited, to_final + round(min(now[1], WEEKS)), now[0]) + _later(then, to_final, now[1])
    moved = found.median_days / 7 + lately - sum(now)
    weeks = np.maximum(moved, found.weeks_to_decide + LEAST_ADVICE + LEAST_DRAFT)
    return 100 * _below((PLAN_LIMIT - weeks) / (max(found.spread_days, 1.0) / 7))


def _later(waits: Array, weeks: int, now: float) -> Array:
    """Return waits as they show so many weeks later; until then, as they are now."""
    return np.concatenate([np.full((len(waits), weeks), now), waits], axis=1)[:, : waits.shape[1]]


def _with_luck(share: Array, *, plans: Array, luck: Array) -> Array:
    """Return a month's share as it may fall by chance among so many plans, in hundredths."""
    spread = np.sqrt(share * (100 - share) / np.maximum(plans, 1.0))
    return np.clip(share + luck * spread, 0.0, 100.0)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _below(z: Array) -> Array:
    """Return the standard normal distribution at z."""
    grid = np.linspace(-6, 6, 1201)
    return np.asarray(np.interp(z, grid, [(1 + erf(x / sqrt(2))) / 2 for x in grid]))


def _spells(broken: Iterable[bool]) -> list[Spell]:
    """Return each run of months that are broken."""
    runs = [[n for n, _ in run] for is_broken, run in groupby(enumerate(broken, start=1), itemgetter(1)) if is_broken]
    return [(run[0], run[-1]) for run in runs]
