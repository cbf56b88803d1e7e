"""People who get digests, and their post."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from casetracker import digesting
from casetracker.extensions import db
from casetracker.models import Mail, Team, User
from casetracker.roles import Role
from casetracker.services import accounts
from casetracker.services.digest_claims import Made


def team(name: str = "North") -> Team:
    made = Team(name=name)
    db.session.add(made)
    db.session.flush()
    return made


def reader(email: str = "wilma@example.gov.uk", role: Role = Role.CASEWORKER, **more: object) -> User:
    """Add somebody who can sign in."""
    made = accounts.create_user(email=email, name=email.partition("@")[0].title(), role=role, password=None)
    for name, value in {"password_hash": "not checked here", **more}.items():
        setattr(made, name, value)
    db.session.commit()
    return made


def morning(day: date, hour: int = 7, minute: int = 0) -> datetime:
    """Return an instant of a summer's day by its hour in UTC: 7 is 8 in London."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def tick(traveller, day: date, hour: int = 7, minute: int = 0) -> list[Made]:
    """Move the clock and run the tick."""
    traveller.move_to(morning(day, hour, minute))
    return digesting.make_due()


def mails(template: str = "digest") -> Mapping[str, list[Mail]]:
    """Return the mails in the outbox by their reader."""
    found: dict[str, list[Mail]] = {}
    for mail in db.session.scalars(select(Mail).where(Mail.template == template).order_by(Mail.id)):
        found.setdefault(mail.to_address, []).append(mail)
    return found


def delivered(app: Flask) -> list[EmailMessage]:
    """Return what has arrived."""
    files = Path(app.config["MAIL"]["folder"]).glob("*.eml")
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
