"""
When settings are closed, and what that does to a case (reg 5(4)(a) and (b), 10(4)(a) and (b)).

A closure excuses a limit only where it lasts four weeks or more without a break, and advice was asked for from a week
before it begins to a week before it ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LONG = timedelta(weeks=4)
_WEEK = timedelta(weeks=1)
_SIX_WEEKS, _TWENTY_WEEKS = timedelta(weeks=6), timedelta(weeks=20)
_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Shut:
    """Days on which a setting is closed; both count."""

    starts_on: date
    ends_on: date
    name: str = ""

    @property
    def reopens_on(self) -> date:
        return self.ends_on + timedelta(days=1)

    @property
    def is_long(self) -> bool:
        """Whether it lasts for a continuous period of not less than four weeks."""
        return self.reopens_on - self.starts_on >= LONG

    def excuses(self, asked_on: date) -> bool:
        """Return whether advice asked for on a day was asked for in the period that the regulations give."""
        return self.is_long and self.starts_on - _WEEK <= asked_on <= self.reopens_on - _WEEK


def joined(closures: Iterable[Shut]) -> tuple[Shut, ...]:
    """Return closures in order, those that overlap, adjoin or have only a weekend between them made one."""
    found: list[Shut] = []
    for closure in sorted(closures, key=lambda shut: (shut.starts_on, shut.ends_on)):
        last = found[-1] if found else None
        if last is not None and not _opens_between(last, closure):
            name = last.name or closure.name
            found[-1] = Shut(last.starts_on, max(last.ends_on, closure.ends_on), name)
        else:
            found.append(closure)
    return tuple(found)


def _opens_between(one: Shut, other: Shut) -> bool:
    day = one.reopens_on
    while day < other.starts_on:
        if day.weekday() < _WEEKEND:
            return True
        day += timedelta(days=1)
    return False


def closure_that_excuses(asked_on: date, closures: Iterable[Shut]) -> Shut | None:
    """Return the closure for whose sake advice asked for on this day may be late, or None."""
    return next((closure for closure in joined(closures) if closure.excuses(asked_on)), None)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A long closure that falls into a case: which of its weeks, and by when to ask."""

    closure: Shut
    first_week: int
    last_week: int
    ask_by: date | None
    """The last day on which asking leaves six weeks before it begins; None once that has passed."""

    @property
    def text(self) -> str:
        """What to know of it, in a sentence."""
        weeks = (
            f"week {self.first_week}"
            if self.first_week == self.last_week
            else (f"weeks {self.first_week} to {self.last_week}")
        )
        name = self.closure.name or "closure"
        when = f"{self.closure.starts_on:%-d %B} to {self.closure.ends_on:%-d %B %Y}"
        advice = (
            f"ask the setting for advice by {self.ask_by:%-d %B %Y}"
            if self.ask_by
            else "six weeks do not fit before it any more: ask the setting now"
        )
        return f"{weeks[:1].upper()}{weeks[1:]} of this case fall in the {name} ({when}): {advice}."


def look_ahead(received_on: date, closures: Sequence[Shut], *, today: date) -> tuple[Ahead, ...]:
    """Return the long closures that fall within the 20 weeks of a case and are not over yet (reg 13(2))."""
    last_day = received_on + _TWENTY_WEEKS
    found = []
    for closure in joined(closures):
        if not closure.is_long or closure.ends_on < today or closure.starts_on > last_day:
            continue
        first, last = max(closure.starts_on, received_on), min(closure.ends_on, last_day)
        if last < first:
            continue
        ask_by = closure.starts_on - timedelta(days=1) - _SIX_WEEKS
        found.append(
            Ahead(closure, _week(received_on, first), _week(received_on, last), ask_by if ask_by >= today else None)
        )
    return tuple(found)


def _week(received_on: date, day: date) -> int:
    return (day - received_on).days // 7 + 1


def disagreement(from_on: date, until: date | None, closures: Iterable[Shut]) -> str:
    """Return how the days of a closure that is claimed differ from what the directory has, or "" where they do not."""
    known = joined(closures)
    if until is None or not known:
        return ""
    shut = next((closure for closure in known if closure.starts_on <= from_on and until <= closure.ends_on), None)
    if shut is not None:
        return ""
    open_on = _first_open_day(from_on, until, known)
    return f"The directory has the setting open on {open_on:%-d %B %Y}." if open_on else ""


def _first_open_day(from_on: date, until: date, closures: Sequence[Shut]) -> date | None:
    day = from_on
    while day <= until:
        if day.weekday() < _WEEKEND and not any(c.starts_on <= day <= c.ends_on for c in closures):
            return day
        day += timedelta(days=1)
    return None
