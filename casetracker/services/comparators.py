"""Published figures brought in from the DfE's release files, and the council's choices about them."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from casetracker.csvin.refusals import Refusal
from casetracker.extensions import db
from casetracker.models import NeighbourChoice, PublishedArea, PublishedFigure, PublishedFile, PublishedFootnote
from casetracker.published import checks
from casetracker.published.measures import TABLES, Published
from casetracker.published.reading import Area, AreaYear, ReleaseFile, read_release
from casetracker.queries import comparators
from casetracker.upserts import insert_into

_BATCH = 2_000
_BLOCK = 1 << 20


class NotPossible(Exception):
    """What was asked cannot be; the message is fit for the page."""


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of one file."""

    name: str
    table: str
    """What it holds, in words."""
    release: int
    years: Sequence[int]
    already: bool
    """Whether this very file was there, so that nothing was stored."""
    areas: int
    figures: int
    restated: int
    """Figures that an earlier file had otherwise."""
    refusals: Sequence[Refusal]
    left_out: Counter[str]
    questions: Sequence[str]
    notes: Sequence[str]


def bring_in(path: Path, *, at: datetime, by_id: int | None = None, release: int | None = None) -> BroughtIn:
    """
    Store the figures of a release file. The same file again changes nothing; a newer one restates and keeps the older.

    `release` is the year it was published in: left out, the year after the last that it covers.

    :raises casetracker.csvin.refusals.FileRefused: if it is not a release file, or cannot be read
    """
    read = read_release(path)
    release = release or read.years[-1] + 1
    found = checks.questions(read)
    figures = list(_figures(read))
    file_id = _new_file(path, read, release=release, at=at, by_id=by_id, remarks=found, figures=len(figures))
    restated = 0
    if file_id is not None:
        _keep_areas({row.area.code: row.area for row in read.rows}, release)
        rows = iter({"file_id": file_id, **figure} for figure in figures)
        while batch := list(islice(rows, _BATCH)):
            db.session.execute(insert(PublishedFigure), batch)
        restated = comparators.restated_by(file_id)
    return BroughtIn(
        name=path.name,
        table=read.table.name,
        release=release,
        years=read.years,
        already=file_id is None,
        areas=len({row.area.code for row in read.rows}),
        figures=len(figures),
        restated=restated,
        refusals=read.refusals,
        left_out=read.left_out,
        questions=found,
        notes=read.notes,
    )


def _new_file(
    path: Path,
    read: ReleaseFile,
    *,
    release: int,
    at: datetime,
    by_id: int | None,
    remarks: list[str],
    figures: int,
) -> int | None:
    """Record a file and return its key; None where it is there, also where somebody brings it in at this moment."""
    values = {
        "table": read.table.key,
        "release": release,
        "name": path.name[:200],
        "sha256": _sha256(path),
        "imported_at": at,
        "imported_by_id": by_id,
        "figures": figures,
        "remarks": remarks,
    }
    into = insert_into(PublishedFile).values(values).on_conflict_do_nothing(index_elements=["sha256"])
    db.session.execute(into)
    found = db.session.execute(
        select(PublishedFile.id, PublishedFile.imported_at).where(PublishedFile.sha256 == values["sha256"])
    ).one()
    stored = select(PublishedFigure.file_id).where(PublishedFigure.file_id == found.id).limit(1)
    return None if db.session.scalar(stored) is not None else int(found.id)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _keep_areas(areas: dict[str, Area], release: int) -> None:
    """Add the areas that are new, and take the newest release's names for the others."""
    newest = db.session.scalar(select(PublishedFile.release).order_by(PublishedFile.release.desc()).limit(1))
    rows = [
        {"code": area.code, "level": area.level, "name": area.name[:120], "region_code": area.region_code}
        for area in areas.values()
    ]
    into = insert_into(PublishedArea)
    if newest is not None and release < newest:
        into = into.on_conflict_do_nothing(index_elements=["code"])
    else:
        newer = {"name": into.excluded.name, "region_code": into.excluded.region_code}
        into = into.on_conflict_do_update(index_elements=["code"], set_=newer)
    db.session.execute(into, rows)


def _figures(read: ReleaseFile) -> Iterator[dict[str, Any]]:
    for row in read.rows:
        for figure in read.table.figures:
            if figure.key in row.numbers or figure.key in row.marks:
                yield _figure(row, figure)


def _figure(row: AreaYear, figure: Published) -> dict[str, Any]:
    parts = [row.numbers.get(column) for column in figure.denominator]
    whole = None if None in parts or not parts else sum(part for part in parts if part is not None)
    return {
        "measure": figure.key,
        "year": row.year,
        "area_code": row.area.code,
        "value": row.numbers.get(figure.key),
        "numerator": row.numbers.get(figure.numerator),
        "denominator": whole,
        "mark": row.marks.get(figure.key, ""),
    }


def choose_neighbours(*, codes: Sequence[str], reason: str, at: datetime, by_id: int) -> None:
    """
    Choose whom to stand beside; none of them goes back to the statistical neighbours.

    :raises NotPossible: if one is not an authority that is known
    """
    known = comparators.authorities()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise NotPossible(f"There is no authority with the code {', '.join(unknown)}")
    db.session.add(NeighbourChoice(codes=list(dict.fromkeys(codes)), reason=reason, chosen_at=at, by_id=by_id))
    db.session.flush()


def add_footnote(*, area_code: str, year: int, table: str, note: str, at: datetime, by_id: int) -> None:
    """
    Record that an authority is not to be ranked in a year.

    :raises NotPossible: if no file has figures of that authority and year
    """
    there = select(PublishedFigure.year).where(PublishedFigure.area_code == area_code, PublishedFigure.year == year)
    if db.session.scalar(there.limit(1)) is None:
        raise NotPossible(f"No file that was brought in has figures of that authority for {year}")
    if table and table not in TABLES:
        raise NotPossible("There is no such file")
    footnote = PublishedFootnote(area_code=area_code, year=year, table=table, note=note, recorded_at=at, by_id=by_id)
    db.session.add(footnote)
    db.session.flush()
