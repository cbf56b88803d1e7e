"""From the days of a simulated life to the steps that a caseworker would write down."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from casetracker.statute.advice import AdviceKind
from casetracker.statute.happenings import Happening as H
from tests.simulated.days import NEVER, Days, day_of
from tests.simulated.folk import TEAMS, Folk
from tests.simulated.steps import Step

CHASED_AFTER = (35, 43, 57)
"""Days after the asking on which advice that has not come is chased, if somebody thinks of it."""
_GIVERS = {
    AdviceKind.PARENTAL: "Parent or carer",
    AdviceKind.MEDICAL: "Community Paediatrics {team}",
    AdviceKind.PSYCHOLOGICAL: "Educational Psychology Service",
    AdviceKind.SOCIAL_CARE: "Children’s Social Care",
    AdviceKind.SPEECH_LANGUAGE: "Speech and Language Therapy {team}",
    AdviceKind.OCCUPATIONAL_THERAPY: "Occupational Therapy {team}",
    AdviceKind.PHYSIOTHERAPY: "Physiotherapy {team}",
    AdviceKind.HEARING: "Sensory Support: hearing",
    AdviceKind.VISION: "Sensory Support: vision",
    AdviceKind.PREPARING_FOR_ADULTHOOD: "Moving into Adulthood",
    AdviceKind.EARLY_YEARS: "Early Years SEN",
}
_EXCEPTIONS = 0.03
"""The share of cases in which a family's circumstances are recorded as an exception."""


def school_name(number: int) -> str:
    """Return what a school is called."""
    return f"School {number + 1}"


def urn(number: int) -> str:
    """Return a school's number in the register; these are of no real school."""
    return f"{900_001 + number}"


def email(worker: int) -> str:
    """Return a caseworker's address."""
    return f"worker{worker + 1}@simulated.example"


def steps_of(place: int, folk: Folk, marks: Mapping[str, Days], ended: int, rng: Random) -> list[Step]:
    """Return all that happens to one case, in order, until it ends."""
    life = _Life(place, folk, marks, rng)
    end = day_of(ended)
    whole = sorted([*life.request(), *life.assessment(), *life.plan()], key=lambda step: step.order)
    before = [step for step in whole if step.occurred_on < end]
    ends = [step for step in whole if step.occurred_on == end and step.happening in _ENDS][:1]
    return sorted([*before, *ends, *life.odds_and_ends(end)], key=lambda step: step.order)


_ENDS = frozenset({H.ASSESSMENT_REFUSED, H.PLAN_REFUSED, H.FINAL_PLAN_ISSUED, H.REQUEST_WITHDRAWN, H.MOVED_OUT})


