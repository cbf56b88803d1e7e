"""The probability over which a breach is called likely: each team's manager sets it for the cases of the team."""

from datetime import datetime

from casetracker import upserts
from casetracker.models import AlertThreshold, User

LEAST, MOST = 0.05, 0.95


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""


def set_threshold(*, team_id: int, threshold: float, by: User, at: datetime) -> None:
    """
    Set a team's threshold, a probability: of two set at once the later stands. The next sweep raises and closes by it.

    :raises NotPossible: if it is not from 0.05 to 0.95
    """
    if not LEAST <= threshold <= MOST:
        raise NotPossible("Enter a percentage from 5 to 95")
    row = {"team_id": team_id, "threshold": threshold, "changed_at": at, "changed_by_id": by.id}
    upserts.put(AlertThreshold, [row], key=["team_id"])
