"""The days on which the panel sits that decides whether to assess and whether to make a plan."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import Model


class Panel(Model):
    """One sitting of the panel. It is called off, and never taken away."""

    __tablename__ = "panels"
    __table_args__ = (
        CheckConstraint("(called_off_at IS NULL) = (called_off_by_id IS NULL)", name="called_off_by_somebody"),
        Index(
            "uq_panels_held_on",
            "held_on",
            unique=True,
            postgresql_where=text("called_off_at IS NULL"),
            sqlite_where=text("called_off_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    held_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    called_off_at: Mapped[datetime | None]
    called_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
