"""
Published figures side by side: the nation's, the region's, the neighbours', and where an authority stands.

Of several files the newest release counts, and within one the file brought in last. Where nothing was brought in, what
ships with casetracker stands in. A figure that is suppressed or footnoted is shown and never ranked.
"""

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Over, Select, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import NeighbourChoice, PublishedArea, PublishedFigure, PublishedFile, PublishedFootnote
from casetracker.published.measures import FIGURES, Published, Unit, table_of
from casetracker.published.placing import Place, mean, place
from casetracker.published.reading import ENGLAND, Level
from casetracker.queries import published

_SHIPPED = {
    "pc_plans_issued_20_weeks_ex": ("percent_ex", "within_20_weeks_ex", "plans_issued_ex"),
    "pc_plans_issued_within_20_weeks": ("percent", "within_20_weeks", "plans_issued"),
    "plans_issued_den_ex": ("plans_issued_ex", "", ""),
    "plans_issued_den": ("plans_issued", "", ""),
}
"""The figures that ship, by the columns of timeliness.csv that they come from."""


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """A published figure as it stands now."""

    measure: str
    year: int
    code: str
    area: str
    level: Level
    region_code: str
    value: float | None
    numerator: float | None
    denominator: float | None
    mark: str
    """What stands in place of a number."""
    release: int
    footnote: str = ""
    """Why it is not to be ranked."""
    ships: bool = False
    """Whether it comes with the tracker, and from no file that was brought in."""

    @property
    def ranks(self) -> bool:
        """Whether it may be put in order with others, or go into a mean."""
        return self.value is not None and not self.footnote


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure that a later file has changed."""

    year: int
    code: str
    area: str
    before: float | None
    before_mark: str
    after: float | None
    after_mark: str
    release_before: int
    release_after: int
    file: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One authority's figure of one year beside the others'."""

    year: int
    ours: AreaFigure | None
    nation: AreaFigure | None
    region: AreaFigure | None
    neighbours: Sequence[AreaFigure]
    """Those of them that are published, in the order of the list."""
    neighbours_mean: float | None
    place: Place | None
    left_out: Sequence[AreaFigure]
    """Authorities that are not ranked: suppressed, footnoted, or with no figure."""
    brought_in: bool
    """Whether a file with this year was brought in, so that what is missing was not published."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The authorities that one stands beside, and who says so."""

    codes: tuple[str, ...]
    own_choice: bool
    reason: str = ""


def latest(measure: str) -> list[AreaFigure]:
    """Return a measure's figures of every area and year, each from the newest file that has it."""
    notes = footnotes(table_of(measure).key)
    found = {(f.year, f.code): f for f in _shipped(measure)}
    for row in db.session.execute(_ranked([measure])):
        older = found.get((row.year, row.code))
        if older is None or older.release <= row.release:
            found[row.year, row.code] = AreaFigure(*(measure, *row[:-2], notes.get((row.code, row.year), "")))
    return sorted(found.values(), key=lambda f: (f.year, f.level, f.area))


def headlines(measures: Collection[str], code: str) -> dict[str, AreaFigure]:
    """Return, for each measure that has one, the figure of an area in the last year that it has one."""
    every = _ranked(measures, [code]).subquery()
    found: dict[str, AreaFigure] = {}
    shipped = [figure for measure in measures for figure in _shipped(measure) if figure.code == code]
    stored = [AreaFigure(row.measure, *row[:-2]) for row in db.session.execute(select(every))]
    for figure in (*shipped, *stored):
        last = found.get(figure.measure)
        if figure.value is not None and (last is None or (figure.year, figure.release) >= (last.year, last.release)):
            found[figure.measure] = figure
    return found


