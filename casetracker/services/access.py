"""
Links that let somebody without an account do one thing.

A link is a row and a signed address; opening it sends six digits to the mailbox it was made for, and those give a
session of 60 minutes for that one thing. So a link that is forwarded, guessed or found opens nothing by itself.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import AccessCode, AccessLink, AccessSession, Advice, Case, LinkPurpose
from casetracker.services import outbox
from casetracker.statute.advice import AdviceStatus

SESSION_LASTS = timedelta(minutes=60)
CODE_LASTS = timedelta(minutes=10)
TRIES_A_CODE, CODES_AN_HOUR = 5, 5
COPY_FOR = timedelta(days=28)
"""How long after acceptance a giver may still read and print what they gave."""
_PATHS = {LinkPurpose.ADVICE: "give", LinkPurpose.ALL_ADVICE: "advice-of", LinkPurpose.FORM_REVIEW: "review"}


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs links, and the public address they begin with."""

    secret: str
    address: str


class LinkRefused(Exception):
    """The link opens nothing; the message is fit for the page."""


class CodeRefused(Exception):
    """The code is not good; the message is fit for beside its field."""


def issue(
    *,
    purpose: LinkPurpose,
    mailbox: str,
    at: datetime,
    expires_at: datetime,
    by_id: int | None = None,
    advice_id: int | None = None,
    form_version_id: int | None = None,
    body: str = "",
    is_forum: bool = False,
) -> AccessLink:
    """Make a link for a mailbox."""
    link = AccessLink(
        purpose=purpose,
        nonce=secrets.token_urlsafe(32),
        mailbox=mailbox.strip().lower(),
        advice_id=advice_id,
        form_version_id=form_version_id,
        body=body,
        is_forum=is_forum,
        created_at=at,
        created_by_id=by_id,
        expires_at=expires_at,
    )
    db.session.add(link)
    db.session.flush()  # its number is part of the key of the mail that carries it
    return link


def address_of(link: AccessLink, keys: Keys) -> str:
    """Return the whole address to be sent."""
    return f"{keys.address.rstrip('/')}/{_PATHS[link.purpose]}/{_signer(link.purpose, keys).dumps(link.nonce)}"


def _signer(purpose: LinkPurpose, keys: Keys) -> URLSafeSerializer:
    return URLSafeSerializer(keys.secret, salt=f"casetracker.link.{purpose}")


def opened(token: str, *, keys: Keys, at: datetime, purpose: LinkPurpose) -> AccessLink:
    """
    Return the link behind the last part of an address.

    :raises LinkRefused: if it was tampered with, is not known, has expired, was revoked, or the involvement has ended
    """
    signer = _signer(purpose, keys)
    try:
        nonce = signer.loads(token)
    except BadSignature:
        raise LinkRefused("This is not a link of ours. Copy the whole address from the email.") from None
    if token != signer.dumps(nonce):  # the last letter of a signature has bits to spare: one link has one address
        raise LinkRefused("This is not a link of ours. Copy the whole address from the email.")
    link = db.session.scalars(
        select(AccessLink).where(AccessLink.nonce == str(nonce), AccessLink.purpose == purpose)
    ).one_or_none()
    if link is None:
        raise LinkRefused("This is not a link of ours. Copy the whole address from the email.")
    refuse_unless_good(link, at=at)
    return link


def refuse_unless_good(link: AccessLink, *, at: datetime) -> None:
    """
    Raise unless the link still opens something.

    Access ends when the involvement does: when the advice is no longer needed or the case has ended; and 28 days
    after its acceptance, until when the giver may read and print what they gave.

    :raises LinkRefused: with the reason
    """
    if link.revoked_at is not None:
        raise LinkRefused(f"This link has been cancelled: {link.revoked_because or 'it is no longer needed'}.")
    if at >= link.expires_at:
        raise LinkRefused("This link has expired. Ask the SEND team to send a new one.")
    if link.purpose is LinkPurpose.ADVICE and link.advice_id is not None:
        _refuse_unless_involved(link.advice_id, at)


def _refuse_unless_involved(advice_id: int, at: datetime) -> None:
    query = select(Advice, Case.is_open).join(Case, Case.id == Advice.case_id).where(Advice.id == advice_id)
    advice, is_open = db.session.execute(query).one()
    if advice.status is AdviceStatus.NOT_NEEDED:
        raise LinkRefused("This advice is no longer needed, so the link is closed.")
    if advice.accepted_on is not None:
        if at.date() > advice.accepted_on + COPY_FOR:
            raise LinkRefused("This advice was accepted, and the time for reading your copy is over.")
    elif not is_open:
        raise LinkRefused("This case has ended, so the advice is no longer needed.")


