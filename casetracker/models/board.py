"""The board: what is aimed at and where it began, what owners say, and the figures as last worked out."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word
from casetracker.models.users import User
from casetracker.periods import Span


class KpiTarget(Model):
    """A target as it was agreed. The last one of a measure is in force; the ones before it are kept."""

    __tablename__ = "kpi_targets"
    __table_args__ = (Index("ix_kpi_targets_measure_id", "measure", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    """None takes the target away."""
    due_on: Mapped[date | None]
    agreed_by: Mapped[str] = mapped_column(String(200))
    """The board or person that agreed it."""
    agreed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    recorded_by: Mapped[User] = relationship(lazy="raise")


class KpiBaseline(Model):
    """Where a measure began. The last one counts."""

    __tablename__ = "kpi_baselines"
    __table_args__ = (Index("ix_kpi_baselines_measure_id", "measure", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    """None where it is known that there was no figure."""
    of_what: Mapped[str] = mapped_column(String(200))
    """The day or period it is of, in words: "2022", "end of June 2023"."""
    source: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class KpiNote(Model):
    """What the owner of an indicator says of it. The last one is shown; the ones before it are kept."""

    __tablename__ = "kpi_notes"
    __table_args__ = (Index("ix_kpi_notes_measure_id", "measure", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    owner: Mapped[str] = mapped_column(String(200))
    """Who answers for the indicator, by name or post."""
    text: Mapped[str] = mapped_column(String(2000))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    recorded_by: Mapped[User] = relationship(lazy="raise")


class BoardFigure(Model):
    """
    A figure as last worked out, so that the board opens as fast with a million cases as with a thousand.

    Of a measure of a period: each of the last months, and the twelve months to the end of some. Of a measure of a day:
    how things stood at the close of the period's last day, as known then.
    """

    __tablename__ = "board_figures"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    span: Mapped[Span] = mapped_column(word(Span), primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    """Of the definition it was worked out by."""
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    value: Mapped[Decimal | None] = mapped_column(Numeric(12, 1))
    worked_out_at: Mapped[datetime]
