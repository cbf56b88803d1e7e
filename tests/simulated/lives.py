"""What happens to every case of a county, from the request to the end: told once in full, or told on from a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from casetracker.statute.advice import AdviceKind
from tests.simulated.chance import Work
from tests.simulated.days import FIRST, NEVER, Days, Flags, Numbers, Pace
from tests.simulated.desks import Desks, Panel
from tests.simulated.folk import Folk

REPRESENTATIONS = 15
"""Days that the family has for representations on the draft (reg 13(1)(a))."""


STEPS: Mapping[str, Work] = {
    "prepare": Work(18, 0.30),
    "ask_information": Work(5, 0.4),
    "give_information": Work(9, 0.6),
    "notify": Work(1.2, 0.5),
    "ask": Work(1.4, 0.6),
    "read": Work(1.8, 0.6),
    "amend": Work(7, 0.5),  # advice that was returned
    "look_up": Work(9, 0.5),  # social care finds that it does not know the child
    "weigh": Work(3, 0.6),
    "draft": Work(6, 0.6),
    "reply": Work(9, 0.4),
    "represent": Work(8, 0.4),
    "meet": Work(6, 0.5),
    "finish": Work(3, 0.8),
}
"""Working days that each step takes but the giving of advice."""


def _panel() -> Desks:
    return Desks([Panel()])


@dataclass(frozen=True, slots=True)
class Ways:
    """How an authority and its services work: what each step takes, at what pace, and where cases wait their turn."""

    office: Pace
    school: Pace
    family: Pace
    advice: Mapping[AdviceKind, Work]
    paces: Mapping[AdviceKind, Pace]
    """Of each advice giver; one that is not here works at the office's."""
    worker_slowness: Numbers
    desks: Mapping[AdviceKind, Desks] = field(default_factory=dict)
    """Of the services that begin so many a week; the others begin at once."""
    panel: Desks = field(default_factory=_panel)
    plan_panel: Desks = field(default_factory=_panel)
    drafting: Desks | None = None
    """The caseworkers' desks; None where each draft is begun at once."""
    steps: Mapping[str, Work] = field(default_factory=lambda: STEPS)
    returned: float = 0.07
    no_plan: float = 0.05
    withdrawn_a_day: float = 0.00018
    moved_a_day: float = 0.00010


@dataclass(slots=True)
class Telling:
    """
    Lives being told: `times` of each case of `folk`, in arrays of (times, cases).

    With `so_far` and `on`, what had happened by the close of each case's day `on` stands as it was, and work under way
    is drawn as longer than it had then already taken: a draw from the distribution of what was still to come.
    """

    ways: Ways
    folk: Folk
    rng: np.random.Generator
    times: int = 1
    so_far: Mapping[str, Days] | None = None
    on: Days | None = None
    cases: Days | None = None
    """The number of each case in its county, where these are not all of them."""
    marks: dict[str, Days] = field(default_factory=dict)

    def work(self, name: str, start: Days, pace: Pace, work: Work, of: Days, slowness: Numbers | float = 1.0) -> Days:
        """Return when a step ends that begins on `start`, for the cases (columns) `of`."""
        slow = np.broadcast_to(np.asarray(slowness, dtype=float), start.shape)
        if self.so_far is None or self.on is None:
            ends = pace.after(start, work.draw(self.rng, slowness=slow, done=np.zeros(start.shape)))
        else:
            on, known = self.on[of], self.so_far[name][of]
            ends = pace.after(
                start, work.draw(self.rng, slowness=slow, done=pace.between(start, np.maximum(on, start)))
            )
            ends = np.where(known <= on, known, ends)
        return self._mark(name, ends, of)

    def event(self, name: str, a_day: Numbers | float, of: Days) -> Days:
        """Return when something happens that may happen on any day, from the receipt on, as often as `a_day`."""
        since = self.folk.received[of]
        if self.on is not None:
            since = np.maximum(since, self.on[of])
        waits = self.rng.exponential(1.0, (self.times, len(of))) / a_day
        days = np.minimum(since + 1 + np.floor(np.minimum(waits, NEVER - FIRST)), NEVER).astype(np.int64)
        if self.so_far is not None and self.on is not None:
            days = np.where(self.so_far[name][of] <= self.on[of], self.so_far[name][of], days)
        return self._mark(name, days, of)

    def choice(self, name: str, share: Numbers | float, told_on: Days, of: Days) -> Flags:
        """Return whether something is so that is told on a day: as it was where that is past, else drawn."""
        drawn = self.rng.random(told_on.shape) < share
        if self.so_far is not None and self.on is not None:
            drawn = np.where(told_on <= self.on[of], self.so_far[name][of] != 0, drawn)
        self._mark(name, drawn.astype(np.int64), of, absent=0)
        return np.asarray(drawn)

    def turn(self, name: str, joined: Days, desk: Desks | None, of: Days, whose: Days, present: Flags) -> Days:
        """Return when cases that join a desk on these days have their turn; at once where there is none."""
        if desk is None:
            return joined
        cases = of if self.cases is None else self.cases[of]
        if self.so_far is None or self.on is None:
            starts = desk.fill(joined, cases=cases, whose=whose, present=present)
        else:
            starts = desk.would_start(joined, cases=cases, whose=whose)
            starts = np.where(joined <= self.on[of], self.so_far[name][of], starts)
        return self._mark(name, starts, of)

    def _mark(self, name: str, days: Days, of: Days, *, absent: int = NEVER) -> Days:
        if self.so_far is None:
            whole = np.full(len(self.folk), absent, dtype=np.int64)
            whole[of] = days[0]
            self.marks[name] = whole
        return days


