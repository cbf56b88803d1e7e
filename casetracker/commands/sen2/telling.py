"""What the commands about returns have in common: opening one, bars that move, tables of what was found, exit codes."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import click

from casetracker import returning
from casetracker.commands.faults import NOT_READABLE, CannotRead
from casetracker.csvin.refusals import FileRefused
from casetracker.exports import csv_lines, safe
from casetracker.sen2.book import Book, BookRefused, Version
from casetracker.sen2.files import open_return
from casetracker.sen2.modules import Module
from casetracker.sen2.records import ReturnFile
from casetracker.sen2.rules import ERROR, Issue
from casetracker.sen2.xml_in import XmlFile

SHOWN = 20
NOT_RIGHT = 1
T = TypeVar("T")

LISTS = click.option(
    "--lists",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file of code lists, years or rules, over those that come with the tracker.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


class CannotWrite(click.ClickException):
    """A file of the return, or a report, cannot be written."""

    exit_code = NOT_READABLE


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """End with the reason where a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}") from None


@contextmanager
def opened(path: Path) -> Iterator[ReturnFile]:
    """Open a return, or end with the reason. That a folder is read for its XML file is said first."""
    with in_words(), open_return(path) as file:
        if path.is_dir() and isinstance(file, XmlFile):
            click.echo(f"Reading {file.name} in {path}, and none of the CSV files that may be beside it", err=True)
        yield file


@contextmanager
def in_words() -> Iterator[None]:
    """End with the reason where something cannot be read."""
    try:
        yield
    except (FileRefused, BookRefused) as refused:
        raise CannotRead(str(refused)) from None


def book_of(lists: Iterable[Path]) -> Book:
    """Return the lists and rules, or end with the reason."""
    with in_words():
        return returning.lists_and_rules(lists)


def version_of(file: ReturnFile, book: Book, path: Path) -> Version:
    """Return which year's return a file is, or end with the reason."""
    year = file.header["year"].removesuffix(".0")
    if not year.isdigit():
        raise CannotRead(f"{path.name} does not say which year it is for")
    with in_words():
        return book.version(int(year))


def with_bar(items: Iterable[T], *, length: int, label: str) -> Iterator[T]:
    """Yield items while a bar moves, where somebody is there to see it."""
    unseen = not sys.stderr.isatty()
    with click.progressbar(items, length=length, label=label, file=sys.stderr, hidden=unseen) as bar:
        yield from bar


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a report."""
    with writing(path), path.open("w", newline="", encoding="utf-8") as handle:
        handle.writelines(csv_lines(header, rows))


class Found:
    """Tallies issues by rule, and keeps the first few to be shown."""

    def __init__(self) -> None:
        self.by_rule: Counter[str] = Counter()
        self.said: dict[str, Issue] = {}
        self.first: list[Issue] = []

    def add(self, issues: Iterable[Issue]) -> None:
        """Take issues in."""
        for issue in issues:
            self.by_rule[issue.rule] += 1
            self.said.setdefault(issue.rule, issue)
            if len(self.first) < SHOWN:
                self.first.append(issue)

    def number(self, kind: str) -> int:
        """Return how many errors, or queries, there are."""
        return sum(count for rule, count in self.by_rule.items() if self.said[rule].kind == kind)

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the tally by rule, errors first."""
        rules = sorted(self.by_rule, key=lambda rule: (self.said[rule].kind != ERROR, rule))
        return [
            {"rule": r, "kind": self.said[r].kind, "text": self.said[r].text, "count": self.by_rule[r]} for r in rules
        ]

    def tell(self) -> None:
        """Print the tally, and the first few."""
        for row in self.as_dict():
            click.echo(f"  {row['kind']:<6}{row['count']:>9,}  {row['rule']}: {row['text']}")
        for issue in self.first:
            where = f"{issue.file} line {issue.line}" if issue.file else issue.person
            click.echo(f"  {issue.kind}: {where}: {issue.text}" + (f" ({issue.value})" if issue.value.strip() else ""))
        if sum(self.by_rule.values()) > len(self.first):
            click.echo(f"  … and {sum(self.by_rule.values()) - len(self.first):,} more: --report FILE lists them all.")


ISSUE_COLUMNS = ("kind", "rule", "text", "module", "fields", "value", "person", "file", "line")


def issue_row(issue: Issue) -> tuple[Any, ...]:
    """Return an issue as a row of a report."""
    fields = " ".join(issue.fields)
    return issue.kind, issue.rule, issue.text, issue.module, fields, issue.value, issue.person, issue.file, issue.line


class Report:
    """A file of everything found, written as it is found; or none, where none was asked for."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stack = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> Self:
        if self._path is not None:
            with writing(self._path):
                handle = self._stack.enter_context(self._path.open("w", newline="", encoding="utf-8-sig"))
            self._writer = csv.writer(handle)
            self._writer.writerow(ISSUE_COLUMNS)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def add(self, issues: Iterable[Issue]) -> None:
        """Write issues."""
        if self._writer is not None:
            self._writer.writerows([safe(cell) for cell in issue_row(issue)] for issue in issues)


def tell_rows(rows: Counter[str]) -> None:
    """Print how many rows of each module there are."""
    for module in Module:
        if rows[module.value]:
            click.echo(f"  {module.value:<20}{rows[module.value]:>9,}")
