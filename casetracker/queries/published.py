"""Published timeliness by year: England's, and the authority's own past."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

BREAK_AFTER = 2022
"""From 2023 the figures come from a person-level return and before it from totals: the two are not quite alike."""


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """One area's published figures for a calendar year; None for what was not published."""

    year: int
    area: str
    local_authority_code: str
    """Empty for England."""
    plans_issued: int | None
    within_20_weeks: int | None
    percent: Decimal | None
    plans_issued_ex: int | None
    within_20_weeks_ex: int | None
    percent_ex: Decimal | None
    source: str


@cache
def _all() -> tuple[PublishedYear, ...]:
    text = files("casetracker.published").joinpath("timeliness.csv").read_text(encoding="utf-8")
    return tuple(
        PublishedYear(
            year=int(row["year"]),
            area=row["area"],
            local_authority_code=row["local_authority_code"],
            plans_issued=_whole(row["plans_issued"]),
            within_20_weeks=_whole(row["within_20_weeks"]),
            percent=_decimal(row["percent"]),
            plans_issued_ex=_whole(row["plans_issued_ex"]),
            within_20_weeks_ex=_whole(row["within_20_weeks_ex"]),
            percent_ex=_decimal(row["percent_ex"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def every_year() -> tuple[PublishedYear, ...]:
    """Return all that ships."""
    return _all()


def england() -> list[PublishedYear]:
    """Return England's years, earliest first."""
    return [row for row in _all() if not row.local_authority_code]


def authority(code: str) -> list[PublishedYear]:
    """Return the years published for an authority; none for one whose figures are not shipped."""
    return [row for row in _all() if row.local_authority_code == code and code]


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
