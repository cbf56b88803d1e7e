"""Figures, targets and ratings in words, the same on a page, in a report and in a file. Pure."""

from datetime import date
from decimal import Decimal

from casetracker.board.rating import Rating, asked_by_law
from casetracker.measures.definition import Measure, Unit

NO_BASELINE = "none"
"""What stands for a baseline where none was recorded and none can be counted."""


def shown(value: Decimal | float | None, unit: Unit) -> str:
    """
    Return a figure in words: what was entered with the decimals it was entered with, two at most; others with one.

    A Decimal is a figure of ours, which was worked out to one decimal or entered; a float is published, or a mean.
    """
    if value is None:
        return "no figure"
    exact = round(Decimal(str(value)), 2 if isinstance(value, Decimal) else 1)
    places = 1 if exact == round(exact, 1) else 2
    if unit is Unit.PERCENT:
        return f"{exact:.{places}f}%"
    plain = f"{exact:,.{places}f}".removesuffix(".0")
    return f"{plain} {'day' if exact == 1 else 'days'}" if unit is Unit.DAYS else plain


def baseline_words(value: Decimal | None, unit: Unit) -> str:
    """Return a baseline that was recorded in words: it may be that there was no figure."""
    return "not available" if value is None else shown(value, unit)


def made_of(numerator: int | None, denominator: int | None) -> str:
    """Return the two numbers a share is made of, in words; nothing for what is no share."""
    return "" if numerator is None or not denominator else f"{numerator:,} of {denominator:,}"


def target_words(measure: Measure, target: Decimal | None, due_on: date | None) -> str:
    """Return a target in words. Where the law sets a duty, it is said to be a step towards the whole of it."""
    law = asked_by_law(measure)
    if target is None:
        return f"{law}%, by law" if law is not None else "none agreed"
    due = f" by {due_on:%-d %B %Y}" if due_on else ""
    step = f", a step towards the {law}% that the law asks" if law is not None and target != law else ""
    return f"{shown(target, measure.unit)}{due}{step}"


def rating_words(measure: Measure, rating: Rating, target: Decimal | None) -> str:
    """Return a rating in words: a local target that is met is not the duty met."""
    law = asked_by_law(measure)
    if rating is Rating.GREEN and law is not None and target is not None and target != law:
        return f"Green: local target met, the law’s {law}% not"
    return rating.value.capitalize()
