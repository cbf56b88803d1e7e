"""What the machinery keeps of its own work: job runs, imports, frozen figures."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import JSON_OBJECT, Model, word


class Outcome(StrEnum):
    """How a job or an import stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRun(Model):
    """One run of a job: when, how long, what it did."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_job_started_at", "job", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    for_day: Mapped[date | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    message: Mapped[str] = mapped_column(Text, default="")


class ImportKind(StrEnum):
    """What was brought in."""

    SEN2_CSV = "sen2_csv"
    """A SEN2 return, as CSV or as XML: the word is from before XML was read."""
    HISTORY = "history"


class ImportBatch(Model):
    """One import: what it read, and how far it has got."""

    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(word(ImportKind))
    source: Mapped[str] = mapped_column(String(500))
    """The folder or file names, as given."""
    stored_at: Mapped[str] = mapped_column(String(500), default="")
    """Where an uploaded import waits for its job, under the data folder."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    worked_at: Mapped[datetime | None]
    """When it last got further: a running import that has not for a while was killed, and is taken up again."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    dry_run: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int] = mapped_column(default=0)
    """Cases to read, once counted: what the progress bar is out of."""
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    header: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    """What the header of a SEN2 return said, by column; empty for anything else, and until all has been read."""
    message: Mapped[str] = mapped_column(Text, default="")


class ImportRefusal(Model):
    """A row that an import could not take, or took with a question."""

    __tablename__ = "import_refusals"
    __table_args__ = (Index("ix_import_refusals_batch_id_id", "batch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    severity: Mapped[str] = mapped_column(String(10))
    """"refused" or "query"."""
    file: Mapped[str] = mapped_column(String(200))
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(60), default="")
    rule: Mapped[str] = mapped_column(String(500))
    value: Mapped[str] = mapped_column(String(500), default="")


class KpiSnapshot(Model):
    """A figure as it stood on a day, with what it was made of and the definition it was made by."""

    __tablename__ = "kpi_snapshots"
    __table_args__ = (UniqueConstraint("taken_on", "measure", "period", "period_starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    taken_on: Mapped[date]
    measure: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(20))
    period_starts_on: Mapped[date]
    period_ends_on: Mapped[date]
    numerator: Mapped[int]
    denominator: Mapped[int]
    definition: Mapped[str] = mapped_column(String(20))
    """The version of the definition."""
    recorded_at: Mapped[datetime]
