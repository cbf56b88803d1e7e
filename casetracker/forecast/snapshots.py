"""
From histories to what was known: a case on a day, the steps it has been through, and how it came out.

A snapshot is folded from the entries known by its day and from nothing later; a step that is behind a case counts from
the day on which it was known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.steps import Place
from casetracker.statute.advice import AdviceState
from casetracker.statute.claims import excuse, uphold
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.fold import Facts, Run, fold
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import FIRST_CLOCK, Basis, Duty, Route, Start, limits_for

ROUTES = frozenset({Route.REQUEST, Route.ASSESS, Route.MAKE_PLAN})
"""The clocks that end in a final plan (reg 13(2), 44(2)(b), 44(2)(c)): what the forecast is about."""
_ANSWERS = (H.ADVICE_RECEIVED, H.ADVICE_NOT_KNOWN_TO_SERVICE, H.ADVICE_ACCEPTED)
LAST_DAY = date.max


@dataclass(frozen=True, slots=True)
class History:
    """A case's whole history, with what is known of the case besides."""

    case_id: int
    entries: tuple[Entry, ...]
    worker: str = ""
    """Who holds it, where the history does not say."""
    source: str = ""
    born_on: date | None = None
    need: str = ""
    """The child's primary need, as the return codes it."""
    groups: tuple[str, ...] = ()
    """Sex, ethnicity, need and area: for showing error by group, and never learned from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A piece of advice that a case asked for."""

    table: str
    since: int
    answered: int
    """`NO_DAY` while it is waited for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One open case at the close of a day, as it was known then. Days are ordinals."""

    case_id: int
    day: int
    place: Place
    since: int
    clock_on: int
    decision_due: int
    plan_due: int
    final_due: int
    excused: bool
    worker: str
    source: int
    age: int
    returned: int
    reopened: bool
    waits_for_family: bool
    agreed_on: int
    pieces: tuple[Asked, ...]
    need: str


