"""What is asked when a figure is reported, or brought from elsewhere."""

from typing import Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from casetracker.forms import choice_field, day_field, long_field, text_field
from casetracker.journeys.measures.asking import SPANS
from casetracker.measures.definition import Measure, Unit

_SUCH_AS = {
    Unit.PERCENT: "In %, such as 24.8. Leave it empty where both its numbers are given",
    Unit.NUMBER: "Such as 226",
    Unit.DAYS: "In days, such as 196",
}


class FreezeForm(FlaskForm):
    """Which figure is reported."""

    span = choice_field(
        "Figure for", [(span.value, name) for span, name in SPANS.items()], needed="Choose what the figure is for"
    )
    on = day_field("A day in it", hint="Any day of the month or year the figure is for", needed="Enter a day in it")
    known_on = day_field(
        "As known at the close of",
        hint="A day that is over: nothing keyed later will change the figure",
        needed="Enter the day whose knowledge the figure is of",
    )
    note = long_field("Where it is reported", hint="Such as the paper and the meeting", longest=2_000)


class EnterForm(FlaskForm):
    """A figure from elsewhere."""

    as_at = day_field("As at", hint="The day, or the last day of the period, it is of", needed="Enter the day")
    value = text_field("Figure", longest=20)
    numerator = text_field("Upper number", hint="Where it is known", longest=20)
    denominator = text_field("Lower number", hint="Where it is known", longest=20)
    source = text_field("Source", needed="Say where the figure comes from", longest=300)
    note = long_field("Note", longest=2_000)

    @classmethod
    def of(cls, measure: Measure) -> Self:
        """Return the form for a figure of a measure: only a share is a part of something."""
        form = cls()
        form.value.description = _SUCH_AS[measure.unit]
        if measure.unit is not Unit.PERCENT:
            del form.numerator, form.denominator
        return form


class TakeBackForm(FlaskForm):
    """That a figure was entered wrongly."""

    why = text_field("Why it is taken back", needed="Say why", longest=2_000)


class UploadForm(FlaskForm):
    """A file of figures."""

    file = FileField(
        "CSV file",
        description="Its columns are measure, as_at, value, numerator, denominator, source and note",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a file")],
    )
