"""A report's figures in plain English, and in easy read: short words, one thing in a sentence. Pure."""

from dataclasses import dataclass

from casetracker.highlights.contents import Row
from casetracker.highlights.plain_words import WORDS, Plain
from casetracker.measures.definition import Unit

TOO_SMALL = "We do not show this number. With it, somebody might tell who a few people are."
TEN = 10


@dataclass(frozen=True, slots=True)
class Said:
    """A figure as the public page says it."""

    heading: str
    sentence: str
    easy: tuple[str, ...]
    target: str
    england: str
    out_of_ten: int | None
    """Of ten, how many to draw filled; None where it is no share or is hidden."""


def said(row: Row) -> Said:
    """Return what the public page says of a row of a report."""
    plain = WORDS.get(row.key) or Plain(row.name, "In the {period}: {}. " + row.sentence, (f"{row.name}: {{}}.",))
    hidden = row.is_hidden
    fill = {"of": row.made_of or row.shown, "period": row.period}
    return Said(
        heading=plain.heading,
        sentence=TOO_SMALL if hidden else plain.says.format(row.shown, **fill),
        easy=(TOO_SMALL,) if hidden else tuple(line.format(row.shown, **fill) for line in plain.easy),
        target="" if row.target == "none agreed" else row.target,
        england=row.england,
        out_of_ten=_out_of_ten(row),
    )


def _out_of_ten(row: Row) -> int | None:
    """Return a share as so many in ten; none where that would say nobody, or everybody, and is not so."""
    if row.value is None or row.unit != Unit.PERCENT:
        return None
    found = round(row.value / TEN)
    return found if found not in (0, TEN) or found == row.value / TEN else None