def _ranked(measures: Collection[str], codes: Collection[str] = ()) -> Select[Any]:
    newest = func.row_number().over(
        partition_by=(PublishedFigure.measure, PublishedFigure.year, PublishedFigure.area_code),
        order_by=(PublishedFile.release.desc(), PublishedFile.id.desc()),
    )
    every = (
        select(
            PublishedFigure.year,
            PublishedArea.code,
            PublishedArea.name,
            PublishedArea.level,
            PublishedArea.region_code,
            PublishedFigure.value,
            PublishedFigure.numerator,
            PublishedFigure.denominator,
            PublishedFigure.mark,
            PublishedFile.release,
            PublishedFigure.measure,
            newest.label("newest"),
        )
        .join(PublishedFile, PublishedFile.id == PublishedFigure.file_id)
        .join(PublishedArea, PublishedArea.code == PublishedFigure.area_code)
        .where(PublishedFigure.measure.in_(measures))
    )
    if codes:
        every = every.where(PublishedFigure.area_code.in_(codes))
    found = every.subquery()
    return select(found).where(found.c.newest == 1)


def _shipped(measure: str) -> list[AreaFigure]:
    """Return what ships with casetracker of a measure: England's years, and those of an authority or two."""
    columns = _SHIPPED.get(measure)
    if columns is None:
        return []
    return [_from_shipped(measure, row, columns) for row in published.every_year()]


def _from_shipped(measure: str, row: published.PublishedYear, columns: tuple[str, str, str]) -> AreaFigure:
    value, numerator, denominator = (
        float(number) if column and (number := getattr(row, column)) is not None else None for column in columns
    )
    release = re.search(r"release of (\d{4})", row.source)
    return AreaFigure(
        measure=measure,
        year=row.year,
        code=row.local_authority_code or ENGLAND,
        area=row.area,
        level=Level.AUTHORITY if row.local_authority_code else Level.NATIONAL,
        region_code="",
        value=value,
        numerator=numerator,
        denominator=denominator,
        mark="" if value is not None else "z",
        release=int(release[1]) if release else 0,
        ships=True,
    )


def footnotes(table: str) -> dict[tuple[str, int], str]:
    """Return why an authority is not ranked in a year, for the figures of one file: those shipped and those added."""
    shipped = [row for row in _rows("footnotes.csv") if row["table"] in ("", table)]
    found = {(row["local_authority_code"], int(row["year"])): row["note"] for row in shipped}
    added = select(PublishedFootnote).where(PublishedFootnote.table.in_(("", table))).order_by(PublishedFootnote.id)
    return found | {(note.area_code, note.year): note.note for note in db.session.scalars(added)}


def neighbours_of(code: str) -> Neighbours:
    """Return whom an authority stands beside: its own choice, or else its statistical neighbours."""
    chosen = db.session.scalars(select(NeighbourChoice).order_by(NeighbourChoice.id.desc()).limit(1)).first()
    if chosen is not None and chosen.codes:
        return Neighbours(tuple(chosen.codes), own_choice=True, reason=chosen.reason)
    found = next((row for row in _rows("neighbours.csv") if row["local_authority_code"] == code), None)
    return Neighbours(tuple(found["neighbours"].split()) if found else (), own_choice=False)


def by_year(measure: str, code: str) -> list[Beside]:
    """Return how an authority stands in each year that has figures, latest first."""
    every = latest(measure)
    # What ships names no region: it is asked of the files, whichever of the two the authority's own figure is from.
    region = db.session.scalar(select(PublishedArea.region_code).where(PublishedArea.code == code)) or ""
    beside = neighbours_of(code).codes
    years = sorted({figure.year for figure in every}, reverse=True)
    return [
        _beside([f for f in every if f.year == year], year, code, region, beside, FIGURES[measure]) for year in years
    ]


def _beside(
    figures: Sequence[AreaFigure], year: int, code: str, region: str, neighbours: Collection[str], measure: Published
) -> Beside:
    of = {figure.code: figure for figure in figures}
    ours = of.get(code)
    ranked = {f.code: f.value for f in figures if f.level is Level.AUTHORITY and f.ranks and f.value is not None}
    near = [of[one] for one in neighbours if one in of]
    return Beside(
        year=year,
        ours=ours,
        nation=of.get(ENGLAND),
        region=of.get(region),
        neighbours=near,
        neighbours_mean=None if measure.unit is Unit.COUNT else mean(ranked[f.code] for f in near if f.code in ranked),
        place=place(ranked, code, measure.good) if len(ranked) > 1 else None,
        left_out=[f for f in figures if f.level is Level.AUTHORITY and not f.ranks],
        brought_in=not all(f.ships for f in figures),
    )


