"""The jobs page, the warning that goes with it, and running the sweep from it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from casetracker import jobs
from casetracker.extensions import db
from casetracker.models import Alert, JobRun, Outcome
from casetracker.roles import Role
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.usefixtures("session", "on_the_day")
NEVER = "The nightly sweep has never run"
LATE = "The nightly sweep last ran for"


def text(answer) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())


def run(**changed: object) -> JobRun:
    fields = {
        "job": "sweep",
        "for_day": TODAY,
        "started_at": NOW - timedelta(minutes=1),
        "ended_at": NOW - timedelta(seconds=48),
        "outcome": Outcome.DONE,
        "counts": {"marked_overdue": 1234},
        **changed,
    }
    made = JobRun(**fields)
    db.session.add(made)
    db.session.commit()
    return made


class TestThePage:
    def test_shows_each_jobs_last_run_its_length_and_what_it_did(self, client, user):
        run(counts={"marked_overdue": 5}, started_at=NOW - timedelta(hours=2))
        run()
        run(job="snapshot", counts={"figures": 10})
        answer = text(client(user(Role.MANAGER)).get("/jobs"))
        assert "Sweep 1 Jun 2026 1 June 2026 at 10:29am 12.0 seconds Done marked overdue 1,234" in answer
        assert "marked overdue 5" in answer
        assert "Snapshot" in answer

    def test_shows_a_failure_with_its_message(self, client, user):
        run(outcome=Outcome.FAILED, counts={}, message="OperationalError: the disk is full")
        answer = text(client(user(Role.ADMINISTRATOR)).get("/jobs"))
        assert "Failed OperationalError: the disk is full" in answer

    @pytest.mark.parametrize(("hours", "shown"), [(5, "Running"), (7, "Did not finish")])
    def test_a_run_that_never_ended_is_said_not_to_have_finished_after_six_hours(self, client, user, hours, shown):
        run(outcome=Outcome.RUNNING, started_at=NOW - timedelta(hours=hours), ended_at=None, counts={})
        assert shown in text(client(user(Role.MANAGER)).get("/jobs"))

    def test_differences_found_by_a_verification_stand_out(self, client, user):
        run(job="verify", counts={"cases": 10, "entries": 90, "differences": 2})
        assert "Some cases are not what their histories say" in text(client(user(Role.MANAGER)).get("/jobs"))

    def test_the_history_holds_the_newest_fifty(self, client, user):
        for number in range(60):
            run(counts={"numbered": number})
        answer = text(client(user(Role.MANAGER)).get("/jobs"))
        assert "numbered 10," not in answer
        assert "numbered 59" in answer and "numbered 10 " in answer and "numbered 9 " not in answer


class TestTheWarning:
    def test_is_on_every_page_until_the_sweep_has_run(self, client, user):
        browser = client(user(Role.MANAGER))
        assert NEVER in text(browser.get("/alerts"))
        run()
        assert NEVER not in text(browser.get("/alerts"))

    def test_is_not_for_strangers(self, client):
        assert NEVER not in text(client(None).get("/sign-in"))

    @pytest.mark.parametrize(("hours", "warns"), [(25, False), (26, False), (27, True), (24 * 9, True)])
    def test_comes_back_after_twenty_six_hours(self, client, user, hours, warns):
        at = NOW - timedelta(hours=hours)
        run(for_day=at.date(), started_at=at, ended_at=at)
        assert (LATE in text(client(user(Role.MANAGER)).get("/jobs"))) == warns

    def test_is_not_silenced_by_rerunning_a_night_long_past(self, client, user):
        run(for_day=date(2026, 3, 1))
        assert LATE + " 1 March 2026" in text(client(user(Role.MANAGER)).get("/jobs"))

    @pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.RUNNING])
    def test_is_not_silenced_by_a_run_that_did_not_end_well(self, client, user, outcome):
        run(outcome=outcome, ended_at=None)
        assert NEVER in text(client(user(Role.MANAGER)).get("/jobs"))


class TestRunningIt:
    @pytest.mark.parametrize(
        ("role", "sees", "runs"),
        [
            (Role.CASEWORKER, 403, 403),
            (Role.MANAGER, 200, 302),
            (Role.DATA_OFFICER, 200, 403),
            (Role.ADMINISTRATOR, 200, 302),
        ],
    )
    def test_who_may(self, client, user, role, sees, runs):
        browser = client(user(role))
        answer = browser.get("/jobs", status=sees)
        browser.post("/jobs/sweep", status=runs)
        assert ("Run the sweep now" in answer.text) == (runs == 302)
        assert db.session.scalar(select(func.count(JobRun.id))) == (1 if runs == 302 else 0)

    def test_raises_what_there_is_to_raise_and_says_so(self, client, user):
        factories.case(received_on=date(2026, 1, 5))
        db.session.commit()
        browser = client(user(Role.MANAGER))
        browser.post("/jobs/sweep")
        shown = text(browser.get("/jobs"))
        assert "The sweep is done: 5 alerts raised and 0 closed." in shown, shown
        assert db.session.scalar(select(func.count(Alert.id))) == 5

    def test_needs_the_token_of_a_form(self, client, user):
        client(user(Role.MANAGER)).post("/jobs/sweep", token=None, status=400)

    def test_cannot_be_run_for_a_day_that_has_not_come(self, session):
        with pytest.raises(jobs.DayToCome, match="2 June 2026 has not come yet"):
            jobs.sweep(on=TODAY + timedelta(days=1))
        assert db.session.scalar(select(func.count(JobRun.id))) == 0


def test_a_job_that_fails_is_on_record_and_leaves_nothing_half_done(session):
    factories.case(received_on=date(2026, 1, 5))
    db.session.commit()

    def half(day: date) -> dict[str, int]:
        db.session.execute(Alert.__table__.delete())
        factories.case(received_on=day, reference="half")
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        jobs.run("sweep", half)
    (left,) = db.session.scalars(select(JobRun))
    assert (left.outcome, left.message) == (Outcome.FAILED, "RuntimeError: pulled the plug")
    assert left.ended_at == NOW
    assert db.session.scalars(select(factories.Case.reference)).all() != ["half"]


def test_the_moment_of_a_run_is_londons(client, user):
    run(started_at=datetime(2026, 1, 15, 0, 30, tzinfo=UTC), job="snapshot")
    assert "15 January 2026 at 12:30am" in text(client(user(Role.MANAGER)).get("/jobs"))
