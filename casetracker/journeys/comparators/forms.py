"""What is asked about published figures."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from casetracker.forms import choice_field, long_field, text_field
from casetracker.published.measures import TABLES


class UploadForm(FlaskForm):
    """The files of a release."""

    page_order = ("files", "release")
    files = MultipleFileField(
        "Files",
        description="One or more of timeliness_20_week.csv, requests.csv, assessments.csv and annual_reviews.csv, "
        "as they were downloaded",
        widget=GovFileInput(),
        validators=[FileRequired("Choose the files")],
    )
    release = text_field(
        "Year of the release", hint="Leave empty for the year after the last that a file covers", longest=4
    )


class NeighboursForm(FlaskForm):
    """Whom to stand beside."""

    codes = long_field(
        "Authorities",
        hint="Their three figures, with spaces or lines between, such as 873 919 825. Leave empty for the statistical "
        "neighbours.",
        longest=1_000,
    )
    reason = text_field("Why these", needed="Say why these were chosen, and by whom", longest=500)


class FootnoteForm(FlaskForm):
    """That an authority is not to be ranked."""

    area_code = text_field(
        "Authority", hint="Its three figures, such as 838", needed="Enter the three figures of an authority", longest=3
    )
    year = text_field("Year", needed="Enter a year, such as 2025", longest=4)
    table = choice_field(
        "Which figures",
        [(table.key, table.name) for table in TABLES.values()],
        blank="All of them",
    )
    note = text_field("Why it is not ranked", needed="Say why, as the DfE’s footnote does", longest=500)
