"""How this authority reads the Regulations, from its settings. For edges only."""

from flask import current_app

from casetracker.statute.counting import Reading


def reading() -> Reading:
    """Return the authority's reading of what the Regulations leave open."""
    settings = current_app.config
    return Reading(
        count_day_one=bool(settings.get("COUNT_DAY_ONE", False)),
        unconfirmed_rules=bool(settings.get("UNCONFIRMED_RULES", True)),
    )
