"""The worker as a council runs it: its own process, told of a task through a real broker."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from sqlalchemy import func, select

from casetracker import clock
from casetracker.extensions import db
from casetracker.models import Alert, JobRun, Outcome
from tests import factories
from tests.services import ROOT, broker_urls, require

WITHIN = 40.0


@pytest.fixture(params=["rabbitmq", "redis"])
def broker(request: pytest.FixtureRequest) -> str:
    require(request.param)
    return broker_urls()[request.param]


@pytest.fixture
def queue(broker: str) -> Iterator[str]:
    """A queue of the test's own, gone afterwards."""
    name = f"casetracker-test-{uuid.uuid4().hex}"
    yield name
    with Celery(broker=broker).connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_purge(name)
        channel.queue_delete(name)


def worker(database_uri: str, broker: str, queue: str, data: Path) -> subprocess.Popen[bytes]:
    environ = {
        **os.environ,
        "DATABASE_URL": database_uri,
        "CELERY_BROKER_URL": broker,
        "CASETRACKER_DATA": str(data),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "casetracker.worker", "worker", "--pool", "solo"]
    options = ["--queues", queue, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    return subprocess.Popen([*command, *options], cwd=ROOT, env=environ, start_new_session=True)


def test_a_task_reaches_the_worker_and_is_not_lost_when_the_worker_is_killed(
    session, database_uri, broker, queue, tmp_path
):
    factories.case(received_on=clock.today() - timedelta(weeks=8), today=clock.today())
    session.commit()
    sender = Celery(broker=broker)
    sender.send_task("nightly.sweep", queue=queue)  # before there is anybody to hear it
    first = worker(database_uri, broker, queue, tmp_path)
    try:
        assert swept(session, times=1)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
        raised = session.scalar(select(func.count(Alert.id)))
        assert raised
        sender.send_task("nightly.sweep", queue=queue)
        second = worker(database_uri, broker, queue, tmp_path)
        try:
            assert swept(session, times=2)
            assert session.scalar(select(func.count(Alert.id))) == raised  # once, whatever ran twice
        finally:
            os.killpg(second.pid, signal.SIGKILL)
            second.wait(10)
    finally:
        if first.poll() is None:
            os.killpg(first.pid, signal.SIGKILL)
            first.wait(10)
        sender.close()


def swept(session, *, times: int) -> bool:
    """Wait until so many sweeps are on record as done."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        session.rollback()
        done = select(func.count(JobRun.id)).where(JobRun.job == "sweep", JobRun.outcome == Outcome.DONE)
        if (db.session.scalar(done) or 0) >= times:
            return True
        time.sleep(0.25)
    return False
