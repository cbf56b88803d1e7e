"""
A request for a child who is known already: what the law makes of it (law.md 1.8), for whoever logs it.

The six months of CFA 2014 s.36(6)(b) run from the last *assessment*, not from the last request or refusal.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casetracker.statute.counting import ORDINARY_READING, Limit, Reading, months_after
from casetracker.statute.timetable import Mark

SIX_MONTHS = Limit(months=6)
OLDEST = 25
"""The birthday from which nobody is a young person any more; the law of it is unconfirmed [M]."""
COMPULSORY_SCHOOL_AGE_ENDS = 16


class Remark(StrEnum):
    """What there is to tell whoever logs the request."""

    ASSESSED_WITHIN_SIX_MONTHS = "assessed_within_six_months"
    ASKED_BEFORE = "asked_before"
    ASKED_AND_STILL_OPEN = "asked_and_still_open"
    HAS_A_PLAN = "has_a_plan"
    RE_ASSESSED_WITHIN_SIX_MONTHS = "re_assessed_within_six_months"
    TOO_OLD = "too_old"
    NOT_BORN = "not_born"
    YOUNG_PERSON = "young_person"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the caseworker, with the law behind it."""

    remark: Remark
    words: str
    authority: str
    mark: Mark = Mark.READ
    forbids: bool = False
    """Whether it cannot be so at all. The rest inform: whoever logs it may know better, and the clock runs."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request for the same child, as far as it went."""

    received_on: date | None
    assessed_on: date | None = None
    """When an assessment was completed: a plan issued, or the family told that there would be none."""
    decided_not_to_assess_on: date | None = None
    is_open: bool = False
    has_plan: bool = False
    """Whether a plan made on it is still maintained."""


def on_logging(
    *,
    received_on: date,
    born_on: date | None,
    earlier: Collection[Earlier] = (),
    reading: Reading = ORDINARY_READING,
) -> tuple[Finding, ...]:
    """
    Return what to tell whoever logs a request received on a day, the gravest first; nothing for an ordinary one.

    A repeat request is never turned away: each one gets its own decision within six weeks (reg 4(1), 5(1)).
    """
    said = [
        *_of_age(received_on, born_on),
        *_of_plans(received_on, earlier),
        *_of_assessments(received_on, earlier),
        *_of_requests(received_on, earlier),
    ]
    shown = [f for f in said if reading.unconfirmed_rules or f.mark is not Mark.UNCONFIRMED]
    return tuple(sorted(shown, key=lambda finding: not finding.forbids))


def is_within_six_months(*, assessed_on: date, on: date) -> bool:
    """Return whether the six months from an assessment have not yet run out `on` this day."""
    return assessed_on <= on <= SIX_MONTHS.last_day(assessed_on)


def age(*, born_on: date, on: date) -> int:
    """Return the age in whole years; somebody born on 29 February is a year older on 1 March of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _of_age(received_on: date, born_on: date | None) -> list[Finding]:
    if born_on is None:
        return []
    if born_on > received_on:
        words = "The request cannot have been received before the child was born."
        return [Finding(Remark.NOT_BORN, words, "CFA 2014 s.36(1)", forbids=True)]
    if age(born_on=born_on, on=received_on) >= OLDEST:
        words = "The young person is 25 or over: an assessment can only be asked for somebody under 25."
        return [Finding(Remark.TOO_OLD, words, "CFA 2014 ss.36(1) and 83(2)", Mark.UNCONFIRMED)]
    if received_on > _end_of_compulsory_school_age(born_on):
        words = "They are over compulsory school age, so the rights and the letters are the young person's own."
        return [Finding(Remark.YOUNG_PERSON, words, "CFA 2014 ss.36(1) and 83(2)", Mark.UNCONFIRMED)]
    return []


def _end_of_compulsory_school_age(born_on: date) -> date:
    """Return the last Friday in June of the school year in which they turn 16."""
    sixteen_on = months_after(born_on, 12 * COMPULSORY_SCHOOL_AGE_ENDS)
    year = sixteen_on.year + 1 if sixteen_on.month >= 9 else sixteen_on.year
    end_of_june = date(year, 6, 30)
    return end_of_june.replace(day=30 - (end_of_june.weekday() - 4) % 7)


def _of_plans(received_on: date, earlier: Collection[Earlier]) -> list[Finding]:
    with_plan = [one for one in earlier if one.has_plan]
    if not with_plan:
        return []
    said = [
        Finding(
            Remark.HAS_A_PLAN,
            "There is a plan already: what can be asked for is a re-assessment, which has rules of its own.",
            "CFA 2014 s.36(6)",
        )
    ]
    assessed = [one.assessed_on for one in with_plan if one.assessed_on is not None]
    if any(is_within_six_months(assessed_on=day, on=received_on) for day in assessed):
        words = "They were assessed in the last six months, and the authority need not re-assess so soon."
        said.append(Finding(Remark.RE_ASSESSED_WITHIN_SIX_MONTHS, words, "SEND Regs 2014, reg 24", Mark.UNCONFIRMED))
    return said


def _of_assessments(received_on: date, earlier: Collection[Earlier]) -> list[Finding]:
    assessed = [one.assessed_on for one in earlier if one.assessed_on is not None and one.assessed_on <= received_on]
    latest = max(assessed, default=None)
    if latest is None or not is_within_six_months(assessed_on=latest, on=received_on):
        return []
    words = (
        f"They were last assessed on {latest:%-d %B %Y}. Until {SIX_MONTHS.last_day(latest):%-d %B %Y} the duty to ask "
        "for views and evidence does not arise; a decision is still due within six weeks."
    )
    return [Finding(Remark.ASSESSED_WITHIN_SIX_MONTHS, words, "CFA 2014 s.36(6)(b)")]


def _of_requests(received_on: date, earlier: Collection[Earlier]) -> list[Finding]:
    said = []
    if any(one.is_open for one in earlier):
        words = "An earlier request is still open: check that this is a new one, and not the same one sent again."
        said.append(Finding(Remark.ASKED_AND_STILL_OPEN, words, "SEND Regs 2014, reg 5(1)"))
    refused = [d for one in earlier if (d := one.decided_not_to_assess_on) is not None and d <= received_on]
    if refused:
        words = (
            f"An assessment was refused on {max(refused):%-d %B %Y}. That starts no waiting time: this request gets a "
            "decision of its own within six weeks."
        )
        said.append(Finding(Remark.ASKED_BEFORE, words, "CFA 2014 s.36(3) to (5); SEND Regs 2014, reg 5(1)"))
    return said
