"""Mail leaving the tracker: into a folder of files, by SMTP, or by GOV.UK Notify."""

from collections.abc import Mapping
from typing import Any

from casetracker.adapters.mail.folder import FolderSender
from casetracker.adapters.mail.notify import NotifySender
from casetracker.adapters.mail.sender import Letter, NotSent, Sender
from casetracker.adapters.mail.smtp import SmtpSender

__all__ = ["FolderSender", "Letter", "NotSent", "NotifySender", "Sender", "SmtpSender", "sender_of"]


def sender_of(settings: Mapping[str, Any]) -> Sender:
    """Return the sender that the settings (`config.mail_settings`) choose."""
    if settings["adapter"] == "smtp":
        return SmtpSender(
            host=settings["host"],
            port=settings["port"],
            sent_from=settings["from"],
            security=settings["security"],
            user=settings["user"],
            password=settings["password"],
        )
    if settings["adapter"] == "notify":
        return NotifySender(
            api_key=settings["api_key"], template_id=settings["template_id"], address=settings["api_address"]
        )
    return FolderSender(settings["folder"], sent_from=settings["from"])
