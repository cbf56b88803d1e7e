"""Mail by GOV.UK Notify, with one template there that has `subject` and `body` as its fields."""

from typing import Any

from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from casetracker.adapters.mail.sender import Letter, NotSent, name_of

_FAILED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})


class NotifySender:
    """Hands each letter to Notify under a reference of its own, by which it can be asked for later."""

    def __init__(self, *, api_key: str, template_id: str, address: str = "") -> None:
        options = {"base_url": address} if address else {}
        self.client: Any = NotificationsAPIClient(api_key, **options)  # type: ignore[no-untyped-call]
        self.template_id = template_id

    def send(self, letter: Letter) -> str:
        """Hand the letter over. Notify refuses for good what it finds wrong (400); limits and faults pass."""
        try:
            taken = self.client.send_email_notification(
                email_address=letter.to_address,
                template_id=self.template_id,
                personalisation={"subject": letter.subject, "body": letter.body},
                reference=name_of(letter.key),
            )
        except HTTPError as refused:
            raise NotSent(
                f"{refused.status_code} {refused.message}"[:500], for_good=refused.status_code == 400
            ) from None
        except OSError as error:
            raise NotSent(str(error)) from None
        return str(taken["id"])

    def was_sent(self, key: str) -> bool | None:
        """Return whether Notify has a letter with this reference; None while it does not answer."""
        try:
            found = self.client.get_all_notifications(reference=name_of(key))
        except (HTTPError, OSError):
            return None
        return bool(found["notifications"])

    def failure(self, reference: str) -> str:
        """Return how Notify says that a letter failed to arrive, or "" where it does not, or does not answer."""
        try:
            status = str(self.client.get_notification_by_id(reference)["status"])
        except (HTTPError, OSError):
            return ""
        return status if status in _FAILED else ""
