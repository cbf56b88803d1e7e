"""Pieces of advice: where each has got to, its drafts, what was given, and the files that came with it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.models.agreed_forms import AgreedForm, FormVersion
from casetracker.models.cases import Case
from casetracker.models.directory import Service
from casetracker.statute.advice import AdviceKind, AdviceStatus


class Advice(Model):
    """
    One piece of advice. Everything under "projected" is what the case history says of it (services/histories.py).

    A row with a `service_id` or a `form_id` was asked for through the tracker; one without was only recorded.
    """

    __tablename__ = "advice"
    __table_args__ = (
        UniqueConstraint("case_id", "key"),
        Index(
            "ix_advice_outstanding",
            "kind",
            "due_on",
            "case_id",
            postgresql_where=text("is_outstanding"),
            sqlite_where=text("is_outstanding = 1"),
        ),
        Index(
            "ix_advice_waited_for",
            "asked_on",
            "id",
            postgresql_where=text("is_outstanding"),
            sqlite_where=text("is_outstanding = 1"),
        ),
        Index(
            "ix_advice_waited_for_by_kind",
            "kind",
            "asked_on",
            "id",
            postgresql_where=text("is_outstanding"),
            sqlite_where=text("is_outstanding = 1"),
        ),
        Index("ix_advice_service_id", "service_id", "is_outstanding", "due_on"),
        Index("ix_advice_asked_on", "asked_on", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(60))
    """Its `advice_ref` in the history; kind and count for a piece that has none. Never given to another piece."""

    # who and how: set when it is asked for
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("forms.id"))
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_versions.id"))
    """The version it is being given on, from the moment somebody first opens the form."""
    mailbox: Mapped[str] = mapped_column(String(254), default="")
    """Where its link and chases go: the service's mailbox when it was asked for, or another given instead."""
    held_until: Mapped[date | None]
    """No chase goes out up to and including this day, by a caseworker's word or an accepted reason."""
    held_because: Mapped[str] = mapped_column(String(200), default="")

    # projected
    kind: Mapped[AdviceKind] = mapped_column(word(AdviceKind, checked=False))
    giver: Mapped[str] = mapped_column(String(200), default="")
    authority: Mapped[str] = mapped_column(String(120), default="")
    """The paragraph of reg 6 it is sought under."""
    parent_requested: Mapped[bool] = mapped_column(default=False)
    episode: Mapped[int]
    status: Mapped[AdviceStatus] = mapped_column(word(AdviceStatus))
    is_outstanding: Mapped[bool]
    asked_on: Mapped[date | None]
    runs_from: Mapped[date | None]
    """The day from which the giver's six weeks run (reg 8(1))."""
    due_on: Mapped[date | None]
    excused_by: Mapped[str] = mapped_column(String(20), default="")
    """The paragraph of reg 8(2) on record against its six weeks."""
    seen_on: Mapped[date | None]
    drafted_on: Mapped[date | None]
    delayed_on: Mapped[date | None]
    """When the giver last said that more time is needed."""
    expected_on: Mapped[date | None]
    """When the giver then expected to give it."""
    late_reason: Mapped[str] = mapped_column(String(2000), default="")
    first_received_on: Mapped[date | None]
    received_on: Mapped[date | None]
    """None again while it is returned or withdrawn."""
    returned_on: Mapped[date | None]
    times_returned: Mapped[int] = mapped_column(default=0)
    days_lost: Mapped[int] = mapped_column(default=0)
    """Days between each return and its coming back; one still out is not counted."""
    accepted_on: Mapped[date | None]
    not_known_on: Mapped[date | None]
    not_needed_on: Mapped[date | None]
    times_chased: Mapped[int] = mapped_column(default=0)
    last_chased_on: Mapped[date | None]

    case: Mapped[Case] = relationship(lazy="raise")
    service: Mapped[Service | None] = relationship(lazy="raise")
    form: Mapped[AgreedForm | None] = relationship(lazy="raise")
    form_version: Mapped[FormVersion | None] = relationship(lazy="raise")


class AdviceDraft(Model):
    """What a team has written so far, shared among whoever has the mailbox."""

    __tablename__ = "advice_drafts"

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id"), primary_key=True)
    version: Mapped[int]
    """Counted up at each save, so that nobody overwrites what they have not seen."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """By question: the version of the draft that last changed it, who, and when (ISO, UTC)."""
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(200))


class AdviceSubmission(Model):
    """Advice as it was given, once and for ever: a correction is the next one."""

    __tablename__ = "advice_submissions"
    __table_args__ = (UniqueConstraint("advice_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id"))
    number: Mapped[int]
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_versions.id"))
    """None for advice that came as files alone, or on paper."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(200))
    given_role: Mapped[str] = mapped_column(String(200), default="")
    key: Mapped[str | None] = mapped_column(String(36), unique=True)
    """The form that brought it, once."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_because: Mapped[str] = mapped_column(String(2000), default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    """Every word of it, as `identifiers.folded` folds it, for finding."""

    form_version: Mapped[FormVersion | None] = relationship(lazy="raise")


class ScanState(StrEnum):
    """What the virus scanner said of a file."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    """No scanner is configured: in production such a file is never released."""


class AdviceFile(Model):
    """A file given with advice, kept outside the web root under a random name."""

    __tablename__ = "advice_files"
    __table_args__ = (Index("ix_advice_files_advice_id", "advice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("advice_submissions.id"))
    """The submission it was given with; None while it is part of the draft."""
    question: Mapped[str] = mapped_column(String(60), default="")
    """The question of type `file` it answers; empty for one given beside or instead of the form."""
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
    scan: Mapped[ScanState] = mapped_column(word(ScanState))
    scanned_at: Mapped[datetime | None]
    scan_says: Mapped[str] = mapped_column(String(200), default="")
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(String(200))
    removed_at: Mapped[datetime | None]
    removed_because: Mapped[str] = mapped_column(String(200), default="")
