"""What is asked of those who look after the board."""

from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

from casetracker.forms import day_field, long_field, text_field
from casetracker.numerals import number_in

_MOST = 10**9


def is_number(_form: FlaskForm, field: Field) -> None:
    """Refuse what is not a number such as 60 or 37.8."""
    if field.data and number(field.data) is None:
        raise ValidationError("Enter a number, such as 60 or 37.8")


def number(text: str | None) -> Decimal | None:
    """Return the number that was typed, with or without a % or commas; None for none, or for what is not one."""
    value = number_in((text or "").strip().removesuffix("%"))
    if value is None or abs(value) >= _MOST or value != round(value, 2):
        return None
    return value


class TargetForm(FlaskForm):
    """A target, and who agreed it."""

    value = text_field(
        "Target",
        hint="Empty it to take the target away, and say below who agreed to that",
        longest=20,
        checks=(is_number,),
    )
    due_on = day_field("To be met by", hint="Leave empty if no day was agreed")
    agreed_by = text_field("Agreed by", hint="The board or person that agreed it", needed="Enter who agreed it")
    agreed_on = day_field("Agreed on", needed="Enter the day on which it was agreed")


class BaselineForm(FlaskForm):
    """Where an indicator began."""

    value = text_field("Baseline", hint="Leave empty if there was no figure", longest=20, checks=(is_number,))
    of_what = text_field(
        "What it is of",
        hint="Such as 2022, or the end of June 2023",
        needed="Enter the day or period it is of",
    )
    source = text_field("Where it comes from", needed="Enter where it comes from", longest=300)


class NoteForm(FlaskForm):
    """The owner's note."""

    owner = text_field("Owner", hint="Who answers for this indicator, by name or post", needed="Enter the owner")
    text = long_field("Note", needed="Enter a note", longest=2_000)
