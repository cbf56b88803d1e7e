"""How a team is alerted: its threshold, its rules of escalation, and who stands in for whom."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word
from casetracker.models.alerts import AlertLevel
from casetracker.models.people import Team
from casetracker.models.users import User

USUAL_THRESHOLD = 0.5
"""The probability over which a breach is called likely, for cases whose team has set none."""


class AlertThreshold(Model):
    """The probability over which a breach is called likely, for the cases of one team."""

    __tablename__ = "alert_thresholds"
    __table_args__ = (CheckConstraint("threshold > 0 AND threshold < 1", name="threshold_is_a_probability"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    threshold: Mapped[float]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class EscalatesTo(StrEnum):
    """Whom a rule escalates to."""

    TEAM_MANAGER = "team_manager"
    """The manager of the case's team."""
    USER = "user"
    """Somebody named."""
    HEAD_OF_SERVICE = "head_of_service"


def _one_that_stands(name: str, *columns: str, also: str = "") -> Index:
    """An index that lets in one rule that has not ended for the same columns."""
    where = text(f"ended_at IS NULL{also}")
    return Index(name, *columns, unique=True, postgresql_where=where, sqlite_where=where)


class EscalationRule(Model):
    """An alert of this level that nobody has acted on for so many days goes to somebody. A rule ends, unchanged."""

    __tablename__ = "escalation_rules"
    __table_args__ = (
        CheckConstraint("after_days BETWEEN 0 AND 365", name="after_days_within_a_year"),
        CheckConstraint("(escalates_to = 'user') = (user_id IS NOT NULL)", name="user_where_named"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        _one_that_stands("uq_escalation_rules_of_a_team", "team_id", "level", "after_days"),
        _one_that_stands("uq_escalation_rules_of_every_team", "level", "after_days", also=" AND team_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    """The team whose cases it is for; None for those of any team and of none."""
    level: Mapped[AlertLevel] = mapped_column(word(AlertLevel))
    after_days: Mapped[int]
    escalates_to: Mapped[EscalatesTo] = mapped_column(word(EscalatesTo))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    team: Mapped[Team | None] = relationship(lazy="raise")
    user: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[user_id])


class Cover(Model):
    """Somebody stands in for an absent colleague: whoever covers gets their alerts, escalations and digests."""

    __tablename__ = "covers"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="runs_forward"),
        CheckConstraint("user_id <> covered_by_id", name="by_another"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        Index("ix_covers_ends_on", "ends_on", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    covered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """Both days count."""
    reason: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    """Called off; None while it stands as made."""
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    user: Mapped[User] = relationship(lazy="raise", foreign_keys=[user_id])
    covered_by: Mapped[User] = relationship(lazy="raise", foreign_keys=[covered_by_id])
