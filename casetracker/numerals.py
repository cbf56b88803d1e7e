"""Numbers as people type them."""

import re
from decimal import Decimal

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|-?\.\d+", re.ASCII)


def number_in(text: str) -> Decimal | None:
    """
    Return the number that was typed, its thousands separated by commas or not; None where it is none.

    A comma that separates no thousands, as in "21,5", may be meant as a point: so that is none, and not 215.
    """
    text = text.strip()
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
