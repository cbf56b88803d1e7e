"""What is asked about a child or young person, and the checks that each detail must pass or be vouched for."""

from collections.abc import Callable, Iterator
from datetime import date

from wtforms import Field

from casetracker.forms import RecordingForm, add_error, choice_field, day_field, text_field, tick_field
from casetracker.identifiers import (
    normalise_number,
    normalise_postcode,
    problem_with_nhs_number,
    problem_with_postcode,
    problem_with_uln,
    problem_with_upn,
)
from casetracker.sen2.codes import ETHNICITIES, UPN_UNKNOWN
from casetracker.services.people import PersonDetails
from casetracker.statute.repeat import OLDEST, age

Check = Callable[[str], str | None]
_CHECKS: dict[str, tuple[Check, Callable[[str], str], int]] = {
    "upn": (problem_with_upn, normalise_number, 13),
    "uln": (problem_with_uln, normalise_number, 10),
    "nhs_number": (problem_with_nhs_number, normalise_number, 10),
    "postcode": (problem_with_postcode, normalise_postcode, 12),
}
"""Each identifier's check, how it is written, and the most characters it can be kept in."""


class PersonForm(RecordingForm):
    """A child or young person."""

    forename = text_field("First name", needed="Enter the first name")
    surname = text_field("Last name", needed="Enter the last name")
    born_on = day_field("Date of birth", needed="Enter the date of birth")
    sex = choice_field("Sex", (("F", "Female"), ("M", "Male")), blank="Not known")
    ethnicity = choice_field("Ethnicity", [(e.code, f"{e.label} ({e.code})") for e in ETHNICITIES], blank="Not known")
    postcode = text_field("Postcode", longest=20)
    upn = text_field("Unique Pupil Number (UPN)", longest=40)
    uln = text_field("Unique Learner Number (ULN)", hint="For somebody aged 14 or over", longest=40)
    upn_unknown = choice_field(
        "Why there is neither a UPN nor a ULN",
        [(code.code, f"{code.label[0].upper()}{code.label[1:]} ({code.code})") for code in UPN_UNKNOWN],
        hint="The SEN2 return asks for a reason where both are empty",
        blank="There is one, or it is not known yet",
    )
    nhs_number = text_field("NHS number", longest=40)
    right_anyway = tick_field("It is right all the same")
    why_right = text_field("Why it is right", longest=300)
    doubtful = False
    """Whether a detail has failed a check that somebody may vouch for: the page then offers to."""

    def check(self, *, today: date, received_on: date | None) -> bool:
        """Put an error beside each detail that cannot be, or does not pass its check and has not been vouched for."""
        self._refuse_impossible(today, received_on)
        doubts = list(self.doubts(received_on))
        self.doubtful = bool(doubts)
        if doubts and not (self.right_anyway.data and self.why_right.data):
            for field, problem in doubts:
                add_error(field, problem)
            if self.right_anyway.data:
                add_error(self.why_right, "Say why it is right all the same")
        return not any(field.errors for field in self)

    def _refuse_impossible(self, today: date, received_on: date | None) -> None:
        born_on = self.born_on.data
        if born_on is not None and born_on > today:
            add_error(self.born_on, "The date of birth cannot be in the future")
        elif born_on is not None and received_on is not None and received_on < born_on:
            add_error(self.born_on, "The request cannot have been received before the child was born")
        for name, (_, written, most) in _CHECKS.items():
            if len(written(self[name].data)) > most:
                add_error(self[name], f"Use {most} characters or fewer")

    def doubts(self, received_on: date | None) -> Iterator[tuple[Field, str]]:
        """Yield each detail that fails a check which life may be messier than, with what is wrong."""
        for name, (check, _, _) in _CHECKS.items():
            problem = check(self[name].data) if self[name].data and not self[name].errors else None
            if problem is not None:
                yield self[name], problem
        born_on = self.born_on.data
        if born_on and received_on and age(born_on=born_on, on=received_on) >= OLDEST:
            years = age(born_on=born_on, on=received_on)
            yield self.born_on, f"They were {years} on the day of the request: it can be made up to the age of {OLDEST}"

    def written(self, name: str) -> str:
        """Return an identifier as it is kept: without spaces, in capitals."""
        return _CHECKS[name][1](self[name].data)

    def vouched_for(self) -> str:
        """Return why the details are right although a check failed; empty where none did."""
        return str(self.why_right.data) if self.doubtful and self.right_anyway.data else ""

    def details(self) -> PersonDetails:
        """Return what was filled in."""
        return PersonDetails(
            forename=self.forename.data,
            surname=self.surname.data,
            born_on=self.born_on.data,
            sex=self.sex.data or "U",
            ethnicity=self.ethnicity.data or "",
            postcode=self.written("postcode"),
            upn=self.written("upn") or None,
            uln=self.written("uln") or None,
            upn_unknown=self.upn_unknown.data or "",
            nhs_number=self.written("nhs_number") or None,
        )
