"""The days of the panel: entered one by one or as a series, and called off."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from casetracker.extensions import db
from casetracker.models import Panel, User
from casetracker.statute.working_days import SATURDAY, is_worked

MOST = 60
"""How many days one series may have."""


class NotPossible(ValueError):
    """What was entered cannot be so; the message is fit for the page."""


class EndNotPossible(NotPossible):
    """It is the last day of the series that cannot be so, or is missing."""


def enter(*, first: date, weeks_apart: int, until: date | None, by: User, today: date, at: datetime) -> int:
    """
    Enter the days of a series, or one day where `weeks_apart` is 0, and return how many are new.

    A day that is entered already stays as it is; a bank holiday in the series is left out.

    :raises NotPossible: if the first day is over, not a working day or after the last, or there are too many days
    """
    if first < today:
        raise NotPossible("The first day has passed already")
    if not is_worked(first):
        what = f"a {first:%A}" if first.weekday() >= SATURDAY else "a bank holiday"
        raise NotPossible(f"{first:%-d %B %Y} is {what}: choose a working day")
    days = [day for day in _series(first, weeks_apart, until) if is_worked(day)]
    there = set(db.session.scalars(select(Panel.held_on).where(Panel.held_on.in_(days), Panel.called_off_at.is_(None))))
    new = [day for day in days if day not in there]
    db.session.add_all(Panel(held_on=day, made_at=at, made_by_id=by.id) for day in new)
    db.session.flush()
    return len(new)


def _series(first: date, weeks_apart: int, until: date | None) -> list[date]:
    if not weeks_apart:
        return [first]
    if until is None:
        raise EndNotPossible("Enter the last day of the series")
    if until < first:
        raise EndNotPossible("The last day cannot be before the first")
    days = [first + timedelta(weeks=number) for number in range(0, (until - first).days // 7 + 1, weeks_apart)]
    if len(days) > MOST:
        raise EndNotPossible(f"That is {len(days)} days: choose an earlier last day, for no more than {MOST} at once")
    return days


def call_off(*, panel_id: int, by: User, at: datetime) -> Panel:
    """
    Call a panel off; one that was called off before stays as it was.

    :raises sqlalchemy.exc.NoResultFound: if there is none
    """
    panel = db.session.get_one(Panel, panel_id)
    if panel.called_off_at is None:
        panel.called_off_at, panel.called_off_by_id = at, by.id
    return panel
