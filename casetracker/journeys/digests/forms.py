"""What is asked of somebody about their digest."""

from flask_wtf import FlaskForm

from casetracker.forms import choice_field, tick_field
from casetracker.models import FIRST_HOUR, LAST_HOUR, WORST_FIRST
from casetracker.services.digest_words import LEVELS

ALL_LEVELS = "all"


class DigestForm(FlaskForm):
    """When the digest comes, and what it tells of."""

    daily = tick_field("Send me a digest each working morning")
    hour = choice_field(
        "At",
        [(str(hour), f"{hour}am") for hour in range(FIRST_HOUR, LAST_HOUR + 1)],
        hint="By the clock in London. It comes within ten minutes.",
        needed="Choose the hour at which it comes",
    )
    lowest = choice_field(
        "Alerts to tell of",
        [
            (ALL_LEVELS, "All alerts"),
            *((level.value, f"{LEVELS[level]}, and worse") for level in reversed(WORST_FIRST[1:-1])),
            (WORST_FIRST[0].value, f"{LEVELS[WORST_FIRST[0]]} only"),
        ],
        needed="Choose the alerts to tell of",
    )
    when_nothing_is_new = tick_field("Send it on days with nothing new too")
