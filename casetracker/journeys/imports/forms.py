"""What is asked of somebody bringing in files."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovFileInput, GovRadioInput, GovSubmitInput
from wtforms import BooleanField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from casetracker.models import ImportKind


class UploadForm(FlaskForm):
    """Which kind of import, its files, and whether only to look."""

    kind = RadioField(
        "What are you bringing in?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(
                ImportKind.SEN2_CSV.value,
                "A SEN2 return: its XML file, or the nine CSV files of a COLLECT “blade” export",
            ),
            SelectChoice(ImportKind.HISTORY.value, "A whole past: cases.csv and events.csv"),
        ],
        validators=[InputRequired("Choose what you are bringing in")],
    )
    files = MultipleFileField(
        "Files",
        description="Choose all the files together. CSV, or XML for a return; up to 256 MB in all.",
        widget=GovFileInput(),
        validators=[FileRequired("Choose the files")],
    )
    dry_run = BooleanField(
        "Only check the files: report what would be loaded and store nothing", widget=GovCheckboxInput()
    )
    submit = SubmitField("Bring in", widget=GovSubmitInput())
