"""What a case's standing is in columns: the one place where `CaseStanding` becomes rows."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetracker.statute.advice import AdviceState
from casetracker.statute.standing import CaseStanding, Milestone
from casetracker.statute.timetable import FIRST_CLOCK, Basis, Duty

LONGEST_GIVER, LONGEST_REASON = 200, 2_000
_NOT_STORED = frozenset({Duty.MEDIATION_WINDOW, Duty.APPEAL_WINDOW})
"""The family's windows come and go with the day; the case page works them out."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The projected columns of a case, and those of its milestones and its pieces of advice by key."""

    case: dict[str, Any]
    milestones: dict[str, dict[str, Any]]
    advice: dict[str, dict[str, Any]]


def project(standing: CaseStanding) -> Projection:
    """Return the columns that say how a case stands."""
    return Projection(
        case=_case_columns(standing),
        milestones=dict(_milestone_columns(standing)),
        advice=dict(_advice_columns(standing)),
    )


def _case_columns(standing: CaseStanding) -> dict[str, Any]:
    clock = standing.clock
    next_due = standing.next_due()
    final = standing.milestone(Duty.ISSUE_FINAL_PLAN)
    issued_on = standing.final_plan_on
    counts = issued_on is not None and standing.final_plan_basis in FIRST_CLOCK and not standing.disputed
    return {
        "stage": standing.stage,
        "stage_since": standing.stage_since,
        "is_open": standing.is_open,
        "whose_move": standing.whose_move,
        "awaits_information": standing.awaits_information,
        "received_on": standing.received_on,
        "episode": clock.number if clock else 0,
        "clock_basis": clock.basis if clock else Basis.NOT_KNOWN,
        "clock_started_on": clock.started_on if clock else None,
        "next_duty": next_due.duty if next_due else None,
        "next_subject": next_due.subject if next_due else "",
        "next_due_on": next_due.due_on if next_due else None,
        "final_due_on": final.due_on if final else None,
        "agreed_to_assess_on": standing.agreed_to_assess_on,
        "refused_to_assess_on": standing.refused_to_assess_on,
        "plan_agreed_on": standing.plan_agreed_on,
        "plan_refused_on": standing.plan_refused_on,
        "draft_sent_on": standing.draft_sent_on,
        "final_plan_on": issued_on,
        "final_plan_month": issued_on.year * 100 + issued_on.month if issued_on else None,
        "days_to_plan": days_between(standing.received_on, issued_on),
        "counts_for_timeliness": counts,
        "reopened": issued_on is not None and not counts,
        "exceptions_apply": standing.exceptions_apply,
        "ended_on": standing.ended_on,
        "closed_on": standing.closed_on,
    }


def days_between(received_on: date | None, on: date | None) -> int | None:
    """Return the days from the request to a later step, as the DfE counts them; None where a day is not known."""
    return (on - received_on).days if received_on and on else None


def _milestone_columns(standing: CaseStanding) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: Counter[str] = Counter()
    for milestone in standing.milestones:
        if milestone.duty in _NOT_STORED:
            continue
        stem = f"{milestone.episode}:{milestone.duty}:{milestone.subject}"[:110]
        seen[stem] += 1
        yield f"{stem}:{seen[stem]}", _columns_of(milestone)


def _columns_of(milestone: Milestone) -> dict[str, Any]:
    return {
        "episode": milestone.episode,
        "duty": milestone.duty,
        "subject": milestone.subject,
        "force": milestone.force,
        "authority": milestone.authority,
        "due_on": milestone.due_on,
        "done_on": milestone.done_on,
        "lapsed_on": milestone.lapsed_on,
        "excused_by": milestone.excused_by,
        "is_open": milestone.is_open,
    }


def _advice_columns(standing: CaseStanding) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((key, _columns_of_advice(piece)) for key, piece in pieces_by_key(standing.advice))


def pieces_by_key(advice: Sequence[AdviceState]) -> Iterator[tuple[str, AdviceState]]:
    """Yield each piece of advice with the key its row is kept by."""
    seen: Counter[str] = Counter()
    for piece in advice:
        seen[piece.kind] += 1
        yield piece.ref or f"{piece.kind}:{seen[piece.kind]}", piece


def _columns_of_advice(piece: AdviceState) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "giver": piece.giver[:LONGEST_GIVER],
        "authority": piece.authority,
        "parent_requested": piece.parent_requested,
        "episode": piece.episode,
        "status": piece.status,
        "is_outstanding": piece.is_outstanding,
        "asked_on": piece.asked_on,
        "runs_from": piece.runs_from,
        "due_on": piece.due_on,
        "excused_by": piece.excused_by,
        "seen_on": piece.seen_on,
        "drafted_on": piece.drafted_on,
        "delayed_on": piece.delayed_on,
        "expected_on": piece.expected_on,
        "late_reason": piece.late_reason[:LONGEST_REASON],
        "first_received_on": piece.first_received_on,
        "received_on": piece.received_on,
        "returned_on": piece.returned_on,
        "times_returned": piece.times_returned,
        "days_lost": piece.days_lost,
        "accepted_on": piece.accepted_on,
        "not_known_on": piece.not_known_on,
        "not_needed_on": piece.not_needed_on,
        "times_chased": len(piece.chased_on),
        "last_chased_on": max(piece.chased_on, default=None),
    }
