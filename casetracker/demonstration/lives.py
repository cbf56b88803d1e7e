"""One child's way from request to plan, as it might have gone in the demonstration county."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casetracker.demonstration.names import GIVERS, NOTES
from casetracker.statute.advice import AdviceKind, required_advice
from casetracker.statute.happenings import Happening as H

Step = tuple[H, date, dict[str, str]]
_THURSDAY = 3
_PSYCHOLOGY_SLOWED = timedelta(days=430)
"""How long before today the educational psychologists began to fall behind."""
_EXTRA = ("speech_language", "occupational_therapy", "physiotherapy", "hearing", "vision", "early_years")
_DAYS_TO_REPLY = {
    "parental": (14, 6),
    "educational": (30, 9),
    "medical": (37, 13),
    "psychological": (40, 10),
    "social_care": (29, 9),
    "speech_language": (44, 15),
    "occupational_therapy": (49, 17),
    "physiotherapy": (40, 12),
    "preparing_for_adulthood": (34, 9),
}


@dataclass
class Life:
    """A case being lived: its steps in order, in full, before they are cut off at today."""

    rng: Random
    received_on: date
    today: date
    born_on: date | None
    source: str
    school: str
    steps: list[Step] = field(default_factory=list)

    def add(self, happening: H, on: date, **detail: str) -> date:
        self.steps.append((happening, on, detail))
        return on

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def days(self, low: int, high: int) -> timedelta:
        return timedelta(days=self.rng.randint(low, high))


def live(life: Life) -> list[Step]:
    """Return all that happens to this case, in order; some of it may lie after today."""
    life.add(H.REQUEST_RECEIVED, life.received_on)
    _until_the_decision(life)
    _odds_and_ends(life)
    return sorted(life.steps, key=lambda step: step[1])


def _until_the_decision(life: Life) -> None:
    if life.chance(0.15):
        asked = life.add(H.FURTHER_INFORMATION_ASKED, life.received_on + life.days(4, 12))
        life.add(H.FURTHER_INFORMATION_RECEIVED, asked + life.days(5, 16))
    if life.chance(0.02):
        life.add(H.REQUEST_WITHDRAWN, life.received_on + life.days(32, 34), by="parent")
        return
    decided = next_panel(
        life.received_on + life.days(25, 37) + (life.days(7, 25) if life.chance(0.05) else timedelta())
    )
    life.add(H.PANEL_CONSIDERED, decided)
    refusal = {"1": 0.42, "2": 0.10}.get(life.source, 0.2)
    if life.chance(refusal):
        life.add(H.ASSESSMENT_REFUSED, decided + life.days(0, 3))
        _after_refusal(life, decided)
    else:
        _assess(life, life.add(H.ASSESSMENT_AGREED, decided + life.days(0, 2)))


def _after_refusal(life: Life, refused: date) -> None:
    if life.chance(0.74):
        return
    asked = life.add(H.MEDIATION_ASKED, refused + life.days(10, 40))
    if life.chance(0.6):
        agreed = life.chance(0.55)
        held = life.add(H.MEDIATION_HELD, asked + life.days(14, 30), reason="42(2)" if agreed else "")
        if agreed:
            _assess(life, life.add(H.ASSESSMENT_AGREED, held + life.days(3, 13)))
        return
    registered = life.add(H.APPEAL_REGISTERED, asked + life.days(5, 20))
    if life.chance(0.5):
        conceded = life.add(H.CONCEDED, registered + life.days(20, 60), reason="45(3)")
        _assess(life, life.add(H.ASSESSMENT_AGREED, conceded + life.days(2, 13)))
    else:
        ordered = life.chance(0.8)
        life.add(H.APPEAL_DECIDED, registered + life.days(90, 200), reason="44(2)(b)" if ordered else "dismissed")
        if ordered:
            decided = life.steps[-1][1]
            _assess(life, life.add(H.ASSESSMENT_AGREED, decided + life.days(2, 13)))


def _assess(life: Life, agreed: date) -> None:
    last = agreed
    for kind in _kinds(life, agreed):
        last = max(last, _advice(life, kind, agreed))
    if life.chance(0.015):
        life.add(H.MOVED_OUT, agreed + life.days(20, 60))
        return
    if life.chance(0.012):
        _exception(life)
    slow_drafting = life.days(5, 30) if life.chance(0.3) else timedelta()
    decided = next_panel(last + life.days(2, 9) + slow_drafting)
    if life.chance(0.07):
        life.add(H.PLAN_REFUSED, decided + life.days(0, 4))
        return
    agreed_plan = life.add(H.PLAN_AGREED, decided + life.days(0, 2))
    _plan(life, agreed_plan)


def _kinds(life: Life, agreed: date) -> Iterator[str]:
    also = [AdviceKind(kind) for kind in life.rng.sample(_EXTRA, life.rng.choices((0, 1, 2), (45, 40, 15))[0])]
    for requirement in required_advice(born_on=life.born_on, on=agreed, also_asked_for=also):
        yield requirement.kind.value


def _advice(life: Life, kind: str, agreed: date) -> date:
    """Ask for one piece of advice and live through its coming; return the day there was nothing more to wait for."""
    giver = life.school if kind == "educational" else GIVERS.get(kind, "")
    about = {"advice_kind": kind, "advice_giver": giver}
    asked = life.add(H.ADVICE_ASKED, agreed + life.days(0, 3), **about)
    if kind == "social_care" and life.chance(0.55):
        return life.add(H.ADVICE_NOT_KNOWN_TO_SERVICE, asked + life.days(4, 20), **about)
    received = asked + timedelta(days=_days_to_reply(life, kind, asked))
    for chase in (asked + timedelta(days=35), asked + timedelta(days=43), asked + timedelta(days=57)):
        if chase < received and life.chance(0.8):
            life.add(H.ADVICE_CHASED, chase, **about)
    life.add(H.ADVICE_RECEIVED, received, **about)
    if kind != "parental" and life.chance(0.06):
        returned = life.add(H.ADVICE_RETURNED, received + life.days(2, 6), reason="outcomes are missing", **about)
        received = life.add(H.ADVICE_RECEIVED, returned + life.days(5, 14), **about)
    return life.add(H.ADVICE_ACCEPTED, received + life.days(0, 4), **about)


def _days_to_reply(life: Life, kind: str, asked: date) -> int:
    middle, spread = _DAYS_TO_REPLY.get(kind, (38, 12))
    slowed = kind == "psychological" and asked > life.today - _PSYCHOLOGY_SLOWED
    days = max(4, round(life.rng.gauss(middle + (12 if slowed else 0), spread + (8 if slowed else 0))))
    if slowed and life.chance(0.14):
        days += life.rng.randint(50, 170)  # waiting for a psychologist to be found
    reply = asked + timedelta(days=days)
    if kind in ("educational", "early_years") and (date(reply.year, 7, 22) <= reply <= date(reply.year, 9, 3)):
        days = (date(reply.year, 9, 4) - asked).days + life.rng.randint(2, 14)  # nobody is there in August
    return days


def _exception(life: Life) -> None:
    began = life.received_on + life.days(40, 120)
    life.add(
        H.EXCEPTION_RECORDED,
        began,
        paragraph="13(3)(c)",
        evidence="letter from the family’s doctor, on file",
        approved_by="Morag Sinclair",
        family_told_on=(began + timedelta(days=2)).isoformat(),
    )


def _plan(life: Life, agreed: date) -> None:
    draft = life.add(H.DRAFT_PLAN_SENT, agreed + life.days(3, 12))
    consulted = [life.school, f"{life.school.split()[0]} Special School"][: life.rng.choice((1, 1, 2))]
    last = draft
    for setting in consulted:
        life.add(H.SETTING_CONSULTED, draft + life.days(0, 2), setting=setting)
        if life.chance(0.85):
            last = max(last, life.add(H.SETTING_REPLIED, draft + life.days(5, 22), setting=setting))
    if life.chance(0.75):
        last = max(last, life.add(H.REPRESENTATIONS_RECEIVED, draft + life.days(5, 15)))
    if life.chance(0.12):
        last = life.add(H.MEETING_HELD, last + life.days(3, 12))
    final = life.add(H.FINAL_PLAN_ISSUED, max(last, draft + timedelta(days=15)) + life.days(1, 8))
    if life.chance(0.05):
        life.add(H.APPEAL_REGISTERED, final + life.days(20, 55), about="sections B, F and I")


def _odds_and_ends(life: Life) -> None:
    if life.chance(0.5):
        life.add(H.NOTE_ADDED, life.received_on + life.days(3, 90), note=life.rng.choice(NOTES))
    if life.chance(0.85):
        relation = "young person" if life.source == "1" and life.chance(0.1) else "parent"
        phone = f"01632 960{life.rng.randint(100, 999)}"
        life.add(H.CONTACT_RECORDED, life.received_on, relation=relation, phone=phone)


def next_panel(on: date) -> date:
    """Return the first panel on or after a day: panels sit on Thursdays, but not in the week of Christmas."""
    panel = on + timedelta(days=(_THURSDAY - on.weekday()) % 7)
    return panel + timedelta(days=7) if (panel.month, panel.day) >= (12, 24) else panel
