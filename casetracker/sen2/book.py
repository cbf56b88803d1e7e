"""Code lists, years and rules, read from files: those that come with the tracker, and an authority's own over them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from casetracker.csvin.refusals import BadValue

SHIPPED = Path(__file__).parent / "shipped"


class BookRefused(Exception):
    """A file of lists or rules cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code and what it means."""

    code: str
    label: str
    verified: bool
    words: tuple[str, ...] = ()
    """Spellings other than the code that mean it."""
    since: int = 0
    until: int = 9999
    """The first and last collection year in which it may be used."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes, where it was learned, and whether the DfE's own text of it was read."""

    name: str
    source: str
    verified: bool
    codes: tuple[Code, ...]

    def in_year(self, year: int) -> tuple[Code, ...]:
        """Return the codes that a return of this collection year may use."""
        return tuple(code for code in self.codes if code.since <= year <= code.until)

    def find(self, text: str) -> str:
        """Return the code in a cell, whether it stands there as a code or a word; the cell itself where neither."""
        return code_or_itself(text, self.codes)


@dataclass(frozen=True, slots=True)
class Version:
    """One year's return."""

    year: int
    """The collection year; it tells of the calendar year before."""
    version: str
    census: date
    deadline: date | None
    verified: bool
    source: str

    @property
    def first_day(self) -> date:
        """The first day of the calendar year it tells of."""
        return date(self.year - 1, 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the calendar year it tells of."""
        return date(self.year - 1, 12, 31)

    def is_rehearsal(self, on: date) -> bool:
        """Return whether one that is made on a day is made before its census day, and so not to be handed over."""
        return on < self.census


@dataclass(frozen=True, slots=True)
class RuleText:
    """One of our rules as its file has it; `rules` makes it something that can be asked."""

    id: str
    kind: str
    """"error" or "query"."""
    module: str
    fields: tuple[str, ...]
    text: str
    source: str
    when: Any
    must: Any
    since: int = 0
    until: int = 9999
    mend: str = "history"
    """Where it is put right: history, person, details, plan or header."""
    good: Any = None
    bad: Any = None
    """A return, person by person, that keeps it, and one that breaks it."""


@dataclass(frozen=True, slots=True)
class Book:
    """Everything about the return that may change without the tracker changing."""

    versions: Mapping[int, Version] = field(default_factory=dict)
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    rules: Mapping[str, RuleText] = field(default_factory=dict)

    def version(self, year: int) -> Version:
        """
        Return the return of a collection year.

        :raises BookRefused: if no version for it is known
        """
        if year not in self.versions:
            known = ", ".join(map(str, sorted(self.versions)))
            raise BookRefused(
                f"no return for the collection of {year} is known, only for {known}: name a file that says when its "
                "census was, in SEN2_FILES"
            )
        return self.versions[year]

    def with_file(self, path: Path) -> "Book":
        """
        Return this book with what a file says over it: a list, a year or a rule of the same name takes its place.

        :raises BookRefused: if the file cannot be read, or does not say what it should
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return self._with(data)
        except (OSError, UnicodeDecodeError) as error:
            raise BookRefused(f"{path.name} cannot be read: {error}") from None
        except json.JSONDecodeError as error:
            raise BookRefused(f"{path.name} is not JSON: {error}") from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BookRefused(f"{path.name} does not say what a file of lists or rules should: {error!r}") from None

    def _with(self, data: Mapping[str, Any]) -> "Book":
        versions = {row["year"]: _version(row) for row in data.get("versions", ())}
        lists = {name: _list(name, body) for name, body in data.get("lists", {}).items()}
        rules = {row["id"]: _rule(row) for row in data.get("rules", ())}
        return replace(
            self,
            versions={**self.versions, **versions},
            lists={**self.lists, **lists},
            rules={**self.rules, **rules},
        )


def _version(row: Mapping[str, Any]) -> Version:
    deadline = row.get("deadline")
    return Version(
        int(row["year"]),
        str(row["version"]),
        date.fromisoformat(row["census"]),
        date.fromisoformat(deadline) if deadline else None,
        bool(row["verified"]),
        str(row["source"]),
    )


def _list(name: str, body: Mapping[str, Any]) -> CodeList:
    verified = bool(body["verified"])
    codes = tuple(
        Code(
            str(row["code"]),
            str(row["label"]),
            bool(row.get("verified", verified)),
            tuple(word.lower() for word in row.get("words", ())),
            int(row.get("since", 0)),
            int(row.get("until", 9999)),
        )
        for row in body["codes"]
    )
    return CodeList(name, str(body["source"]), verified, codes)


def _rule(row: Mapping[str, Any]) -> RuleText:
    unknown = set(row) - set(RuleText.__slots__)
    if unknown:
        raise ValueError(f"rule {row['id']} has {', '.join(sorted(unknown))}, which no rule has")
    if row["kind"] not in ("error", "query"):
        raise ValueError(f"rule {row['id']} is neither an error nor a query")
    return RuleText(**{**row, "fields": tuple(row["fields"]), "when": row.get("when"), "source": row.get("source", "")})


@cache
def shipped() -> Book:
    """Return what comes with the tracker."""
    book = Book()
    for path in sorted(SHIPPED.glob("*.json")):
        book = book.with_file(path)
    return book


def opened(files: Iterable[Path] = ()) -> Book:
    """
    Return what comes with the tracker, with these files over it, each over the one before.

    :raises BookRefused: if one of them cannot be used
    """
    book = shipped()
    for path in files:
        book = book.with_file(path)
    return book


def code_or_itself(text: str, codes: Sequence[Code]) -> str:
    """Return the code in a cell, whether it stands there as a code or a word, in any case; else the cell trimmed."""
    word = text.strip().lower()
    return next((c.code for c in codes if word == c.code.lower() or word in c.words), text.strip())


def code_in(text: str, codes: Sequence[Code]) -> str:
    """
    Return the code in a cell, whether it stands there as a code or a word, in any case; empty for an empty cell.

    :raises BadValue: if the list has none such
    """
    found = code_or_itself(text, codes)
    if found and not any(found == code.code for code in codes):
        raise BadValue("this code is not in the list: " + ", ".join(code.code for code in codes))
    return found