class _Life:
    """One case's days, read off the county's arrays."""

    def __init__(self, place: int, folk: Folk, marks: Mapping[str, Days], rng: Random) -> None:
        self._place, self._folk, self._marks, self._rng = place, folk, marks, rng

    def _day(self, name: str) -> date:
        return day_of(self._marks[name][self._place])

    def _is(self, name: str) -> bool:
        return bool(self._marks[name][self._place])

    def request(self) -> Iterator[Step]:
        """Yield the request and what comes of it, withdrawal and removal included."""
        place, folk = self._place, self._folk
        received = day_of(folk.received[place])
        decided = self._day("decided")
        yield Step(H.REQUEST_RECEIVED, received)
        if folk.informs[place]:
            yield Step(H.FURTHER_INFORMATION_ASKED, self._day("information_asked"))
            yield Step(H.FURTHER_INFORMATION_RECEIVED, self._day("information_received"))
        yield Step(H.PANEL_CONSIDERED, self._day("panel"))
        yield Step(H.ASSESSMENT_REFUSED if self._is("refused") else H.ASSESSMENT_AGREED, decided)
        first, second = self._marks["withdrawn"][place], self._marks["moved_out"][place]
        if min(first, second) < NEVER:
            yield Step(H.REQUEST_WITHDRAWN if first <= second else H.MOVED_OUT, day_of(min(first, second)))

    def assessment(self) -> Iterator[Step]:
        """Yield the advice: asked, chased, received, read, and what follows."""
        if self._is("refused"):
            return
        for kind, needs in self._folk.needs.items():
            if needs[self._place]:
                yield from self._advice(kind)

    def _advice(self, kind: AdviceKind) -> Iterator[Step]:
        giver = self._giver(kind)
        asked, received = self._day(f"asked {kind}"), self._day(f"received {kind}")
        unknown = kind is AdviceKind.SOCIAL_CARE and self._folk.unknown_to_social_care[self._place]
        answered = self._day(f"not_known {kind}") if unknown else received
        yield Step(H.ADVICE_ASKED, asked, kind, giver)
        for days in CHASED_AFTER:
            if asked + timedelta(days=days) < answered and self._rng.random() < 0.8:
                yield Step(H.ADVICE_CHASED, asked + timedelta(days=days), kind, giver)
        if unknown:
            yield Step(H.ADVICE_NOT_KNOWN_TO_SERVICE, answered, kind, giver)
            return
        yield Step(H.ADVICE_RECEIVED, received, kind, giver)
        read = self._day(f"read {kind}")
        if self._is(f"returned {kind}"):
            yield Step(H.ADVICE_RETURNED, read, kind, giver, reason="outcomes are missing")
            yield Step(H.ADVICE_RECEIVED, self._day(f"again {kind}"), kind, giver)
            read = self._day(f"reread {kind}")
        yield Step(H.ADVICE_ACCEPTED, read, kind, giver)

    def _giver(self, kind: AdviceKind) -> str:
        if kind is AdviceKind.EDUCATIONAL:
            return school_name(int(self._folk.school[self._place]))
        return _GIVERS[kind].format(team=TEAMS[self._folk.team[self._place]])

    def plan(self) -> Iterator[Step]:
        """Yield the decision about a plan, the draft and what is said of it, and the final plan."""
        if self._is("refused"):
            return
        yield Step(H.PANEL_CONSIDERED, self._day("plan_panel"))
        decided = self._day("plan_decided")
        if self._is("no_plan"):
            yield Step(H.PLAN_REFUSED, decided)
            return
        yield Step(H.PLAN_AGREED, decided)
        draft = self._day("draft")
        yield Step(H.DRAFT_PLAN_SENT, draft)
        setting = school_name(int(self._folk.school[self._place]))
        yield Step(H.SETTING_CONSULTED, draft, advice_giver=setting)
        yield Step(H.SETTING_REPLIED, self._day("replied"), advice_giver=setting)
        yield Step(H.REPRESENTATIONS_RECEIVED, self._day("represented"))
        if self._folk.meets[self._place]:
            yield Step(H.MEETING_HELD, self._day("met"))
        yield Step(H.FINAL_PLAN_ISSUED, self._day("final"))

    def odds_and_ends(self, end: date) -> Iterator[Step]:
        """Yield who held the case, and an exception now and then."""
        place, folk = self._place, self._folk
        received = day_of(folk.received[place])
        taken_up = received + timedelta(days=self._rng.randint(0, 5))
        yield Step(H.WORKER_ASSIGNED, taken_up, note=email(int(folk.worker[place])))
        handed_over = received + timedelta(days=int(folk.handed_over[place]))
        if folk.drafter[place] != folk.worker[place] and handed_over < end:
            yield Step(H.WORKER_ASSIGNED, handed_over, note=email(int(folk.drafter[place])))
        arose = received + timedelta(days=self._rng.randint(30, 135))
        if self._rng.random() < _EXCEPTIONS and arose < end:
            yield Step(H.EXCEPTION_RECORDED, arose, reason="13(3)(c)", note="letter from the family’s doctor")
