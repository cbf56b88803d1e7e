"""Working days in England, for our own internal targets only: no limit that runs from a request is in them."""

from datetime import date, timedelta

from casetracker.statute.bank_holidays import BANK_HOLIDAYS

SATURDAY = 5


class CalendarEnds(Exception):
    """The bank holidays of that year are not in the table: they must be added before it can be counted."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the bank holidays of {year} are not known: add them to statute/bank_holidays.py")
        self.year = year


def is_working_day(day: date) -> bool:
    """
    Return whether `day` is neither at a weekend nor a bank holiday in England.

    :raises CalendarEnds: if the bank holidays of its year are not known
    """
    if day.year not in BANK_HOLIDAYS:
        raise CalendarEnds(day.year)
    return day.weekday() < SATURDAY and day not in BANK_HOLIDAYS[day.year]


def is_worked(day: date) -> bool:
    """Return whether a day is a working day; where its bank holidays are not known yet, whether it is a weekday."""
    try:
        return is_working_day(day)
    except CalendarEnds:
        return day.weekday() < SATURDAY


def working_days_after(start: date, number: int) -> date:
    """
    Return the day that is `number` working days after `start`, not counting `start` itself.

    :raises CalendarEnds: if it runs into a year whose bank holidays are not known
    """
    day = start
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day
