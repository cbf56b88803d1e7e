"""A case: its append-only history, and the row that history projects."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model, by_code_point, word
from casetracker.models.directory import Setting
from casetracker.models.people import Person, Team
from casetracker.models.users import User
from casetracker.statute.happenings import Happening
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Party
from casetracker.statute.timetable import Basis, Duty, Force


class Case(Model):
    """
    One request and all that came of it.

    Everything under "projected" is what `statute.history.replay` says of the history, written in the same
    transaction as the entry that changed it (services/histories.py); `casetracker verify` checks that it still is.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "ix_cases_open_by_urgency",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open = 1"),
        ),
        Index("ix_cases_worker_by_urgency", "named_worker_id", "is_open", "next_due_on", "id"),
        Index("ix_cases_team_by_urgency", "team_id", "is_open", "next_due_on", "id"),
        Index("ix_cases_setting_by_urgency", "setting_id", "is_open", "next_due_on", "id"),
        Index("ix_cases_stage_by_urgency", "is_open", "stage", "next_due_on", "id"),
        Index("ix_cases_open_by_clock", "is_open", "clock_started_on", "stage"),
        Index(
            "ix_cases_open_by_worker",
            "named_worker_id",
            "clock_started_on",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open = 1"),
        ),
        Index(
            "ix_cases_plans_issued",
            "final_plan_month",
            "days_to_plan",
            "exceptions_apply",
            "counts_for_timeliness",
            "final_plan_on",
        ),
        CheckConstraint("days_to_plan IS NULL OR final_plan_on IS NOT NULL", name="days_only_with_a_plan"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(by_code_point(60), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("settings.id"))
    primary_need: Mapped[str] = mapped_column(String(6), default="")
    request_source: Mapped[str] = mapped_column(String(2), default="")
    out_of_school: Mapped[bool] = mapped_column(default=False)
    """Whether the child has no school, college or early years place to go to, as was last said of the case."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    named_worker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    version: Mapped[int] = mapped_column(default=0)
    """The `seq` of the last entry: what a form carries so that two people cannot overwrite each other."""
    last_hash: Mapped[str] = mapped_column(String(64), default="")

    # projected
    stage: Mapped[Stage] = mapped_column(word(Stage))
    stage_since: Mapped[date | None]
    is_open: Mapped[bool]
    whose_move: Mapped[Party] = mapped_column(word(Party))
    awaits_information: Mapped[bool] = mapped_column(default=False)
    received_on: Mapped[date | None]
    episode: Mapped[int]
    clock_basis: Mapped[Basis] = mapped_column(word(Basis))
    clock_started_on: Mapped[date | None]
    next_duty: Mapped[Duty | None] = mapped_column(word(Duty, checked=False))
    next_subject: Mapped[str] = mapped_column(String(200), default="")
    next_due_on: Mapped[date | None]
    final_due_on: Mapped[date | None]
    """The last day for the final plan, while that is still to be met or was the case's limit."""
    agreed_to_assess_on: Mapped[date | None]
    refused_to_assess_on: Mapped[date | None]
    plan_agreed_on: Mapped[date | None]
    plan_refused_on: Mapped[date | None]
    draft_sent_on: Mapped[date | None]
    final_plan_on: Mapped[date | None]
    """When the first final plan was issued."""
    final_plan_month: Mapped[int | None]
    """Its month as YYYYMM, so that a period is a range of whole numbers on either database."""
    days_to_plan: Mapped[int | None]
    """Days from receipt to the first final plan; None where either is not known."""
    counts_for_timeliness: Mapped[bool] = mapped_column(default=False)
    """Whether a plan was issued on the first clock, with no mediation or appeal about the request or assessment."""
    reopened: Mapped[bool] = mapped_column(default=False)
    """Whether a plan was issued, but on a re-opened clock or after a dispute."""
    exceptions_apply: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    person: Mapped[Person] = relationship(lazy="raise")
    setting: Mapped[Setting | None] = relationship(lazy="raise")
    team: Mapped[Team | None] = relationship(lazy="raise")
    named_worker: Mapped[User | None] = relationship(lazy="raise")


class CaseEvent(Model):
    """
    One entry of a case history. Never updated and never deleted: triggers on both databases refuse it.

    `hash` covers the entry and the hash of the one before it, so that a history altered underneath the tracker
    no longer adds up (`casetracker verify`).
    """

    __tablename__ = "case_events"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        CheckConstraint("corrects < seq", name="corrects_an_earlier_entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    happening: Mapped[Happening] = mapped_column(word(Happening, checked=False))
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody, for what an import or a job recorded."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    corrects: Mapped[int | None]
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"))
    submission: Mapped[str | None] = mapped_column(String(36), unique=True)
    """The form that brought it, once: the same form posted twice records one entry."""
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class MilestoneRow(Model):
    """One milestone of a case, as projected; only `marked_overdue_on` is the sweep's."""

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("case_id", "key"),
        Index(
            "ix_milestones_open_by_due",
            "due_on",
            "duty",
            "case_id",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open = 1"),
        ),
        Index(
            "ix_milestones_open_by_subject",
            "duty",
            "subject",
            "case_id",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open = 1"),
        ),
        Index(
            "ix_milestones_open_excused",
            "due_on",
            "id",
            postgresql_where=text("is_open AND excused_by <> ''"),
            sqlite_where=text("is_open = 1 AND excused_by <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(120))
    """Episode, duty, subject and count: the same milestone keeps its key for as long as the case lives."""
    episode: Mapped[int]
    duty: Mapped[Duty] = mapped_column(word(Duty, checked=False))
    subject: Mapped[str] = mapped_column(String(200), default="")
    force: Mapped[Force] = mapped_column(word(Force))
    authority: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    lapsed_on: Mapped[date | None]
    excused_by: Mapped[str] = mapped_column(String(20), default="")
    is_open: Mapped[bool]
    marked_overdue_on: Mapped[date | None]
    """The day whose sweep found it overdue."""
