"""
What became of cases, as each day knew it: the steps they went through and how their clocks came out.

A history is folded anew at each day on which more of it became known, and each step is kept with the days from which
and until which it was known so. Asked for the knowledge of a day, nothing recorded later shows: no answer, no
correction, and no case opened again.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.snapshots import AGAIN, ROUTES, History, asked_in, last_days, ordinal, source_of, table_of
from casetracker.statute.advice import AdviceState
from casetracker.statute.claims import excuse, uphold
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.fold import Facts, Run
from casetracker.statute.knowledge import day_by_day
from casetracker.statute.timetable import Duty, Route

FOR_GOOD = 10_000_000
"""Until when something is known that nothing since has changed: a day after all days."""
Thing = TypeVar("Thing", bound=Hashable)


class Spell(NamedTuple):
    """One step that a case has been through or is in, for the tables. Days are ordinals."""

    table: str
    began: int
    ended: int
    """The last day it is known to have gone on to; `NO_DAY` while it goes on."""
    done: bool
    """Whether it ended by being done; otherwise the case ended first."""
    onward: bool = True
    """Whether the case then went on towards a plan; False where it ended otherwise."""
    source: int = 0
    known: int = 0
    """The day from whose close it was known so."""
    until: int = FOR_GOOD
    """The day from whose close it was known otherwise."""


class Outcome(NamedTuple):
    """How one run of a case's clock came out. Days are ordinals, `NO_DAY` where it did not happen."""

    case_id: int
    run: int
    """Its number among the runs of the case's clock, from 1."""
    clock_on: int
    final_due: int
    issued_on: int
    ended_on: int
    excused: bool
    known: int = 0
    """The day from whose close it was known so."""
    until: int = FOR_GOOD
    """The day from whose close it was known otherwise."""


class Version(NamedTuple):
    """A history as it was known over some days."""

    known: int
    until: int
    facts: Facts


def versions(entries: Sequence[Entry]) -> Iterator[Version]:
    """
    Yield a history as it was known, in turn, from each day on which more of it was.

    The facts are those of the one before, added to where nothing earlier has changed: use each before the next is made.
    """
    days = sorted({day for e in entries for day in (e.recorded_on, max(e.recorded_on, e.occurred_on))})
    ends = [*(day.toordinal() for day in days[1:]), FOR_GOOD]
    # Of nothing there is no version, and one end too many.
    for then, until in zip(day_by_day(entries, days), ends, strict=False):
        yield Version(then.on.toordinal(), until, then.facts)


def lived(
    told: Iterable[Version], history: History, *, reading: Reading = ORDINARY_READING
) -> tuple[list[Outcome], list[Spell]]:
    """Return how each run of a case's clock came out, and the steps it went through, with the days each was known."""
    outcomes: list[tuple[Version, list[Outcome]]] = []
    spells: list[tuple[Version, list[Spell]]] = []
    for version in told:
        runs = [r for r in version.facts.runs if r.opened.started_on is not None and r.opened.route in ROUTES]
        outcomes.append((version, [_outcome(history, version.facts, run, reading) for run in runs]))
        spells.append((version, [spell for run in runs for spell in _spells(version.facts, run, history)]))
    return (
        [outcome._replace(known=known, until=until) for outcome, known, until in standing(outcomes)],
        [spell._replace(known=known, until=until) for spell, known, until in standing(spells)],
    )


def standing(told: Iterable[tuple[Version, Sequence[Thing]]]) -> Iterator[tuple[Thing, int, int]]:
    """Yield each thing once for every unbroken stretch of versions that it is in, with the stretch's days."""
    since: dict[tuple[Thing, int], int] = {}
    for version, things in told:
        count: Counter[Thing] = Counter()
        now = {}
        for thing in things:
            count[thing] += 1
            now[thing, count[thing]] = version.known
        for key, known in since.items():
            if key in now:
                now[key] = known
            else:
                yield key[0], known, version.known
        since = now
    for (thing, _), known in since.items():
        yield thing, known, FOR_GOOD


