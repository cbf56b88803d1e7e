"""How many cases, plans and pieces of advice are alike: the sums that pages over the whole caseload are made of."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import Model, word


class Tallied(StrEnum):
    """What is counted, and what its lines are alike in."""

    PLANS = "plans"
    """
    First final plans: `month`, `word` (how long it took: a `queries.timeliness.Bucket`), `is_so` (an exception
    applied), `also` ("reopened" where it was on a re-opened clock or after a dispute, else empty).
    """
    STAGES = "stages"
    """Open cases: `word` (the stage), `day` (when the clock started)."""
    LOADS = "loads"
    """Open cases: `holder` (the named worker), `day` (when what is next is due)."""
    OVERDUE = "overdue"
    """
    Open cases whose plan the headline may count: `word` (the stage), `day` (received), `until` (the last of the
    family's 15 days that are running), `is_so` (on a first clock).
    """
    ADVICE = "advice"
    """
    Advice asked for: `holder` (the service), `also` (the kind), `month` (asked), `word` (an `AdviceLine`), `days`,
    `until` (the last day, while there is no answer), `is_so` (excused).
    """
    WAITING = "waiting"
    """Open cases that wait for a service: `holder` (the service), `is_so` (for it alone)."""


class AdviceLine(StrEnum):
    """What a line about advice counts: what has become of it, or how long that took."""

    IN_TIME = "in_time"
    LATE = "late"
    """These two with the days from the start of the six weeks to the receipt."""
    NOT_KNOWN = "not_known"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    """With the days from receipt to acceptance."""
    RETURNED = "returned"
    DAYS_LOST = "days_lost"
    """Days, not pieces."""


class Tally(Model):
    """
    So many more, or fewer, that are alike in every column: the number of a group is the sum of its lines.

    Lines are only ever added, so that nobody who records an entry waits for another, and folded into one line for each
    group from time to time. What each kind counts is a query (`queries/tallies.py`); `casetracker verify` compares.
    """

    __tablename__ = "tallies"
    __table_args__ = (Index("ix_tallies_of_month", "of", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    of: Mapped[Tallied] = mapped_column(word(Tallied))
    word: Mapped[str] = mapped_column(String(40))
    also: Mapped[str] = mapped_column(String(40))
    holder: Mapped[int | None]
    """A user or a service; None for nobody."""
    month: Mapped[int | None]
    """As YYYYMM."""
    day: Mapped[date | None]
    until: Mapped[date | None]
    days: Mapped[int | None]
    is_so: Mapped[bool]
    number: Mapped[int]