def restatements(measure: str, codes: Collection[str]) -> list[Restated]:
    """Return each time that a file changed a figure of these areas, newest first."""
    every = (
        select(
            PublishedFigure.year,
            PublishedArea.code,
            PublishedArea.name,
            _before(PublishedFigure.value).label("before"),
            _before(PublishedFigure.mark).label("before_mark"),
            PublishedFigure.value,
            PublishedFigure.mark,
            _before(PublishedFile.release).label("release_before"),
            PublishedFile.release,
            PublishedFile.name.label("file"),
            PublishedFile.id.label("file_id"),
        )
        .join(PublishedFile, PublishedFile.id == PublishedFigure.file_id)
        .join(PublishedArea, PublishedArea.code == PublishedFigure.area_code)
        .where(PublishedFigure.measure == measure, PublishedFigure.area_code.in_(codes))
        .subquery()
    )
    changed = or_(every.c.value.is_distinct_from(every.c.before), every.c.mark != every.c.before_mark)
    newest_first = (every.c.file_id.desc(), every.c.year.desc(), every.c.name)
    query = select(every).where(every.c.before_mark.is_not(None), changed).order_by(*newest_first)
    return [Restated(*row[:-1]) for row in db.session.execute(query)]


def _before(column: Any) -> Over[Any]:
    """Return what a column is in the file before, for the same area and year."""
    return func.lag(column).over(
        partition_by=(PublishedFigure.year, PublishedFigure.area_code),
        order_by=(PublishedFile.release, PublishedFile.id),
    )


def restated_by(file_id: int) -> int:
    """Return how many of a file's figures the file before it, of the same kind, had otherwise."""
    file = db.session.get_one(PublishedFile, file_id)
    order = tuple_(PublishedFile.release, PublishedFile.id)
    before = db.session.scalar(
        select(PublishedFile.id)
        .where(PublishedFile.table == file.table, order < (file.release, file.id))
        .order_by(PublishedFile.release.desc(), PublishedFile.id.desc())
        .limit(1)
    )
    own, was = aliased(PublishedFigure), aliased(PublishedFigure)
    same = (was.measure == own.measure) & (was.year == own.year) & (was.area_code == own.area_code)
    changed = or_(own.value.is_distinct_from(was.value), own.mark != was.mark)
    query = select(func.count()).select_from(own).join(was, same).where(own.file_id == file_id, was.file_id == before)
    return db.session.scalar(query.where(changed)) or 0


def brought_in() -> list[PublishedFile]:
    """Return the files there are, newest first."""
    order = (PublishedFile.release.desc(), PublishedFile.id.desc())
    return list(db.session.scalars(select(PublishedFile).order_by(*order)))


def authorities() -> Mapping[str, str]:
    """Return the name of every authority by its three figures: those of the files, and else those that ship."""
    shipped = {row["local_authority_code"]: row["name"] for row in _rows("neighbours.csv")}
    query = select(PublishedArea.code, PublishedArea.name).where(PublishedArea.level == Level.AUTHORITY)
    known = {row.code: row.name for row in db.session.execute(query)}
    return dict(sorted((shipped | known).items(), key=lambda pair: pair[1]))


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("casetracker.published").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def years_of(code: str) -> set[int]:
    """Return the years in which an area has any figure that was brought in."""
    return set(db.session.scalars(select(PublishedFigure.year).where(PublishedFigure.area_code == code).distinct()))


def row_of(code: str, year: int) -> dict[str, float]:
    """Return every number published for an area and a year, from the newest file that has each."""
    query = (
        select(PublishedFigure.measure, PublishedFigure.value)
        .join(PublishedFile, PublishedFile.id == PublishedFigure.file_id)
        .where(PublishedFigure.area_code == code, PublishedFigure.year == year)
        .order_by(PublishedFile.release, PublishedFile.id)
    )
    return {row.measure: row.value for row in db.session.execute(query) if row.value is not None}