@dataclass(frozen=True, slots=True)
class Spell:
    """One step that a case has been through or is in, for the tables."""

    table: str
    began: int
    ended: int
    """The last day it is known to have gone on to; `NO_DAY` while it goes on."""
    done: bool
    """Whether it ended by being done; otherwise the case ended first."""
    began_known: int
    ended_known: int
    onward: bool = True
    """Whether the case then went on towards a plan; False where it ended otherwise."""
    source: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run of the clock came out. Days are ordinals, `NO_DAY` where it did not happen."""

    case_id: int
    clock_on: int
    final_due: int
    issued_on: int
    ended_on: int
    known_on: int
    """The day on which its end was known."""
    excused: bool
    agreed_on: int = NO_DAY

    def was_late(self, as_at: int) -> bool | None:
        """Return whether the limit passed with the case open and no exception; None while that is not known."""
        over = self.known_on != NO_DAY and self.known_on <= as_at
        if over and self.ended_on <= self.final_due:
            return False
        if not over and as_at <= self.final_due:
            return None
        return not self.excused


def ordinal(day: date | None) -> int:
    """Return a day as a number; `NO_DAY` for none."""
    return day.toordinal() if day is not None else NO_DAY


def table_of(piece: AdviceState) -> str:
    """Return the name of the table that a piece of advice is looked up in: its kind and its giver."""
    return f"advice:{piece.kind.value}|{' '.join(piece.giver.casefold().split())}"


def seen(history: History, *, on: date, reading: Reading = ORDINARY_READING) -> Seen | None:
    """Return how a case stood at the close of the day `on`; None where no plan was being waited for."""
    facts = fold(known_by(history.entries, on))
    run = facts.run
    if run is None or run.ended_on is not None or run.opened.started_on is None or run.opened.route not in ROUTES:
        return None
    asked = _asked(facts, run)
    at = _place(facts.stage, asked)
    if at is None:
        return None
    due = last_days(run.opened.route, run.opened.basis, run.opened.started_on, reading)
    upheld, _ = uphold(facts, on=on, reading=reading)
    final_due = ordinal(run.opened.agreed_due_on) or due.get(Duty.ISSUE_FINAL_PLAN, NO_DAY)

    def binding(duty: Duty, *, open_at: tuple[Place, ...]) -> int:
        return due.get(duty, NO_DAY) if at in open_at and not excuse(upheld, run=run, duty=duty) else NO_DAY

    return Seen(
        case_id=history.case_id,
        day=on.toordinal(),
        place=at,
        since=_since(at, run, asked, facts),
        clock_on=run.opened.started_on.toordinal(),
        decision_due=binding(Duty.DECIDE_WHETHER_TO_ASSESS, open_at=(Place.DECIDING,)),
        plan_due=binding(Duty.NOTIFY_NO_PLAN, open_at=(Place.DECIDING, Place.GATHERING, Place.GATHERED)),
        final_due=final_due,
        excused=bool(excuse(upheld, run=run, duty=Duty.ISSUE_FINAL_PLAN)),
        worker=facts.worker or history.worker,
        source=_source(history),
        age=_age(history.born_on, run.opened.started_on),
        returned=sum(piece.times_returned for piece in asked),
        reopened=run.opened.basis not in FIRST_CLOCK,
        waits_for_family=_waits_for_family(facts),
        agreed_on=ordinal(run.done.get(Duty.NOTIFY_WILL_ASSESS)),
        pieces=tuple(_piece(piece) for piece in asked),
        need=history.need,
    )


@lru_cache(maxsize=20_000)
def last_days(route: Route, basis: Basis, started_on: date, reading: Reading) -> dict[Duty, int]:
    """Return the last day of each limit that a clock of this kind carries from its start."""
    found: dict[Duty, int] = {}
    for row in limits_for(route=route, basis=basis, on=started_on, reading=reading):
        if row.runs_from is Start.CLOCK:
            found[row.duty] = max(found.get(row.duty, 0), row.within.last_day(started_on, reading).toordinal())
    return found


def _asked(facts: Facts, run: Run) -> list[AdviceState]:
    return [a for a in facts.advice if a.episode == run.number and a.asked_on and a.not_needed_on is None]


def _piece(piece: AdviceState) -> Asked:
    again = piece.returned_on or piece.taken_back_on
    if again:
        return Asked("again", ordinal(again), NO_DAY)
    return Asked(table_of(piece), ordinal(piece.runs_from), ordinal(piece.answered_on))


def _place(stage: Stage, asked: list[AdviceState]) -> Place | None:
    if stage is Stage.ASSESSING:
        in_hand = asked and not any(piece.is_outstanding for piece in asked)
        return Place.GATHERED if in_hand else Place.GATHERING
    return {
        Stage.REQUESTED: Place.DECIDING,
        Stage.ORDERED_TO_ASSESS: Place.DECIDING,
        Stage.PLANNING: Place.DRAFTING,
        Stage.CONSULTING: Place.FINISHING,
    }.get(stage)


def _since(at: Place, run: Run, asked: list[AdviceState], facts: Facts) -> int:
    answered = [piece.answered_on for piece in asked if piece.answered_on]
    began = {
        Place.DECIDING: run.opened.started_on,
        Place.GATHERED: max(answered, default=None),
        Place.DRAFTING: run.plan_decided_on,
        Place.FINISHING: run.draft_sent_on,
    }.get(at)
    return ordinal(began or facts.stage_since)


def _source(history: History) -> int:
    return int(history.source) if history.source in ("1", "2", "3", "4", "5") else 0


def _age(born_on: date | None, on: date) -> int:
    if born_on is None or born_on > on:
        return -1
    return min(on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day)), 25)


def _waits_for_family(facts: Facts) -> bool:
    asked, came = (facts.last.get(h) for h in (H.FURTHER_INFORMATION_ASKED, H.FURTHER_INFORMATION_RECEIVED))
    return asked is not None and (came is None or came.occurred_on < asked.occurred_on)


def lived(history: History, *, reading: Reading = ORDINARY_READING) -> tuple[list[Outcome], list[Spell]]:
    """Return how each run of a case's clock came out, and the steps it went through, with the day each was known."""
    entries = known_by(history.entries, LAST_DAY)
    facts = fold(entries)
    known = _known_days(entries)
    worker = facts.worker or history.worker
    outcomes: list[Outcome] = []
    spells: list[Spell] = []
    for run in facts.runs:
        if run.opened.started_on is None or run.opened.route not in ROUTES:
            continue
        outcomes.append(_outcome(history, facts, run, known, reading))
        spells.extend(_spells(facts, run, known, history, worker))
    return outcomes, spells


