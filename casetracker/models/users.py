"""The people who use the tracker, and their attempts to sign in."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word
from casetracker.models.people import Team
from casetracker.roles import GRANTS, Permission, Role


class User(Model, UserMixin):
    """Somebody who works on cases, or on the figures. Never deleted: histories name them."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(word(Role))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None for somebody known only from an imported file, who cannot sign in."""
    active: Mapped[bool] = mapped_column(default=True)
    head_of_service: Mapped[bool] = mapped_column(default=False)
    """Answers for the whole service: gets the weekly summary and what is escalated to the head of service."""
    demonstration: Mapped[bool] = mapped_column(default=False)
    """Made by the demonstration caseload: production refuses to start while any can sign in."""
    session_key: Mapped[str] = mapped_column(String(32), default="")
    """Changed when the password is, so that older sessions end."""

    team: Mapped[Team | None] = relationship(lazy="raise")

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def permissions(self) -> frozenset[Permission]:
        return GRANTS[self.role]

    def get_id(self) -> str:
        return f"{self.id}.{self.session_key}"


class SignInAttempt(Model):
    """One try at signing in, kept so that guessing can be slowed on every worker alike."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_email_at", "email", "at"),
        Index("ix_sign_in_attempts_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
    succeeded: Mapped[bool]
