"""What is asked on the caseload: a name for a view, and who is to have the ticked cases."""

from flask_wtf import FlaskForm

from casetracker.forms import choice_field, text_field, tick_field


class SaveViewForm(FlaskForm):
    """A name for the filter that is on."""

    name = text_field("Save this view as", needed="Enter a name for the view", longest=80)


class HandOverForm(FlaskForm):
    """Who is to have the ticked cases, or all that the filter finds."""

    every = tick_field("Every case found, on all the pages")
    to = choice_field("Hand over to", (), needed="Choose who is to have the cases")
