"""What every way of sending mail is: one letter at a time, by a key that makes it once."""

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way out."""

    key: str
    to_address: str
    subject: str
    body: str
    to_name: str = ""


class NotSent(Exception):
    """The letter was not taken. `for_good` says that trying again will not help."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


class Sender(Protocol):
    """A way for mail to leave."""

    def send(self, letter: Letter) -> str:
        """
        Hand a letter over, and return what the outside calls it.

        :raises NotSent: if it was not taken
        """

    def was_sent(self, key: str) -> bool | None:
        """Return whether the outside has the letter with this key; None where it cannot say."""


def name_of(key: str) -> str:
    """Return a name for a letter that says nothing of what is in it, and is the same each time."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def message_of(letter: Letter, *, sent_from: str) -> EmailMessage:
    """Return a letter as an e-mail. Its Message-ID comes from its key, so that a copy of it can be told."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sent_from
    message["To"] = formataddr((letter.to_name, letter.to_address))
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{name_of(letter.key)}@{sent_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
