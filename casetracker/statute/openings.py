"""Which entries start a new clock: orders, agreements, concessions and moves (law.md 1.7, 1.8)."""

import re
from dataclasses import dataclass
from datetime import date

from casetracker.statute.entries import Entry, day_in
from casetracker.statute.happenings import Happening as H
from casetracker.statute.stages import REOPENS, ROUTE_OPENS, MoveNotAllowed, Stage
from casetracker.statute.timetable import Basis, Route

ROUTE_BY_PARAGRAPH = {
    "44(2)(b)": Route.ASSESS,
    "44(2)(c)": Route.MAKE_PLAN,
    "44(2)(d)": Route.RECONSIDER,
    "44(2)(e)": Route.AMEND,
    "44(2)(f)": Route.AMEND_SETTING,
    "45(3)": Route.ASSESS,
    "45(3A)": Route.ASSESS,
    "45(4)": Route.AMEND,
    "42(3)": Route.AGREED_OTHER,
}
"""What was ordered, agreed or conceded, by the paragraph that sets its limits."""
ROUTE_BY_WORD = {
    "refusal_to_assess": Route.ASSESS,
    "refusal_to_make_plan": Route.MAKE_PLAN,
    "contents": Route.AMEND,
    "contents_and_setting": Route.AMEND,
    "setting_only": Route.AMEND_SETTING,
}
"""What was conceded, for the concessions whose paragraph of reg 45 is not known to us."""
CAN_BE_ORDERED = {
    Stage.REFUSED: frozenset({Route.ASSESS, Route.RECONSIDER}),
    Stage.NO_PLAN: frozenset({Route.ASSESS, Route.MAKE_PLAN, Route.RECONSIDER}),
    Stage.ISSUED: frozenset({Route.ASSESS, Route.AMEND, Route.AMEND_SETTING, Route.RECONSIDER, Route.AGREED_OTHER}),
}
"""What an order, an agreement or a concession can put right, by what was decided (CFA 2014 s.51(2), reg 42(3))."""
IN_THE_FAMILYS_FAVOUR = frozenset({"42(2)", "agreed", "allowed", "upheld", "conceded"})
"""Outcomes that give the family what had been refused, without saying which paragraph."""
AGAINST_THE_FAMILY = frozenset({"44(2)(a)", "dismissed", "withdrawn", "struck_out", "not_agreed"})
"""Outcomes that leave the decision as it was; by reg 44(2)(a) the authority may then act on it at once."""
NOT_NECESSARY = frozenset({"4(1)", "36(5)", "not_necessary"})
"""Reasons that make a refusal one at the first question: the authority decided that none may be necessary."""
WITHOUT_A_PLAN = frozenset({"without_plan", "during_assessment", "s24"})
"""Reasons that make a move in one of a child with no plan yet, for whom the clock starts anew (CFA 2014 s.24)."""
_PARAGRAPH = re.compile(r"(?:reg(?:ulation)?\.?|s\.?)?(\d+\(\d+a?\)(?:\([a-f]\))?)(?:\([ivx]+\))?")

_BASIS = {
    H.MEDIATION_HELD: Basis.MEDIATION_AGREEMENT,
    H.APPEAL_DECIDED: Basis.TRIBUNAL_ORDER,
    H.CONCEDED: Basis.CONCESSION,
}
_GIVES_WAY = {
    (Stage.REFUSED, H.ASSESSMENT_AGREED): Route.ASSESS,
    (Stage.NO_PLAN, H.PLAN_AGREED): Route.MAKE_PLAN,
}


@dataclass(frozen=True, slots=True)
class Opening:
    """A new clock: what started it, when, and which limits it carries."""

    basis: Basis
    route: Route
    started_on: date | None
    agreed_due_on: date | None = None
    """The last day that the parties agreed in writing (reg 42(5)) or the tribunal directed (reg 44(1)) instead."""

    @property
    def stage(self) -> Stage:
        return ROUTE_OPENS[self.route]


