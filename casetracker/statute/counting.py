"""How days, weeks and months are counted (law.md 1.2): calendar days, nothing rolls forward, nothing pauses."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from casetracker.statute.working_days import working_days_after


@dataclass(frozen=True, slots=True)
class Reading:
    """
    How an authority reads the Regulations where their wording leaves room.

    `count_day_one` takes the day of receipt as day 1, so that every limit in weeks ends a day earlier. The
    Regulations have no counting rule; the ordinary English rule leaves the day of the event out (the default).
    """

    count_day_one: bool = False
    unconfirmed_rules: bool = True
    """Whether rows of law marked [M] (general knowledge, not confirmed against the text) are shown at all."""


ORDINARY_READING = Reading()


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time allowed by law. Exactly one of `weeks`, `days`, `months`, `working_days` is set."""

    weeks: int = 0
    days: int = 0
    months: int = 0
    working_days: int = 0
    counts_first_day: bool = False
    """True where the text says "beginning with the day", as reg 13(1)(a) does."""

    def last_day(self, start: date, reading: Reading = ORDINARY_READING) -> date:
        """
        Return the last day on which a thing limited by this can be done in time.

        :raises CalendarEnds: for working days in a year whose bank holidays are not known
        """
        if self.working_days:
            return working_days_after(start - timedelta(days=self.counts_first_day), self.working_days)
        if self.months:
            return self._last_of_months(start)
        length = timedelta(weeks=self.weeks, days=self.days)
        first_day_counts = self.counts_first_day or (self.weeks > 0 and reading.count_day_one)
        return start + length - timedelta(days=1 if first_day_counts else 0)

    def _last_of_months(self, start: date) -> date:
        """A month that begins with the day ends on the eve of the corresponding day, or of itself where it has none."""
        end = months_after(start, self.months)
        return end - timedelta(days=1) if self.counts_first_day and end.day == start.day else end

    def __str__(self) -> str:
        number, unit = next((n, u) for n, u in self._parts() if n)
        return f"{number} {unit}" if number == 1 else f"{number} {unit}s"

    def _parts(self) -> tuple[tuple[int, str], ...]:
        return (
            (self.weeks, "week"),
            (self.days, "day"),
            (self.months, "month"),
            (self.working_days, "working day"),
        )


def months_after(start: date, months: int) -> date:
    """Return the corresponding day `months` later, or the last day of that month where it has no such day."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month0 + 1, min(start.day, calendar.monthrange(year, month0 + 1)[1]))


def day_number(start: date, on: date, reading: Reading = ORDINARY_READING) -> int:
    """Return which day of the clock `on` is: 0 on the day of receipt (1 when day one is counted)."""
    return (on - start).days + (1 if reading.count_day_one else 0)


def week_number(start: date, on: date, reading: Reading = ORDINARY_READING) -> int:
    """
    Return which week of the clock `on` falls in, from 1; 0 before the clock has started.

    Week 20 ends on the last day for the final plan, so that "week 20 of 20" is still in time.
    """
    if on < start:
        return 0
    return max(1, -(-day_number(start, on, reading) // 7))
