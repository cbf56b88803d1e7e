"""`casetracker import`: bringing in a past return, or a whole past step by step."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from casetracker import clock, importing
from casetracker.commands.faults import CannotRead
from casetracker.exports import csv_lines
from casetracker.models import ImportBatch, ImportKind, Outcome
from casetracker.services.imports import running
from casetracker.services.imports.incoming import QUERY, REFUSED
from casetracker.transactions import unit_of_work

SHOWN = 20
DRY_RUN = click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
REPORT = click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write every refused row here, as CSV.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")


@click.group("import")
def import_() -> None:
    """Bring in what was recorded elsewhere."""


@import_.command("sen2-csv")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@DRY_RUN
@REPORT
@AS_JSON
@with_appcontext
def sen2_csv(folder: Path, dry_run: bool, report: Path | None, as_json: bool) -> None:
    """Load a SEN2 person-level return: FOLDER holds the nine files of a COLLECT "blade" export."""
    _run(ImportKind.SEN2_CSV, folder, str(folder), dry_run=dry_run, report=report, as_json=as_json)


@import_.command("sen2-xml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DRY_RUN
@REPORT
@AS_JSON
@with_appcontext
def sen2_xml(file: Path, dry_run: bool, report: Path | None, as_json: bool) -> None:
    """Load a SEN2 person-level return from its XML FILE."""
    _run(ImportKind.SEN2_CSV, file, file.name, dry_run=dry_run, report=report, as_json=as_json)


@import_.command("history")
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DRY_RUN
@REPORT
@AS_JSON
@with_appcontext
def history(cases: Path, events: Path, dry_run: bool, report: Path | None, as_json: bool) -> None:
    """Load a whole past, step by step, from CASES.csv and EVENTS.csv."""
    with _side_by_side(cases, events) as folder:
        source = f"{cases.name}, {events.name}"
        _run(ImportKind.HISTORY, folder, source, dry_run=dry_run, report=report, as_json=as_json)


@contextmanager
def _side_by_side(cases: Path, events: Path) -> Iterator[Path]:
    """Give the two files the names their reader looks for, wherever they are."""
    folder = Path(tempfile.mkdtemp(prefix="casetracker-import-"))
    try:
        (folder / "cases.csv").symlink_to(cases.resolve())
        (folder / "events.csv").symlink_to(events.resolve())
        yield folder
    finally:
        shutil.rmtree(folder)


def _run(kind: ImportKind, folder: Path, source: str, *, dry_run: bool, report: Path | None, as_json: bool) -> None:
    with unit_of_work():  # begun and claimed in one step, so that no worker takes it
        begun = running.begin(kind=kind, source=source, at=clock.now(), dry_run=dry_run)
        batch = running.claim(at=clock.now(), batch_id=begun.id) or begun
    with click.progressbar(range(1), label="Reading", file=sys.stderr) as bar:
        batch = importing.run(batch, folder, progress=_drive(bar))
    if batch.outcome is Outcome.FAILED:
        raise CannotRead(batch.message)
    if report is not None:
        write_report(batch, report)
    _print(batch, as_json=as_json)


def _drive(bar: Any) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        bar.length = max(total, 1)
        bar.update(done - bar.pos)

    return show


def write_report(batch: ImportBatch, path: Path) -> None:
    """Write every refused row and every question of an import as CSV."""
    header = ("severity", "file", "line", "column", "rule", "value")
    found = (row for severity in (REFUSED, QUERY) for row in running.refusals(batch.id, severity=severity))
    rows = ((row.severity, row.file, row.line, row.column, row.rule, row.value) for row in found)
    with path.open("w", newline="", encoding="utf-8") as handle:
        handle.writelines(csv_lines(header, rows))


def _print(batch: ImportBatch, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"dry_run": batch.dry_run, "notes": batch.message.splitlines(), **batch.counts}))
        return
    click.echo("Nothing was stored: this was a dry run." if batch.dry_run else "Done.")
    for note in batch.message.splitlines():
        click.echo(f"  note: {note}")
    click.echo(f"  {'file':<42}{'read':>9}{'loaded':>9}{'already':>9}{'refused':>9}")
    for name, n in batch.counts["files"].items():
        click.echo(f"  {name:<42}{n['read']:>9,}{n['loaded']:>9,}{n['already_there']:>9,}{n['refused']:>9,}")
    cases = batch.counts["cases"]
    click.echo(
        f"  cases: {cases['new']:,} new, {cases['added_to']:,} added to, "
        f"{cases['unchanged']:,} unchanged, {cases['refused']:,} refused"
    )
    _print_some(batch, REFUSED, "refused")
    _print_some(batch, QUERY, "taken, with a question")


def _print_some(batch: ImportBatch, severity: str, words: str) -> None:
    rows = list(running.refusals(batch.id, severity=severity))
    for row in rows[:SHOWN]:
        where = f"{row.file} line {row.line}" + (f", {row.column}" if row.column else "")
        click.echo(f"  {words}: {where}: {row.rule}" + (f" ({row.value})" if row.value else ""))
    if len(rows) > SHOWN:
        click.echo(f"  … and {len(rows) - SHOWN:,} more {words}: --report FILE lists them all.")
