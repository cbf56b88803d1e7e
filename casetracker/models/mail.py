"""The outbox: every mail, from the moment it is decided on until it is sent or given up; and the chasing ledger."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import Model, word


class MailState(StrEnum):
    """Where a mail has got to."""

    WAITING = "waiting"
    SENDING = "sending"
    """Handed to the outside under a lease."""
    SENT = "sent"
    DEAD = "dead"
    """Given up after too many tries, or refused for good: a person decides what next."""
    UNSURE = "unsure"
    """The sender died while handing it over, and the outside cannot say whether it had it: a person decides."""
    CANCELLED = "cancelled"


class Mail(Model):
    """One mail. It is written in the transaction that decided on it, under a key that makes it once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_to_send",
            "not_before",
            "id",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index("ix_outbox_state", "state", "created_at"),
        Index("ix_outbox_case_id", "case_id"),
        Index("ix_outbox_advice_id", "advice_id"),
        CheckConstraint("(state = 'sending') = (lease IS NOT NULL)", name="leased_while_sending"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What it is: the same mail decided on twice is one mail."""
    template: Mapped[str] = mapped_column(String(60))
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(200))
    """Never with anything personal in it."""
    body: Mapped[str] = mapped_column(Text)
    secret: Mapped[bool] = mapped_column(default=False)
    """Whether the body lets somebody in (a code, a link): it is blanked once it has been sent."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    advice_id: Mapped[int | None] = mapped_column(ForeignKey("advice.id"))
    state: Mapped[MailState] = mapped_column(word(MailState))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    provider_reference: Mapped[str] = mapped_column(String(200), default="")
    last_error: Mapped[str] = mapped_column(String(1000), default="")
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(String(1000), default="")


class MailTemplate(Model):
    """This authority's own wording of a mail; one that has no row goes out as shipped."""

    __tablename__ = "mail_templates"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Chase(Model):
    """One step of a chasing ladder for one piece of advice: the ledger that lets nothing go out twice."""

    __tablename__ = "chases"
    __table_args__ = (
        UniqueConstraint("advice_id", "step"),
        Index("ix_chases_made_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id"))
    step: Mapped[str] = mapped_column(String(60))
    """Round and rung: `1:14_before`; the second round begins when advice is returned."""
    planned_on: Mapped[date]
    """The day the ladder gives it."""
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody, for the job."""
    mail_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
