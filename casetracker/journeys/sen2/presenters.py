"""How a return's figures are shown: beside last year's, and beside the timeliness page's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import url_for

from casetracker.models import Sen2Return
from casetracker.permissions import may
from casetracker.queries.sen2_returns import FoundIssue, Wanted
from casetracker.roles import Permission
from casetracker.sen2.figures import LABELS, TIMELINESS


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
    """A figure of timeliness, as the return has it and as the page had it when the return was built."""

    label: str
    here: int
    page: int


def compared(made: Sen2Return, before: Sen2Return | None) -> list[Line]:
    """Return every figure of a return, beside last year's."""
    now: Mapping[str, int] = made.counts.get("figures", {})
    then: Mapping[str, int] = before.counts.get("figures", {}) if before is not None else {}
    return [_line(label, now.get(name, 0), then.get(name)) for name, label in LABELS.items()]


def _line(label: str, number: int, before: int | None) -> Line:
    part = label.removeprefix("of these: ")
    return Line(label if part == label else part.capitalize(), number, before, part != label)


def agreement(made: Sen2Return) -> list[Agreement]:
    """Return the figures of timeliness from both."""
    figures, page = made.counts.get("figures", {}), made.counts.get("tracker", {})
    return [Agreement(_in_full(name), figures.get(name, 0), page.get(name, 0)) for name in TIMELINESS]


def _in_full(name: str) -> str:
    words = LABELS[name]
    of = {"plans_issued_ex": "Plans that count", "within_20_weeks_ex": "Issued within 20 weeks"}.get(name)
    return f"{of}, with no exception" if of else words


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


def mend_link(issue: FoundIssue) -> tuple[str, str] | None:
    """Return where an issue is put right by this person, and what the link says; None where it is no case's."""
    if issue.case_id is None:
        return None
    if issue.mend == "plan":
        return url_for("sen2.placements", case_id=issue.case_id), "Enter it"
    endpoint = {"person": "cases.change_person", "details": "cases.change_details"}.get(issue.mend, "cases.show")
    if may(Permission.WORK_CASES if endpoint == "cases.show" else Permission.CHANGE_DETAILS):
        return url_for(endpoint, case_id=issue.case_id), "Put it right"
    return url_for("cases.show", case_id=issue.case_id), "Open the case, for its worker to put right"
