"""Deadlines as an iCalendar file (RFC 5545), which every calendar program subscribes to. All-day events, no alarms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Day:
    """Something that falls on a day."""

    uid: str
    """The same for as long as it is the same thing, so that a calendar moves it when its day does."""
    on: date
    title: str
    text: str
    link: str
    changed_at: datetime
    sequence: int
    """Counted up as it changes."""


def calendar_of(days: Iterable[Day], *, name: str) -> bytes:
    """Return the days as one calendar, the same bytes for the same days."""
    calendar = Calendar()
    calendar.add("prodid", "-//casetracker//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText("PT1H"))
    for day in days:
        calendar.add_component(_event(day))
    return bytes(calendar.to_ical())


def _event(day: Day) -> Event:
    event = Event()
    event.add("uid", day.uid)
    event.add("dtstamp", day.changed_at)
    event.add("last-modified", day.changed_at)
    event.add("sequence", day.sequence)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", day.title)
    event.add("description", day.text)
    event.add("url", day.link)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
