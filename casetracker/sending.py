"""In whose name mails go out from here, from the settings. For edges only."""

from flask import current_app

from casetracker.keys import keys
from casetracker.services.asking import Sender


def sender() -> Sender:
    """Return this council's name and the keys of the links it sends."""
    return Sender(keys=keys(), council=str(current_app.config.get("COUNCIL_NAME", "")))
