"""The board: each indicator with baseline, figure, target, rating, travel, comparator and note, in a few questions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from casetracker.board.indicators import BASELINE_ON, COMPARATORS, MONTHS, by_theme
from casetracker.board.rating import Rated, Rating, Travel, asked_by_law, rate, travel
from casetracker.extensions import db
from casetracker.london import LONDON
from casetracker.measures.definition import Measure, Over, Theme, Unit
from casetracker.measures.figures import Figure
from casetracker.measures.parts import before
from casetracker.measures.shipped import BY_KEY
from casetracker.models import BoardFigure, EnteredFigure, KpiBaseline, KpiNote, KpiTarget
from casetracker.periods import Span, month_of, period_of
from casetracker.published.reading import ENGLAND
from casetracker.queries import comparators
from casetracker.queries.comparators import AreaFigure
from casetracker.queries.measures.whole import is_whole, on_record_from


@dataclass(frozen=True, slots=True)
class Point:
    """A figure and what it is of."""

    ends_on: date
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    words: str
    """"12 months to October 2026", "end of October 2026", "as at 30 June 2026"."""
    source: str
    at: datetime
    """When it was worked out, or entered."""
    beside: Mapping[str, Figure] = field(default_factory=dict)
    """The figures of the same time, by key, of the measures that count some of the same children."""
    is_whole: bool = True
    """Whether all that it is of is on record here."""

    @property
    def figure(self) -> Figure:
        """The figure by itself, with the numbers that it is made of."""
        return Figure(self.numerator, self.denominator, self.value)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where an indicator began."""

    value: Decimal | None
    of_what: str
    source: str
    numerator: int | None = None
    """Known where it was counted here."""
    denominator: int | None = None
    beside: Mapping[str, Figure] = field(default_factory=dict)
    """As of a point."""

    @property
    def figure(self) -> Figure:
        """The figure by itself, with the numbers that it is made of."""
        return Figure(self.numerator, self.denominator, self.value)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the board."""

    measure: Measure
    baseline: Baseline | None
    current: Point | None
    before: Point | None
    months: Sequence[Point]
    """What the small line shows, earliest first."""
    target: KpiTarget | None
    england: AreaFigure | None
    note: KpiNote | None

    @property
    def rating(self) -> Rating:
        """How its figure stands against its target, or against what the law asks."""
        aim = self.target.value if self.target else asked_by_law(self.measure)
        rated = Rated(self.current.value, self.current.denominator) if self.current else Rated(None, None)
        return rate(rated, target=aim, good=self.measure.good)

    @property
    def travel(self) -> Travel:
        """Which way its figure has gone since a quarter before."""
        now, then = (point.value if point else None for point in (self.current, self.before))
        return travel(now, then, unit=self.measure.unit, good=self.measure.good)

    @property
    def updated_at(self) -> datetime | None:
        """When its figure was last worked out or entered, or its note last written."""
        moments = [self.current.at] if self.current else []
        moments += [self.note.recorded_at] if self.note else []
        return max(moments, default=None)


def board() -> dict[Theme, list[Indicator]]:
    """Return every indicator, by theme, in the board's order."""
    found = _indicators(BY_KEY)
    return {theme: [found[measure.key] for measure in measures] for theme, measures in by_theme().items()}


def chosen(keys: Sequence[str], *, until: date | None = None) -> list[Indicator]:
    """Return these indicators as they were at the end of a month, in the order given, leaving out one not known."""
    known = [key for key in keys if key in BY_KEY]
    found = _indicators(known, until or date.max)
    return [found[key] for key in known]


def one(key: str) -> Indicator:
    """Return one indicator."""
    return _indicators([key])[key]


