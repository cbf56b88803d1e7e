"""Forms for advice, version by version, with what was agreed about each and by whom."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.models.users import User
from casetracker.statute.advice import AdviceKind


class FormState(StrEnum):
    """Where a version of a form has got to."""

    DRAFT = "draft"
    AGREED = "agreed"
    LIVE = "live"
    RETIRED = "retired"


class AgreedForm(Model):
    """A form that advice is given on. What it asks is in its versions."""

    __tablename__ = "forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    advice_kind: Mapped[AdviceKind] = mapped_column(word(AdviceKind, checked=False))
    for_young_person: Mapped[bool] = mapped_column(default=False)
    """Whether it is the child's or young person's own form, beside the parent's of the same kind."""


class FormVersion(Model):
    """One version of a form. Its definition changes only while it is a draft; one that is live was agreed as it is."""

    __tablename__ = "form_versions"
    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        Index(
            "uq_form_versions_live",
            "form_id",
            unique=True,
            postgresql_where=text("state = 'live'"),
            sqlite_where=text("state = 'live'"),
        ),
        CheckConstraint("(state IN ('live', 'retired')) = (live_from IS NOT NULL)", name="live_from_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("forms.id"))
    number: Mapped[int]
    state: Mapped[FormState] = mapped_column(word(FormState))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """What `casetracker.agreed_forms.definition.Form.as_data` makes."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counted up at each change of a draft, so that two editors cannot overwrite each other."""
    what_changed: Mapped[str] = mapped_column(Text, default="")
    """What changed from the last version and why, in the words of whoever changed it."""
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody, for the versions that come with the tracker."""
    live_from: Mapped[date | None]
    retired_on: Mapped[date | None]

    form: Mapped[AgreedForm] = relationship(lazy="raise")
    made_by: Mapped[User | None] = relationship(lazy="raise")


class FormAgreement(Model):
    """That a body agreed to a version: part of the version, and never changed."""

    __tablename__ = "form_agreements"
    __table_args__ = (UniqueConstraint("version_id", "body"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("form_versions.id"))
    body: Mapped[str] = mapped_column(String(200))
    """Parent Carer Forum, Integrated Care Board ..."""
    is_forum: Mapped[bool]
    """Whether it is the Parent Carer Forum, without which a medical form does not go live."""
    agreed_on: Mapped[date]
    spoken_for_by: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[str] = mapped_column(String(200))
    """The reference of the minutes that have it."""
    note: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the definition agreed to: a draft changed afterwards is not what was agreed."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody, where the body recorded it itself through its link."""


class FormComment(Model):
    """What a reviewer said of a draft, or of one of its questions."""

    __tablename__ = "form_comments"
    __table_args__ = (Index("ix_form_comments_version_id", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("form_versions.id"))
    question: Mapped[str] = mapped_column(String(60), default="")
    """The key of the question; empty for the form as a whole."""
    said: Mapped[str] = mapped_column(Text)
    said_by: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    """What was done about it."""
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
