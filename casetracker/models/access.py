"""Links that let somebody without an account do one thing: the link, the codes sent for it, the sessions it gave."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word


class LinkPurpose(StrEnum):
    """What a link is for."""

    ADVICE = "advice"
    """One piece of advice."""
    ALL_ADVICE = "all_advice"
    """All the advice that is asked of one mailbox."""
    FORM_REVIEW = "form_review"
    """One version of a form, to comment on and agree."""


class AccessLink(Model):
    """
    A link sent to a mailbox. The address in the mail is this row's `nonce`, signed; without the row it opens nothing.

    It stays until it expires or is revoked: each opening of it needs a new code, sent to the same mailbox.
    """

    __tablename__ = "access_links"
    __table_args__ = (
        Index("ix_access_links_advice_id", "advice_id"),
        Index("ix_access_links_mailbox", "mailbox"),
        CheckConstraint("purpose != 'advice' OR advice_id IS NOT NULL", name="advice_has_a_piece"),
        CheckConstraint("purpose != 'form_review' OR form_version_id IS NOT NULL", name="review_has_a_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(word(LinkPurpose))
    nonce: Mapped[str] = mapped_column(String(43), unique=True)
    mailbox: Mapped[str] = mapped_column(String(254))
    """In lower case: the only address to which codes go."""
    advice_id: Mapped[int | None] = mapped_column(ForeignKey("advice.id"))
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_versions.id"))
    body: Mapped[str] = mapped_column(String(200), default="")
    """For a review: the body the reviewer speaks for."""
    is_forum: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str] = mapped_column(String(200), default="")


class AccessCode(Model):
    """Six digits sent to the mailbox: good for a few minutes, a few tries and one use."""

    __tablename__ = "access_codes"
    __table_args__ = (Index("ix_access_codes_link_id_sent_at", "link_id", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("access_links.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    """HMAC-SHA256 of the code under the application's secret and the link's nonce."""
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class AccessSession(Model):
    """A browser let in by a code: the cookie carries `key`, and only its hash is here."""

    __tablename__ = "access_sessions"
    __table_args__ = (Index("ix_access_sessions_link_id", "link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("access_links.id"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(200), default="")
    """Who they say they are, for the record of who changed what."""
    address: Mapped[str] = mapped_column(String(45), default="")

    link: Mapped[AccessLink] = relationship(lazy="raise")
