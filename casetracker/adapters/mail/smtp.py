"""Mail by SMTP."""

import smtplib
import ssl

from casetracker.adapters.mail.sender import Letter, NotSent, message_of

SECONDS = 20


class SmtpSender:
    """Hands each letter to a mail server over a connection of its own."""

    def __init__(
        self, *, host: str, port: int, sent_from: str, security: str = "starttls", user: str = "", password: str = ""
    ) -> None:
        self.host, self.port, self.sent_from = host, port, sent_from
        self.security, self.user, self.password = security, user, password

    def send(self, letter: Letter) -> str:
        """Hand the letter over; a refusal of 500 or above is for good."""
        message = message_of(letter, sent_from=self.sent_from)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = next(iter(refused.recipients.values()))
            raise NotSent(f"{code} {text.decode(errors='replace')}", for_good=code >= 500) from None
        except smtplib.SMTPResponseException as refused:
            said = refused.smtp_error
            words = said.decode(errors="replace") if isinstance(said, bytes) else said
            raise NotSent(f"{refused.smtp_code} {words}", for_good=_for_good(refused)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(str(error)) from None
        return str(message["Message-ID"])

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)
        return server

    def was_sent(self, key: str) -> None:
        """Return None: a mail server does not say afterwards what it took."""
        del key


def _for_good(refused: smtplib.SMTPResponseException) -> bool:
    """A server that will not let us in will let us in once that is put right: not the letter's fault."""
    return refused.smtp_code >= 500 and not isinstance(refused, smtplib.SMTPAuthenticationError)
