"""Chasing as the days go by, through a real mail server, with a kill in between."""

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import select

from casetracker import ROOT, jobs, mailing
from casetracker.adapters.mail import Letter, NotSent, SmtpSender
from casetracker.extensions import db
from casetracker.models import Advice, CaseEvent, Chase, Mail, MailState
from casetracker.services import chasing, outbox
from casetracker.statute.happenings import Happening as H
from tests import factories

ASKED = date(2026, 6, 1)
DUE = date(2026, 7, 13)


class Post:
    """What a mail server has taken."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (the library's name)
        from email import message_from_bytes

        message = message_from_bytes(envelope.content)
        self.taken.append((str(message["Message-ID"]), envelope.rcpt_tos[0]))
        return "250 taken"


@pytest.fixture
def post():
    handler = Post()
    server = Controller(handler, hostname="127.0.0.1", port=0)
    server._serve_port = None
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.port = free.getsockname()[1]
    server.start()
    handler.port = server.port
    yield handler
    server.stop()


def sender(post) -> SmtpSender:
    return SmtpSender(host="127.0.0.1", port=post.port, sent_from="send@example.gov.uk", security="none")


def waiting(app, **more) -> int:
    with app.app_context():
        service = factories.service(manager_email="boss@health.example", manager_name="Boss")
        case = factories.case(received_on=date(2026, 4, 20), steps=[(H.ASSESSMENT_AGREED, ASKED)])
        advice = factories.advice(case, service=service, asked_on=ASKED, **more)
        db.session.commit()
        return advice.id


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 20, tzinfo=UTC)


def test_each_step_goes_out_exactly_once_over_the_ladder_run_twice_a_day_and_killed_once(app, post):
    advice_id = waiting(app)
    killed = False
    day = ASKED
    while day <= date(2026, 8, 12):
        for hour in (8, 11):
            with time_machine.travel(at(day, hour), tick=False), app.app_context():
                jobs.chase()
                jobs.chase()
                if not killed and db.session.scalar(select(Mail.id).where(Mail.state == MailState.WAITING)):
                    killed = True  # a sender that took the mail, committed that, and died before it handed it over
                    outbox.claim(at=datetime.now(UTC))
                    db.session.commit()
                    db.session.remove()
                    continue
                mailing.send_waiting({}, sender=sender(post))
                mailing.send_waiting({}, sender=sender(post))
                db.session.remove()
        day += timedelta(days=1)
    with app.app_context():
        steps = list(db.session.scalars(select(Chase.step).order_by(Chase.planned_on)))
        assert steps == ["1:-14", "1:-7", "1:+1", "1:+8", "1:+15", "1:+22!", "1:+29"]
        chased = db.session.scalars(select(CaseEvent.occurred_on).where(CaseEvent.happening == H.ADVICE_CHASED)).all()
        assert len(chased) == 7
        assert all(chasing.is_a_day_for_mail(day) for day in chased)
        unsure = db.session.scalars(select(Mail).where(Mail.state == MailState.UNSURE)).all()
        assert len(unsure) == 1  # SMTP cannot say whether it had it: a person decides, and nothing goes twice
        outbox.retry(unsure[0], at=at(day))
        db.session.commit()
        with time_machine.travel(at(day), tick=False):
            mailing.send_waiting({}, sender=sender(post))
        assert db.session.get(Advice, advice_id).times_chased == 7
    assert Counter(message for message, _ in post.taken).most_common(1)[0][1] == 1
    assert len(post.taken) == 7
    assert [to for _, to in post.taken].count("boss@health.example") == 1


@pytest.mark.parametrize(
    ("on", "said"),
    [(date(2026, 7, 6), "in 7 days."), (date(2026, 7, 14), "1 day ago."), (date(2026, 7, 15), "2 days ago.")],
)
def test_a_reminder_says_in_how_many_days_it_is_due_or_how_many_ago_it_was(app, on, said):
    waiting(app)
    with time_machine.travel(at(on), tick=False), app.app_context():
        jobs.chase()
        (body,) = db.session.scalars(select(Mail.body))
        assert f"due on 13 July 2026, {said}" in body


KILLED_BETWEEN = """
    import os, sys
    from casetracker import clock, create_app, jobs
    from casetracker.services import outbox
    from tests.conftest import settings
    from pathlib import Path
    app = create_app(settings({uri!r}, Path({folder!r})))
    import casetracker.services.chasing as chasing
    real = chasing.histories.append
    def then_die(**named):
        done = real(**named)
        print("written", flush=True)
        os.kill(os.getpid(), 9)
    chasing.histories.append = then_die
    import time_machine, datetime
    with time_machine.travel(datetime.datetime(2026, 6, 29, 9, 20, tzinfo=datetime.UTC)), app.app_context():
        jobs.chase()
