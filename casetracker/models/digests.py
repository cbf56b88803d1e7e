"""What goes to staff by itself: the morning's digest, the weekly summary, and each person's calendar of deadlines."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import Model, word
from casetracker.models.alerts import AlertLevel

FIRST_HOUR, LAST_HOUR, USUAL_HOUR = 6, 11, 8
"""The hours, by London's clocks, at which a digest can be wanted; and the one at which it comes unless changed."""


class DigestKind(StrEnum):
    """Which mail it is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    """The summary for the head of service."""


class DigestChange(StrEnum):
    """What the last digest told its reader of an alert that stands."""

    NONE = "none"
    """Nothing new."""
    NEW = "new"
    WORSE = "worse"
    """The same milestone had a milder alert before."""
    RETURNED = "returned"
    """It was set aside, and is to be acted on again: the day that was given has passed, or somebody took it back."""
    ESCALATED = "escalated"
    """It was escalated to them, or to somebody they cover."""
    NOW_THEIRS = "now_theirs"
    """It stood before, and was not among theirs: the case was handed over, or it was found late."""


class DigestChoice(Model):
    """When and how somebody wants their digest. Whoever has no row gets it as it comes."""

    __tablename__ = "digest_choices"
    __table_args__ = (CheckConstraint(f"hour BETWEEN {FIRST_HOUR} AND {LAST_HOUR}", name="hour_is_of_the_morning"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    daily: Mapped[bool] = mapped_column(default=True)
    hour: Mapped[int] = mapped_column(default=USUAL_HOUR)
    """London's."""
    lowest: Mapped[AlertLevel | None] = mapped_column(word(AlertLevel, checked=False))
    """The mildest level it tells of; None for all."""
    when_nothing_is_new: Mapped[bool] = mapped_column(default=True)


class Digest(Model):
    """That somebody's digest of a day has been dealt with: the key that makes it one mail, whatever runs twice."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("user_id", "kind", "for_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[DigestKind] = mapped_column(word(DigestKind))
    for_day: Mapped[date]
    """Of a weekly one, the Monday of its week."""
    made_at: Mapped[datetime]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    """None where there was nothing new and they want no mail then."""


class DigestAlert(Model):
    """One alert that stood for somebody when their last digest was made: what the next one tells changes against."""

    __tablename__ = "digest_alerts"
    __table_args__ = (Index("ix_digest_alerts_alert_id", "alert_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    for_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Whose it is: their own, or that of somebody they cover."""
    digest_id: Mapped[int] = mapped_column(ForeignKey("digests.id"))
    """The digest that found it standing last."""
    in_hand: Mapped[bool]
    """Whether somebody was acting on it then, or it was set aside for a while."""
    escalated: Mapped[bool]
    """Whether it had been escalated to them."""
    change: Mapped[DigestChange] = mapped_column(word(DigestChange))


class CalendarFeed(Model):
    """The private address at which somebody's calendar program fetches their deadlines. Only its hash is kept."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the last part of the address."""
    made_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    counted_from: Mapped[datetime]
    """When the hour began in which fetches are being counted."""
    fetches: Mapped[int] = mapped_column(default=0)


class CalendarMiss(Model):
    """A try at a calendar's address that was wrong, kept for a day so that guessing is slowed on every worker alike."""

    __tablename__ = "calendar_misses"
    __table_args__ = (Index("ix_calendar_misses_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(45))
    number: Mapped[int]
    """The feed that was asked for, whether there is one or not."""
    at: Mapped[datetime]
