"""How a manager sets when alerts are raised, to whom they go if nobody acts, and who stands in for whom."""

import re

from casetracker.forms import NumberField, RecordingForm, choice_field, day_field, text_field
from casetracker.journeys.alerts.presenters import LEVELS
from casetracker.models import EscalatesTo

ESCALATES_TO = {
    EscalatesTo.TEAM_MANAGER: "The manager of the case’s team",
    EscalatesTo.USER: "Somebody named",
    EscalatesTo.HEAD_OF_SERVICE: "The head of service",
}


class PercentField(NumberField):
    """A whole number of hundredths, with the sign or without it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take figures, and the sign after them, and nothing else that could be read as a number."""
        if not valuelist:
            return
        figures = re.fullmatch(r"(\d{1,3})\s*%?", valuelist[0].strip(), re.ASCII)
        if figures is None:
            self.data = None
            raise ValueError(f"Enter a whole number from {self.least:,} to {self.most:,}, with or without a % sign")
        super().process_formdata([figures[1]])


class ThresholdForm(RecordingForm):
    """The probability over which a breach is called likely."""

    team = choice_field("Team", (), needed="Choose a team")
    percent = PercentField("Likely from, in percent", least=5, most=95, whole=True, hint="From 5 to 95")


class RuleForm(RecordingForm):
    """An alert of a level that nobody acts on for so many days goes to somebody."""

    team = choice_field("Cases of", (), blank="Every team")
    level = choice_field("Level", [(level.value, words) for level, words in LEVELS.items()], needed="Choose a level")
    after_days = NumberField("After so many days without action", least=0, most=365, whole=True)
    escalates_to = choice_field(
        "It goes to", [(to.value, words) for to, words in ESCALATES_TO.items()], needed="Choose who it goes to"
    )
    user = choice_field("Who, if somebody named", ())


class CoverForm(RecordingForm):
    """Somebody stands in for an absent colleague."""

    user = choice_field("Who is away", (), needed="Choose who is away")
    covered_by = choice_field("Who stands in", (), needed="Choose who stands in")
    starts_on = day_field("First day", needed="Enter the first day")
    ends_on = day_field("Last day", needed="Enter the last day")
    reason = text_field("Why", hint="Such as leave. Do not write of anybody’s health")