def opening(entry: Entry, *, stage: Stage, last_dispute: Entry | None) -> Opening | None:
    """
    Return the clock that `entry` starts for a case at `stage`, or None where it starts none.

    :raises MoveNotAllowed: for an order about something else than what was decided
    :raises ValueError: if its reason is a paragraph under which nothing is ordered, agreed or conceded
    """
    if entry.happening is H.REQUEST_RECEIVED and stage is Stage.NOT_OPEN:
        attention = entry.detail.get("basis") == Basis.BROUGHT_TO_ATTENTION
        basis = Basis.BROUGHT_TO_ATTENTION if attention else Basis.REQUEST
        return Opening(basis, Route.REQUEST, entry.occurred_on)
    if entry.happening is H.MOVED_IN:
        return _on_moving_in(entry, stage)
    if entry.happening in _BASIS:
        return _on_settling(entry, stage)
    if last_dispute is not None and (stage, entry.happening) in _GIVES_WAY:
        return _on_giving_way(entry, stage, last_dispute)
    return None


def is_not_necessary(entry: Entry) -> bool:
    """Return whether a refusal to assess was one at the first question (reg 4(1))."""
    return bool(entry.detail) and _paragraph(entry) in NOT_NECESSARY


def _paragraph(entry: Entry) -> str:
    """Return the reason of an entry: a paragraph in its plain spelling ("44(2)(b)"), or the word it is."""
    reason = entry.detail.get("reason", "").strip()
    spelled = _PARAGRAPH.fullmatch(reason.lower().replace(" ", ""))
    if spelled is None:
        return reason.lower()
    return spelled[1].replace("3a", "3A")


def _on_settling(entry: Entry, stage: Stage) -> Opening | None:
    route = _route(entry, stage)
    if route is None:
        return None
    if route not in CAN_BE_ORDERED[stage]:
        raise MoveNotAllowed(stage, entry.happening)
    other = "directed_due_on" if entry.happening is H.APPEAL_DECIDED else "agreed_due_on"
    due_on = day_in(entry, other) if entry.happening is not H.CONCEDED else None
    if due_on is not None and due_on < entry.occurred_on:
        raise ValueError(f"{other} is before the day it was agreed or directed")
    return Opening(_BASIS[entry.happening], route, entry.occurred_on, due_on)


def _route(entry: Entry, stage: Stage) -> Route | None:
    conceded = REOPENS.get((stage, H.CONCEDED))
    if conceded is None:
        return None
    reason = _paragraph(entry)
    named = ROUTE_BY_PARAGRAPH.get(reason) or ROUTE_BY_WORD.get(reason)
    if named is not None:
        return named
    if reason in AGAINST_THE_FAMILY:
        return None
    if entry.happening is H.CONCEDED or reason in IN_THE_FAMILYS_FAVOUR:
        return conceded
    if reason[:1].isdigit():
        raise ValueError(f"nothing is ordered, agreed or conceded under “{reason}”")
    return None


def _on_giving_way(entry: Entry, stage: Stage, dispute: Entry) -> Opening:
    """
    Return the clock of an authority that gave way and of which no agreement or order is on record as such.

    It runs from the mediation or the hearing if that can have been what settled it, and from the step itself if not.
    """
    settled = dispute.happening in _BASIS and _paragraph(dispute) not in AGAINST_THE_FAMILY
    basis = _BASIS[dispute.happening] if settled else Basis.CONCESSION
    started_on = dispute.occurred_on if settled else entry.occurred_on
    return Opening(basis, _GIVES_WAY[stage, entry.happening], started_on)


def _on_moving_in(entry: Entry, stage: Stage) -> Opening | None:
    route = REOPENS.get((stage, H.MOVED_IN))
    if route is None:
        return None
    reason = entry.detail.get("reason", "").strip().lower()
    if reason == "with_plan":
        route = Route.TRANSFER
    elif reason in WITHOUT_A_PLAN:
        route = Route.REQUEST
    basis = Basis.TRANSFER if route is Route.TRANSFER else Basis.BROUGHT_TO_ATTENTION
    return Opening(basis, route, entry.occurred_on)