"""


def test_a_job_killed_before_its_commit_leaves_nothing_and_the_next_sends_it_once(app, database_uri, tmp_path, post):
    waiting(app)
    program = textwrap.dedent(KILLED_BETWEEN.format(uri=database_uri, folder=str(tmp_path)))
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert done.returncode == -signal.SIGKILL and "written" in done.stdout, done.stderr
    with app.app_context():
        assert db.session.scalars(select(Chase)).all() == []
        assert db.session.scalars(select(Mail)).all() == []
    for _ in range(2):
        with time_machine.travel(at(date(2026, 6, 29)), tick=False), app.app_context():
            jobs.chase()
            mailing.send_waiting({}, sender=sender(post))
            db.session.remove()
    assert len(post.taken) == 1


class TestHolding:
    @pytest.mark.parametrize(
        ("more", "on"),
        [
            ({"held_until": date(2026, 6, 29)}, date(2026, 6, 29)),
            ({"excused_by": "8(2)(a)"}, date(2026, 6, 29)),
            ({"mailbox": ""}, date(2026, 6, 29)),
            ({}, date(2026, 6, 28)),  # a Sunday
            ({}, date(2026, 6, 26)),  # before the first step
        ],
        ids=["held", "excused", "no mailbox", "weekend", "too early"],
    )
    def test_nothing_is_due(self, app, more, on):
        waiting(app, **more)
        with app.app_context():
            assert chasing.due(today=on) == []

    def test_it_is_due_once_the_hold_is_over_and_only_the_last_step(self, app):
        waiting(app, held_until=date(2026, 7, 20))
        with app.app_context():
            (one,) = chasing.due(today=date(2026, 7, 21))
        assert one.step.name == "1:+8"

    def test_a_mail_decided_on_at_night_waits_for_the_morning_of_a_working_day(self):
        friday_night = datetime(2026, 8, 28, 21, 0, tzinfo=UTC)  # the Monday after is a bank holiday
        assert chasing.in_working_hours(friday_night) == datetime(2026, 9, 1, 7, 30, tzinfo=UTC)


class TestTheOutbox:
    def test_a_refusal_for_good_is_given_up_at_once_and_another_is_tried_later(self, app):
        class Refusing:
            def __init__(self, for_good):
                self.for_good = for_good

            def send(self, letter: Letter) -> str:
                raise NotSent("550 no such mailbox", for_good=self.for_good)

            def was_sent(self, key: str) -> bool:
                return False

        with app.app_context():
            fields = {"code": "1", "minutes": "10", "council": "X"}
            now = datetime.now(UTC)
            for key in ("a", "b"):
                outbox.post(key=key, template="access_code", to_address="x@y.example", fields=fields, at=now)
                db.session.commit()
                mailing.send_waiting({}, sender=Refusing(key == "a"))
            states = {mail.key: mail.state for mail in db.session.scalars(select(Mail))}
            assert states == {"a": MailState.DEAD, "b": MailState.WAITING}
            again = db.session.scalars(select(Mail).where(Mail.key == "b")).one()
            assert again.not_before > now and again.attempts == 1

    def test_the_same_mail_decided_on_twice_is_one(self, app):
        with app.app_context():
            fields = {"code": "1", "minutes": "10", "council": "X"}
            now = datetime.now(UTC)
            one = outbox.post(key="k", template="access_code", to_address="x@y.example", fields=fields, at=now)
            assert outbox.post(key="k", template="access_code", to_address="x@y.example", fields=fields, at=now) is one

    def test_two_senders_at_once_never_take_the_same_mail(self, app):
        with app.app_context():
            now = datetime.now(UTC)
            for number in range(6):
                outbox.post(
                    key=f"k{number}", template="access_code", to_address="x@y.example",
                    fields={"code": "1", "minutes": "10", "council": "X"}, at=now,
                )  # fmt: skip
            db.session.commit()
            first = {mail.id for mail in outbox.claim(at=now, most=3)}
            db.session.commit()
            second = {mail.id for mail in outbox.claim(at=now, most=10)}
            assert len(first) == len(second) == 3 and not first & second

    def test_a_sender_that_died_leaves_it_to_what_the_outside_says(self, app, tmp_path):
        from casetracker.adapters.mail import FolderSender

        folder = FolderSender(str(tmp_path / "post"), sent_from="a@b.example")
        with app.app_context():
            now = datetime.now(UTC)
            for key in ("gone", "kept"):
                outbox.post(
                    key=key, template="access_code", to_address="x@y.example",
                    fields={"code": "1", "minutes": "10", "council": "X"}, at=now - timedelta(hours=1),
                )  # fmt: skip
            db.session.commit()
            taken = outbox.claim(at=now - timedelta(minutes=30))
            folder.send(Letter("gone", "x@y.example", "s", "b"))
            db.session.commit()
            assert {mail.state for mail in taken} == {MailState.SENDING}
            mailing.send_waiting({}, sender=folder)
            assert {m.key: m.state for m in db.session.scalars(select(Mail))} == {
                "gone": MailState.SENT,
                "kept": MailState.SENT,
            }
            assert len(list((tmp_path / "post").glob("*.eml"))) == 2
