"""Breach alerts: one per case, milestone and level while it lasts."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word
from casetracker.models.cases import Case
from casetracker.models.users import User
from casetracker.statute.timetable import Duty
from casetracker.statute.working_days import CalendarEnds, working_days_after

WORKING_DAYS_AHEAD = 10
"""How long before its last day a limit is said to be due soon."""
_AS_LONG_WITHOUT_HOLIDAYS = timedelta(weeks=2)


class AlertLevel(StrEnum):
    """How bad it is."""

    DUE_SOON = "due_soon"
    """A limit set by law that binds the authority ends within 10 working days."""
    OVERDUE = "overdue"
    """Something the plan waits for is past its day: advice, an internal target, a setting's reply."""
    BREACHED = "breached"
    """A limit set by law that binds the authority was missed, with no exception on record."""


def last_day_that_is_soon(on: date) -> date:
    """Return the day 10 working days after `on`; two weeks after it where the bank holidays are not known yet."""
    try:
        return working_days_after(on, WORKING_DAYS_AHEAD)
    except CalendarEnds:
        return on + _AS_LONG_WITHOUT_HOLIDAYS


class Alert(Model):
    """Something a manager should know of. It closes itself, with the reason, when the case moves."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open",
            "case_id",
            "milestone_key",
            "level",
            unique=True,
            postgresql_where=text("closed_on IS NULL"),
            sqlite_where=text("closed_on IS NULL"),
        ),
        Index(
            "ix_alerts_open_by_level",
            "level",
            "due_on",
            postgresql_where=text("closed_on IS NULL"),
            sqlite_where=text("closed_on IS NULL"),
        ),
        Index(
            "ix_alerts_in_hand",
            "level",
            "due_on",
            postgresql_where=text("closed_on IS NULL AND acknowledged_at IS NOT NULL"),
            sqlite_where=text("closed_on IS NULL AND acknowledged_at IS NOT NULL"),
        ),
        Index("ix_alerts_case_id_milestone_key", "case_id", "milestone_key"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="acknowledged_by_somebody"),
        CheckConstraint("(closed_on IS NULL) = (closed_because IS NULL)", name="closed_for_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    milestone_key: Mapped[str] = mapped_column(String(120))
    duty: Mapped[Duty] = mapped_column(word(Duty, checked=False))
    subject: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[AlertLevel] = mapped_column(word(AlertLevel))
    due_on: Mapped[date]
    raised_on: Mapped[date]
    """The day whose sweep raised it."""
    closed_on: Mapped[date | None]
    closed_because: Mapped[str | None] = mapped_column(String(40))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str | None] = mapped_column(String(2000))
    action_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action_due_on: Mapped[date | None]

    case: Mapped[Case] = relationship(lazy="raise")
    acknowledged_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[acknowledged_by_id])
    action_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[action_by_id])
