"""What signs the links that are sent out, from the settings. For edges only."""

from flask import current_app

from casetracker.services.access import Keys


def keys() -> Keys:
    """Return this installation's secret and public address."""
    return Keys(secret=str(current_app.config["SECRET_KEY"]), address=str(current_app.config["PUBLIC_ADDRESS"]))
