"""The three ways mail leaves, held to the same contract; and the words it goes in."""

import json
import threading
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from casetracker.adapters.mail import FolderSender, Letter, NotifySender, NotSent, SmtpSender
from casetracker.services import mail_texts
from casetracker.services.mail_texts import SHIPPED, TextWrong
from tests.conftest import NOW

LETTER = Letter("chase:1:1:-14", "team@health.example", "Medical advice for EHC26-1 is due soon", "Body – ŵ", "Team é")
KEY = "casetracker-11111111-1111-1111-1111-111111111111-22222222-2222-2222-2222-222222222222"


class FakeNotify(BaseHTTPRequestHandler):
    """Behaves as GOV.UK Notify's API does for what we ask of it."""

    sent: dict[str, dict] = {}  # noqa: RUF012
    status = "sending"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def answer(self, status: int, data: dict) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.headers["Authorization"].startswith("Bearer "):
            self.answer(403, {"errors": [{"message": "no token"}]})
        elif "@" not in data["email_address"]:
            self.answer(400, {"errors": [{"error": "ValidationError", "message": "email_address Not a valid address"}]})
        elif data["email_address"].startswith("busy"):
            self.answer(429, {"errors": [{"error": "RateLimitError", "message": "Exceeded"}]})
        else:
            self.sent[data["reference"]] = data
            self.answer(201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a"})

    def do_GET(self) -> None:
        if "reference=" not in self.path:
            self.answer(200, {"id": self.path.rpartition("/")[2], "status": FakeNotify.status})
            return
        reference = self.path.partition("reference=")[2]
        self.answer(200, {"notifications": [{"reference": reference}] if reference in self.sent else [], "links": {}})


class Sink:
    """A mail server's end."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "451 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def folder(tmp_path):
    return FolderSender(str(tmp_path / "mail"), sent_from="send@example.gov.uk")


@pytest.fixture
def smtp():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    sender = SmtpSender(host="127.0.0.1", port=port, sent_from="send@example.gov.uk", security="none")
    sender.sink = sink
    yield sender
    server.stop()


@pytest.fixture
def notify():
    FakeNotify.sent, FakeNotify.status = {}, "sending"
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeNotify)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield NotifySender(api_key=KEY, template_id="t", address=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("which", ["folder", "smtp", "notify"])
class TestTheContract:
    def test_a_letter_is_taken_and_what_the_outside_calls_it_is_returned(self, which, request):
        assert request.getfixturevalue(which).send(LETTER)

    def test_whether_it_has_a_letter_is_known_or_said_to_be_unknown(self, which, request):
        sender = request.getfixturevalue(which)
        expected = {"folder": (False, True), "smtp": (None, None), "notify": (False, True)}[which]
        before = sender.was_sent(LETTER.key)
        sender.send(LETTER)
        assert (before, sender.was_sent(LETTER.key)) == expected


def test_the_same_letter_written_twice_is_one_file(folder):
    folder.send(LETTER)
    folder.send(LETTER)
    (file,) = folder.folder.glob("*")
    message = message_from_bytes(file.read_bytes())
    assert message["To"].endswith("<team@health.example>") and message["Auto-Submitted"] == "auto-generated"


def test_a_letter_s_id_comes_from_its_key_so_that_a_copy_can_be_told(smtp):
    assert smtp.send(LETTER) == smtp.send(LETTER)
    assert len({message_from_bytes(content)["Message-ID"] for content in smtp.sink.taken}) == 1


@pytest.mark.parametrize(("to", "for_good"), [("nobody@x.example", True), ("busy@x.example", False)])
def test_a_server_s_refusal_is_for_good_or_for_now(smtp, to, for_good):
    with pytest.raises(NotSent) as refused:
        smtp.send(Letter("k", to, "s", "b"))
    assert refused.value.for_good is for_good


@pytest.mark.parametrize(("to", "for_good"), [("no address", True), ("busy@x.example", False)])
def test_notify_s_refusal_is_for_good_or_for_now(notify, to, for_good):
    with pytest.raises(NotSent) as refused:
        notify.send(Letter("k", to, "s", "b"))
    assert refused.value.for_good is for_good


def test_a_server_that_does_not_answer_is_tried_again():
    away = SmtpSender(host="127.0.0.1", port=9, sent_from="a@b.example", security="none")
    with pytest.raises(NotSent) as refused:
        away.send(LETTER)
    assert not refused.value.for_good


class TestTheWords:
    @pytest.mark.parametrize("text", SHIPPED.values(), ids=lambda text: text.key)
    def test_no_subject_holds_anything_personal_and_each_text_can_go_out(self, text):
        mail_texts.check(text.key, text.subject, text.body)
        fields = {name: f"<{name}>" for name in text.fields}
        subject, body = mail_texts.merged(text, fields)
        assert not {"<initials>", "<said>", "<missing>", "<team>"} & set(subject.split())
        assert "{{" not in subject + body

    def test_a_mail_whose_field_was_not_given_never_goes_out_half_filled(self):
        with pytest.raises(KeyError):
            mail_texts.merged(SHIPPED["access_code"], {"minutes": "10"})

    @pytest.mark.parametrize(
        ("subject", "body", "field", "said"),
        [
            ("For {{initials}}", "{{link}}", "subject", "nothing personal"),
            ("x", "no way in", "body", "needs {{link}}"),
            ("x", "{{link}} {{password}}", "body", "is not one of this mail’s fields"),
            ("x", "{{link}} {{reference", "body", "two brackets on each side"),
            ("", "{{link}}", "subject", "Enter a subject"),
            ("x", "", "body", "Enter the text"),
        ],
    )
    def test_words_that_cannot_go_out_are_refused_with_the_reason(self, subject, body, field, said):
        with pytest.raises(TextWrong) as refused:
            mail_texts.check("advice_request", subject, body)
        assert refused.value.field == field and said in str(refused.value)

    def test_an_authority_s_own_words_go_out_until_they_are_reset(self, session, user):
        mail_texts.change("access_code", subject="Code", body="It is {{code}}", by=user(), at=NOW)
        assert mail_texts.merged(mail_texts.text_of("access_code"), {"code": "1"}) == ("Code", "It is 1")
        mail_texts.reset("access_code")
        session.flush()
        session.expire_all()
        assert mail_texts.text_of("access_code").subject == SHIPPED["access_code"].subject
