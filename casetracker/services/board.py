"""The board's figures worked out and kept; targets, baselines and notes, none of which is ever lost."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from casetracker.board.indicators import BASELINE_ON, MONTHS, ROLLING
from casetracker.extensions import db
from casetracker.measures.definition import Measure, Over, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.shipped import BY_KEY, KNOWN_HERE
from casetracker.models import BoardFigure, ImportBatch, KpiBaseline, KpiNote, KpiTarget
from casetracker.periods import Period, month_of, twelve_months_to
from casetracker.queries.measures.figures import for_period, over_periods
from casetracker.queries.measures.known import Asked
from casetracker.upserts import put

_BATCH = 500


class NotPossible(Exception):
    """What was entered cannot be so; the message is fit for the page, beside the field that `about` names."""

    def __init__(self, message: str, *, about: str = "value") -> None:
        super().__init__(message)
        self.about = about


def last_month_end(today: date) -> date:
    """Return the last day of the last month that is over: what the board is as at."""
    return today.replace(day=1) - timedelta(days=1)


def last_months(today: date, number: int) -> list[Period]:
    """Return so many of the last months that are over, newest first."""
    months = [month_of(last_month_end(today))]
    while len(months) < number:
        months.append(month_of(last_month_end(months[-1].starts_on)))
    return months


def periods(today: date) -> list[Period]:
    """Return each of the last months; and the twelve months to the end of some of them, and to July 2023."""
    months = last_months(today, MONTHS)
    ends = {*(month.ends_on for month in months[:ROLLING]), BASELINE_ON}
    return [*months, *(twelve_months_to(day) for day in sorted(ends, reverse=True))]


def refresh(*, today: date, at: datetime, counts_reopened: bool = False) -> int:
    """
    Work out the board's figures with what is known now, and return how many were. Twice gives the same.

    How things stood on a day is asked as it was known then, which changes only when an import says more of the past.
    """
    wanted = periods(today)
    imported = db.session.scalar(select(func.max(ImportBatch.ended_at)))
    kept = _kept(since=imported)
    done = 0
    for measure in KNOWN_HERE:
        asked = Asked(measure, today, today, counts_reopened)
        rows = list(_worked_out(asked, wanted, kept, at))
        for start in range(0, len(rows), _BATCH):
            put(BoardFigure, rows[start : start + _BATCH], key=("measure", "span", "ends_on"))
        done += len(rows)
    return done


def _kept(since: datetime | None) -> set[tuple[str, str, str, date]]:
    """Return which figures of a day stand, and need not be worked out again."""
    query = select(BoardFigure.measure, BoardFigure.version, BoardFigure.span, BoardFigure.ends_on)
    if since is not None:
        query = query.where(BoardFigure.worked_out_at >= since)
    return {(row.measure, row.version, row.span.value, row.ends_on) for row in db.session.execute(query)}


def _worked_out(
    asked: Asked, wanted: Sequence[Period], kept: set[tuple[str, str, str, date]], at: datetime
) -> Iterator[dict[str, Any]]:
    measure = asked.measure
    if measure.over is Over.PERIOD:
        for period, figure in over_periods(asked, wanted).items():
            yield _row(measure, period, figure, at)
        return
    for period in wanted:
        if (measure.key, measure.version, period.span.value, period.ends_on) not in kept:
            yield _row(measure, period, for_period(asked, period), at)


def _row(measure: Measure, period: Period, figure: Figure, at: datetime) -> dict[str, Any]:
    return {
        "measure": measure.key,
        "span": period.span,
        "ends_on": period.ends_on,
        "version": measure.version,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "value": figure.value,
        "worked_out_at": at,
    }


def set_target(
    *,
    measure: str,
    value: Decimal | None,
    due_on: date | None,
    agreed_by: str,
    agreed_on: date,
    today: date,
    at: datetime,
    by_id: int,
) -> KpiTarget:
    """
    Record the target that was agreed; None takes it away.

    :raises NotPossible: if it was agreed on a day to come, is due before it was agreed, or is no share
    """
    if agreed_on > today:
        raise NotPossible("A target cannot have been agreed on a day that has not come", about="agreed_on")
    if due_on is not None and due_on < agreed_on:
        raise NotPossible("A target cannot be due before it was agreed", about="due_on")
    _fits(measure, value)
    target = KpiTarget(
        measure=measure,
        value=value,
        due_on=due_on,
        agreed_by=agreed_by,
        agreed_on=agreed_on,
        recorded_at=at,
        recorded_by_id=by_id,
    )
    db.session.add(target)
    db.session.flush()
    return target


def set_baseline(
    *, measure: str, value: Decimal | None, of_what: str, source: str, at: datetime, by_id: int
) -> KpiBaseline:
    """
    Record where a measure began; None says that it is known that there was no figure.

    :raises NotPossible: if it is no share
    """
    _fits(measure, value)
    baseline = KpiBaseline(
        measure=measure, value=value, of_what=of_what, source=source, recorded_at=at, recorded_by_id=by_id
    )
    db.session.add(baseline)
    db.session.flush()
    return baseline


def _fits(measure: str, value: Decimal | None) -> None:
    if value is None:
        return
    if value < 0 or (BY_KEY[measure].unit is Unit.PERCENT and value > 100):
        raise NotPossible("Enter a percentage from 0 to 100" if value > 0 else "Enter a number from 0 up")


def write_note(*, measure: str, owner: str, text: str, at: datetime, by_id: int) -> KpiNote:
    """Record what the owner of an indicator says of it."""
    note = KpiNote(measure=measure, owner=owner, text=text, recorded_at=at, recorded_by_id=by_id)
    db.session.add(note)
    db.session.flush()
    return note
