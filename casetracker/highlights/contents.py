"""
What is kept of a report when it is issued: every word and figure of its page, its PDF and its workbook. Pure.

A report leaves the building, so small numbers are taken out of it here, once, for all its forms.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from casetracker.highlights.draft import Action, Risk

HIDDEN = "hidden: fewer than 6, or fewer than 6 would follow from it and another figure here"
"""What stands where a number is too small to be published."""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of a report, in words, with the numbers that a workbook wants beside them."""

    key: str
    name: str
    sentence: str
    theme: str
    unit: str
    version: str
    """Of the definition."""
    source: str
    period: str
    value: float | None
    shown: str
    numerator: int | None
    denominator: int | None
    made_of: str
    baseline: str
    target: str
    travel: str
    rating: str
    colour: str
    """green, amber, red, or empty: beside the words of the rating, never in place of them."""
    england: str
    commentary: str
    owner: str
    note: str
    public: bool
    """Whether the public page shows it."""
    frozen: int | None = None
    """The number of the frozen figure it is; None for one that was entered, or that there is not."""

    @property
    def is_hidden(self) -> bool:
        """Whether there is a figure, too small to be given; earlier reports said so in other words."""
        return self.shown.startswith("hidden:")


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure that an earlier version of the report had otherwise."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A report as issued."""

    number: int
    version: int
    council: str
    month: str
    as_at: str
    """The last day its figures are of, as ISO writes it."""
    issued: str
    """The instant, as ISO writes it."""
    issued_by: str
    reason: str
    summary: str
    progress: str
    challenges: str
    rows: Sequence[Row]
    actions: Sequence[Action]
    risks: Sequence[Risk]
    restated: Sequence[Restated]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"SEND highlight report {self.number}: {self.month}"

    @property
    def themes(self) -> dict[str, list[Row]]:
        """Its indicators under their themes."""
        return by_theme(self.rows)

    @property
    def up_to(self) -> str:
        """The month that its figures end with; of a report with none that was counted here, its own."""
        return f"{date.fromisoformat(self.as_at):%B %Y}" if self.as_at else self.month


def by_theme(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return indicators under their themes."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.theme, []).append(row)
    return found


def to_json(contents: Contents) -> dict[str, Any]:
    """Return contents as they are stored."""
    return asdict(contents)


def from_json(stored: Mapping[str, Any]) -> Contents:
    """Return contents that were stored."""
    parts = {"rows": Row, "actions": Action, "risks": Risk, "restated": Restated}
    values = {name: tuple(parts[name](**one) for one in stored[name]) for name in parts}
    return Contents(**{**stored, **values})


def sha256(stored: Mapping[str, Any]) -> str:
    """Return the checksum of contents: of their JSON with its names in order and no spaces."""
    text = json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def restatements(before: Contents | None, rows: Sequence[Row]) -> list[Restated]:
    """Return the figures that the version before had otherwise."""
    if before is None:
        return []
    then = {row.key: row for row in before.rows}
    return [
        Restated(row.name, then[row.key].shown, row.shown)
        for row in rows
        if row.key in then and (then[row.key].shown, then[row.key].made_of) != (row.shown, row.made_of)
    ]
