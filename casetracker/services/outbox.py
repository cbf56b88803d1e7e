"""
The outbox: a mail is stored in the transaction that decided on it, and sent afterwards, once.

A sender takes mails under a lease and commits that before it hands one over. If it dies in between, the outside is
asked whether it has the mail; where it cannot say, the mail waits for a person instead of going out a second time.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from casetracker.extensions import db
from casetracker.models import Mail, MailState
from casetracker.services import mail_texts

LEASE = timedelta(minutes=5)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long after each failed try the next one comes; after the last a mail is given up."""
BLANKED = "The text let its reader in, and is not kept once it has been sent."


def post(
    *,
    key: str,
    template: str,
    to_address: str,
    fields: Mapping[str, str],
    at: datetime,
    to_name: str = "",
    not_before: datetime | None = None,
    case_id: int | None = None,
    advice_id: int | None = None,
    secret: bool = False,
    urgent: bool = False,
) -> Mail:
    """
    Put a mail in the outbox, once for its key: deciding on the same mail again changes nothing.

    `secret` says that its text lets somebody in; `urgent` that somebody waits for it at a screen.
    """
    there = db.session.scalars(select(Mail).where(Mail.key == key)).one_or_none()
    if there is not None:
        return there
    subject, body = mail_texts.merged(mail_texts.text_of(template), fields)
    mail = Mail(
        key=key,
        template=template,
        to_address=to_address.strip().lower(),
        to_name=to_name[:200],
        subject=subject,
        body=body,
        secret=secret,
        case_id=case_id,
        advice_id=advice_id,
        state=MailState.WAITING,
        attempts=0,
        created_at=at,
        not_before=at if urgent or not_before is None else not_before,
    )
    db.session.add(mail)
    db.session.flush()  # two who decide on it at once find out here
    return mail


def claim(*, at: datetime, most: int = 20) -> Sequence[Mail]:
    """Take mails that are due, under a lease, and return them; nobody else can take the same. Commit before sending."""
    due = (
        select(Mail.id)
        .where(Mail.state == MailState.WAITING, Mail.not_before <= at)
        .order_by(Mail.not_before, Mail.id)
        .limit(most)
    )
    if db.engine.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    lease = secrets.token_hex(16)
    db.session.execute(
        update(Mail)
        .where(Mail.id.in_(db.session.scalars(due).all()), Mail.state == MailState.WAITING)
        .values(state=MailState.SENDING, lease=lease, lease_until=at + LEASE, attempts=Mail.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(
        select(Mail).where(Mail.lease == lease).order_by(Mail.not_before, Mail.id), execution_options=_AFRESH
    ).all()


_AFRESH = {"populate_existing": True}


def left_behind(*, at: datetime) -> Sequence[Mail]:
    """Return the mails whose sender died: their lease is over and nobody said what became of them."""
    return db.session.scalars(
        select(Mail).where(Mail.state == MailState.SENDING, Mail.lease_until <= at).order_by(Mail.id).limit(100)
    ).all()


def settle(mail: Mail, *, was_sent: bool | None, at: datetime) -> None:
    """Record what the outside says of a mail whose sender died: it has it, it has not, or it cannot say."""
    if was_sent:
        sent(mail, at=at, reference=mail.provider_reference)
        return
    mail.state = MailState.WAITING if was_sent is False else MailState.UNSURE
    mail.lease, mail.lease_until = None, None
    if was_sent is None:
        mail.last_error = "The sender stopped while handing it over: it may have gone, or not"


def sent(mail: Mail, *, at: datetime, reference: str = "") -> None:
    """Record that a mail has gone. A text that lets somebody in is not kept."""
    mail.state, mail.sent_at, mail.provider_reference = MailState.SENT, at, reference[:200]
    mail.lease, mail.lease_until, mail.last_error = None, None, ""
    if mail.secret:
        mail.body = BLANKED


def failed(mail: Mail, *, at: datetime, error: str, for_good: bool = False) -> None:
    """Record that a mail could not be sent: it is tried again later, or given up."""
    mail.lease, mail.lease_until, mail.last_error = None, None, error[:1000]
    if for_good or mail.attempts > len(BACK_OFF):
        mail.state = MailState.DEAD
        return
    mail.state, mail.not_before = MailState.WAITING, at + BACK_OFF[mail.attempts - 1]


class NotPossible(Exception):
    """That cannot be done to a mail in its state; the message is fit for the page."""


def retry(mail: Mail, *, at: datetime) -> None:
    """
    Send again a mail that was given up, or that may not have gone.

    :raises NotPossible: if it is waiting, has gone or was cancelled
    """
    if mail.state not in (MailState.DEAD, MailState.UNSURE):
        raise NotPossible("Only a mail that was given up can be tried again")
    mail.state, mail.not_before, mail.attempts = MailState.WAITING, at, 0


def it_arrived(mail: Mail, *, at: datetime) -> None:
    """
    Record that a mail of which the outside could not say has arrived.

    :raises NotPossible: if that was never in doubt
    """
    if mail.state is not MailState.UNSURE:
        raise NotPossible("Only a mail that may not have gone can be said to have arrived")
    sent(mail, at=at)


def cancel(mail: Mail) -> None:
    """
    Keep a mail from going out.

    :raises NotPossible: if it has gone, or is going now
    """
    if mail.state in (MailState.SENT, MailState.SENDING):
        raise NotPossible("It has gone already")
    mail.state = MailState.CANCELLED


def bounced(mail: Mail, *, at: datetime, reason: str) -> None:
    """Record that a mail came back."""
    mail.bounced_at, mail.bounce_reason = at, reason[:1000]
