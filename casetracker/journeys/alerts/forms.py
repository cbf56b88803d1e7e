"""What is asked of somebody who acts on alerts."""

from casetracker.forms import RecordingForm, choice_field, day_field, long_field, text_field, tick_field
from casetracker.journeys.alerts.presenters import ACTIONS


class AcknowledgeForm(RecordingForm):
    """What will be done about alerts, by whom and by when."""

    action_code = choice_field(
        "What kind of action",
        [(code.value, words) for code, words in ACTIONS.items()],
        needed="Choose what will be done",
    )
    action = long_field("What will be done", needed="Say what will be done", longest=2000)
    action_by = choice_field("By whom", (), needed="Choose who will do it")
    action_due_on = day_field(
        "By when",
        needed="Enter the day it will be done by",
        hint="At most 12 weeks from now. The alert comes back if it still stands once this day is over",
    )


class SnoozeForm(RecordingForm):
    """Until when alerts can wait, and why."""

    until = day_field("Until", needed="Enter the day it comes back", hint="At most 28 days from now")
    reason = text_field("Why it can wait", needed="Say why it can wait")
    confirmed = tick_field("Set aside past that all the same")
    """Shown only where there is something to ask about."""


class EscalateForm(RecordingForm):
    """Before whom alerts are put, and why."""

    to = choice_field("To whom", (), needed="Choose who it goes to")
    why = text_field("Why it is escalated", needed="Say why it is escalated")


class CommentForm(RecordingForm):
    """Something to say of alerts."""

    words = long_field("Comment", needed="Enter a comment", longest=2000)


class ReopenForm(RecordingForm):
    """Why alerts are taken back to those to act on."""

    why = text_field("Why it is taken back", needed="Say why it is taken back")
