"""`casetracker sen2 build` and `sen2 export`: a year's return from the cases in the tracker, as CSV or as XML."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from casetracker import clock, returning
from casetracker.commands.sen2.telling import (
    AS_JSON,
    LISTS,
    NOT_RIGHT,
    CannotWrite,
    Found,
    Report,
    book_of,
    in_words,
    tell_rows,
    with_bar,
    writing,
)
from casetracker.plurals import counted
from casetracker.queries import returns, sen2_returns
from casetracker.sen2.figures import LABELS, Figures
from casetracker.sen2.pipeline import Making
from casetracker.sen2.rules import ERROR, QUERY, Issue
from casetracker.sen2.xml_out import SchemaBroken

YEAR = click.option("--year", required=True, type=int, help="The collection year: it tells of the year before.")
REPORT = click.option(
    "--report", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write everything found as CSV."
)
FORCE = click.option("--force", is_flag=True, help="Write over a return that is there already.")
OFFICERS = ("dmo", "dco", "dsco")


def officers(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which designated officers the authority has."""
    for name, words in zip(OFFICERS, ("medical", "clinical", "social care"), strict=True):
        help_ = f"Whether there is a designated {words} officer; as the last return said, where it is left out."
        command = click.option(f"--{name}/--no-{name}", default=None, help=help_)(command)
    return command


@click.command()
@YEAR
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder for the files."
)
@FORCE
@officers
@LISTS
@REPORT
@AS_JSON
@click.pass_context
@with_appcontext
def build(context: click.Context, /, year: int, out: Path, force: bool, **options: Any) -> None:
    """Make a year's return as the nine CSV files of a "blade" export, and check it."""
    making = _making(year, options, blade=out)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not force:
            raise CannotWrite(
                f"{out} is not empty: name a folder of its own, so that no return is mixed with another, or say "
                "--force to write over the one in it"
            )
        for path in out.glob("Blade-Export_*.csv"):  # of another day: it would be read with this one
            path.unlink()
        _make(context, making, options)


@click.command()
@YEAR
@click.option(
    "--xml", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path), help="The file to write."
)
@FORCE
@officers
@LISTS
@REPORT
@AS_JSON
@click.pass_context
@with_appcontext
def export(context: click.Context, /, year: int, xml: Path, force: bool, **options: Any) -> None:
    """Make a year's return as XML, check it, and check the file against its schema."""
    partial = xml.with_name(f"{xml.name}.part")
    making = _making(year, options, xml=partial)
    with writing(xml):
        if xml.exists() and not force:
            raise CannotWrite(f"{xml} is there already: name another file, or say --force to write over it")
        try:
            _make(context, making, options, then=lambda: partial.replace(xml))
        finally:
            partial.unlink(missing_ok=True)


def _making(year: int, options: dict[str, Any], *, xml: Path | None = None, blade: Path | None = None) -> Making:
    book = book_of(options["lists"])
    with in_words():
        version = book.version(year)
    at = clock.now()
    last = {name: there == "1" for name, there in sen2_returns.last_officers(version.year).items()}
    there = last | {name: options[name] for name in OFFICERS if options[name] is not None}
    header = returning.header_of(version, number=1, at=at, officers=there)
    counts_reopened = bool(current_app.config["TIMELINESS_COUNTS_REOPENED"])
    return Making(book, version, header, counts_reopened, xml, blade, on=clock.today())


def _make(
    context: click.Context, making: Making, options: dict[str, Any], *, then: Callable[[], object] = lambda: None
) -> None:
    found = Found()
    people = returning.people_of(making.version, on=clock.today())
    length = returns.people_to_read(making.version)
    with Report(options["report"]) as report:

        def take(issues: list[Issue]) -> None:
            found.add(issues)
            report.add(issues)

        try:
            figures = making.run(with_bar(people, length=length, label="Making"), take)
        except SchemaBroken as broken:
            found.tell()
            raise click.ClickException(f"The return does not fit its schema, and is not kept: {broken}") from None
    then()
    _tell(making, figures, found, as_json=options["as_json"])
    if found.number(ERROR):
        context.exit(NOT_RIGHT)


def _tell(making: Making, figures: Figures, found: Found, *, as_json: bool) -> None:
    errors, queries, version = found.number(ERROR), found.number(QUERY), making.version
    rehearsal = version.is_rehearsal(clock.today())
    if as_json:
        answer = {"year": version.year, "rehearsal": rehearsal, "rows": figures.rows, "figures": figures.as_dict()}
        click.echo(json.dumps({**answer, "errors": errors, "queries": queries, "issues": found.as_dict()}))
        return
    found_wrong = f"{counted(errors, 'error')}, {counted(queries, 'query', 'queries')}"
    click.echo(f"The return of {version.year} (version {version.version}): {found_wrong}")
    if rehearsal:
        click.echo(f"  note: the census day, {version.census:%-d %B %Y}, is still to come: this is a rehearsal")
    if not version.verified:
        click.echo(f"  note: {version.source}")
    tell_rows(figures.rows)
    for name, number in figures.as_dict().items():
        click.echo(f"  {LABELS[name]:<62}{number:>9,}")
    found.tell()
