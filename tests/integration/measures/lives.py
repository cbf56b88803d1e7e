"""Facts counted by hand, from replay alone, for comparing with what the measures say."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from casetracker.services import facts, histories
from casetracker.statute.entries import known_by
from casetracker.statute.history import replay

Row = dict[str, Any]


def known_of(case_id: int, on: date) -> Row | None:
    """Return the facts of a case as they were known on a day; None before anything was."""
    history = histories.entries_of(case_id)
    standing = replay(history, on=on)
    if not standing.episodes:
        return None
    return dict(facts._known(standing, known_by(history, on))[facts.CaseFacts, ""])


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
