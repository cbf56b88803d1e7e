"""Learning which mails did not arrive, from an edge: from notices in a folder, or from GOV.UK Notify."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from casetracker import clock
from casetracker.adapters.mail import NotifySender
from casetracker.extensions import db
from casetracker.models import Mail
from casetracker.queries import mail as queries
from casetracker.services import outbox
from casetracker.transactions import unit_of_work

LOOKED_BACK = timedelta(days=4)
"""How long Notify is asked about a mail: it tries for three days before it gives one up."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of non-delivery (RFC 3464): which mail it is about, and why."""

    message_id: str
    reason: str


def read_notices(folder: Path) -> Iterator[Notice]:
    """Yield the notices of failure among the `.eml` files of a folder; what is none is passed over."""
    for file in sorted(folder.glob("*.eml")):
        notice = _notice(message_from_bytes(file.read_bytes()))
        if notice is not None:
            yield notice


def _notice(message: Message) -> Notice | None:
    reason, about = "", ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = [block for block in part.get_payload() if isinstance(block, Message)]
            failed = [block for block in fields if str(block.get("Action", "")).strip().lower() == "failed"]
            reason = next((str(b.get("Diagnostic-Code") or b.get("Status") or "failed") for b in failed), "")
        elif part is not message and part.get("Message-ID"):
            about = str(part["Message-ID"]).strip()
        elif kind == "text/rfc822-headers":
            about = str(message_from_bytes(_bytes_of(part)).get("Message-ID", "")).strip()
    return Notice(about, " ".join(reason.split())) if reason and about else None


def _bytes_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def take_notices(folder: Path) -> int:
    """Record on each mail that a notice is about that it came back, and return how many did; done again it is none."""
    came_back = 0
    for notice in read_notices(folder):
        with unit_of_work():
            mail = queries.of_reference(notice.message_id)
            if mail is not None and mail.bounced_at is None:
                outbox.bounced(mail, at=clock.now(), reason=notice.reason)
                came_back += 1
    return came_back


def ask_notify(sender: NotifySender) -> int:
    """Ask Notify about the mails it took in the last days, and record those that failed; return how many did."""
    came_back = 0
    for mail_id, reference in queries.lately_sent(since=clock.now() - LOOKED_BACK):
        failure = sender.failure(reference)
        if failure:
            with unit_of_work():
                outbox.bounced(db.session.get_one(Mail, mail_id), at=clock.now(), reason=failure)
            came_back += 1
    return came_back
