"""What the forms of several journeys share: dates in three boxes, the two hidden fields, errors by field."""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from casetracker.numerals import number_in

LONGEST_NOTE = 10_000
_YEARS = range(1900, 2101)
"""The years in which a day on a form can lie: any other is a slip."""
_NEVER_TYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
"""A word processor ends lines within a paragraph with characters of its own."""
_KEY = re.compile(r"[\w-]{1,36}", re.ASCII)


class DayField(DateField):  # type: ignore[misc]
    """A date in three boxes: day, month, year."""

    data: Any  # a date, or None; a form that has been found right has no None where a day is needed

    def __init__(self, label: str, validators: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(label, [_EmptyBoxes(), *validators], format=["%d %m %Y"], widget=GovDateInput(), **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take three boxes, however many were sent, so that what was typed can be shown again."""
        boxes = [box.strip() for box in (*valuelist, "", "", "")[:3]]
        self.raw_data = boxes
        if not any(boxes):
            self.data = None
            return
        try:
            day, month, year = (int(box) for box in boxes)
            self.data = date(year, month, day) if year in _YEARS else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValueError("Enter a real date, such as 27 3 2026, with all four figures of the year")


class _EmptyBoxes:
    """Stop at a date that is wrong, or wanted and missing; let an empty one that may be empty through."""

    def __init__(self) -> None:
        self.field_flags: dict[str, bool] = {}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        if field.process_errors:
            raise ValidationError(field.process_errors.pop(0))


class NumberField(DecimalField):  # type: ignore[misc]
    """A number within bounds, in a box of its own; what was typed stays in it."""

    data: Any  # a Decimal, or None; a form that has been found right has no None

    def __init__(
        self, label: str, *, least: int, most: int, whole: bool = False, hint: str = "", **options: Any
    ) -> None:
        super().__init__(label, description=hint, widget=GovTextInput(), **options)
        self.least, self.most, self.whole = least, most, whole

    def _value(self) -> str:
        """Return what was typed, or the number with no more places than it has."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{float(self.data):.10g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, or say what can be."""
        if not valuelist:
            return
        self.data = None
        kind = "a whole number" if self.whole else "a number"
        wrong = f"Enter {kind} from {self.least:,} to {self.most:,}"
        number = number_in(valuelist[0])
        if number is None or not self.least <= number <= self.most or (self.whole and number % 1):
            raise ValueError(wrong)
        self.data = number


class Needed:
    """The field must be filled in; the message says with what."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.field_flags: dict[str, bool] = {}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        empty = field.data is None or (isinstance(field.data, str) and not field.data.strip())
        if empty and not field.errors:
            raise ValidationError(self.message)


class RecordingForm(FlaskForm):  # type: ignore[misc]
    """A form that records something: once, however often it is sent, and upon the version it was opened on."""

    version = HiddenField()
    submission = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _KEY.fullmatch(str(self.submission.data or "")):
            self.submission.data = uuid.uuid4().hex

    @property
    def seen_version(self) -> int | None:
        """The version of the case the person had before them."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def submission_key(self) -> str:
        """What makes this form, sent twice, one form."""
        return str(self.submission.data)


def _clean(text: str | None) -> str:
    """Return what was typed with plain line ends, and without what nobody types and what turns a line round."""
    return _NEVER_TYPED.sub("", _LINE_ENDS.sub("\n", text or "")).strip()


def text_field(
    label: str,
    *,
    hint: str = "",
    needed: str = "",
    longest: int = 200,
    checks: Sequence[Any] = (),
    default: str | None = None,
    clean: Callable[[str | None], str] = _clean,
) -> StringField:
    """Make a one-line field."""
    validators = [Needed(needed)] if needed else [Optional()]
    return StringField(
        label,
        description=hint,
        default=default,
        widget=GovTextInput(),
        filters=[clean],
        validators=[*validators, Length(max=longest, message=f"Use {longest:,} characters or fewer"), *checks],
    )


def long_field(
    label: str,
    *,
    hint: str = "",
    needed: str = "",
    longest: int = LONGEST_NOTE,
    clean: Callable[[str | None], str] = _clean,
) -> TextAreaField:
    """Make a field of several lines."""
    validators = [Needed(needed)] if needed else [Optional()]
    return TextAreaField(
        label,
        description=hint,
        widget=GovTextArea(),
        filters=[clean],
        validators=[*validators, Length(max=longest, message=f"Use {longest:,} characters or fewer")],
    )


def day_field(label: str, *, hint: str = "", needed: str = "", default: Any = None) -> DayField:
    """Make a date field."""
    return DayField(label, [Needed(needed)] if needed else [], description=hint, default=default)


def choice_field(
    label: str,
    choices: Iterable[tuple[str, str]],
    *,
    hint: str = "",
    needed: str = "",
    blank: str = "Choose",
    default: str | None = None,
) -> SelectField:
    """Make a list to choose from; the first line chooses nothing."""
    return SelectField(
        label,
        description=hint,
        default=default,
        widget=GovSelect(),
        choices=[SelectChoice("", blank), *(SelectChoice(value, text) for value, text in choices)],
        validators=[InputRequired(needed)] if needed else [Optional()],
    )


def radio_field(label: str, choices: Iterable[tuple[str, str]], *, hint: str = "", needed: str = "") -> RadioField:
    """Make a list of sentences to choose one from, all of them in sight."""
    return RadioField(
        label,
        description=hint,
        widget=GovRadioInput(),
        choices=[SelectChoice(value, text) for value, text in choices],
        validators=[InputRequired(needed)] if needed else [Optional()],
    )


def tick_field(label: str, *, hint: str = "", default: bool = False) -> BooleanField:
    """Make a box to tick."""
    return BooleanField(label, description=hint, default=default, widget=GovCheckboxInput())


def ticks_field(label: str, choices: Iterable[tuple[str, str]], *, hint: str = "") -> SelectMultipleField:
    """Make a list of boxes of which any number may be ticked."""
    return SelectMultipleField(
        label,
        description=hint,
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(value, text) for value, text in choices],
    )


def error_links(form: FlaskForm) -> list[tuple[str, str]]:
    """
    Return each error with the id of the box it is about, for the summary at the top of the page.

    A form whose page asks in another order than its fields were written in names the first of them in `page_order`.
    """
    links = []
    first = list(getattr(form, "page_order", ()))
    for field in sorted(form, key=lambda field: first.index(field.name) if field.name in first else len(first)):
        target = f"{field.name}-day" if isinstance(field, DayField) else field.id
        links += [(target, str(error)) for error in dict.fromkeys(field.errors)]
    return links


def keep_stored(field: Field, value: str) -> None:
    """Offer what is on record beside a field's choices: a file may have brought a word that no form offers."""
    if value and value not in {choice.value for choice in field.choices}:
        field.choices = [*field.choices, SelectChoice(value, value)]


def add_error(field: Field, message: str) -> None:
    """Put an error beside a field, after the form has been found otherwise right."""
    field.errors = [*field.errors, message]
