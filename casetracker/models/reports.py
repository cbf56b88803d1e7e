"""Highlight reports, kept as they were issued; and the tokens of programs that read figures."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model
from casetracker.models.users import User


class HighlightReport(Model):
    """A monthly report to the board: its number, and the draft that the next version will be made of."""

    __tablename__ = "highlight_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    """As people call it: report 7."""
    month: Mapped[date]
    """The first day of the month it is about."""
    draft: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """What was written so far, as `highlights.draft.Draft` writes it."""
    draft_version: Mapped[int] = mapped_column(default=1)
    """Goes up with each saving, so that two people cannot overwrite each other."""
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class ReportVersion(Model):
    """A report as it was issued. Never updated and never deleted: triggers on both databases refuse it."""

    __tablename__ = "report_versions"
    __table_args__ = (
        UniqueConstraint("report_id", "version"),
        CheckConstraint("version = 1 OR reason <> ''", name="a_new_version_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("highlight_reports.id"))
    version: Mapped[int]
    contents: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """All that the page, the PDF and the workbook show, figures and words (`highlights.contents`)."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the contents, so that a copy can be checked against what was issued."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was issued again."""
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    report: Mapped[HighlightReport] = relationship(lazy="raise")
    issued_by: Mapped[User] = relationship(lazy="raise")


class ReadingToken(Model):
    """What lets a program, such as Power BI, read figures and nothing else. Only its digest is kept."""

    __tablename__ = "reading_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    """Which program it is for."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None for one made at a terminal."""
    last_day_on: Mapped[date]
    """The last day on which it works."""
    stopped_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]

    made_by: Mapped[User | None] = relationship(lazy="raise")
