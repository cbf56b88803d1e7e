"""Two weeks of ticks every ten minutes, each run twice, with senders and jobs that die: one digest a working day."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from casetracker import ROOT, digesting, jobs, mailing
from casetracker.extensions import db
from casetracker.models import Digest, DigestAlert, DigestKind, Mail, MailState
from casetracker.roles import Role
from casetracker.services import digest_choices, outbox
from tests import factories
from tests.integration.digests.people import delivered, mails, morning, reader, team, tick

FIRST, LAST = date(2026, 5, 18), date(2026, 5, 31)
WORKING_DAYS = [
    *(FIRST + timedelta(days=n) for n in range(5)),
    *(date(2026, 5, 26) + timedelta(days=n) for n in range(4)),
]
"""Monday 25 May is a bank holiday."""


def test_each_reader_gets_one_a_working_day_and_the_head_of_service_one_a_week(app, session, on_the_day):
    north = team()
    worker = reader("wilma@example.gov.uk", team_id=north.id)
    reader("morag@example.gov.uk", Role.MANAGER, team_id=north.id, head_of_service=True)
    for received_on in (date(2026, 1, 5), date(2026, 4, 13), date(2026, 4, 16)):  # two come to their limit meanwhile
        factories.case(received_on=received_on, worker=worker, today=FIRST).team_id = north.id
    db.session.commit()
    died = False
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        on_the_day.move_to(morning(day, 0, 30))
        jobs.sweep()
        for minutes in range(5 * 60, 19 * 60, 10):
            made = [*tick(on_the_day, day, minutes // 60, minutes % 60), *digesting.make_due()]
            if not made:
                continue
            if not died:  # a sender that took the mails, committed that, and died before it handed them over
                died = True
                outbox.claim(at=datetime.now(UTC))
                db.session.commit()
                continue
            mailing.send_waiting(app.config["MAIL"])
            mailing.send_waiting(app.config["MAIL"])
    daily = mails()
    assert {email: len(got) for email, got in daily.items()} == dict.fromkeys(
        ("wilma@example.gov.uk", "morag@example.gov.uk"), len(WORKING_DAYS)
    )
    days = sorted(
        session.scalars(select(Digest.for_day).where(Digest.kind == DigestKind.DAILY, Digest.user_id == worker.id))
    )
    assert days == WORKING_DAYS
    assert {mail.created_at.astimezone(UTC).hour for mail in daily["wilma@example.gov.uk"]} == {7}  # 8 in London
    (to_head,) = mails("weekly_summary").values()
    assert [mail.created_at.date() for mail in to_head] == [FIRST, date(2026, 5, 26)]
    assert set(session.scalars(select(Mail.state))) == {MailState.SENT}
    arrived = delivered(app)
    assert len(arrived) == 2 * len(WORKING_DAYS) + 2
    assert Counter(message["Message-ID"] for message in arrived).most_common(1)[0][1] == 1


KILLED = """
    import os
    import datetime, time_machine
    from pathlib import Path
    from casetracker import create_app, digesting
    from casetracker.services import digests
    from tests.conftest import settings
    app = create_app(settings({uri!r}, Path({folder!r})))
    real = digests.outbox.post
    def then_die(**named):
        real(**named)
        print("written", flush=True)
        os.kill(os.getpid(), 9)
    digests.outbox.post = then_die
    with time_machine.travel(datetime.datetime(2026, 6, 1, 7, 20, tzinfo=datetime.UTC)), app.app_context():
        digesting.make_due()
"""


def test_a_job_killed_in_the_middle_leaves_nothing_and_the_next_tick_makes_each_once(
    app, session, on_the_day, database_uri, tmp_path
):
    worker = reader()
    reader("another@example.gov.uk")
    factories.case(received_on=date(2026, 1, 5), worker=worker)
    db.session.commit()
    jobs.sweep()
    db.session.remove()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED.format(uri=database_uri, folder=str(tmp_path)))],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert done.returncode == -signal.SIGKILL and "written" in done.stdout, done.stderr
    for table in (Digest, DigestAlert, Mail):
        assert session.scalars(select(table)).all() == []
    assert len(tick(on_the_day, date(2026, 6, 1))) == 2
    assert tick(on_the_day, date(2026, 6, 1), 8) == []
    assert "New (" in mails()["wilma@example.gov.uk"][0].body


def test_many_at_once_make_one_each(app, session, on_the_day):
    for number in range(30):
        reader(f"worker{number}@example.gov.uk")
    db.session.remove()
    on_the_day.move_to(morning(date(2026, 6, 1)))
    together = threading.Barrier(4)

    def work() -> None:
        with app.app_context():
            together.wait()
            digesting.make_due()
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    digesting.make_due()
    assert {email: len(got) for email, got in mails().items()} == {
        f"worker{number}@example.gov.uk": 1 for number in range(30)
    }


def test_what_was_missed_in_the_morning_comes_until_the_evening_and_not_the_next_day(session, on_the_day):
    reader()
    assert len(tick(on_the_day, date(2026, 6, 1), 16, 50)) == 1  # 17:50 in London
    reader("late@example.gov.uk")
    assert tick(on_the_day, date(2026, 6, 1), 17) == []
    assert len(tick(on_the_day, date(2026, 6, 2))) == 2


def test_the_hour_is_londons_in_winter_and_in_summer(session, on_the_day):
    digest_choices.choose(by=reader(), daily=True, hour=6, lowest=None, when_nothing_is_new=True)
    db.session.commit()
    assert tick(on_the_day, date(2026, 6, 1), 4, 50) == []
    assert len(tick(on_the_day, date(2026, 6, 1), 5)) == 1
    assert tick(on_the_day, date(2026, 12, 1), 5, 50) == []
    assert len(tick(on_the_day, date(2026, 12, 1), 6)) == 1