def send_code(link: AccessLink, *, keys: Keys, at: datetime, council: str = "") -> None:
    """
    Send a new code to the link's mailbox; those sent before it are good for nothing from now on.

    :raises CodeRefused: if too many have been sent within the hour
    """
    recent = select(func.count(AccessCode.id)).where(
        AccessCode.link_id == link.id, AccessCode.sent_at > at - timedelta(hours=1)
    )
    if (db.session.scalar(recent) or 0) >= CODES_AN_HOUR:
        raise CodeRefused("Too many codes have been sent. Wait an hour, or use the last one.")
    db.session.execute(
        update(AccessCode).where(AccessCode.link_id == link.id, AccessCode.used_at.is_(None)).values(expires_at=at)
    )
    digits = f"{secrets.randbelow(1_000_000):06d}"
    code = AccessCode(
        link_id=link.id, code_hash=_code_hash(link, digits, keys), sent_at=at, expires_at=at + CODE_LASTS, attempts=0
    )
    db.session.add(code)
    db.session.flush()  # its number is the key of its mail
    outbox.post(
        key=f"access_code:{code.id}",
        template="access_code",
        to_address=link.mailbox,
        fields={"code": digits, "minutes": str(CODE_LASTS.seconds // 60), "council": council},
        at=at,
        secret=True,
        urgent=True,
    )


def _code_hash(link: AccessLink, digits: str, keys: Keys) -> str:
    return hmac.new(f"{keys.secret}:{link.nonce}".encode(), digits.encode(), hashlib.sha256).hexdigest()


def let_in(link: AccessLink, code: str, *, keys: Keys, at: datetime, address: str, name: str = "") -> str | None:
    """
    Return the key of a new session for whoever has the code that was last sent; None where the code is wrong.

    Each try is counted, a wrong one too: the caller keeps what was written either way.
    """
    newest = db.session.scalars(
        select(AccessCode)
        .where(AccessCode.link_id == link.id, AccessCode.used_at.is_(None), AccessCode.expires_at > at)
        .order_by(AccessCode.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if newest is None:
        return None
    # Counted by the database, so that many tries at once are as many tries.
    counted = db.session.execute(
        update(AccessCode)
        .where(AccessCode.id == newest.id, AccessCode.attempts < TRIES_A_CODE, AccessCode.used_at.is_(None))
        .values(attempts=AccessCode.attempts + 1)
    )
    digits = "".join(c for c in code if c.isdecimal() and c.isascii())
    right = hmac.compare_digest(newest.code_hash, _code_hash(link, digits, keys))
    if not counted.rowcount or not right:  # type: ignore[attr-defined]
        return None
    used = db.session.execute(
        update(AccessCode).where(AccessCode.id == newest.id, AccessCode.used_at.is_(None)).values(used_at=at)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        return None
    key = secrets.token_urlsafe(32)
    db.session.add(
        AccessSession(
            link_id=link.id,
            key_hash=_key_hash(key),
            started_at=at,
            ends_at=at + SESSION_LASTS,
            name=name,
            address=address,
        )
    )
    db.session.flush()
    return key


def _key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def session_of(key: str, *, at: datetime, purpose: LinkPurpose | None = None) -> AccessSession | None:
    """Return the session a browser's key belongs to, while it lasts and its link is good; None otherwise."""
    found = db.session.scalars(
        select(AccessSession)
        .where(AccessSession.key_hash == _key_hash(key), AccessSession.ended_at.is_(None), AccessSession.ends_at > at)
        .options(joinedload(AccessSession.link))
    ).one_or_none()
    if found is None or (purpose is not None and found.link.purpose is not purpose):
        return None
    try:
        refuse_unless_good(found.link, at=at)
    except LinkRefused:
        return None
    return found


def end(session: AccessSession, *, at: datetime) -> None:
    """End a session: its key opens nothing from now on."""
    session.ended_at = at


def revoke(link: AccessLink, *, at: datetime, because: str) -> None:
    """Cancel a link: it and every session it gave open nothing from now on."""
    link.revoked_at, link.revoked_because = at, because


def revoke_for_advice(advice_id: int, *, at: datetime, because: str) -> None:
    """Cancel every link for a piece of advice."""
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.advice_id == advice_id, AccessLink.revoked_at.is_(None))
        .values(revoked_at=at, revoked_because=because)
    )


def carry_over(session: AccessSession, advice_id: int, *, at: datetime) -> str:
    """
    Return the key of a session for one piece of advice, for a browser whose mailbox has been shown by a code.

    It ends when the one it comes from does. The caller has checked that the advice is asked of that mailbox.
    """
    link = issue(
        purpose=LinkPurpose.ADVICE,
        mailbox=session.link.mailbox,
        at=at,
        expires_at=session.ends_at,
        advice_id=advice_id,
    )
    key = secrets.token_urlsafe(32)
    db.session.add(
        AccessSession(
            link_id=link.id,
            key_hash=_key_hash(key),
            started_at=at,
            ends_at=session.ends_at,
            name=session.name,
            address=session.address,
        )
    )
    db.session.flush()
    return key