def _known_days(entries: Iterable[Entry]) -> dict[tuple[date, str], int]:
    """Return the first day by which something (of a kind of advice, or "" for anything) of each day was known."""
    found: dict[tuple[date, str], int] = {}
    for entry in entries:
        known_on = max(entry.recorded_on, entry.occurred_on).toordinal()
        kind = entry.detail.get("advice_kind", "") if entry.happening in (H.ADVICE_ASKED, *_ANSWERS) else ""
        key = (entry.occurred_on, kind)
        found[key] = min(found.get(key, known_on), known_on)
    return found


def _known(known: dict[tuple[date, str], int], day: date | None, kind: str = "") -> int:
    return known.get((day, kind), day.toordinal()) if day is not None else NO_DAY


def _outcome(history: History, facts: Facts, run: Run, known: dict[tuple[date, str], int], reading: Reading) -> Outcome:
    started_on = run.opened.started_on
    assert started_on is not None  # noqa: S101  (the caller has left the others out)
    due = last_days(run.opened.route, run.opened.basis, started_on, reading)
    issued_on = run.done.get(Duty.ISSUE_FINAL_PLAN)
    upheld, _ = uphold(facts, on=LAST_DAY, reading=reading)
    return Outcome(
        case_id=history.case_id,
        clock_on=started_on.toordinal(),
        final_due=ordinal(run.opened.agreed_due_on) or due.get(Duty.ISSUE_FINAL_PLAN, NO_DAY),
        issued_on=ordinal(issued_on),
        ended_on=ordinal(issued_on or run.ended_on),
        known_on=_known(known, issued_on or run.ended_on),
        excused=bool(excuse(upheld, run=run, duty=Duty.ISSUE_FINAL_PLAN)),
        agreed_on=ordinal(run.done.get(Duty.NOTIFY_WILL_ASSESS)),
    )


def _spells(
    facts: Facts, run: Run, known: dict[tuple[date, str], int], history: History, worker: str
) -> Iterator[Spell]:
    agreed_on = run.done.get(Duty.NOTIFY_WILL_ASSESS)
    issued_on = run.done.get(Duty.ISSUE_FINAL_PLAN)
    plan_on, draft_on = run.plan_decided_on, run.draft_sent_on or issued_on

    def spell(table: str, began: date | None, done: date | None, *, onward: bool = True) -> Iterator[Spell]:
        if began is None:
            return
        ended = done or run.ended_on
        if ended is not None and ended < began:
            ended = began
        is_done = done is not None
        yield Spell(
            table, began.toordinal(), ordinal(ended), is_done, _known(known, began), _known(known, ended),
            onward=is_done and onward, source=_source(history),
        )  # fmt: skip

    asked = _asked(facts, run)
    answered = [piece.answered_on for piece in asked]
    gathered_on = max((day for day in answered if day), default=None) if asked and all(answered) else None
    if plan_on is not None:  # decided on with what there was
        gathered_on = min(gathered_on or plan_on, plan_on)
    decided_on = run.done.get(Duty.DECIDE_WHETHER_TO_ASSESS)
    began = {Route.REQUEST: run.opened.started_on, Route.ASSESS: run.opened.started_on}.get(run.opened.route)
    yield from spell("decide", began, decided_on, onward=agreed_on is not None)
    yield from spell(f"gather|{history.need}", agreed_on, gathered_on)
    for piece in asked:
        yield _spell_of_advice(piece, plan_on, run, known)
    yield from spell(f"plan@{worker}", gathered_on if agreed_on else None, plan_on, onward=run.decided_plan is True)
    if run.decided_plan:
        yield from spell(f"draft@{worker}", plan_on, draft_on)
        yield from spell(f"finish@{worker}", draft_on, issued_on)


def _spell_of_advice(piece: AdviceState, plan_on: date | None, run: Run, known: dict[tuple[date, str], int]) -> Spell:
    """Return the wait for a piece of advice: to its first receipt, or to the plan decided on without it."""
    kind = piece.kind.value
    answered_on = min((d for d in (piece.first_received_on, piece.answered_on) if d), default=None)
    done = answered_on or plan_on
    ended = done or run.ended_on
    began = piece.runs_from or piece.asked_on
    assert began is not None  # noqa: S101  (only what was asked for is here)
    ended = max(ended, began) if ended else None
    return Spell(
        table_of(piece),
        began.toordinal(),
        ordinal(ended),
        done is not None,
        _known(known, piece.asked_on, kind),
        _known(known, answered_on, kind) if answered_on else _known(known, ended),
    )
