"""
Whether a release file adds up: regions to the nation, authorities to their region, parts to their whole. Pure.

What does not is taken as it was published, and asked about: a total that is short is how a file cut off in the middle
shows itself.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from casetracker.published.measures import Published, Unit
from casetracker.published.reading import AreaYear, Level, ReleaseFile

SHOWN = 5
"""How many rows are named for each thing that does not add up."""


def questions(read: ReleaseFile) -> list[str]:
    """Return, in words, all that does not add up."""
    return [*_areas(read), *_parts(read), *_percentages(read), *_negative(read)]


def _areas(read: ReleaseFile) -> Iterator[str]:
    """Ask about sums over areas: only where every one of them has a number can they be checked."""
    counts = sorted(f.key for f in read.table.figures if f.unit is Unit.COUNT)
    for year in read.years:
        rows = [row for row in read.rows if row.year == year]
        nation = [row for row in rows if row.area.level is Level.NATIONAL]
        regions = [row for row in rows if row.area.level is Level.REGIONAL]
        for whole in nation:
            yield from _short(whole, regions, "the regions", counts)
        for region in regions:
            within = [r for r in rows if r.area.level is Level.AUTHORITY and r.area.region_code == region.area.code]
            yield from _short(region, within, "its authorities", counts)


def _short(whole: AreaYear, parts: list[AreaYear], what: str, columns: Iterable[str]) -> Iterator[str]:
    if not parts:
        yield f"{whole.area.name} {whole.year}: {what} are not in the file, so that its totals cannot be checked"
        return
    for column in columns:
        published = whole.numbers.get(column)
        numbers = [row.numbers.get(column) for row in parts]
        total = sum(number for number in numbers if number is not None)
        if published is not None and None not in numbers and total != published:
            where = f"{whole.area.name} {whole.year}, {column}"
            yield f"{where}: {what} add up to {total:,.0f}, and not to {published:,.0f}"


def _parts(read: ReleaseFile) -> Iterator[str]:
    for rule in read.table.sums:
        wrong = []
        for row in read.rows:
            whole, parts = row.numbers.get(rule.whole), [row.numbers.get(part) for part in rule.parts]
            if whole is None or None in parts:
                continue
            total = sum(part for part in parts if part is not None)
            if total > whole or (rule.exact and total != whole):
                wrong.append(row)
        if wrong:
            yield f"{rule.whole}: its parts do not add up in {_named(wrong)}"


def _percentages(read: ReleaseFile) -> Iterator[str]:
    for figure in read.table.figures:
        wrong = [row for row in read.rows if figure.denominator and not _agrees(row, figure)]
        if wrong:
            yield f"{figure.key}: not the share that its numbers give in {_named(wrong)}"


def _agrees(row: AreaYear, figure: Published) -> bool:
    """Return whether a percentage is the one its numbers give, to one decimal; True where it cannot be said."""
    given, numerator = row.numbers.get(figure.key), row.numbers.get(figure.numerator)
    parts = [row.numbers.get(column) for column in figure.denominator]
    if given is None or numerator is None or None in parts:
        return True
    whole = sum(part for part in parts if part is not None)
    if not whole:
        return True
    share = (Decimal(numerator) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return abs(float(share) - given) < 0.05


def _negative(read: ReleaseFile) -> Iterator[str]:
    wrong = [row for row in read.rows if any(number < 0 for number in row.numbers.values())]
    if wrong:
        yield f"A negative number stands in {_named(wrong)}"


def _named(rows: list[AreaYear]) -> str:
    named = "; ".join(f"{row.area.name} {row.year} (line {row.line})" for row in rows[:SHOWN])
    return named + (f"; and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else "")
