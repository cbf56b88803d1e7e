"""Highlight reports: which there are, and their versions as issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import HighlightReport, ReportVersion


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in the list."""

    id: int
    number: int
    month: date
    version: int | None
    """The last version issued; None while it is only a draft."""
    issued_at: datetime | None


def listed() -> list[Listed]:
    """Return every report, newest first."""
    last = (
        select(
            ReportVersion.report_id,
            func.max(ReportVersion.version).label("version"),
            func.max(ReportVersion.issued_at).label("issued_at"),
        )
        .group_by(ReportVersion.report_id)
        .subquery()
    )
    query = (
        select(HighlightReport.id, HighlightReport.number, HighlightReport.month, last.c.version, last.c.issued_at)
        .outerjoin(last, last.c.report_id == HighlightReport.id)
        .order_by(HighlightReport.number.desc())
    )
    return [Listed(*row) for row in db.session.execute(query)]


def report(report_id: int) -> HighlightReport:
    """Return a report with its draft. Raises NoResultFound, which answers 404, where there is none."""
    return db.session.execute(select(HighlightReport).where(HighlightReport.id == report_id)).scalar_one()


def versions(report_id: int) -> Sequence[ReportVersion]:
    """Return the versions of a report, newest first."""
    query = (
        select(ReportVersion)
        .where(ReportVersion.report_id == report_id)
        .options(joinedload(ReportVersion.issued_by))
        .order_by(ReportVersion.version.desc())
    )
    return db.session.scalars(query).all()


def latest_version(report_id: int) -> ReportVersion | None:
    """Return the last version of a report, or None while it is only a draft."""
    found = versions(report_id)
    return found[0] if found else None


def version(report_id: int, number: int) -> ReportVersion:
    """Return one version. Raises NoResultFound, which answers 404, where there is none."""
    query = select(ReportVersion).where(ReportVersion.report_id == report_id, ReportVersion.version == number)
    return db.session.execute(query).scalar_one()


def newest_issued() -> ReportVersion | None:
    """Return the last version of the newest report that was issued: what the public page shows."""
    query = (
        select(ReportVersion)
        .join(HighlightReport, HighlightReport.id == ReportVersion.report_id)
        .order_by(HighlightReport.month.desc(), HighlightReport.number.desc(), ReportVersion.version.desc())
        .limit(1)
    )
    return db.session.scalars(query).first()
