"""What a case's standing is in columns: the one place where `CaseStanding` becomes rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetracker.statute.standing import CaseStanding, Milestone
from casetracker.statute.timetable import FIRST_CLOCK, Basis, Duty

_NOT_STORED = frozenset({Duty.MEDIATION_WINDOW, Duty.APPEAL_WINDOW})
"""The family's windows come and go with the day; the case page works them out."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The projected columns of a case, and its milestones by key."""

    case: dict[str, Any]
    milestones: dict[str, dict[str, Any]]


def project(standing: CaseStanding) -> Projection:
    """Return the columns that say how a case stands."""
    return Projection(case=_case_columns(standing), milestones=dict(_milestone_columns(standing)))


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
        "days_to_plan": days_to_plan(received_on=standing.received_on, issued_on=issued_on),
        "counts_for_timeliness": counts,
        "reopened": issued_on is not None and not counts,
        "exceptions_apply": standing.exceptions_apply,
        "ended_on": standing.ended_on,
        "closed_on": standing.closed_on,
    }


def days_to_plan(*, received_on: date | None, issued_on: date | None) -> int | None:
    """Return the days from the request to the final plan, as the DfE counts them; None where a day is not known."""
    return (issued_on - received_on).days if received_on and issued_on else None


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
