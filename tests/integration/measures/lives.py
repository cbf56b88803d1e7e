"""Facts counted by hand, from replay alone, for comparing with what the measures say."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from casetracker.services import histories
from casetracker.statute.advice import AdviceKind
from casetracker.statute.history import replay
from casetracker.statute.standing import CaseStanding
from casetracker.statute.timetable import FIRST_CLOCK, Duty

Row = dict[str, Any]


def known_of(case_id: int, on: date) -> Row | None:
    """Return the facts of a case as they were known on a day; None before anything was."""
    return facts_of(replay(histories.entries_of(case_id), on=on))


def facts_of(standing: CaseStanding) -> Row | None:
    """Return the facts of a case that stands so, by column; None of one of which nothing is known."""
    if not standing.episodes:
        return None
    issued_on, received_on = standing.final_plan_on, standing.received_on
    counts = issued_on is not None and standing.final_plan_basis in FIRST_CLOCK and not standing.disputed
    psychology = [piece for piece in standing.advice if piece.kind is AdviceKind.PSYCHOLOGICAL]
    awaited = any(piece.is_outstanding for piece in psychology)
    paragraphs = sorted({claim.ground.paragraph for claim in standing.exceptions})
    return {
        "received_on": received_on,
        **_decisions(standing),
        "final_plan_on": issued_on,
        "days_to_plan": _days(received_on, issued_on),
        "counts_for_timeliness": counts,
        "reopened": issued_on is not None and not counts,
        "exceptions_apply": standing.exceptions_apply,
        "exceptions": f",{','.join(paragraphs)}," if paragraphs else "",
        "is_open": standing.is_open,
        "clock_started_on": standing.episodes[-1].started_on,
        "final_due_on": _final_due_on(standing),
        "psychology_awaited": awaited,
        "psychology_ready": not awaited and any(piece.received_on for piece in psychology),
    }


def _decisions(standing: CaseStanding) -> Row:
    agreed, refused, received = standing.agreed_to_assess_on, standing.refused_to_assess_on, standing.received_on
    at_once = agreed is not None and (refused is None or agreed < refused)
    decided_on = agreed if at_once else refused
    first, no_plan = standing.episodes[0], standing.plan_refused_on
    counts = (
        no_plan is not None and (first.ended_on is None or no_plan <= first.ended_on) and first.basis in FIRST_CLOCK
    )
    return {
        "decided_on": decided_on,
        "decided_to_assess": at_once if decided_on else None,
        "days_to_decision": _days(received, decided_on),
        "assessed_from": agreed,
        "no_plan_on": no_plan if counts else None,
        "days_to_no_plan": _days(received, no_plan) if counts else None,
    }


def _final_due_on(standing: CaseStanding) -> date | None:
    final = standing.milestone(Duty.ISSUE_FINAL_PLAN)
    return final.due_on if final is not None and final.is_open and standing.is_open else None


def _days(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first and last else None


def _within(days: object, most: int) -> bool:
    return isinstance(days, int) and days <= most


def _counts_and_is_not_excepted(row: Row) -> bool:
    return bool(row["counts_for_timeliness"] and not row["exceptions_apply"])


_RULES: dict[str, tuple[str, Callable[[Row], bool], Callable[[Row], bool]]] = {
    "requests": ("received_on", lambda row: True, lambda row: True),
    "assessments": ("assessed_from", lambda row: True, lambda row: True),
    "decisions_within_6_weeks": (
        "decided_on",
        lambda row: row["days_to_decision"] is not None,
        lambda row: _within(row["days_to_decision"], 42),
    ),
    "assessments_agreed": ("decided_on", lambda row: True, lambda row: row["decided_to_assess"] is True),
    "no_plan_within_16_weeks": (
        "no_plan_on",
        lambda row: row["days_to_no_plan"] is not None,
        lambda row: _within(row["days_to_no_plan"], 112),
    ),
    "plans_within_20_weeks": (
        "final_plan_on",
        _counts_and_is_not_excepted,
        lambda row: _within(row["days_to_plan"], 140),
    ),
}
"""By measure: the day that puts a case in a period, whether it is in the lower number, and whether in the upper."""
BY_HAND = tuple(_RULES)


def counted_by_hand(key: str, known: Iterable[Row], first: date, last: date) -> tuple[int, int]:
    """Return the upper and the lower number of a measure of a period, counted one case at a time."""
    anchor, is_below, is_above = _RULES[key]
    in_period = [row for row in known if isinstance(row[anchor], date) and first <= row[anchor] <= last]
    below = [row for row in in_period if is_below(row)]
    return sum(map(is_above, below)), len(below)
