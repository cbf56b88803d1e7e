"""What is asked of somebody making a return."""

from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField as WtfFileField
from flask_wtf.file import FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms.fields.choices import SelectChoice

from casetracker.forms import choice_field, long_field, radio_field, tick_field
from casetracker.sen2.book import Book, Version

LONGEST_NOTE = 1_000
_YES_NO = (("yes", "Yes"), ("no", "No"))


class BuildForm(FlaskForm):
    """Which year's return, and which designated officers the authority has."""

    year = choice_field("Collection", (), needed="Choose the collection")
    dmo = radio_field("Is there a designated medical officer?", _YES_NO)
    dco = radio_field("Is there a designated clinical officer?", _YES_NO)
    dsco = radio_field("Is there a designated social care officer?", _YES_NO, hint="Asked from 2025")

    def offer(self, book: Book, *, today: date) -> None:
        """Offer the years whose returns are known, the next one to be handed over first."""
        years = sorted(book.versions.values(), key=lambda v: v.year, reverse=True)
        self.year.choices = [
            SelectChoice(str(v.year), f"{v.year}: the calendar year {v.year - 1}, census {_census(v, today)}")
            for v in years
        ]
        ahead = [v.year for v in years if (v.deadline or v.census) >= today]
        if not self.year.data and years:
            self.year.data = str(min(ahead)) if ahead else str(years[0].year)

    @property
    def lacks_officers(self) -> bool:
        """Whether something about the designated officers has not been said."""
        return None in self.officers().values()

    def officers(self) -> dict[str, bool | None]:
        """Return which officers there are; None where it was not said."""
        return {name: {"yes": True, "no": False}.get(self[name].data or "") for name in ("dmo", "dco", "dsco")}


def _census(version: Version, today: date) -> str:
    return f"{version.census:%-d %B %Y}" + (", still to come" if version.is_rehearsal(today) else "")


class ExplainForm(FlaskForm):
    """Why a query is right as it stands."""

    text = long_field(
        "Why it is right as it stands",
        hint="It travels with the return. Name nobody in it.",
        needed="Say why it is right",
        longest=LONGEST_NOTE,
    )


class SignForm(FlaskForm):
    """Signing a return off."""

    sure = tick_field("I have read what this return adds up to, and it is the one to be handed over")


class UploadForm(FlaskForm):
    """Placements from a file."""

    file = WtfFileField("File", widget=GovFileInput(), validators=[FileRequired("Choose the file")])