def _indicators(keys: Collection[str], until: date = date.max) -> dict[str, Indicator]:
    months, spans = _worked_out(keys, until)
    entered = _entered(keys, until)
    targets = _last(KpiTarget, keys, KpiTarget.agreed_on <= until)
    baselines, notes = _last(KpiBaseline, keys), _last(KpiNote, keys, *_about(until))
    # A county's count beside the nation's says nothing; a share does.
    shares = [COMPARATORS[key] for key in keys if key in COMPARATORS and BY_KEY[key].unit is Unit.PERCENT]
    england = comparators.headlines(shares, ENGLAND)
    found = {}
    for key in keys:
        measure = BY_KEY[key]
        told = measure.over is Over.ENTERED
        points = entered.get(key, []) if told else spans.get(key, [])
        found[key] = _indicator(
            measure,
            points=points,
            months=points if told else months.get(key, []),
            target=targets.get(key),
            baseline=baselines.get(key),
            england=england.get(COMPARATORS.get(key, "")),
            note=notes.get(key),
        )
    return found


def _indicator(
    measure: Measure,
    *,
    points: Sequence[Point],
    months: Sequence[Point],
    target: KpiTarget | None,
    baseline: KpiBaseline | None,
    england: AreaFigure | None,
    note: KpiNote | None,
) -> Indicator:
    """Put a row together: `points` are its figures, earliest first, the last being the current one."""
    current = points[-1] if points else None
    began = next((point for point in points if point.ends_on == BASELINE_ON), None)
    earlier = [point for point in points[:-1] if measure.over is Over.ENTERED or point is not began]
    before = earlier[-1] if earlier and earlier[-1].is_whole else None  # of a part of a period no way is told
    agreed = target.value if target else None
    return Indicator(
        measure=measure,
        baseline=_baseline(measure, baseline, began),
        current=current,
        before=before,
        months=months,
        target=target if agreed is not None else None,
        england=england,
        note=note,
    )


def _baseline(measure: Measure, recorded: KpiBaseline | None, began: Point | None) -> Baseline | None:
    """Return the baseline that was recorded, or else the figure of July 2023 where there is one, and it is whole."""
    if recorded is not None:
        return Baseline(recorded.value, recorded.of_what, recorded.source)
    counted = began is not None and (measure.over is Over.ENTERED or began.denominator or began.numerator)
    if began is not None and began.value is not None and counted and began.is_whole:
        return Baseline(began.value, began.words, began.source, began.numerator, began.denominator, began.beside)
    return None


def _worked_out(keys: Collection[str], until: date) -> tuple[dict[str, list[Point]], dict[str, list[Point]]]:
    """Return the figures of months, and those of twelve months, each earliest first: of the newest working out."""
    months: dict[str, list[Point]] = defaultdict(list)
    spans: dict[str, list[Point]] = defaultdict(list)
    rows = [row for row in kept_figures(with_others(keys), months=MONTHS) if row.ends_on <= until]
    beside, begins = at_once(rows), on_record_from()
    for row in (row for row in rows if row.measure in keys):
        into = months if row.span is Span.MONTH else spans
        into[row.measure].append(_point(row, BY_KEY[row.measure], beside[row.span, row.ends_on], begins))
    last = {key: points[-MONTHS:] for key, points in months.items()}
    return last, {key: _newest_two(points) for key, points in spans.items()}


def kept_figures(keys: Collection[str], *, months: int) -> Sequence[BoardFigure]:
    """Return the figures that end in the last so many months, and those of the baseline, earliest first."""
    newest = db.session.scalar(select(func.max(BoardFigure.ends_on)))
    if newest is None:
        return []
    first = newest - timedelta(days=31 * (months - 1))  # no fewer months than are wanted, and hardly more
    of_these = or_(BoardFigure.ends_on >= first.replace(day=1), BoardFigure.ends_on == BASELINE_ON)
    query = select(BoardFigure).where(BoardFigure.measure.in_(keys), of_these).order_by(BoardFigure.ends_on)
    return db.session.scalars(query).all()


