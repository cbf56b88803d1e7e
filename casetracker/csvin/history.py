"""The two history files, cases.csv and events.csv, as rows put together case by case."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.csvin.table import Row, Table

CASE_COLUMNS = tuple(
    "case_reference person_reference forename surname date_of_birth sex ethnicity postcode upn uln nhs_number "
    "setting_urn primary_need named_worker_email team received_on request_source".split()
)
EVENT_COLUMNS = tuple(
    "case_reference event occurred_on recorded_at advice_kind advice_giver reason until met_on audited_by note".split()
)
_SEXES = frozenset({"m", "f", "u"})
_LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of cases.csv."""

    line: int
    cells: dict[str, str]
    date_of_birth: date | None
    received_on: date

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class EventRow:
    """A row of events.csv."""

    line: int
    event: str
    occurred_on: date
    recorded_at: datetime | None
    until: date | None
    met_on: date | None
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class HistoryFiles:
    """
    The two files, open. Events may be in any order: they are brought to their cases through a file on disc, so that
    memory stays flat. `refusals`, `notes` and `rows_refused` are complete once `cases` has been read.
    """

    def __init__(
        self, cases: Path, events: Path, *, known_events: frozenset[str], advice_kinds: frozenset[str]
    ) -> None:
        required = frozenset({"case_reference", "person_reference", "received_on"})
        self._cases = Table(cases, frozenset(CASE_COLUMNS), required)
        self._events = Table(events, frozenset(EVENT_COLUMNS), frozenset({"case_reference", "event", "occurred_on"}))
        self._known_events, self._advice_kinds = known_events, advice_kinds
        self.refusals: list[Refusal] = []
        self._store = sqlite3.connect("")  # a temporary file of SQLite's own
        self._store.execute("CREATE TABLE cases (reference TEXT PRIMARY KEY, line INTEGER, cells TEXT) WITHOUT ROWID")
        self._store.execute("CREATE TABLE events (reference TEXT, line INTEGER, cells TEXT)")
        self._load()

    def close(self) -> None:
        """Let go of the file on disc."""
        self._store.close()

    @property
    def total(self) -> int:
        """How many cases there are to read."""
        count: int = self._store.execute("SELECT count(*) FROM cases").fetchone()[0]
        return count

    def notes(self) -> list[str]:
        """Return what to say of the files as a whole."""
        return [*self._cases.notes, *self._events.notes]

    def rows_refused(self) -> Counter[str]:
        """Return how many rows of each file were refused."""
        return Counter(r.file for r in {(r.file, r.line): r for r in self.refusals if not r.is_query}.values())

    def _load(self) -> None:
        for row in self._cases:
            if not row["case_reference"]:
                self.refusals.append(row.refused("case_reference", "a case needs its reference"))
                continue
            try:
                cells = json.dumps(dict(row.cells))
                self._store.execute("INSERT INTO cases VALUES (?, ?, ?)", (row["case_reference"], row.line, cells))
            except sqlite3.IntegrityError:
                self.refusals.append(row.refused("case_reference", "a case with this reference has stood already"))
        for row in self._events:
            self._store.execute(
                "INSERT INTO events VALUES (?, ?, ?)", (row["case_reference"], row.line, json.dumps(dict(row.cells)))
            )
        self._store.execute("CREATE INDEX by_case ON events (reference, line)")
        self.refusals += [*self._cases.refusals, *self._events.refusals]
        self._case_style = self._style(self._cases, "cases", ("received_on", "date_of_birth"))
        self._event_style = self._style(self._events, "events", ("occurred_on", "until", "met_on"))

    def _style(self, file: Table, table: str, columns: tuple[str, ...]) -> str:
        """Return the style that a file's dates are in, and say so; a row in the other is refused when it is read."""
        styles: Counter[str] = Counter()
        for (cells,) in self._store.execute(f"SELECT cells FROM {table}"):  # noqa: S608
            row = json.loads(cells)
            styles.update(style for column in columns if (style := values.style_of(row.get(column, ""))))
        style = styles.most_common(1)[0][0] if styles else ""
        if style:
            file.notes.append(f"{file.name}: dates are {style}")
        return style

    def cases(self) -> Iterator[tuple[CaseRow, list[EventRow]]]:
        """Yield each case that can be read, with its events that can be."""
        orphans = "SELECT line, cells FROM events WHERE reference NOT IN (SELECT reference FROM cases) ORDER BY line"
        for line, cells in self._store.execute(orphans):
            row = Row(self._events.name, line, json.loads(cells))
            self.refusals.append(row.refused("case_reference", "cases.csv has no case with this reference"))
        for reference, line, cells in self._store.execute("SELECT reference, line, cells FROM cases ORDER BY line"):
            events = self._events_of(reference)
            case = self._read(Row(self._cases.name, line, json.loads(cells)), self._case)
            if case is not None:
                yield case, [event for row in events if (event := self._read(row, self._event)) is not None]
                continue
            rule = "its case was refused"
            self.refusals += [row.refused("case_reference", rule) for row in events]

    def _events_of(self, reference: str) -> list[Row]:
        query = "SELECT line, cells FROM events WHERE reference = ? ORDER BY line"
        with closing(self._store.execute(query, (reference,))) as found:
            return [Row(self._events.name, line, json.loads(cells)) for line, cells in found]

    def _read(self, row: Row, reader: Callable[[Row], Any]) -> Any:
        try:
            return reader(row)
        except _Wrong as wrong:
            self.refusals.append(row.refused(wrong.column, wrong.rule))
            return None

    def _case(self, row: Row) -> CaseRow:
        if not row["person_reference"]:
            raise _Wrong("person_reference", "the child's reference is needed")
        received_on = _day(row, "received_on", self._case_style)
        if received_on is None:
            raise _Wrong("received_on", "the day the request was received is needed")
        born_on = _day(row, "date_of_birth", self._case_style)
        if born_on is not None and received_on < born_on:
            raise _Wrong("received_on", "the request was received before the child was born")
        if row["sex"] and row["sex"].lower() not in _SEXES:
            raise _Wrong("sex", "this must be M, F or U")
        return CaseRow(row.line, dict(row.cells), born_on, received_on)

    def _event(self, row: Row) -> EventRow:
        event = row["event"].lower()
        if event not in self._known_events:
            raise _Wrong("event", "there is no such event")
        if row["advice_kind"] and row["advice_kind"].lower() not in self._advice_kinds:
            raise _Wrong("advice_kind", "there is no such kind of advice")
        if event.startswith("advice_") and not row["advice_kind"]:
            raise _Wrong("advice_kind", "an advice event needs the kind of advice")
        if len(row["note"]) > _LONGEST_NOTE:
            raise _Wrong("note", f"a note has {_LONGEST_NOTE:,} characters at most")
        occurred_on = _day(row, "occurred_on", self._event_style)
        if occurred_on is None:
            raise _Wrong("occurred_on", "the day it happened is needed")
        return EventRow(
            row.line,
            event,
            occurred_on,
            _cell(row, "recorded_at", values.instant),
            _day(row, "until", self._event_style),
            _day(row, "met_on", self._event_style),
            dict(row.cells),
        )


class _Wrong(Exception):
    """A cell breaks a rule."""

    def __init__(self, column: str, rule: str) -> None:
        super().__init__(rule)
        self.column, self.rule = column, rule


def _cell(row: Row, column: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(row[column])
    except BadValue as wrong:
        raise _Wrong(column, str(wrong)) from None


def _day(row: Row, column: str, style: str) -> date | None:
    day: date | None = _cell(row, column, values.day)
    if values.style_of(row[column]) not in (None, style):
        raise _Wrong(column, f"the other dates of this file are written {style}: this could be another day")
    return day
