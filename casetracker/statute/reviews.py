"""
Plans, their annual reviews and their audits (CFA 2014 s.44(1), SEND Regs 2014 reg 20).

A review is finished when the family is told what was decided, and the next twelve months begin with that day. Nothing
here moves a case, or is a milestone of it: the limits are worked out where they are wanted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry, day_in
from casetracker.statute.timetable import Basis, Duty, Route, Start, limit_of, limits_for

W = TypeVar("W", bound=StrEnum)


class ReviewOutcome(StrEnum):
    """What was decided after a review (reg 20(10))."""

    AMEND = "amend"
    CEASE = "cease"
    MAINTAIN = "maintain"


class Grade(StrEnum):
    """How good an audit found a plan."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"


class Auditor(StrEnum):
    """By whom a plan was audited."""

    IN_HOUSE = "in_house"
    MULTI_AGENCY = "multi_agency"
    EXTERNAL = "external"


GOOD_GRADES = frozenset({Grade.OUTSTANDING, Grade.GOOD})


@dataclass(frozen=True, slots=True)
class Review:
    """A finished review."""

    finished_on: date
    """When the family was told what was decided."""
    met_on: date | None
    outcome: ReviewOutcome | None


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit of a plan."""

    audited_on: date
    grade: Grade
    audited_by: Auditor | None


def review_of(entry: Entry) -> Review:
    """
    Return the review that an entry tells of.

    :raises ValueError: if its outcome is none
    """
    return Review(entry.occurred_on, day_in(entry, "met_on"), _one_of(ReviewOutcome, entry, "outcome"))


def audit_of(entry: Entry) -> Audit:
    """
    Return the audit that an entry tells of.

    :raises ValueError: if it has no grade, or tells of one there is not
    """
    grade = _one_of(Grade, entry, "grade")
    if grade is None:
        raise ValueError("grade: an audit needs its grade")
    return Audit(entry.occurred_on, grade, _one_of(Auditor, entry, "audited_by"))


def _one_of(words: type[W], entry: Entry, word: str) -> W | None:
    text = entry.detail.get(word)
    if not text:
        return None
    if text not in {member.value for member in words}:
        raise ValueError(f"{word}: “{text}” is none of {', '.join(words)}")
    return words(text)


@dataclass(slots=True)
class Plan:
    """A plan for as long as it is maintained here, as it is being folded."""

    made_on: date | None
    """When it was first made; None where that is not known."""
    moved_in_on: date | None = None
    """For a plan made elsewhere: when it was transferred here."""
    last_review_on: date | None = None
    """The last review before the first that is on record here."""
    is_whole: bool = True
    """Whether every review it has had is on record."""
    reviews: list[Review] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    ended_on: date | None = None
    """When it ceased, or the child moved away or died."""

    def add(self, review: Review) -> None:
        """
        Take a finished review in.

        :raises ValueError: if it cannot have been one of this plan
        """
        if self.ended_on is not None:
            raise ValueError("no plan is in force that could be reviewed (CFA 2014 s.44(1))")
        if review.met_on is not None and review.met_on > review.finished_on:
            raise ValueError("the review meeting cannot have been after the family was told what was decided")
        if review.met_on is not None and self.made_on is not None and review.met_on < self.made_on:
            raise ValueError(f"the review meeting cannot have been before the plan was made ({self.made_on:%-d %B %Y})")
        if any(earlier.finished_on == review.finished_on for earlier in self.reviews):
            raise ValueError("a review was finished on that day already")
        self.reviews.append(review)


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """A review: its last day, and what became of it."""

    due_on: date | None
    """None where that cannot be known."""
    done: Review | None
    """None while it is not finished."""


def reviews_due(plan: Plan, *, reading: Reading = ORDINARY_READING) -> Iterator[ReviewDue]:
    """
    Yield each review of a plan in order: those that are finished, then the one that is due next, if any is.

    A plan that came with part of its past may have had reviews that nobody told of. So the first that is on record
    has a last day only if it was finished by it, for it is then known to be the first.
    """
    due_on = _first_due_on(plan, reading)
    for place, review in enumerate(plan.reviews):
        known = plan.is_whole or place > 0 or (due_on is not None and review.finished_on <= due_on)
        yield ReviewDue(due_on if known else None, review)
        due_on = next_review_due_on(review.finished_on, reading=reading)
    if due_on is not None and (plan.ended_on is None or due_on < plan.ended_on):
        yield ReviewDue(due_on, None)


def _first_due_on(plan: Plan, reading: Reading) -> date | None:
    begins = max((day for day in (plan.made_on, plan.last_review_on) if day is not None), default=None)
    if begins is None:
        return None
    if plan.moved_in_on is None:
        return next_review_due_on(begins, reading=reading)
    return transferred_review_due_on(begins, moved_in_on=plan.moved_in_on, reading=reading)


def next_review_due_on(begins_on: date, *, reading: Reading = ORDINARY_READING) -> date | None:
    """Return the last day for the review of a plan that was made, or was last reviewed, on a day (s.44(1))."""
    limit = limit_of(Duty.REVIEW_PLAN, on=begins_on, reading=reading)
    return limit.within.last_day(begins_on, reading) if limit is not None else None


def transferred_review_due_on(
    begins_on: date, *, moved_in_on: date, reading: Reading = ORDINARY_READING
) -> date | None:
    """Return the last day for the first review of a plan that another authority made: the later of reg 15(5)'s two."""
    rows = limits_for(route=Route.TRANSFER, basis=Basis.TRANSFER, on=moved_in_on, reading=reading)
    starts = {True: begins_on, False: moved_in_on}
    days = [
        row.within.last_day(starts[row.runs_from is Start.PLAN_OR_REVIEW], reading)
        for row in rows
        if row.duty is Duty.REVIEW_TRANSFERRED_PLAN
    ]
    return max(days, default=None)


def decision_due_on(met_on: date, *, reading: Reading = ORDINARY_READING) -> date | None:
    """Return the last day to tell the family what was decided after a review meeting (reg 20(10))."""
    limit = limit_of(Duty.TELL_REVIEW_DECISION, on=met_on, reading=reading)
    return limit.within.last_day(met_on, reading) if limit is not None else None
