"""Mail that came back: from a notice, and from Notify; shown on the case."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from casetracker import bounces, mailing
from casetracker.extensions import db
from casetracker.models import Mail
from casetracker.services import outbox
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import TODAY
from tests.integration.mail.test_senders import FakeNotify, notify, smtp  # noqa: F401  (fixtures)

NOTICE = """From: MAILER-DAEMON@mx.example
To: send@example.gov.uk
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; team@health.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such
 mailbox

--x
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: x

body
--x--
"""


def send_one(app, sender) -> tuple[int, str]:
    with app.app_context():
        case = factories.case(received_on=date(2026, 5, 4), steps=[(H.ASSESSMENT_AGREED, TODAY)])
        fields = {"code": "1", "minutes": "10", "council": "X"}
        now = datetime.now(UTC)
        mail = outbox.post(key="k", template="access_code", to_address="team@health.example", fields=fields, at=now,
                           case_id=case.id)  # fmt: skip
        db.session.commit()
        mailing.send_waiting({}, sender=sender)
        return case.id, db.session.get(Mail, mail.id).provider_reference


def test_a_notice_marks_the_mail_and_the_case_shows_it(app, smtp, tmp_path, client, user):  # noqa: F811
    case_id, message_id = send_one(app, smtp)
    (tmp_path / "1.eml").write_text(NOTICE.format(message_id=message_id, action="failed"))
    (tmp_path / "2.eml").write_text(NOTICE.format(message_id="<another@x>", action="failed"))
    (tmp_path / "3.eml").write_text("Subject: hello\n\nno notice at all")
    with app.app_context():
        assert bounces.take_notices(tmp_path) == 1
        assert bounces.take_notices(tmp_path) == 0
        assert "550 5.1.1 no such mailbox" in db.session.scalars(select(Mail)).one().bounce_reason
    assert "A mail did not arrive" in client(user()).get(f"/cases/{case_id}").text


def test_a_notice_of_delay_is_no_failure(app, smtp, tmp_path):  # noqa: F811
    _, message_id = send_one(app, smtp)
    (tmp_path / "1.eml").write_text(NOTICE.format(message_id=message_id, action="delayed"))
    with app.app_context():
        assert bounces.take_notices(tmp_path) == 0


def test_what_notify_could_not_deliver_is_marked(app, notify):  # noqa: F811
    send_one(app, notify)
    with app.app_context():
        assert bounces.ask_notify(notify) == 0
        FakeNotify.status = "permanent-failure"
        assert bounces.ask_notify(notify) == 1
        assert bounces.ask_notify(notify) == 0
