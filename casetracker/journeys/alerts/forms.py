"""What is asked of a manager who acts on an alert."""

from datetime import date

from wtforms.validators import ValidationError

from casetracker.forms import DayField, RecordingForm, choice_field, day_field, long_field
from casetracker.services.alerts import LONGEST_ACTION


class AcknowledgeForm(RecordingForm):
    """What will be done about an alert, by whom and by when."""

    action = long_field("What will be done", needed="Say what will be done", longest=2000)
    action_by = choice_field("By whom", (), needed="Choose who will do it")
    action_due_on = day_field("By when", needed="Enter the day it will be done by")
    today: date

    def validate_action_due_on(self, field: DayField) -> None:
        """Refuse a day that is over, or so far off that the alert would be forgotten."""
        if field.data is not None and field.data < self.today:
            raise ValidationError("The day it will be done by cannot be in the past")
        if field.data is not None and field.data > self.today + LONGEST_ACTION:
            raise ValidationError("Choose a day within the next 12 weeks: the alert comes back if it passes")
