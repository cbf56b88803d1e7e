"""Where a case can be and what can happen there: the one table that says which step is lawful when."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product
from types import MappingProxyType

from casetracker.statute.happenings import ADVICE_HAPPENINGS
from casetracker.statute.happenings import Happening as H
from casetracker.statute.timetable import Route


class Stage(StrEnum):
    """Where a case stands."""

    NOT_OPEN = "not_open"
    REQUESTED = "requested"
    ORDERED_TO_ASSESS = "ordered_to_assess"
    ASSESSING = "assessing"
    PLANNING = "planning"
    CONSULTING = "consulting"
    RECONSIDERING = "reconsidering"
    AMENDING = "amending"
    TRANSFERRED = "transferred"
    ISSUED = "issued"
    REFUSED = "refused"
    NO_PLAN = "no_plan"
    WITHDRAWN = "withdrawn"
    MOVED_OUT = "moved_out"
    DIED = "died"
    CLOSED = "closed"


OPEN_STAGES = frozenset(
    {
        Stage.REQUESTED,
        Stage.ORDERED_TO_ASSESS,
        Stage.ASSESSING,
        Stage.PLANNING,
        Stage.CONSULTING,
        Stage.RECONSIDERING,
        Stage.AMENDING,
        Stage.TRANSFERRED,
    }
)
"""The stages in which somebody still owes the family something."""
ENDED_STAGES = frozenset(Stage) - OPEN_STAGES - {Stage.NOT_OPEN}
CLOCK_STOPS = frozenset({Stage.WITHDRAWN, Stage.MOVED_OUT, Stage.DIED, Stage.CLOSED})
"""Ends at which whatever had not fallen due never will."""
DISPUTABLE = frozenset({Stage.REFUSED, Stage.NO_PLAN, Stage.ISSUED})
"""Ends that carry a right of appeal (CFA 2014 s.51(2))."""

_ASSESSED = (Stage.ASSESSING, Stage.PLANNING, Stage.CONSULTING)


def _moves() -> dict[tuple[Stage, H], Stage]:
    moves = {
        (Stage.NOT_OPEN, H.REQUEST_RECEIVED): Stage.REQUESTED,
        (Stage.NOT_OPEN, H.BROUGHT_FORWARD): Stage.ISSUED,  # unless the entry names another stage
        (Stage.REQUESTED, H.ASSESSMENT_AGREED): Stage.ASSESSING,
        (Stage.REQUESTED, H.ASSESSMENT_REFUSED): Stage.REFUSED,
        (Stage.ORDERED_TO_ASSESS, H.ASSESSMENT_AGREED): Stage.ASSESSING,
        (Stage.ASSESSING, H.PLAN_AGREED): Stage.PLANNING,
        (Stage.ASSESSING, H.PLAN_REFUSED): Stage.NO_PLAN,
        (Stage.ASSESSING, H.DRAFT_PLAN_SENT): Stage.CONSULTING,
        (Stage.PLANNING, H.DRAFT_PLAN_SENT): Stage.CONSULTING,
        (Stage.PLANNING, H.FINAL_PLAN_ISSUED): Stage.ISSUED,
        (Stage.CONSULTING, H.DRAFT_PLAN_SENT): Stage.CONSULTING,
        (Stage.CONSULTING, H.PLAN_REFUSED): Stage.NO_PLAN,
        (Stage.CONSULTING, H.FINAL_PLAN_ISSUED): Stage.ISSUED,
        (Stage.PLANNING, H.PLAN_REFUSED): Stage.NO_PLAN,
        (Stage.RECONSIDERING, H.ASSESSMENT_AGREED): Stage.ASSESSING,
        (Stage.RECONSIDERING, H.ASSESSMENT_REFUSED): Stage.REFUSED,
        (Stage.RECONSIDERING, H.PLAN_AGREED): Stage.PLANNING,
        (Stage.RECONSIDERING, H.PLAN_REFUSED): Stage.NO_PLAN,
        (Stage.AMENDING, H.FINAL_PLAN_ISSUED): Stage.ISSUED,
    }
    ends = {
        H.REQUEST_WITHDRAWN: Stage.WITHDRAWN,
        H.MOVED_OUT: Stage.MOVED_OUT,
        H.DIED: Stage.DIED,
        H.CASE_CLOSED: Stage.CLOSED,
    }
    moves.update({(stage, end): to for stage, (end, to) in product(OPEN_STAGES, ends.items())})
    return moves


MOVES: Mapping[tuple[Stage, H], Stage] = MappingProxyType(_moves())
"""Which happening carries a case from one stage to the next. `REOPENS` adds the ones that start a new clock."""

REOPENS: Mapping[tuple[Stage, H], Route] = MappingProxyType(
    {
        (Stage.REFUSED, H.CONCEDED): Route.ASSESS,
        (Stage.NO_PLAN, H.CONCEDED): Route.MAKE_PLAN,
        (Stage.ISSUED, H.CONCEDED): Route.AMEND,
        (Stage.NOT_OPEN, H.MOVED_IN): Route.TRANSFER,
        (Stage.REQUESTED, H.MOVED_IN): Route.REQUEST,
        (Stage.ASSESSING, H.MOVED_IN): Route.REQUEST,
        (Stage.PLANNING, H.MOVED_IN): Route.REQUEST,
        (Stage.CONSULTING, H.MOVED_IN): Route.REQUEST,
        (Stage.MOVED_OUT, H.MOVED_IN): Route.REQUEST,
    }
)
"""
What starts a new clock with nothing more said. A concession concedes what had been refused (reg 45). A child who
moves in brings a plan (reg 15); one who was being assessed makes this authority responsible from that day, and the
steps another authority took do not bind it (CFA 2014 s.24).
"""

ROUTE_OPENS: Mapping[Route, Stage] = MappingProxyType(
    {
        Route.REQUEST: Stage.REQUESTED,
        Route.ASSESS: Stage.ORDERED_TO_ASSESS,
        Route.MAKE_PLAN: Stage.PLANNING,
        Route.RECONSIDER: Stage.RECONSIDERING,
        Route.AMEND: Stage.AMENDING,
        Route.AMEND_SETTING: Stage.AMENDING,
        Route.AGREED_OTHER: Stage.AMENDING,
        Route.TRANSFER: Stage.TRANSFERRED,
    }
)
"""The stage at which each kind of new clock begins."""

_KEPT_WITH_THE_REQUEST = frozenset(
    {H.WORKER_ASSIGNED, H.CONTACT_RECORDED, H.PERSON_DETAILS_CHANGED, H.CASE_DETAILS_CHANGED}
)
"""What is recorded with a request and says nothing of its time: it stands when the day of receipt is put right."""
_ANY_TIME = _KEPT_WITH_THE_REQUEST | {H.NOTE_ADDED, H.NOTIFICATION_SENT}
DISPUTES = frozenset({H.MEDIATION_ASKED, H.MEDIATION_HELD, H.APPEAL_REGISTERED, H.APPEAL_DECIDED})
DECISIONS = frozenset({H.ASSESSMENT_REFUSED, H.PLAN_REFUSED, H.FINAL_PLAN_ISSUED, H.BROUGHT_FORWARD, H.MOVED_IN})
"""What a dispute can be about (CFA 2014 s.51(2)), here or before the child came here."""


UNDER_A_PLAN = frozenset(
    {
        Stage.ISSUED,
        Stage.AMENDING,
        Stage.TRANSFERRED,
        Stage.ORDERED_TO_ASSESS,
        Stage.RECONSIDERING,
        Stage.ASSESSING,
        Stage.PLANNING,
        Stage.CONSULTING,
    }
)
"""The stages at which a plan can be in force: where it was issued, and where it is made anew by an order."""

_WHILE_GATHERING = frozenset(
    {
        H.ADVICE_ASKED,
        H.ADVICE_CHASED,
        H.ADVICE_SEEN,
        H.ADVICE_DRAFTED,
        H.ADVICE_DELAYED,
        H.ADVICE_DELAY_ACCEPTED,
        H.ADVICE_PASSED_ON,
    }
)
"""What comes before an answer, and so has no place once a case has ended."""


def _stays() -> frozenset[tuple[Stage, H]]:
    opened = frozenset(Stage) - {Stage.NOT_OPEN}
    early = (Stage.REQUESTED, Stage.ORDERED_TO_ASSESS, Stage.RECONSIDERING)
    pairs = {(stage, h) for stage, h in product(opened, _ANY_TIME)}
    pairs |= {(Stage.NOT_OPEN, h) for h in _KEPT_WITH_THE_REQUEST}
    pairs |= {(stage, h) for stage, h in product(opened - {Stage.DIED}, DISPUTES)}
    pairs |= {(stage, H.CASE_CLOSED) for stage in ENDED_STAGES}
    pairs |= {(stage, h) for stage, h in product(DISPUTABLE, (H.MOVED_OUT, H.DIED))}
    pairs |= {
        (stage, h)
        for stage, h in product(
            OPEN_STAGES,
            (
                H.FURTHER_INFORMATION_ASKED,
                H.FURTHER_INFORMATION_RECEIVED,
                H.PANEL_CONSIDERED,
                H.MEETING_HELD,
            ),
        )
    }
    excusable = OPEN_STAGES - {Stage.TRANSFERRED}
    pairs |= {(stage, h) for stage, h in product(excusable, (H.EXCEPTION_RECORDED, H.EXCEPTION_ENDED))}
    about_advice = ADVICE_HAPPENINGS | {H.ADVICE_DECLINED}
    pairs |= {(stage, h) for stage, h in product((*early, *_ASSESSED, Stage.AMENDING), about_advice)}
    # A report or a reply that was asked for in time can still arrive after the case has ended.
    answers = (ADVICE_HAPPENINGS - _WHILE_GATHERING) | {H.FURTHER_INFORMATION_RECEIVED}
    pairs |= {(stage, h) for stage, h in product(ENDED_STAGES - {Stage.DIED}, answers)}
    pairs |= {(stage, h) for stage, h in product(DISPUTABLE, (H.EXCEPTION_ENDED, H.MEETING_HELD))}
    pairs |= {
        (stage, h)
        for stage, h in product(
            (Stage.PLANNING, Stage.CONSULTING, Stage.AMENDING), (H.SETTING_CONSULTED, H.SETTING_REPLIED)
        )
    }
    pairs |= {(stage, H.REPRESENTATIONS_RECEIVED) for stage in (Stage.CONSULTING, Stage.AMENDING, Stage.ISSUED)}
    pairs.add((Stage.ISSUED, H.SETTING_REPLIED))
    pairs |= {(stage, h) for stage, h in product(UNDER_A_PLAN, (H.ANNUAL_REVIEW_FINISHED, H.PLAN_AUDITED))}
    return frozenset(pairs)


STAYS: frozenset[tuple[Stage, H]] = _stays()
"""What can happen at a stage and leaves the case there."""


class MoveNotAllowed(Exception):
    """That cannot happen to a case at the stage it is at."""

    def __init__(self, stage: Stage, happening: H) -> None:
        super().__init__(f"{happening.value} cannot happen to a case that is {stage.value}")
        self.stage = stage
        self.happening = happening


def advance(stage: Stage, happening: H) -> Stage:
    """
    Return the stage a case is at once `happening` has happened to it.

    :raises MoveNotAllowed: if it cannot happen at this stage
    """
    if (stage, happening) in STAYS:
        return stage
    try:
        return MOVES[stage, happening]
    except KeyError:
        raise MoveNotAllowed(stage, happening) from None
