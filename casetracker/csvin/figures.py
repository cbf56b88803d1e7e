"""A CSV file of figures brought from elsewhere: a measure's key or name, the day, the figure and its source."""

from datetime import date
from pathlib import Path

from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue, Refusal
from casetracker.csvin.table import Row, Table
from casetracker.measures.bringing import Brought, Wrong, read
from casetracker.measures.entered import BY_HAND, ENTERED
from casetracker.measures.shipped import BY_KEY
from casetracker.plurals import counted

COLUMNS = ("measure", "as_at", "value", "numerator", "denominator", "source", "note")
_OF_A_FIGURE = ("as_at", "value", "numerator", "denominator")
"""Without any of these a row is one of the file to fill in that was left as it was."""
_BY_WORD = {word.lower(): measure for measure in ENTERED for word in (measure.key, measure.name)} | {
    word.lower(): BY_KEY[by_hand] for key, by_hand in BY_HAND.items() for word in (key, BY_KEY[key].name)
}
"""By key and name; what a file calls by the name of a measure counted here is what was reported of it by hand."""


def read_figures(path: Path, *, today: date) -> tuple[list[Brought], list[Refusal], list[str]]:
    """
    Return the figures in a file, the rows that cannot be, and what is to be said of the file.

    :raises casetracker.csvin.refusals.FileRefused: if it cannot be read as a whole
    """
    table = Table(path, known=frozenset(COLUMNS), required=frozenset({"measure", "as_at", "source"}))
    found: list[Brought] = []
    refusals: list[Refusal] = []
    lines: dict[tuple[str, date], int] = {}
    left_empty = 0
    for row in table:
        if not any(row[column] for column in _OF_A_FIGURE):
            left_empty += 1
            continue
        try:
            figure = _figure(row, today)
            first = lines.setdefault((figure.measure.key, figure.as_at), row.line)
            if first != row.line:
                raise Wrong("as_at", f"Line {first} has a figure of this measure for the same day")
            found.append(figure)
        except Wrong as wrong:
            refusals.append(row.refused(wrong.field, str(wrong)))
    if left_empty:
        table.notes.append(f"{counted(left_empty, 'row')} with no figure passed over")
    return found, [*table.refusals, *refusals], table.notes


def _figure(row: Row, today: date) -> Brought:
    measure = _BY_WORD.get(row["measure"].lower())
    if measure is None:
        raise Wrong("measure", "There is no such measure that is entered by hand")
    try:
        as_at = values.day(row["as_at"])
    except BadValue as bad:
        raise Wrong("as_at", str(bad)) from None
    if as_at is None:
        raise Wrong("as_at", "The day it is as at is missing")
    words = {column: row[column] for column in ("value", "numerator", "denominator", "source", "note")}
    return read(measure=measure, as_at=as_at, today=today, **words)
