"""`casetracker sen2 validate` and `sen2 diff`: returns that are files, whoever made them. No database is needed."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path

import click
from flask.cli import with_appcontext

from casetracker.commands.sen2.telling import (
    AS_JSON,
    ISSUE_COLUMNS,
    LISTS,
    NOT_RIGHT,
    SHOWN,
    Found,
    book_of,
    in_words,
    issue_row,
    opened,
    tell_rows,
    version_of,
    with_bar,
    write_csv,
)
from casetracker.csvin.refusals import Refusal
from casetracker.plurals import counted
from casetracker.sen2.differences import Difference, Tally, between, between_headers
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Node, ReturnFile, Tidier
from casetracker.sen2.rules import ERROR, QUERY, Checker, Issue

RETURN = click.Path(exists=True, path_type=Path)
REPORT = click.option(
    "--report", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write everything found as CSV."
)


@click.command()
@click.argument("path", type=RETURN)
@LISTS
@REPORT
@AS_JSON
@click.pass_context
@with_appcontext
def validate(context: click.Context, path: Path, lists: tuple[Path, ...], report: Path | None, as_json: bool) -> None:
    """Check the return in PATH: an XML file, or the folder of its CSV files."""
    found, rows = Found(), Counter[str]()
    with opened(path) as file:
        book = book_of(lists)
        version = version_of(file, book, path)
        tidier = Tidier(version.year, book)
        with in_words():
            checker = Checker(book, version)
        with closing(checker):
            issues = _issues(file, checker, tidier, rows, found)
            if report is None:
                for _ in issues:
                    pass
            else:
                write_csv(report, ISSUE_COLUMNS, map(issue_row, issues))
        notes = file.notes
    errors, queries = found.number(ERROR), found.number(QUERY)
    if as_json:
        answer = {"year": version.year, "rows": rows, "errors": errors, "queries": queries, "issues": found.as_dict()}
        click.echo(json.dumps({**answer, "notes": notes}))
    else:
        click.echo(
            f"The return of {version.year} (version {version.version}): "
            f"{counted(errors, 'error')}, {counted(queries, 'query', 'queries')}"
        )
        for note in notes:
            click.echo(f"  note: {note}")
        tell_rows(rows)
        found.tell()
    if errors:
        context.exit(NOT_RIGHT)


def _issues(file: ReturnFile, checker: Checker, tidier: Tidier, rows: Counter[str], found: Found) -> Iterator[Issue]:
    header = tidier.tidy(Node(Module.SEN2, file.header))
    rows[Module.SEN2] += 1
    yield from _kept(checker.header(header.row), found)
    for person in with_bar(file.people(), length=file.total, label="Checking"):
        tidied = tidier.tidy(person)
        for node in tidied.rows():
            rows[node.module] += 1
        yield from _kept(checker.person(tidied), found)
    yield from _kept([_as_issue(refusal) for refusal in file.refusals if not refusal.is_query], found)


def _kept(issues: list[Issue], found: Found) -> list[Issue]:
    found.add(issues)
    return issues


def _as_issue(refusal: Refusal) -> Issue:
    """Return a row that could not be read as an error of its own."""
    module = next((m for m in Module if refusal.file.lower().endswith(f"{m}.csv")), Module.SEN2)
    fields = (refusal.column,) if refusal.column else ()
    return Issue(
        "CT001", ERROR, refusal.rule, module, fields, refusal.value, "", "", refusal.file, refusal.line, None, ""
    )


@click.command()
@click.argument("before", type=RETURN)
@click.argument("after", type=RETURN)
@LISTS
@REPORT
@AS_JSON
@click.pass_context
@with_appcontext
def diff(
    context: click.Context, before: Path, after: Path, lists: tuple[Path, ...], report: Path | None, as_json: bool
) -> None:
    """
    Compare two returns, their headers first and then person by person.

    What a file says of itself is left out: its software, serial number and moment, and the numbers it gives its rows.
    """
    tally, first = Tally(), list[Difference]()
    book = book_of(lists)
    with ExitStack() as stack:
        files = [stack.enter_context(opened(path)) for path in (before, after)]
        # Both in the form of the earlier year, so that a field which came later is no difference.
        year = min(version_of(file, book, path).year for file, path in zip(files, (before, after), strict=True))
        tidier = Tidier(year, book)
        people = [_tidied(file, tidier, label) for file, label in zip(files, ("First", "Second"), strict=True)]
        headers = [tidier.tidy(Node(Module.SEN2, file.header)) for file in files]
        every = chain(between_headers(headers[0], headers[1], tally), between(people[0], people[1], tally))
        found = _some_kept(every, first)
        if report is None:
            for _ in found:
                pass
        else:
            columns = ("person", "module", "number", "field", "before", "after")
            write_csv(report, columns, ((d.person, d.module, d.number, d.field, d.before, d.after) for d in found))
    _tell_differences(tally, first, as_json=as_json)
    if not tally.same:
        context.exit(NOT_RIGHT)


def _tidied(file: ReturnFile, tidier: Tidier, label: str) -> Iterator[Node]:
    return map(tidier.tidy, with_bar(file.people(), length=file.total, label=label))


def _some_kept(found: Iterator[Difference], first: list[Difference]) -> Iterator[Difference]:
    for difference in found:
        if len(first) < SHOWN:
            first.append(difference)
        yield difference


def _tell_differences(tally: Tally, first: list[Difference], *, as_json: bool) -> None:
    people = {"before": tally.people_before, "after": tally.people_after}
    people |= {"only_before": tally.only_before, "only_after": tally.only_after, "changed": tally.changed}
    if as_json:
        click.echo(json.dumps({"people": people, "in_header": tally.in_header, "by_field": tally.by_field}))
        return
    click.echo(
        f"{tally.people_before:,} people and {tally.people_after:,}: {tally.only_before:,} only in the first, "
        f"{tally.only_after:,} only in the second, {tally.changed:,} told differently"
    )
    if tally.in_header:
        click.echo("Their headers differ")
    for name, number in tally.by_field.most_common():
        click.echo(f"  {name:<40}{number:>9,}")
    for one in first:
        where = " ".join(filter(None, (one.module, one.number, one.field)))
        click.echo(f"  {one.person}: {where}: {one.before or '–'} → {one.after or '–'}")
