"""Reading the post, as somebody with a mailbox does."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Flask

from casetracker import mailing


def delivered(app: Flask, *, to: str = "") -> list[EmailMessage]:
    """Send what is in the outbox, and return the mails of the folder, oldest first, those to one address if given."""
    with app.app_context():
        mailing.send_waiting(app.config["MAIL"])
    files = sorted(Path(app.config["MAIL"]["folder"]).glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [mail for mail in mails if to in str(mail["To"])]  # type: ignore[misc]


def text_of(mail: EmailMessage) -> str:
    return mail.get_content()


def link_in(mail: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    found = re.search(r"http://[^/\s]+(/(?:give|advice-of|review)/\S+)", text_of(mail))
    assert found, text_of(mail)
    return found.group(1)


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"Your code is (\d{6})", text_of(mail))
    assert found, text_of(mail)
    return found.group(1)