def tell(telling: Telling) -> Days:
    """Tell the lives, and return the day on which each case ended, in whatever way."""
    folk, ways = telling.folk, telling.ways
    everyone = np.arange(len(folk))
    gone = np.minimum(
        telling.event("withdrawn", ways.withdrawn_a_day, everyone),
        telling.event("moved_out", ways.moved_a_day, everyone),
    )
    decided, refused = _decide(telling, everyone, gone)
    leaves = np.minimum(gone, np.where(refused, decided, NEVER))
    gathered = decided
    for kind, needs in folk.needs.items():
        of = np.flatnonzero(needs)
        answered = _gather(telling, kind, decided[:, of], of, leaves[:, of] > decided[:, of])
        gathered = gathered.copy()
        gathered[:, of] = np.maximum(gathered[:, of], answered)
    return np.minimum(leaves, _plan(telling, gathered, everyone, leaves))


def _decide(telling: Telling, of: Days, gone: Days) -> tuple[Days, Flags]:
    """Whether to assess: the papers, the family's answers where something was asked, a panel, the letter."""
    folk, ways = telling.folk, telling.ways
    received = np.broadcast_to(folk.received, (telling.times, len(folk)))
    ready = telling.work("prepared", received, ways.office, ways.steps["prepare"], of)
    asked = telling.work("information_asked", received, ways.office, ways.steps["ask_information"], of)
    came = telling.work("information_received", asked, ways.family, ways.steps["give_information"], of)
    ready = np.where(folk.informs, np.maximum(ready, came), ready)
    panel = telling.turn("panel", ready, ways.panel, of, np.zeros_like(of), gone[0] > ready[0])
    decided = telling.work("decided", panel, ways.office, ways.steps["notify"], of)
    return decided, telling.choice("refused", folk.refusal, decided, of)


def _gather(telling: Telling, kind: AdviceKind, decided: Days, of: Days, there: Flags) -> Days:
    """One piece of advice: asked, waited for, written, read, and now and then returned and mended."""
    ways, folk = telling.ways, telling.folk
    pace = ways.paces.get(kind, ways.office)
    asked = telling.work(f"asked {kind}", decided, ways.office, ways.steps["ask"], of)
    whose = np.zeros_like(of)
    start = telling.turn(f"begun {kind}", asked, ways.desks.get(kind), of, whose, there[0])
    slowness = folk.slowness[kind][of]
    received = telling.work(f"received {kind}", start, pace, ways.advice[kind], of, slowness)
    read = telling.work(f"read {kind}", received, ways.office, ways.steps["read"], of)
    returned = telling.choice(f"returned {kind}", ways.returned if kind is not AdviceKind.PARENTAL else 0.0, read, of)
    again = telling.work(f"again {kind}", read, pace, ways.steps["amend"], of, slowness)
    reread = telling.work(f"reread {kind}", again, ways.office, ways.steps["read"], of)
    answered = np.where(returned, reread, read)
    if kind is AdviceKind.SOCIAL_CARE:
        looked_up = telling.work(f"not_known {kind}", asked, pace, ways.steps["look_up"], of)
        answered = np.where(folk.unknown_to_social_care[of], looked_up, answered)
    return np.asarray(answered)


def _plan(telling: Telling, gathered: Days, of: Days, leaves: Days) -> Days:
    """The plan: the panel's decision, the draft, the family and the settings, the final plan. Return when it ends."""
    folk, ways = telling.folk, telling.ways
    ready = telling.work("weighed", gathered, ways.office, ways.steps["weigh"], of)
    panel = telling.turn("plan_panel", ready, ways.plan_panel, of, np.zeros_like(of), leaves[0] > ready[0])
    decided = telling.work("plan_decided", panel, ways.office, ways.steps["notify"], of)
    no_plan = telling.choice("no_plan", ways.no_plan, decided, of)
    slowness = ways.worker_slowness[folk.drafter]
    there = (leaves[0] > decided[0]) & ~no_plan[0]
    begun = telling.turn("draft_begun", decided, ways.drafting, of, folk.drafter, there)
    draft = telling.work("draft", begun, ways.office, ways.steps["draft"], of, slowness * folk.slowness_of_draft)
    replied = telling.work("replied", draft, ways.school, ways.steps["reply"], of)
    telling.work("represented", draft, ways.family, ways.steps["represent"], of)
    heard = np.maximum(draft + REPRESENTATIONS, np.minimum(replied, draft + REPRESENTATIONS + 7))
    heard = np.minimum(heard, NEVER)
    met = telling.work("met", heard, ways.office, ways.steps["meet"], of)
    heard = np.where(folk.meets, met, heard)
    final = telling.work("final", heard, ways.office, ways.steps["finish"], of, slowness)
    return np.where(no_plan, decided, final)
