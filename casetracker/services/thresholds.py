"""The probability over which a breach is called likely: each team's manager sets it for the cases of the team."""

from datetime import datetime

from casetracker.extensions import db
from casetracker.models import AlertThreshold, User

LEAST, MOST = 0.05, 0.95


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""


def set_threshold(*, team_id: int, threshold: float, by: User, at: datetime) -> AlertThreshold:
    """
    Set a team's threshold, a probability. The next sweep raises and closes by it.

    :raises NotPossible: if it is not from 0.05 to 0.95
    """
    if not LEAST <= threshold <= MOST:
        raise NotPossible("Enter a percentage from 5 to 95")
    row = db.session.get(AlertThreshold, team_id)
    if row is None:
        row = AlertThreshold(team_id=team_id)
        db.session.add(row)
    row.threshold, row.changed_at, row.changed_by_id = threshold, at, by.id
    return row
