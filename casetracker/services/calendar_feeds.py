"""
Each person's deadlines at a private address, for the calendar program they use.

The address holds 256 random bits and is shown once; only their hash is kept. Whoever has it reads references and days,
never a name, until it is renewed or switched off or its owner may no longer sign in.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update

from casetracker.adapters.calendars import Day, calendar_of
from casetracker.extensions import db
from casetracker.models import CalendarFeed, CalendarMiss, User
from casetracker.queries import deadlines
from casetracker.queries.deadlines import Deadline
from casetracker.roles import Permission
from casetracker.statute.advice import AdviceKind
from casetracker.statute.timetable import Duty
from casetracker.wording import of_duty

FETCHES_AN_HOUR = 60
"""A calendar program asks once or a few times an hour."""
WINDOW = timedelta(minutes=15)
MISSES_OF_ONE_FEED, MISSES_OF_AN_ADDRESS = 10, 100
"""Wrong addresses tried from one place within the window: of one person's feed, and of any. A council has one place."""
_KEPT = timedelta(days=1)
_NOBODYS_HASH = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
"""Compared where there is no such feed, so that the answer takes as long."""


class Closed(Exception):
    """There is no calendar at that address: there never was, or it was renewed or switched off."""


class TooMany(Exception):
    """Too many wrong addresses from there lately, or too many fetches of this calendar."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Wait {int(wait.total_seconds() // 60)} minutes")
        self.seconds = int(wait.total_seconds())


@dataclass(frozen=True, slots=True)
class Address:
    """Where a calendar is: the number of the feed, and the secret. It is not kept."""

    number: int
    token: str


def renew(*, by: User, at: datetime) -> Address:
    """Give somebody an address of their own; one they had before opens nothing from now on."""
    token = secrets.token_urlsafe(32)
    feed = feed_of(by)
    if feed is None:
        feed = CalendarFeed(user_id=by.id, fetches=0)
        db.session.add(feed)
    feed.token_hash, feed.made_at, feed.fetched_at = _hash(token), at, None
    feed.counted_from, feed.fetches = at, 0
    db.session.flush()  # its number is part of the address
    return Address(feed.id, token)


def switch_off(*, by: User) -> None:
    """Take somebody's address away."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == by.id))


def feed_of(user: User) -> CalendarFeed | None:
    """Return somebody's feed, or None where they have none."""
    return db.session.scalars(select(CalendarFeed).where(CalendarFeed.user_id == user.id)).one_or_none()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def opened(number: int, token: str, *, from_address: str, at: datetime) -> User:
    """
    Return whose calendar is at an address. The fetch is counted.

    :raises Closed: if there is none; the caller then records the miss
    :raises TooMany: if there have been too many wrong ones from there, or too many fetches of this one
    """
    _refuse_guessing(number, from_address, at)
    query = select(CalendarFeed, User).join(User, User.id == CalendarFeed.user_id).where(CalendarFeed.id == number)
    found = db.session.execute(query).one_or_none()
    right = hmac.compare_digest(found[0].token_hash if found else _NOBODYS_HASH, _hash(token))
    if found is None or not right:
        raise Closed
    feed, user = found
    if not user.active or Permission.SEE_ALERTS not in user.permissions:
        raise Closed
    _count(feed, at)
    return user


def _refuse_guessing(number: int, from_address: str, at: datetime) -> None:
    lately = select(func.count()).where(CalendarMiss.at > at - WINDOW, CalendarMiss.address == from_address[:45])
    of_any = db.session.scalar(lately) or 0
    of_this = db.session.scalar(lately.where(CalendarMiss.number == number)) or 0 if of_any else 0
    if of_this >= MISSES_OF_ONE_FEED or of_any >= MISSES_OF_AN_ADDRESS:
        raise TooMany(WINDOW)


def _count(feed: CalendarFeed, at: datetime) -> None:
    """Count a fetch, in the database, so that many at once are as many."""
    hour = timedelta(hours=1)
    started_over = update(CalendarFeed).where(CalendarFeed.id == feed.id, CalendarFeed.counted_from <= at - hour)
    db.session.execute(started_over.values(counted_from=at, fetches=0))
    counted = db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.id == feed.id, CalendarFeed.fetches < FETCHES_AN_HOUR)
        .values(fetches=CalendarFeed.fetches + 1, fetched_at=at)
    )
    if not counted.rowcount:  # type: ignore[attr-defined]
        raise TooMany(hour)


def missed(number: int, *, from_address: str, at: datetime) -> None:
    """Record that an address was tried that is wrong. Those of a day ago are let go."""
    db.session.execute(delete(CalendarMiss).where(CalendarMiss.at <= at - _KEPT))
    db.session.add(CalendarMiss(address=from_address[:45], number=number, at=at))


def calendar(user: User, *, on: date, address: str, council: str) -> bytes:
    """
    Return somebody's calendar as a file.

    `address` is the public address, which links begin with, and whose host makes the events' names unique in the world.
    """
    host = address.partition("://")[2].partition("/")[0].partition(":")[0]
    days = [_day(one, address=address, host=host) for one in deadlines.of_person(user.id, on=on)]
    return calendar_of(days, name=f"{council} deadlines".strip())


def _day(one: Deadline, *, address: str, host: str) -> Day:
    what = _what(one)
    text = [f"Last day, {one.authority}." if one.authority else "The day you gave for what you would do."]
    if one.excused_by:
        text.append(f"An exception is on record: reg {one.excused_by}.")
    if one.for_name:
        text.append(f"You cover {one.for_name}.")
    return Day(
        uid=f"{hashlib.sha256(one.key.encode()).hexdigest()[:32]}@{host}",
        on=one.due_on,
        title=f"{one.reference}: {f'promised action, {what}' if one.promised else what}",
        text=" ".join(text),
        link=f"{address.rstrip('/')}/cases/{one.case_id}",
        changed_at=one.changed_at,
        sequence=one.version,
    )


def _what(one: Deadline) -> str:
    """Return what is to be done, without the name of a setting: it would say more of a child than a reference does."""
    is_kind = one.duty is Duty.RECEIVE_ADVICE and one.subject in set(AdviceKind)
    return of_duty(one.duty, one.subject if is_kind else "")
