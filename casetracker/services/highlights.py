"""Highlight reports: begun, written, and issued in versions that never change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from casetracker.board import words
from casetracker.board.indicators import REPORTED_FOR
from casetracker.extensions import db
from casetracker.highlights import contents as kept
from casetracker.highlights import draft as drafts
from casetracker.highlights.contents import HIDDEN, Contents, Row
from casetracker.highlights.draft import Draft
from casetracker.highlights.small import Publishable, publishable
from casetracker.measures.shipped import BY_KEY
from casetracker.models import FrozenFigure, HighlightReport, ReportVersion, User
from casetracker.periods import month_of, twelve_months_to
from casetracker.queries import board
from casetracker.queries import highlights as queries
from casetracker.queries.board import Indicator
from casetracker.queries.measures.figures import judged_beside
from casetracker.queries.measures.known import Asked
from casetracker.services.board import last_months
from casetracker.services.measures import freezing
from casetracker.upserts import insert_into

_ATTEMPTS = 5


class NotPossible(Exception):
    """What was asked cannot be; the message is fit for the page."""


class NotReady(NotPossible):
    """A report cannot be issued as it stands, and everything that stands in the way."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class ChangedMeanwhile(NotPossible):
    """Somebody saved the report after it was opened."""


def months_to_report(today: date) -> list[date]:
    """Return the first day of each month there can be a report of, newest first: of the last ones that are over."""
    return [month.starts_on for month in last_months(today, REPORTED_FOR)]


def begin(*, month: date, today: date, at: datetime, by_id: int) -> HighlightReport:
    """
    Begin the next report, with what was chosen for the last one; its number is one more than the last one's.

    :raises NotPossible: if the month is not over or too long past for the board's figures, or has a report
    """
    if month not in months_to_report(today):
        raise NotPossible(f"Choose one of the last {REPORTED_FOR} months that are over")
    there = db.session.scalar(select(HighlightReport.number).where(HighlightReport.month == month))
    if there is not None:
        raise NotPossible(f"Report {there} is of that month: go on with it, or issue it again")
    into = insert_into(HighlightReport)
    last = db.session.scalars(select(HighlightReport).order_by(HighlightReport.number.desc()).limit(1)).first()
    earlier = drafts.from_json(last.draft) if last else Draft()
    stored = drafts.to_json(Draft(measures=earlier.measures, public=earlier.public))
    for _ in range(_ATTEMPTS):
        number = (db.session.scalar(select(func.max(HighlightReport.number))) or 0) + 1
        values = {
            "number": number,
            "month": month,
            "draft": stored,
            "draft_version": 1,
            "begun_at": at,
            "begun_by_id": by_id,
        }
        made = into.values(values).on_conflict_do_nothing(index_elements=["number"]).returning(HighlightReport.id)
        report_id = db.session.scalar(made)
        if report_id is not None:
            return db.session.get_one(HighlightReport, report_id)
    raise NotPossible("Others are beginning reports at this moment: try again")


def save(*, report_id: int, draft: Draft, seen_version: int) -> HighlightReport:
    """
    Keep what was written.

    :raises ChangedMeanwhile: if somebody saved it after the version that was seen
    :raises NotPossible: if a measure is not known
    """
    unknown = [key for key in (*draft.measures, *draft.public) if key not in BY_KEY]
    if unknown:
        raise NotPossible(f"There is no indicator {', '.join(unknown)}")
    report = _locked(report_id)
    if report.draft_version != seen_version:
        raise ChangedMeanwhile("Somebody else saved this report after you opened it")
    report.draft = drafts.to_json(draft)
    report.draft_version += 1
    db.session.flush()
    return report


