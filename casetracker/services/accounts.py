"""Accounts: passwords, and slowing down whoever guesses at them."""

import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import SignInAttempt, User
from casetracker.roles import Role

WINDOW = timedelta(minutes=15)
MOST_FOR_ONE_ACCOUNT = 5
MOST_FROM_ONE_ADDRESS = 30
_hasher = PasswordHasher()


class TooManyAttempts(Exception):
    """Too many wrong passwords lately, for this account or from this address."""

    def __init__(self) -> None:
        minutes = int(WINDOW.total_seconds() // 60)
        super().__init__(f"There have been too many attempts to sign in. Wait {minutes} minutes and try again")
        self.seconds = int(WINDOW.total_seconds())


class AccountExists(Exception):
    """There is an account with that e-mail address already."""


@cache
def _nobodys_hash() -> str:
    """Return a hash that no password has, so that an unknown address takes as long to refuse as a known one."""
    return _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def check_password(*, email: str, password: str, address: str, at: datetime) -> User | None:
    """
    Return the active user with this e-mail address and password, or None; the attempt is recorded either way.

    :raises TooManyAttempts: if there have been too many failures for the account, or from the address
    """
    _refuse_guessing(email=email, address=address, at=at)
    user = db.session.scalars(select(User).where(User.email == email)).one_or_none()
    nobodys = _nobodys_hash()  # made the first time whoever it is
    hashed = user.password_hash if user is not None and user.password_hash else nobodys
    right = _verify(hashed, password) and user is not None and user.active and user.password_hash is not None
    db.session.add(SignInAttempt(email=email[:254], address=address[:45], at=at, succeeded=right))
    if not right or user is None:
        return None
    if _hasher.check_needs_rehash(hashed):
        user.password_hash = hash_password(password)
    return user


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _refuse_guessing(*, email: str, address: str, at: datetime) -> None:
    lately = select(func.count()).where(SignInAttempt.at > at - WINDOW, SignInAttempt.succeeded.is_(False))
    for_account = db.session.scalar(lately.where(SignInAttempt.email == email[:254])) or 0
    from_address = db.session.scalar(lately.where(SignInAttempt.address == address[:45])) or 0
    if for_account >= MOST_FOR_ONE_ACCOUNT or from_address >= MOST_FROM_ONE_ADDRESS:
        raise TooManyAttempts


def create_user(
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None,
    team_id: int | None = None,
    active: bool = True,
    demonstration: bool = False,
) -> User:
    """
    Add an account. One with no password is known by name and cannot sign in.

    :raises AccountExists: if the e-mail address is taken
    """
    email = email.strip().lower()
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise AccountExists(email)
    user = User(
        email=email,
        name=name,
        role=role,
        team_id=team_id,
        password_hash=hash_password(password) if password else None,
        active=active,
        demonstration=demonstration,
        session_key=secrets.token_hex(8),
    )
    db.session.add(user)
    db.session.flush()  # its id is wanted at once by whoever assigns cases to it
    return user


def name_head(*, user: User, heads: bool) -> None:
    """Say that somebody heads the service, or no longer does: whoever does gets its weekly summary."""
    user.head_of_service = heads


def set_password(*, user: User, password: str) -> None:
    """Give somebody a new password; the sessions they had end."""
    user.password_hash = hash_password(password)
    end_sessions(user)


def end_sessions(user: User) -> None:
    """End every session of somebody's, in every browser."""
    user.session_key = secrets.token_hex(8)
