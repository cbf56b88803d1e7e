"""What the jobs have done, and whether the nightly sweep is late."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.models import JobRun, Outcome

SWEEP = "sweep"
STALE_AFTER = timedelta(hours=26)
KILLED_AFTER = timedelta(hours=6)
"""How long a run may go on before it is taken to have been killed: no job here takes a tenth of it."""
DID_NOT_FINISH = "did not finish"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job, as it is shown."""

    job: str
    for_day: date | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    counts: dict[str, Any]
    message: str

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


def last_runs(*, at: datetime) -> list[Run]:
    """Return the newest run of each job there has been, by the name of the job."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    rows = db.session.scalars(select(JobRun).where(JobRun.id.in_(newest)).order_by(JobRun.job))
    return [_shown(row, at) for row in rows]


def history(*, at: datetime, number: int = 50) -> Sequence[Run]:
    """Return the newest runs of all jobs, latest first."""
    rows = db.session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(number))
    return [_shown(row, at) for row in rows]


def _shown(row: JobRun, at: datetime) -> Run:
    killed = row.outcome is Outcome.RUNNING and at - row.started_at > KILLED_AFTER
    outcome = DID_NOT_FINISH if killed else row.outcome.value
    return Run(row.job, row.for_day, row.started_at, row.ended_at, outcome, row.counts, row.message)


def is_running(job: str, *, at: datetime) -> bool:
    """Return whether a job has begun and not ended, leaving out runs that were killed."""
    query = select(JobRun.id).where(
        JobRun.job == job, JobRun.outcome == Outcome.RUNNING, JobRun.started_at > at - KILLED_AFTER
    )
    return db.session.scalar(query.limit(1)) is not None


def has_run(job: str, *, on: date) -> bool:
    """Return whether a job has ended well for a day."""
    query = select(JobRun.id).where(JobRun.job == job, JobRun.outcome == Outcome.DONE, JobRun.for_day == on)
    return db.session.scalar(query.limit(1)) is not None


def first_success(jobs: Collection[str]) -> datetime | None:
    """Return when one of these jobs ended well for the first time, or None."""
    query = select(JobRun.ended_at).where(JobRun.job.in_(jobs), JobRun.outcome == Outcome.DONE)
    return db.session.scalar(query.order_by(JobRun.started_at).limit(1))


def has_begun(job: str, *, since: datetime) -> bool:
    """Return whether a job has begun at or after an instant, however it ended."""
    return (
        db.session.scalar(select(JobRun.id).where(JobRun.job == job, JobRun.started_at >= since).limit(1)) is not None
    )


def last_success(job: str, *, since: datetime) -> datetime | None:
    """Return when this job last ended well for a day from the one of `since`, leaving out older runs; or None."""
    query = select(func.max(JobRun.ended_at)).where(
        JobRun.job == job,
        JobRun.started_at >= since - KILLED_AFTER,
        JobRun.outcome == Outcome.DONE,
        JobRun.for_day >= since.date(),
    )
    return db.session.scalar(query)


def sweep_warning(*, at: datetime) -> str | None:
    """
    Return the words to show on every page when breaches may be going unseen, or None.

    A sweep rerun for a night long past says nothing of today's, so it does not silence the warning.
    """
    recent = last_success(SWEEP, since=at - STALE_AFTER)
    if recent is not None and at - recent <= STALE_AFTER:
        return None
    newest_day = select(func.max(JobRun.for_day)).where(JobRun.job == SWEEP, JobRun.outcome == Outcome.DONE)
    swept_to = db.session.scalar(newest_day)
    if swept_to is None:
        return "The nightly sweep has never run: alerts are not being raised. Ask an administrator to look at Jobs."
    return (
        f"The nightly sweep last ran for {swept_to:%-d %B %Y}, more than {STALE_AFTER // timedelta(hours=1)} hours "
        "ago, and newer breaches are not shown. See Jobs."
    )