def with_others(keys: Collection[str]) -> set[str]:
    """Return these measures and those beside which they are judged before they leave the building."""
    return {*keys, *(other for key in keys for other in before(key))}


def at_once(rows: Iterable[BoardFigure]) -> Mapping[tuple[Span, date], Mapping[str, Figure]]:
    """Return the figures of each period, by the measure's key."""
    found: dict[tuple[Span, date], dict[str, Figure]] = defaultdict(dict)
    for row in rows:
        found[row.span, row.ends_on][row.measure] = Figure(row.numerator, row.denominator, row.value)
    return found


def _newest_two(points: list[Point]) -> list[Point]:
    """Return July 2023, the figure of a quarter before the last, and the last; other nights' are not shown."""
    last = points[-1]
    quarter = last.ends_on.year * 12 + last.ends_on.month - 3
    wanted = [p for p in points if p.ends_on.year * 12 + p.ends_on.month == quarter and p is not last]
    began = [p for p in points if p.ends_on == BASELINE_ON and p is not last and p not in wanted]
    return [*began, *wanted, last]


def _point(row: BoardFigure, measure: Measure, beside: Mapping[str, Figure], begins: date | None) -> Point:
    period = period_of(row.ends_on, row.span)
    whole = is_whole(measure, period, begins)
    words = f"end of {row.ends_on:%B %Y}" if measure.over is Over.DAY else period.name
    return Point(
        row.ends_on,
        row.value,
        row.numerator,
        row.denominator,
        words if whole else f"{words}, not whole",
        measure.source,
        row.worked_out_at,
        beside,
        whole,
    )


def _entered(keys: Collection[str], until: date) -> dict[str, list[Point]]:
    """Return what was entered of each measure, earliest day first: of a day entered twice, the later entry."""
    newest = (
        select(func.max(EnteredFigure.id))
        .where(EnteredFigure.measure.in_(keys), EnteredFigure.as_at <= until)
        .group_by(EnteredFigure.measure, EnteredFigure.as_at)
    )
    query = select(EnteredFigure).where(EnteredFigure.id.in_(newest)).order_by(EnteredFigure.as_at)
    found: dict[str, list[Point]] = defaultdict(list)
    for row in db.session.scalars(query):
        words = f"as at {row.as_at:%-d %B %Y}"
        if row.value is not None:
            found[row.measure].append(
                Point(row.as_at, row.value, row.numerator, row.denominator, words, row.source, row.entered_at)
            )
    return found


def _about(until: date) -> Iterator[ColumnElement[bool]]:
    """
    Leave out the notes that were written once a later month's figures stood on the board.

    An owner writes of a month's figures when there are such: in the month after it.
    """
    if until < date.max:
        month_after = month_of(until + timedelta(days=1))
        yield KpiNote.recorded_at < datetime.combine(month_after.ends_on + timedelta(days=1), time(), LONDON)


def _last(table: Any, keys: Collection[str], *which: ColumnElement[bool]) -> Mapping[str, Any]:
    newest = select(func.max(table.id)).where(table.measure.in_(keys), *which).group_by(table.measure)
    return {row.measure: row for row in db.session.scalars(select(table).where(table.id.in_(newest)))}


def targets_of(key: str) -> list[KpiTarget]:
    """Return every target a measure has had, newest first."""
    query = select(KpiTarget).where(KpiTarget.measure == key).order_by(KpiTarget.id.desc())
    return list(db.session.scalars(query.options(joinedload(KpiTarget.recorded_by))))


def notes_of(key: str) -> list[KpiNote]:
    """Return every note on a measure, newest first."""
    query = select(KpiNote).where(KpiNote.measure == key).order_by(KpiNote.id.desc())
    return list(db.session.scalars(query.options(joinedload(KpiNote.recorded_by))))


def last_worked_out() -> datetime | None:
    """Return when the board's figures were last worked out."""
    return db.session.scalar(select(func.max(BoardFigure.worked_out_at)))
