"""Sending what is in the outbox, from an edge: each mail is claimed, handed over and settled in steps of its own."""

import logging
from collections.abc import Mapping
from typing import Any

from casetracker import clock
from casetracker.adapters.mail import Letter, NotSent, Sender, sender_of
from casetracker.extensions import db
from casetracker.models import Mail
from casetracker.services import outbox
from casetracker.transactions import unit_of_work

logger = logging.getLogger(__name__)


def send_waiting(settings: Mapping[str, Any], *, sender: Sender | None = None, most: int = 200) -> int:
    """Send the mails that are due, up to `most`, and return how many went. May be run by many at once."""
    sender = sender or sender_of(settings)
    _settle_what_was_left(sender)
    gone = tried = 0
    while tried < most:
        with unit_of_work():
            taken = [(mail.id, _letter(mail)) for mail in outbox.claim(at=clock.now(), most=1)]
        if not taken:
            break
        tried += 1
        gone += _hand_over(*taken[0], sender)
    return gone


def _letter(mail: Mail) -> Letter:
    return Letter(mail.key, mail.to_address, mail.subject, mail.body, mail.to_name)


def _hand_over(mail_id: int, letter: Letter, sender: Sender) -> bool:
    """Hand one mail over, and keep what came of it."""
    try:
        reference = sender.send(letter)
    except NotSent as refused:
        logger.warning("Mail %d was not taken: %s", mail_id, refused)
        with unit_of_work():
            mail = db.session.get_one(Mail, mail_id)
            outbox.failed(mail, at=clock.now(), error=str(refused), for_good=refused.for_good)
        return False
    with unit_of_work():
        outbox.sent(db.session.get_one(Mail, mail_id), at=clock.now(), reference=reference)
    return True


def _settle_what_was_left(sender: Sender) -> None:
    with unit_of_work():
        for mail in outbox.left_behind(at=clock.now()):
            outbox.settle(mail, was_sent=sender.was_sent(mail.key), at=clock.now())
