"""Making a SEN2 return from an edge: the lists in force here, its header, its files, each step committed in turn."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Any

from flask import current_app

from casetracker import clock
from casetracker.exports import csv_lines
from casetracker.london import LONDON
from casetracker.measures.shipped import BY_KEY
from casetracker.models import Sen2Return
from casetracker.periods import Span, year_of
from casetracker.queries import returns, sen2_returns, timeliness
from casetracker.queries.measures.figures import for_period
from casetracker.queries.measures.known import Asked
from casetracker.sen2 import book
from casetracker.sen2.book import Book, BookRefused, Version
from casetracker.sen2.figures import TIMELINESS, Figures
from casetracker.sen2.making import PersonFacts
from casetracker.sen2.pipeline import Making
from casetracker.sen2.rules import Issue
from casetracker.sen2.xml_out import SchemaBroken
from casetracker.services.returns import running
from casetracker.transactions import unit_of_work

XML, CSV, NOTES = "return.xml", "return-csv.zip", "notes.csv"
MEASURED = {
    "requests_received": ("requests", "numerator"),
    "decisions": ("decisions_within_6_weeks", "denominator"),
    "decisions_to_assess": ("assessments", "numerator"),
    "decisions_within_6_weeks": ("decisions_within_6_weeks", "numerator"),
    "assessments_not_issued": ("no_plan_within_16_weeks", "denominator"),
    "no_plan_within_16_weeks": ("no_plan_within_16_weeks", "numerator"),
}
"""The figures of a return that a measure counts too, by another definition: which measure, and which number of it."""
NOTE_COLUMNS = ("rule", "text", "upn", "uniquelearnernumber", "row", "value", "note", "at")
"""A note travels: it tells which row it is about by what the return itself has, and names nobody."""
_BLOCK = 1 << 20


def lists_and_rules(more: Iterable[Path] = ()) -> Book:
    """
    Return what comes with the tracker, with the authority's own files over it and then these.

    :raises casetracker.sen2.book.BookRefused: if one of them cannot be used
    """
    return book.opened([*map(Path, current_app.config["SEN2_FILES"]), *more])


def header_of(version: Version, *, number: int, at: datetime, officers: Mapping[str, bool | None]) -> dict[str, str]:
    """
    Return the header of a return made here.

    :param officers: whether the authority has each of `dmo`, `dco` and `dsco`; one not said is left out
    """
    return {
        "collection": "SEN2",
        "year": str(version.year),
        "referencedate": version.census.isoformat(),
        "sourcelevel": "L",
        "lea": current_app.config["LOCAL_AUTHORITY_CODE"],
        "softwarecode": "casetracker",
        "release": version_of_package("casetracker"),
        "serialno": str(number),
        "datetime": at.astimezone(LONDON).replace(tzinfo=None).isoformat(timespec="seconds"),
        **{name: str(int(there)) for name, there in officers.items() if there is not None},
    }


def counts_reopened() -> bool:
    """Return whether plans that followed mediation or an appeal count for timeliness here."""
    return bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])


def people_of(version: Version, *, on: date) -> Iterator[PersonFacts]:
    """Yield the people whom a year's return may tell of, as they are known on a day."""
    for batch in returns.in_batches(version, on=on):
        yield from batch


def folder_of(made: Sen2Return) -> Path:
    """Return where a return's files are, outside anything served."""
    return Path(current_app.config["DATA_FOLDER"]) / "returns" / made.stored_as


def run(made: Sen2Return) -> Sen2Return:
    """
    Make a return that has been claimed, and return its row as it ended.

    It is begun afresh each time: one that was killed half way leaves nothing behind.
    """
    return_id, year, header, folder = made.id, made.year, dict(made.header), folder_of(made)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        making = _making(year, header, folder)
        figures = _through(return_id, making)
    except (BookRefused, SchemaBroken) as refused:
        shutil.rmtree(folder, ignore_errors=True)
        with unit_of_work():
            return running.fail(return_id, reason=_in_words(refused), at=clock.now())
    _zip(folder / "csv", folder / CSV)
    counts = {"figures": figures.as_dict(), "rows": dict(figures.rows), "tracker": _of_the_tracker(making.version)}
    with unit_of_work():
        finished, gone = running.finish(return_id, counts=counts, files=files_in(folder), at=clock.now())
    for name in gone:
        shutil.rmtree(folder.parent / name, ignore_errors=True)
    return finished


def _making(year: int, header: Mapping[str, str], folder: Path) -> Making:
    lists = lists_and_rules()
    version = lists.version(year)
    return Making(lists, version, header, counts_reopened(), folder / XML, folder / "csv", on=clock.today())


def _through(return_id: int, making: Making) -> Figures:
    waiting: list[Issue] = []
    total = returns.people_to_read(making.version)

    def people() -> Iterator[PersonFacts]:
        done = 0
        for batch in returns.in_batches(making.version, on=clock.today()):
            yield from batch
            done += len(batch)
            keep(done)

    def keep(done: int) -> None:
        with unit_of_work():
            running.keep_issues(return_id, waiting)
            running.got_on(return_id, done=done, total=total, at=clock.now())
        waiting.clear()

    figures = making.run(people(), waiting.extend)
    keep(total)
    return figures


def _in_words(refused: BookRefused | SchemaBroken) -> str:
    if isinstance(refused, SchemaBroken):
        return f"A record does not fit the return’s schema, so that no file was kept. Put it right first: {refused}"
    return str(refused)


def _of_the_tracker(version: Version) -> dict[str, int]:
    """Return the timeliness page's own figures for the year, and those of the measures."""
    page = timeliness.for_period(version.first_day, version.last_day, counts_reopened=counts_reopened())
    year, today = year_of(version.first_day, Span.CALENDAR), clock.today()
    of_measure = {key: for_period(Asked(BY_KEY[key], today, today), year) for key, _ in MEASURED.values()}
    measured = {name: getattr(of_measure[key], number) for name, (key, number) in MEASURED.items()}
    return {**{name: getattr(page, name) for name in TIMELINESS}, **measured}


def _zip(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(source.iterdir()):
            file.write(path, path.name)
    shutil.rmtree(source)


def files_in(folder: Path) -> dict[str, Any]:
    """Return the checksum and the size in bytes of each file of a return."""
    return {path.name: {"sha256": _sha256(path), "size": path.stat().st_size} for path in sorted(folder.iterdir())}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def note_lines(made: Sen2Return) -> Iterator[str]:
    """Yield the lines of the file of notes that travels with a return."""
    notes = sen2_returns.every_note(made)
    rows = ((n.rule, n.text, n.upn, n.uln, n.subject, n.value_without_name, n.note, n.note_at) for n in notes)
    yield from csv_lines(NOTE_COLUMNS, rows)


def add_notes(made: Sen2Return) -> None:
    """Put the notes of a return that is being signed beside its files and among its CSV files, in one step."""
    folder = folder_of(made)
    with (folder / NOTES).open("w", newline="", encoding="utf-8") as handle:
        handle.writelines(note_lines(made))
    whole = shutil.copyfile(folder / CSV, folder / f"{CSV}.part")
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as file:
        file.write(folder / NOTES, NOTES)
    whole.replace(folder / CSV)
