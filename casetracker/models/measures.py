"""Figures that were reported, figures brought from elsewhere, and how good the data was each night."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word
from casetracker.models.users import User
from casetracker.periods import Span


class FrozenFigure(Model):
    """
    A figure as it was reported. Never updated and never deleted: triggers on both databases refuse it.

    It is of a day's knowledge that is over, so that asking for the same figure as known on that day gives it again.
    """

    __tablename__ = "frozen_figures"
    __table_args__ = (
        UniqueConstraint(
            "measure", "version", "span", "starts_on", "known_on", "counts_reopened", name="uq_frozen_figures_reported"
        ),
        CheckConstraint("starts_on <= ends_on", name="period_runs_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(20))
    """Of the definition it was made by."""
    span: Mapped[Span] = mapped_column(word(Span))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    known_on: Mapped[date]
    counts_reopened: Mapped[bool]
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    value: Mapped[Decimal | None] = mapped_column(Numeric(12, 1))
    note: Mapped[str] = mapped_column(String(2000), default="")
    """Where it was reported."""
    frozen_at: Mapped[datetime]
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    frozen_by: Mapped[User] = relationship(lazy="raise")


class EnteredFigure(Model):
    """
    A figure that somebody brought from elsewhere. The newest of a measure and day stands; the ones before it are kept.
    """

    __tablename__ = "entered_figures"
    __table_args__ = (
        Index("ix_entered_figures_measure_as_at", "measure", "as_at", "id"),
        CheckConstraint("numerator <= denominator", name="part_of_its_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    as_at: Mapped[date]
    value: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    """None takes back what had been entered for the day."""
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(2000), default="")
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    entered_by: Mapped[User] = relationship(lazy="raise")


class QualityCount(Model):
    """How many cases had a fault of one kind on a night, of how many it was looked for in."""

    __tablename__ = "quality_counts"

    taken_on: Mapped[date] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The empty word is all of them together: the cases with any fault."""
    faulty: Mapped[int]
    of: Mapped[int]
