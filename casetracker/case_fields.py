"""What is asked about a case, when its request is logged and whenever more is known."""

from collections.abc import Iterator

from wtforms import Field

from casetracker import wording
from casetracker.forms import RecordingForm, choice_field, radio_field, text_field, tick_field
from casetracker.sen2.codes import SEN_TYPES
from casetracker.services.cases import TICKED, CaseDetails


class CaseForm(RecordingForm):
    """Who asked, the child's needs and the setting they attend."""

    source = radio_field("Who asked", wording.SOURCES, needed="Choose who asked")
    primary_need = choice_field(
        "Primary need", [(t.code, t.label[0].upper() + t.label[1:]) for t in SEN_TYPES], blank="Not known yet"
    )
    vision = tick_field("Has a vision impairment")
    hearing = tick_field("Has a hearing impairment")
    out_of_school = tick_field("Out of school: has no place to go to")
    setting_name = text_field("Name of the school, college or early years setting")
    setting_urn = text_field("Its URN", hint="6 figures, if you have it", longest=6)

    def doubtful_urn(self) -> Iterator[tuple[Field, str]]:
        """Yield the URN where it is not made like one, with what is wrong."""
        urn = self.setting_urn.data
        if urn and not (urn.isdecimal() and urn.isascii() and len(urn) == 6):
            yield self.setting_urn, "A URN has 6 figures"

    def case_details(self) -> CaseDetails:
        """Return what was filled in; the setting is made known by the service."""
        ticked = self.ticked()
        return CaseDetails(
            source=self.source.data,
            primary_need=self.primary_need.data or "",
            vision=ticked.get("vision", ""),
            hearing=ticked.get("hearing", ""),
            out_of_school=ticked.get("out_of_school", ""),
        )

    def ticked(self) -> dict[str, str]:
        """Return what is ticked, as an entry keeps it."""
        return {name: "yes" for name in TICKED if self[name].data}
