"""The ticks of the post: what is in the outbox goes out, and advice is chased."""

import logging

from celery import shared_task
from flask import current_app

from casetracker import bounces, digesting, jobs, mailing
from casetracker.adapters.mail import NotifySender, sender_of

logger = logging.getLogger(__name__)


@shared_task(name="mail.send")
def send(**_later: object) -> int:
    """Send what is due, and return how many mails went."""
    gone = mailing.send_waiting(current_app.config["MAIL"])
    if gone:
        logger.info("%d mails sent", gone)
    return gone


@shared_task(name="mail.chase")
def chase(**_later: object) -> int:
    """Decide on the reminders that are due today, and return how many there were."""
    return int(jobs.chase()["sent"])


@shared_task(name="mail.digest")
def digest(**_later: object) -> int:
    """Make the digests whose hour has come, and return how many there were."""
    made = digesting.make_due()
    if made:
        logger.info("%d digests made", len(made))
    return len(made)


@shared_task(name="mail.failures")
def failures(**_later: object) -> int:
    """Ask GOV.UK Notify what did not arrive, where it carries the mail, and return how many mails came back."""
    sender = sender_of(current_app.config["MAIL"])
    return bounces.ask_notify(sender) if isinstance(sender, NotifySender) else 0
