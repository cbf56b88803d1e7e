"""The SEN2 return: what it asks of a case that no history keeps, the returns made, what was found and how explained."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.london import day_of
from casetracker.models.cases import Case
from casetracker.models.records import Outcome
from casetracker.models.users import User


class ReturnDetails(Model):
    """What the return asks of a case besides its history: as last returned, or as entered since."""

    __tablename__ = "return_details"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    as_at: Mapped[date]
    """The reference day of the return it came from, or the day it was entered."""
    collection_year: Mapped[int | None]
    """The return it came from; None where somebody entered it."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    historical: Mapped[bool] = mapped_column(default=False)
    """Whether the request was returned as historical: from before the years that are told of person by person."""
    assessed_elsewhere: Mapped[bool] = mapped_column(default=False)
    """Whether another authority made the assessment."""
    request_mediation: Mapped[bool | None]
    request_tribunal: Mapped[bool | None]
    assessment_mediation: Mapped[bool | None]
    assessment_tribunal: Mapped[bool | None]
    other_mediation: Mapped[bool | None]
    other_tribunal: Mapped[bool | None]
    rya: Mapped[bool | None]
    """Whether the request was made while in relevant youth accommodation."""
    exported: Mapped[str] = mapped_column(String(40), default="")

    plan_started_on: Mapped[date | None]
    """Where no final plan is in the history: a plan made before records began."""
    plan_res: Mapped[str] = mapped_column(String(8), default="")
    plan_wbp: Mapped[str] = mapped_column(String(8), default="")
    personal_budget: Mapped[bool | None]
    organised_arrangements: Mapped[bool | None]
    direct_payments: Mapped[str] = mapped_column(String(40), default="")
    cease_reason: Mapped[str] = mapped_column(String(8), default="")

    is_active: Mapped[bool] = mapped_column(default=False)
    """Whether it was returned as an active plan, or nobody has said that it was not."""
    transfer_la: Mapped[str] = mapped_column(String(3), default="")
    review_met_on: Mapped[date | None]
    review_outcome: Mapped[str] = mapped_column(String(8), default="")
    last_review_on: Mapped[date | None]
    """The day of the decision letter."""
    review_draft_on: Mapped[date | None]
    phase_transfer_due_on: Mapped[date | None]
    phase_transfer_final_on: Mapped[date | None]
    res: Mapped[str] = mapped_column(String(8), default="")
    wbp: Mapped[str] = mapped_column(String(8), default="")


class PlacementPart(StrEnum):
    """Which of the return's two lists of placements."""

    NAMED = "named"
    """Named in the plan when it was issued (module 4)."""
    ATTENDED = "attended"
    """Where the child or young person is (module 5)."""


class Placement(Model):
    """A setting, or other arrangement, that a plan names or that a child or young person attends."""

    __tablename__ = "placements"
    __table_args__ = (Index("ix_placements_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    part: Mapped[PlacementPart] = mapped_column(word(PlacementPart))
    rank: Mapped[str] = mapped_column(String(8), default="")
    urn: Mapped[str] = mapped_column(String(6), default="")
    ukprn: Mapped[str] = mapped_column(String(8), default="")
    sen_setting: Mapped[str] = mapped_column(String(8), default="")
    """The code of an arrangement that has no URN or UKPRN."""
    sen_setting_other: Mapped[str] = mapped_column(String(200), default="")
    entered_on: Mapped[date | None]
    left_on: Mapped[date | None]
    in_sen_unit: Mapped[bool | None]
    in_resourced_provision: Mapped[bool | None]
    res: Mapped[str] = mapped_column(String(8), default="")
    wbp: Mapped[str] = mapped_column(String(8), default="")
    attendance_pattern: Mapped[str] = mapped_column(String(20), default="")


class PlanNeed(Model):
    """A need that an active plan meets, first or second."""

    __tablename__ = "plan_needs"
    __table_args__ = (Index("ix_plan_needs_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    code: Mapped[str] = mapped_column(String(8))
    rank: Mapped[str] = mapped_column(String(8), default="")


class Sen2Return(Model):
    """One making of a year's return. Signed off, it is a submission, and neither it nor its files change again."""

    __tablename__ = "sen2_returns"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        UniqueConstraint("year", "submission"),
        CheckConstraint("(signed_at IS NULL) = (submission IS NULL)", name="signed_is_submitted"),
        CheckConstraint("(signed_at IS NULL) = (signed_by_id IS NULL)", name="signed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    """The collection year: it tells of the calendar year before."""
    number: Mapped[int]
    """Counted up within the year."""
    version: Mapped[str] = mapped_column(String(10))
    """The DfE's version of that year's return."""
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    worked_at: Mapped[datetime | None]
    """When it last got further: one that runs and has not for a while was killed, and is begun again."""
    ended_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    """People to go through, once counted."""
    done: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    header: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    """The header's cells, by column."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    """`figures` and `rows` of the return, and `tracker`: the tracker's own figures at that moment."""
    errors: Mapped[int] = mapped_column(default=0)
    queries: Mapped[int] = mapped_column(default=0)
    stored_as: Mapped[str] = mapped_column(String(32), unique=True)
    """The folder of its files, under `returns` in the data folder."""
    files: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT, default=dict)
    """By file: `sha256`, and `size` in bytes. Empty once a later making has taken an unsigned one's place."""
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submission: Mapped[int | None]
    """Counted up within the year: 1 for the first that was handed over."""

    asked_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[asked_by_id])
    signed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[signed_by_id])

    @property
    def census_on(self) -> date:
        """The census day of its year, as its header has it."""
        return date.fromisoformat(self.header["referencedate"])

    @property
    def is_rehearsal(self) -> bool:
        """Whether its census day was still to come when it was asked for: it cannot know what stood on that day."""
        return day_of(self.asked_at) < self.census_on


class Sen2Issue(Model):
    """A rule that a row of a return breaks."""

    __tablename__ = "sen2_issues"
    __table_args__ = (
        Index("ix_sen2_issues_return_id_kind_rule", "return_id", "kind", "rule", "id"),
        Index("ix_sen2_issues_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("sen2_returns.id"))
    rule: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    """"error" or "query"."""
    text: Mapped[str] = mapped_column(String(500))
    module: Mapped[str] = mapped_column(String(20))
    fields: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    """What tells the row from its like in the next making."""
    mend: Mapped[str] = mapped_column(String(20))
    """Where it is put right."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))

    case: Mapped[Case | None] = relationship(lazy="raise")


class Sen2Note(Model):
    """Why a query is right as it stands. Never changed: a later one of the same takes its place."""

    __tablename__ = "sen2_notes"
    __table_args__ = (Index("ix_sen2_notes_year_case_id_rule", "year", "case_id", "rule"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    rule: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
