"""The time that must be left between a draft plan and the final plan (law.md 1.1, reg 13(1)(a))."""

from datetime import date, timedelta

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.timetable import Duty, limit_of

AUTHORITY = "SEND Regs 2014, reg 13(1)(a)"


def earliest_final_plan(*, served_on: date, reading: Reading = ORDINARY_READING) -> date:
    """
    Return the first day on which a final plan can follow a draft served on a day, unless the family answers sooner.

    They have at least 15 days to make representations, beginning with the day on which the draft was served (SEND Regs
    2014, reg 13(1)(a)): a draft of the 1st leaves them until the 15th, and the plan can be sent on the 16th.
    """
    window = limit_of(Duty.REPRESENTATIONS_WINDOW, on=served_on, reading=reading)
    return window.within.last_day(served_on, reading) + timedelta(days=1) if window is not None else served_on


def leaves_time_for_representations(*, due_on: date, on: date, reading: Reading = ORDINARY_READING) -> bool:
    """Return whether a draft served `on` leaves the family their 15 days before the last day for the final plan."""
    return earliest_final_plan(served_on=on, reading=reading) <= due_on