def _outcome(history: History, facts: Facts, run: Run, reading: Reading) -> Outcome:
    started_on = run.opened.started_on
    assert started_on is not None  # noqa: S101  (the caller has left the others out)
    due = last_days(run.opened.route, run.opened.basis, started_on, reading)
    issued_on = run.done.get(Duty.ISSUE_FINAL_PLAN)
    upheld, _ = uphold(facts, on=date.max, reading=reading)
    return Outcome(
        case_id=history.case_id,
        run=run.number,
        clock_on=started_on.toordinal(),
        final_due=ordinal(run.opened.agreed_due_on) or due.get(Duty.ISSUE_FINAL_PLAN, NO_DAY),
        issued_on=ordinal(issued_on),
        ended_on=ordinal(issued_on or run.ended_on),
        excused=bool(excuse(upheld, run=run, duty=Duty.ISSUE_FINAL_PLAN)),
    )


def _spells(facts: Facts, run: Run, history: History) -> Iterator[Spell]:
    source, worker = source_of(history.source), facts.worker or history.worker
    agreed_on = run.done.get(Duty.NOTIFY_WILL_ASSESS)
    issued_on = run.done.get(Duty.ISSUE_FINAL_PLAN)
    plan_on, draft_on = run.plan_decided_on, run.draft_sent_on or issued_on

    def spell(table: str, began: date | None, done: date | None, *, onward: bool = True) -> Iterator[Spell]:
        if began is None:
            return
        ended = done or run.ended_on
        is_done = done is not None
        last = max(ended, began) if ended is not None else None
        yield Spell(table, began.toordinal(), ordinal(last), is_done, is_done and onward, source)

    asked = asked_in(facts, run)
    answered = [piece.answered_on for piece in asked]
    gathered_on = max((day for day in answered if day), default=None) if asked and all(answered) else None
    if plan_on is not None:  # decided on with what there was
        gathered_on = min(gathered_on or plan_on, plan_on)
    decided_on = run.done.get(Duty.DECIDE_WHETHER_TO_ASSESS)
    began = {Route.REQUEST: run.opened.started_on, Route.ASSESS: run.opened.started_on}.get(run.opened.route)
    yield from spell("decide", began, decided_on, onward=agreed_on is not None)
    yield from spell(f"gather|{history.need}", agreed_on, gathered_on)
    for piece in asked:
        yield _spell_of_advice(piece, plan_on, run)
        yield from _spell_since_it_was_sent_back(piece, plan_on, run)
    yield from spell(f"plan@{worker}", gathered_on if agreed_on else None, plan_on, onward=run.decided_plan is True)
    if run.decided_plan:
        yield from spell(f"draft@{worker}", plan_on, draft_on)
        yield from spell(f"finish@{worker}", draft_on, issued_on)


def _spell_of_advice(piece: AdviceState, plan_on: date | None, run: Run) -> Spell:
    """Return the wait for a piece of advice: to its first receipt, or to the plan decided on without it."""
    answered_on = min((d for d in (piece.first_received_on, piece.answered_on) if d), default=None)
    done = answered_on or plan_on
    ended = done or run.ended_on
    began = piece.runs_from or piece.asked_on
    assert began is not None  # noqa: S101  (only what was asked for is here)
    ended = max(ended, began) if ended else None
    return Spell(table_of(piece), began.toordinal(), ordinal(ended), done is not None)


def _spell_since_it_was_sent_back(piece: AdviceState, plan_on: date | None, run: Run) -> Iterator[Spell]:
    """Yield the wait since a piece was last sent back; once it has come again, as long as it then took on average."""
    if piece.returned_on is not None:
        ended = plan_on or run.ended_on
        last = max(ended, piece.returned_on) if ended else None
        yield Spell(AGAIN, piece.returned_on.toordinal(), ordinal(last), plan_on is not None)
    elif piece.times_returned and piece.received_on is not None:
        came = piece.received_on.toordinal()
        yield Spell(AGAIN, came - piece.days_lost // piece.times_returned, came, done=True)
