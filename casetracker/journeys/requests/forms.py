"""What is asked when a request is logged."""

from collections.abc import Iterator
from datetime import date

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import Field, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional

from casetracker.case_fields import CaseForm
from casetracker.forms import add_error, choice_field, day_field, long_field, text_field
from casetracker.person_fields import PersonForm
from casetracker.statute.timetable import COMMENCEMENT

A_DIFFERENT_CHILD = "new"
LONG_AGO = 183
"""After how many days a request that is only now logged is asked about: the year may be a slip."""


class RequestForm(PersonForm, CaseForm):
    """A request for an EHC needs assessment."""

    today: date
    page_order = ("received_on", "source", "forename", "surname", "born_on", "sex", "ethnicity", "postcode", "upn")
    received_on = day_field(
        "Day the request was received",
        hint="Not the day it is keyed in: the clock runs from receipt",
        needed="Enter the day the request was received",
    )
    contact_name = text_field("Parent’s or carer’s name")
    contact_phone = text_field("Their telephone", longest=60)
    contact_email = text_field(
        "Their email address", longest=254, checks=(Email("Enter an email address, such as a@example.org"),)
    )
    worker = choice_field("Named worker", (), blank="Nobody yet")
    team = choice_field("Team", (), blank="The named worker’s team")
    note = long_field("Anything else")
    same_child = RadioField(
        "Is it one of these children?",
        widget=GovRadioInput(),
        choices=[],
        validate_choice=False,  # the children are known only once the rest of the form has been read
        validators=[Optional()],
    )

    def offer(self, *, workers: list[tuple[str, str]], teams: list[tuple[str, str]]) -> None:
        """Fill the lists that come from the database."""
        for field, lines in ((self.worker, workers), (self.team, teams)):
            field.choices = [field.choices[0], *(SelectChoice(value, text) for value, text in lines)]

    def offer_children(self, children: list[tuple[str, str]]) -> None:
        """Ask whether it is one of these children."""
        last = SelectChoice(A_DIFFERENT_CHILD, "None of these: a different child")
        self.same_child.choices = [*(SelectChoice(value, text) for value, text in children), last]

    def has_chosen_child(self) -> bool:
        """Return whether one of the answers offered has been given."""
        return self.same_child.data in {choice.value for choice in self.same_child.choices}

    def check(self, *, today: date, received_on: date | None = None) -> bool:
        """Put an error beside each detail that cannot be, or does not pass its check and has not been vouched for."""
        received_on = received_on or self.received_on.data
        self.today = today
        if received_on is not None and received_on > today:
            add_error(self.received_on, "The day the request was received cannot be in the future")
        elif received_on is not None and received_on < COMMENCEMENT:
            add_error(self.received_on, "The duty to assess began on 1 September 2014: the day cannot be before that")
        return super().check(today=today, received_on=received_on)

    def doubts(self, received_on: date | None) -> Iterator[tuple[Field, str]]:
        """Yield each detail that fails a check which life may be messier than, with what is wrong."""
        yield from super().doubts(received_on)
        yield from self.doubtful_urn()
        if received_on is not None and (days := (self.today - received_on).days) > LONG_AGO:
            yield self.received_on, f"That is {days:,} days ago: check for a slip in the month or the year"

    def on_the_entry(self) -> dict[str, str]:
        """Return what is kept with the request itself."""
        detail = self.ticked()
        if self.note.data:
            detail["note"] = self.note.data
        if self.vouched_for():
            detail["why_right"] = self.vouched_for()
        return detail

    def contact(self) -> dict[str, str]:
        """Return how to reach the family, as far as it was given."""
        given = {name: str(self[f"contact_{name}"].data) for name in ("name", "phone", "email")}
        return {name: text for name, text in given.items() if text}
