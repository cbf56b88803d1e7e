"""How somebody wants their digest."""

from casetracker.extensions import db
from casetracker.models import FIRST_HOUR, LAST_HOUR, USUAL_HOUR, AlertLevel, DigestChoice, User


def of(user: User) -> DigestChoice:
    """Return how somebody wants their digest: as it comes, where they have not said."""
    chosen = db.session.get(DigestChoice, user.id)
    if chosen is not None:
        return chosen
    return DigestChoice(user_id=user.id, daily=True, hour=USUAL_HOUR, lowest=None, when_nothing_is_new=True)


def choose(*, by: User, daily: bool, hour: int, lowest: AlertLevel | None, when_nothing_is_new: bool) -> None:
    """
    Have one's digest come like that from now on.

    :raises ValueError: if the hour is not one of the morning
    """
    if not FIRST_HOUR <= hour <= LAST_HOUR:
        raise ValueError(f"{hour} is not an hour from {FIRST_HOUR} to {LAST_HOUR}")
    chosen = of(by)
    chosen.daily, chosen.hour, chosen.lowest, chosen.when_nothing_is_new = daily, hour, lowest, when_nothing_is_new
    db.session.add(chosen)
