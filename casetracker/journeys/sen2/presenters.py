"""How a return's figures are shown: beside last year's, and beside the tracker's own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import url_for

from casetracker.models import Sen2Return
from casetracker.permissions import may
from casetracker.queries.sen2_returns import FoundIssue, Wanted
from casetracker.roles import Permission
from casetracker.sen2.figures import LABELS, TIMELINESS

_IN_FULL = {
    "plans_issued_ex": "Plans that count, with no exception",
    "within_20_weeks_ex": "Issued within 20 weeks, with no exception",
    "decisions_to_assess": "Decisions to assess made in the year",
    "decisions_within_6_weeks": "Decisions whether to assess, within 6 weeks",
    "assessments_not_issued": "Decisions that there will be no plan",
    "no_plan_within_16_weeks": "Decisions that there will be no plan, within 16 weeks",
}
"""The figures whose label in the return leans on the one above."""
_HISTORICAL = "The return leaves out a request that it tells as historical, and a day that a file lacked."
_DECISIONS = (
    "The return tells the last outcome of each request, by its day: agreed after a refusal is a decision to assess. "
    "The measure counts the first decision, by its own day, where the day of receipt is known."
)
_NO_PLAN = (
    "The return tells how each assessment ended last, on any clock: a refusal that was turned over is a plan. The "
    "measure counts the first decision that there will be no plan, on the first clock."
)
_DIFFERS: Mapping[str, str] = {
    "requests_received": _HISTORICAL,
    "decisions": _DECISIONS,
    "decisions_within_6_weeks": _DECISIONS,
    "decisions_to_assess": _HISTORICAL,
    "assessments_not_issued": _NO_PLAN,
    "no_plan_within_16_weeks": _NO_PLAN,
}
"""How the return and the measure of the same thing differ."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, with last year's where there is one."""

    label: str
    number: int
    before: int | None
    is_part: bool

    @property
    def change(self) -> int | None:
        """How much it has changed by."""
        return None if self.before is None else self.number - self.before

    @property
    def stands_out(self) -> bool:
        """Whether it has changed by more than a fifth, and by more than ten."""
        change = self.change
        return change is not None and self.before is not None and abs(change) > max(10, self.before / 5)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A figure as the return has it, and as the tracker had it when the return was built."""

    label: str
    here: int
    tracker: int
    differs: str
    """How the two definitions differ; empty where they are one."""


def compared(made: Sen2Return, before: Sen2Return | None) -> list[Line]:
    """Return every figure of a return, beside last year's."""
    now: Mapping[str, int] = made.counts.get("figures", {})
    then: Mapping[str, int] = before.counts.get("figures", {}) if before is not None else {}
    return [_line(label, now.get(name, 0), then.get(name)) for name, label in LABELS.items()]


def _line(label: str, number: int, before: int | None) -> Line:
    part = label.removeprefix("of these: ")
    return Line(label if part == label else part.capitalize(), number, before, part != label)


def agreement(made: Sen2Return) -> list[Agreement]:
    """Return the figures that both have: those of timeliness, and those that a measure counts by its own definition."""
    figures, tracker = made.counts.get("figures", {}), made.counts.get("tracker", {})
    return [
        Agreement(_IN_FULL.get(name, LABELS[name]), figures.get(name, 0), tracker[name], _DIFFERS.get(name, ""))
        for name in (*TIMELINESS, *_DIFFERS)
        if name in tracker
    ]


def officers(header: Mapping[str, str]) -> dict[str, Any]:
    """Return what a header says of the designated officers, as the form has it."""
    return {name: {"1": "yes", "0": "no"}.get(text, "") for name, text in header.items()}


def as_words(wanted: Wanted) -> dict[str, str]:
    """Return a filter as the words of an address."""
    return {name: word for name, word in asdict(wanted).items() if word}


def issues_link(return_id: int, wanted: Wanted, page: int) -> str:
    """Return the address of one page of the issues that are wanted."""
    words: dict[str, Any] = {"return_id": return_id, "page": page, **as_words(wanted)}
    return url_for("sen2.issues", **words)


def mend_link(issue: FoundIssue, *, back: str) -> tuple[str, str] | None:
    """
    Return where an issue is put right by this person, and what the link says; None where it is no case's.

    :param back: the address of the list, to which that page then leads back
    """
    if issue.case_id is None:
        return None
    if issue.mend == "plan":
        return url_for("sen2.placements", case_id=issue.case_id, back=back), "Enter it"
    endpoint = {"person": "cases.change_person", "details": "cases.change_details"}.get(issue.mend, "cases.show")
    if may(Permission.WORK_CASES if endpoint == "cases.show" else Permission.CHANGE_DETAILS):
        return url_for(endpoint, case_id=issue.case_id, back=back), "Put it right"
    return url_for("cases.show", case_id=issue.case_id, back=back), "Open the case, for its worker to put right"
