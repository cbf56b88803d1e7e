"""Reading a figure that somebody brings: what was typed or stands in a file, to a figure that can be kept."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casetracker.measures.definition import Measure, Unit
from casetracker.measures.figures import share
from casetracker.numerals import number_in

MOST = Decimal(1_000_000_000)
_MINUS = "\N{MINUS SIGN}"


class Wrong(ValueError):
    """What was given cannot be the figure: which box it is about, and why, fit for the page."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Brought:
    """A figure from elsewhere."""

    measure: Measure
    as_at: date
    value: Decimal
    numerator: int | None
    denominator: int | None
    source: str
    note: str = ""


def read(
    *,
    measure: Measure,
    as_at: date,
    value: str,
    numerator: str,
    denominator: str,
    source: str,
    note: str,
    today: date,
) -> Brought:
    """
    Return a figure from what was typed. A share may be left out where its two numbers are given.

    :raises Wrong: if it cannot be
    """
    if as_at > today:
        raise Wrong("as_at", "The day it is as at cannot be in the future")
    if not source.strip():
        raise Wrong("source", "Say where the figure comes from")
    upper, lower = _whole("numerator", numerator), _whole("denominator", denominator)
    _refuse_parts(upper, lower)
    worked_out = share(upper, lower) if measure.unit is Unit.PERCENT and upper is not None and lower else None
    found = _decimal(value) if value.strip() else worked_out
    if found is None:
        raise Wrong("value", "Enter the figure, or both its numbers where it is a share")
    _refuse_impossible(measure, found)
    if worked_out is not None and abs(found - worked_out) > Decimal("0.1"):
        raise Wrong("value", f"{upper:,} of {lower:,} is {worked_out}%, and not {found}%")
    return Brought(measure, as_at, found, upper, lower, source.strip()[:300], note.strip()[:2000])


def _refuse_impossible(measure: Measure, found: Decimal) -> None:
    if measure.unit is Unit.PERCENT and found > 100:
        raise Wrong("value", "A share cannot be more than 100%")
    if measure.unit is Unit.NUMBER and measure.numerator and found != found.to_integral_value():
        raise Wrong("value", f"This is a number of {measure.numerator}: enter a whole number, such as 226")


def _refuse_parts(upper: int | None, lower: int | None) -> None:
    if upper is not None and lower is None:
        raise Wrong("denominator", "Say what it is a part of, or leave both numbers out")
    if upper is not None and lower is not None and upper > lower:
        raise Wrong("numerator", f"{upper:,} cannot be a part of {lower:,}")
    if lower == 0:
        raise Wrong("denominator", "A share of nothing is no figure")


def _whole(field: str, text: str) -> int | None:
    if not text.strip():
        return None
    number = number_in(text)
    if number is None or not 0 <= number < MOST or number % 1:
        raise Wrong(field, "Enter a whole number, such as 226")
    return int(number)


def _decimal(text: str) -> Decimal:
    number = number_in(text.strip().removesuffix("%").replace(_MINUS, "-"))
    if number is None or number > MOST or number != round(number, 2):
        raise Wrong("value", "Enter a number, such as 24.8, with no more than two decimals")
    if number < 0:
        raise Wrong("value", "Enter a number from 0 up: a figure cannot be less than 0")
    return number