def _locked(report_id: int) -> HighlightReport:
    query = select(HighlightReport).where(HighlightReport.id == report_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def issue(
    *,
    report_id: int,
    number: int,
    reason: str,
    council: str,
    today: date,
    at: datetime,
    by: User,
    counts_reopened: bool = False,
) -> ReportVersion:
    """
    Issue a report as it is written, with the board's figures frozen as they were known at the close of yesterday.

    It never changes: a mistake is put right by another version, which says why; what is keyed later is shown beside it
    as a restatement of the frozen figure.

    :param number: of the version, as whoever issues it saw that it would be
    :raises ChangedMeanwhile: if that version has been issued since
    :raises NotReady: if it has no summary, has no indicator, or is issued again with no reason
    """
    report = _locked(report_id)
    draft = drafts.from_json(report.draft)
    before = queries.latest_version(report_id)
    if number != (before.version + 1 if before else 1):
        raise ChangedMeanwhile("A version has been issued since you opened this page: look at it first")
    problems = lacking(draft)
    if before is not None and not reason:
        problems.append("Say why it is issued again")
    if problems:
        raise NotReady(problems)

    def frozen(one: Indicator) -> tuple[Indicator, FrozenFigure | None]:
        if one.current is None or not one.measure.is_known_here:
            return one, None
        period, known_on = twelve_months_to(one.current.ends_on), today - timedelta(days=1)
        figure = freezing.freeze(
            measure=one.measure,
            period=period,
            known_on=known_on,
            by=by,
            today=today,
            at=at,
            note=f"Highlight report {report.number}, version {number}",
            counts_reopened=counts_reopened,
        )
        others = judged_beside(Asked(one.measure, known_on, today, counts_reopened))
        current = replace(
            one.current,
            value=figure.value,
            numerator=figure.numerator,
            denominator=figure.denominator,
            beside={other.measure.key: freezing.as_reported(other, period) for other in others},
        )
        return replace(one, current=current), figure

    indicators = [frozen(one) for one in _chosen(report, draft)]
    rows = [_row(one, draft, figure.id if figure else None) for one, figure in indicators]
    earlier = kept.from_json(before.contents) if before else None
    made = Contents(
        number=report.number,
        version=number,
        council=council,
        month=f"{report.month:%B %Y}",
        as_at=_as_at([one for one, _ in indicators]),
        issued=at.isoformat(),
        issued_by=by.name,
        reason=reason,
        summary=draft.summary,
        progress=draft.progress,
        challenges=draft.challenges,
        rows=rows,
        actions=draft.actions,
        risks=draft.risks,
        restated=kept.restatements(earlier, rows),
    )
    stored = kept.to_json(made)
    version = ReportVersion(
        report_id=report_id,
        version=made.version,
        contents=stored,
        sha256=kept.sha256(stored),
        reason=reason,
        issued_at=at,
        issued_by_id=by.id,
    )
    db.session.add(version)
    db.session.flush()
    return version


def lacking(draft: Draft) -> list[str]:
    """Return everything that has to be done to a draft before it can be issued."""
    wanted = ((draft.summary, "Write a summary first"), (draft.measures, "Choose at least one indicator first"))
    return [problem for there, problem in wanted if not there]


def preview(report: HighlightReport) -> list[Row]:
    """Return the indicators of a report as they would be issued, by the figures last worked out."""
    draft = drafts.from_json(report.draft)
    return [_row(one, draft) for one in _chosen(report, draft)]


def _chosen(report: HighlightReport, draft: Draft) -> list[Indicator]:
    """Return the indicators of a report as they were at the end of its month."""
    return board.chosen(draft.measures, until=month_of(report.month).ends_on)


def _as_at(indicators: Sequence[Indicator]) -> str:
    """Return the last day that a figure counted here is of, or nothing where all were entered."""
    days = [one.current.ends_on for one in indicators if one.current and one.measure.is_known_here]
    return max(days).isoformat() if days else ""


def _row(one: Indicator, draft: Draft, frozen: int | None = None) -> Row:
    measure, target, current = one.measure, one.target, one.current
    small = _published(one)
    hidden = small.hidden
    aim = target.value if target else None
    return Row(
        key=measure.key,
        name=measure.name,
        sentence=measure.sentence,
        theme=measure.theme.value,
        unit=measure.unit.value,
        version=measure.version,
        source=current.source if current else measure.source,
        period=current.words if current else "",
        value=None if small.value is None else float(small.value),
        shown=HIDDEN if hidden else words.shown(small.value, measure.unit),
        numerator=small.numerator,
        denominator=small.denominator,
        made_of="" if hidden else words.made_of(small.numerator, small.denominator),
        baseline=_baseline(one),
        target=words.target_words(measure, aim, target.due_on if target else None),
        travel="" if hidden else one.travel.value,
        rating="" if hidden else words.rating_words(measure, one.rating, aim),
        colour="" if hidden or one.rating.value not in ("green", "amber", "red") else one.rating.value,
        england=f"{words.shown(one.england.value, measure.unit)} ({one.england.year})" if one.england else "",
        commentary=draft.commentary.get(measure.key, ""),
        owner=one.note.owner if one.note else "",
        note=one.note.text if one.note else "",
        public=measure.key in draft.public,
        frozen=frozen,
    )


def _published(one: Indicator) -> Publishable:
    """Return the current figure as it may leave the building."""
    if one.current is None:
        return Publishable(None, None, None)
    return publishable(one.measure, one.current.figure, one.current.beside)


def _baseline(one: Indicator) -> str:
    began = one.baseline
    if began is None:
        return words.NO_BASELINE
    hidden = publishable(one.measure, began.figure, began.beside).hidden
    return f"{HIDDEN if hidden else words.baseline_words(began.value, one.measure.unit)} ({began.of_what})"
