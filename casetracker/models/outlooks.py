"""Looking ahead: what each night's open cases add up to, the cones made of it, and what people saved beside them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.forecast.dial import Order
from casetracker.models.users import User


class OutlookPart(Model):
    """
    What one batch of scored cases adds up to (`forecast.cone.Outlook`), written with its forecasts.

    Batches add up in any order, so that any number of workers make a night's outlook; those of older nights are
    cleared away once a newer night has been kept.
    """

    __tablename__ = "outlook_parts"
    __table_args__ = (UniqueConstraint("day", "first_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    first_id: Mapped[int]
    """The first case id of the batch's range: the same range scored again stands in place of itself."""
    last_id: Mapped[int]
    cases: Mapped[int]
    """Open cases that timeliness will count if a plan is issued."""
    backlog: Mapped[int]
    """How many of them are late already."""
    sums: Mapped[list[Any]] = mapped_column(JSON_OBJECT)
    """One list for each `forecast.cone.Sum`, a number for each of `forecast.cone.DAYS`."""


class Outlook(Model):
    """What the pages about the time to come rest on, gathered once a night so that they never read every case."""

    __tablename__ = "outlooks"

    day: Mapped[date] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime]
    cases: Mapped[int]
    """Open cases in the night's parts; 0 where none was scored."""
    open_cases: Mapped[int]
    """Open cases that should have been in them."""
    on_priors: Mapped[bool]
    """Whether the forecasts came of a fit that rests on what is shipped."""
    requests: Mapped[list[Any]] = mapped_column(JSON_OBJECT)
    """Requests received: lists of a month (YYYYMM) and how many, in order, whole months only, with none left out."""
    days_to_plan: Mapped[list[Any]] = mapped_column(JSON_OBJECT)
    """Plans issued in the year before: lists of the days each took from its request and how many took so many."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """The rest of `forecast.capacity.Found`, by name."""


class KpiCone(Model):
    """A period's timeliness as foreseen on a day: kept, and held against what happened once the period is over."""

    __tablename__ = "kpi_cones"
    __table_args__ = (
        UniqueConstraint("day", "span", "starts_on"),
        CheckConstraint("low <= percent AND percent <= high", name="interval_holds_its_middle"),
        CheckConstraint("day <= ends_on", name="foreseen_before_its_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    span: Mapped[str] = mapped_column(String(20))
    """A `periods.Span`."""
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)
    issued_in_time: Mapped[int]
    """Certain: issued by that day, in the period."""
    issued_late: Mapped[int]
    expected_in_time: Mapped[float]
    """By the end of the period, with those issued already."""
    expected_late: Mapped[float]
    from_backlog: Mapped[float]
    """Of the late ones still to come, those of cases late already."""
    from_newcomers: Mapped[float]
    """Of all, those of requests still to come."""
    best_in_time: Mapped[float]
    best_late: Mapped[float]
    worst_in_time: Mapped[float]
    worst_late: Mapped[float]
    percent: Mapped[float | None]
    """The figure expected, in hundredths; None where no plan is."""
    low: Mapped[float | None]
    high: Mapped[float | None]
    """Eight chances in ten that it ends between the two."""
    on_priors: Mapped[bool]
    definition: Mapped[str] = mapped_column(String(20))
    """The version of the definition of timeliness."""
    recorded_at: Mapped[datetime]


class BacklogPlan(Model):
    """
    How many overdue plans somebody meant to issue by the end of a month, and what they were told to expect.

    The last saved for a month is the plan for it; those before it are kept as they were.
    """

    __tablename__ = "backlog_plans"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_is_a_count"),
        CheckConstraint("made_on <= ends_on", name="made_before_its_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_on: Mapped[date]
    """Counted from this day, it in."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ends_on: Mapped[date] = mapped_column(index=True)
    """The last day of the month."""
    number: Mapped[int]
    taken_first: Mapped[Order] = mapped_column(word(Order))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """What was expected, as `forecast.dial.Turned` names it."""
    submission: Mapped[str] = mapped_column(String(36), unique=True)
    """The form that brought it, once."""

    made_by: Mapped[User] = relationship(lazy="raise")


class StaffFigures(Model):
    """The people and hours that the two years ahead are worked out with: the last saved are in use."""

    __tablename__ = "staff_figures"

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """
    By the names of `forecast.capacity.Staff`, and `target`; and the staff laid beside them by the names of the form
    (journeys/ahead/forms.py), which figures saved until November 2026 have not.
    """

    saved_by: Mapped[User] = relationship(lazy="raise")
