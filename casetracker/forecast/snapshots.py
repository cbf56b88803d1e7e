"""
From a history to what was known of the case on a day: a snapshot, folded from the entries known by then alone.

What became of cases, as each day knew it, is in `lives`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.steps import Place
from casetracker.statute.advice import AdviceKind, AdviceState
from casetracker.statute.claims import excuse, uphold
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.fold import Facts, Run, fold
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import Stage
from casetracker.statute.timetable import FIRST_CLOCK, Basis, Duty, Route, Start, limits_for

ROUTES = frozenset({Route.REQUEST, Route.ASSESS, Route.MAKE_PLAN})
"""The clocks that end in a final plan (reg 13(2), 44(2)(b), 44(2)(c)): what the forecast is about."""


AGAIN = "again"
"""The table of advice that was sent back, whoever gives it. It is in no queue: it was answered once."""


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


class Asked(NamedTuple):
    """A piece of advice that a case asked for."""

    table: str
    since: int
    answered: int
    """`NO_DAY` while it is waited for."""


class Seen(NamedTuple):
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

    def row(self, *, gather: int, worker: int, load: int, panels: Sequence[int]) -> tuple[Any, ...]:
        """Return it in the order of the fields of `Cases`, with what no history holds (`columns.as_columns`)."""
        return (
            self.case_id,
            self.day,
            self.place,
            gather,
            self.since,
            self.clock_on,
            self.decision_due,
            self.plan_due,
            self.final_due,
            self.excused,
            worker,
            load,
            self.source,
            self.age,
            self.returned,
            self.reopened,
            self.waits_for_family,
            self.agreed_on,
            panels,
        )


def ordinal(day: date | None) -> int:
    """Return a day as a number; `NO_DAY` for none."""
    return day.toordinal() if day is not None else NO_DAY


def table_of(piece: AdviceState) -> str:
    """Return the name of the table that a piece of advice is looked up in: its kind and its giver."""
    return name_of_table(piece.kind, piece.giver)


@lru_cache(maxsize=10_000)
def name_of_table(kind: AdviceKind, giver: str) -> str:
    """Return the name of the table of advice of a kind by a giver, however the giver is spaced or capitalised."""
    return f"advice:{kind.value}|{folded_giver(giver)}"


def folded_giver(giver: str) -> str:
    """Return a giver as tables name it."""
    return " ".join(giver.casefold().split())


def seen(history: History, *, on: date, reading: Reading = ORDINARY_READING) -> Seen | None:
    """Return how a case stood at the close of the day `on`; None where no plan was being waited for."""
    return seen_in(fold(known_by(history.entries, on)), history, on=on, reading=reading)


def seen_in(facts: Facts, history: History, *, on: date, reading: Reading = ORDINARY_READING) -> Seen | None:
    """Return what `seen` does, of a history already folded as it was known on the day."""
    run = facts.run
    if run is None or run.ended_on is not None or run.opened.started_on is None or run.opened.route not in ROUTES:
        return None
    asked = asked_in(facts, run)
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
        source=source_of(history.source),
        age=age_at(history.born_on, run.opened.started_on),
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


def asked_in(facts: Facts, run: Run) -> list[AdviceState]:
    """Return the pieces of advice that were asked for in a run of the clock."""
    return [a for a in facts.advice if a.episode == run.number and a.asked_on and a.not_needed_on is None]


def _piece(piece: AdviceState) -> Asked:
    again = piece.returned_on or piece.taken_back_on
    if again:
        return Asked(AGAIN, ordinal(again), NO_DAY)
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


def source_of(source: str) -> int:
    """Return who asked, as the return codes it; 0 where that is not known."""
    return int(source) if source in ("1", "2", "3", "4", "5") else 0


def age_at(born_on: date | None, on: date) -> int:
    """Return an age in whole years, at most 25; -1 where it is not known."""
    if born_on is None or born_on > on:
        return -1
    return min(on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day)), 25)


def _waits_for_family(facts: Facts) -> bool:
    asked, came = (facts.last.get(h) for h in (H.FURTHER_INFORMATION_ASKED, H.FURTHER_INFORMATION_RECEIVED))
    return asked is not None and (came is None or came.occurred_on < asked.occurred_on)
