"""
From what the tracker knows of people and their cases to the rows of a year's return.

Modules 2 to 4 tell what had happened by the last day of the calendar year; module 5 tells of the plans in force on the
census day. A plan issued before the year is historical: it keeps the day it began, and no day of its assessment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from casetracker.sen2.book import Version
from casetracker.sen2.codes import ANOTHER_AUTHORITY, AWAITED, HISTORICAL, NO, WITHDRAWN, YES
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Need, as_cell
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Node, made

MOVED_AWAY, DIED = "1", "8"
CEASE_REASONS = frozenset("123456789")


class About(StrEnum):
    """What a mediation or an appeal was about: the part of the return that flags it."""

    REQUEST = "request"
    ASSESSMENT = "assessment"
    OTHER = "other"


class Way(StrEnum):
    """How a case ended without a plan."""

    WITHDRAWN = "withdrawn"
    MOVED_OUT = "moved_out"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the tracker knows of one request and all that came of it. Days are those on which each first happened."""

    case_id: int
    received_on: date | None = None
    source: str = ""
    agreed_on: date | None = None
    refused_on: date | None = None
    plan_agreed_on: date | None = None
    plan_refused_on: date | None = None
    plan_on: date | None = None
    """When the first final plan was issued."""
    began_before: date | None = None
    """When a plan began whose assessment the history does not tell of: brought forward, or made elsewhere."""
    has_older_plan: bool = False
    """Whether there is such a plan, its day known or not."""
    ended_on: date | None = None
    ended: Way | None = None
    """How it ended, where that was without a plan."""
    ceased_on: date | None = None
    """When the plan ceased."""
    cease_reason: str = ""
    exceptions_apply: bool = False
    disputes: tuple[tuple[date, str], ...] = ()
    """Mediations and tribunals: the day, and "mediation" or "tribunal"."""
    not_known: frozenset[str] = frozenset()
    """The names of the days above that a file lacked and the history had to place."""
    primary_need: str = ""
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A child or young person, and their cases."""

    surname: str
    forename: str
    born_on: date | None
    sex: str
    ethnicity: str
    postcode: str
    upn: str
    uln: str
    upn_unknown: str
    cases: Sequence[CaseFacts]


def person_row(person: PersonFacts, version: Version) -> Node | None:
    """Return a person's rows in a year's return; None where none of their cases is in it."""
    requests = [row for case in person.cases if (row := _Case(case, version).row()) is not None]
    if not requests:
        return None
    cells = {
        "surname": person.surname,
        "forename": person.forename,
        "personbirthdate": as_cell(person.born_on),
        "sex": "" if person.sex == "U" else person.sex,
        "ethnicity": person.ethnicity,
        "postcode": person.postcode,
        "upn": person.upn,
        "uniquelearnernumber": person.uln,
        "upnunknown": person.upn_unknown,
    }
    node = made(Module.PERSON, cells, case_id=requests[0].case_id)
    node.children[Module.REQUESTS] = requests
    return node


class _Case:
    """One case as it stood at the end of the year, and its plan as it stood on the census day."""

    def __init__(self, facts: CaseFacts, version: Version) -> None:
        self.facts, self.kept, self.version = facts, facts.kept, version
        self.plan_on = self._by(facts.plan_on)
        self.began_on = facts.plan_on or self.kept.plan_started_on or facts.began_before
        self.historical = self.kept.historical or facts.has_older_plan or self._before(facts.plan_on)

    def row(self) -> Node | None:
        if self.facts.received_on is not None and self.facts.received_on > self.version.last_day:
            return None
        if self.historical:
            return self._historical()
        request, assessment = self._outcome(), self._conclusion()
        if request is None:
            return None
        outcome, day, name = request
        concluded = outcome == YES
        if concluded and assessment is None:
            return None
        cells = {
            **self.kept.cells(Module.REQUESTS),
            "receiveddate": self._day("received_on", self.facts.received_on),
            "requestsource": self.facts.source,
            "rya": as_cell(bool(self.kept.rya)),
            "requestoutcome": outcome,
            "requestoutcomedate": self._day(name, day),
            "exported": self.kept.exported or (MOVED_AWAY if self._moved_away() else ""),
            **self._disputes(About.REQUEST, "request"),
        }
        node = made(Module.REQUESTS, cells, case_id=self.facts.case_id)
        if concluded and assessment is not None:
            node.add(self._assessment(*assessment))
        self._hang_active_plan(node)
        return node

    def _outcome(self) -> tuple[str, date | None, str] | None:
        """Return the outcome of the request, its day and the name of that day; None where it is not in this return."""
        f = self.facts
        if self._by(f.agreed_on) or self._by(f.plan_agreed_on) or self._by(f.plan_refused_on) or self.plan_on:
            return YES, self._by(f.agreed_on), "agreed_on"
        if refused := self._by(f.refused_on):
            return None if self._before(refused) else (NO, refused, "refused_on")
        return self._gone_or_waiting()

    def _conclusion(self) -> tuple[str, date | None, str] | None:
        """Return the outcome of the assessment likewise."""
        f = self.facts
        ended = f.ended is not None and self._by(f.ended_on) is not None
        if self.plan_on or (self._by(f.plan_agreed_on) and not ended):
            code = ANOTHER_AUTHORITY if self.kept.assessed_elsewhere else YES
            return code, self._by(f.plan_agreed_on), "plan_agreed_on"
        if refused := self._by(f.plan_refused_on):
            return None if self._before(refused) else (NO, refused, "plan_refused_on")
        return self._gone_or_waiting()

    def _gone_or_waiting(self) -> tuple[str, date | None, str] | None:
        ended_on = self._by(self.facts.ended_on) if self.facts.ended else None
        if ended_on is None:
            return AWAITED, None, ""
        if self._before(ended_on):
            return None
        if self.facts.ended is Way.MOVED_OUT:
            return AWAITED, None, ""
        return WITHDRAWN, ended_on, "ended_on"

    def _moved_away(self) -> bool:
        return self.facts.ended is Way.MOVED_OUT and self._by(self.facts.ended_on) is not None

    def _assessment(self, outcome: str, day: date | None, name: str) -> Node:
        cells = {
            **self.kept.cells(Module.ASSESSMENT),
            "assessmentoutcome": outcome,
            "assessmentoutcomedate": self._day(name, day),
            "week20": "" if outcome == AWAITED else as_cell(self.facts.exceptions_apply),
            **self._disputes(About.ASSESSMENT, "assessment"),
            **self._disputes(About.OTHER, "other"),
        }
        node = made(Module.ASSESSMENT, cells, case_id=self.facts.case_id)
        if self.plan_on:
            node.add(self._plan())
        return node

    def _historical(self) -> Node | None:
        ceased_on = self._ceased_on()
        if self._before(ceased_on) or not (self._is_active() or ceased_on):
            return None
        cells = {**self.kept.cells(Module.REQUESTS), "receiveddate": "", "requestoutcome": HISTORICAL}
        node = made(Module.REQUESTS, cells, case_id=self.facts.case_id)
        below = {**self.kept.cells(Module.ASSESSMENT), "assessmentoutcome": HISTORICAL}
        node.add(made(Module.ASSESSMENT, below, case_id=self.facts.case_id)).add(self._plan())
        self._hang_active_plan(node)
        return node

    def _plan(self) -> Node:
        ceased_on = self._ceased_on()
        cells = {
            **self.kept.cells(Module.NAMED_PLAN),
            "startdate": as_cell(self.began_on),
            "pb": as_cell(bool(self.kept.personal_budget)),
            "oa": as_cell(bool(self.kept.organised_arrangements)),
            "ceasedate": as_cell(ceased_on),
            "ceasereason": self._cease_reason() if ceased_on else "",
        }
        node = made(Module.NAMED_PLAN, cells, case_id=self.facts.case_id)
        for row in self.kept.rows(NAMED):
            node.add(row).case_id = self.facts.case_id
        return node

    def _hang_active_plan(self, request: Node) -> None:
        if not self._is_active():
            return
        active = request.add(made(Module.ACTIVE_PLANS, self.kept.cells(Module.ACTIVE_PLANS), case_id=request.case_id))
        for row in self.kept.rows(ATTENDED):
            if not row["leavingdate"] or row["leavingdate"] >= self.version.first_day.isoformat():
                active.add(row).case_id = request.case_id
        needs = self.kept.needs or ((Need(self.facts.primary_need, "1"),) if self.facts.primary_need else ())
        for need in needs:
            cells = {"sentype": need.code, "sentyperank": need.rank}
            active.add(made(Module.NEED, cells, case_id=request.case_id))

    def _is_active(self) -> bool:
        """Return whether the plan was in force on the census day."""
        begun = self.facts.has_older_plan or self.kept.historical or self.began_on is not None
        if not begun or (self.began_on is not None and self.began_on > self.version.census):
            return False
        as_at = self.kept.as_at
        if as_at is not None and not self.kept.is_active and (self.began_on is None or self.began_on <= as_at):
            return False  # the return that it is kept from had no active plan for it
        return self._ceased_on() is None

    def _ceased_on(self) -> date | None:
        day = self.facts.ceased_on
        return day if day is not None and day <= self.version.census else None

    def _cease_reason(self) -> str:
        return self.facts.cease_reason if self.facts.cease_reason in CEASE_REASONS else self.kept.cease_reason

    def _disputes(self, about: About, prefix: str) -> dict[str, str]:
        held = {kind for day, kind in self.facts.disputes if day <= self.version.census and self._about(day) is about}
        return {
            f"{prefix}{kind}": as_cell(bool(getattr(self.kept, f"{prefix}_{kind}")) or kind in held)
            for kind in ("mediation", "tribunal")
        }

    def _about(self, day: date) -> About:
        """Return what a dispute on a day was about: the last thing that had been decided by then."""
        f = self.facts
        if f.plan_on is not None and day >= f.plan_on:
            return About.OTHER
        if f.plan_refused_on is not None and day >= f.plan_refused_on:
            return About.ASSESSMENT
        return About.REQUEST

    def _day(self, name: str, day: date | None) -> str:
        return "" if name in self.facts.not_known else as_cell(day)

    def _by(self, day: date | None) -> date | None:
        return day if day is not None and day <= self.version.last_day else None

    def _before(self, day: date | None) -> bool:
        return day is not None and day < self.version.first_day
