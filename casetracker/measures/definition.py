"""What a measure is: a name, a plain sentence, a unit, whose definition it is and since when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Theme(StrEnum):
    """The board's three themes, and the work that feeds them."""

    RIGHT_PLAN = "Right plan, right first time, every time"
    RIGHT_SUPPORT = "Right support, right time"
    RIGHT_PROVISION = "Right provision, right time, looking to independence"
    THE_WORK = "The work behind the plan"


class Unit(StrEnum):
    """What a figure is in."""

    PERCENT = "percent"
    NUMBER = "number"
    DAYS = "days"


class Good(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Over(StrEnum):
    """What a figure is a figure of."""

    PERIOD = "period"
    """What happened from one day to another."""
    DAY = "day"
    """How things stood at the close of a day."""
    ENTERED = "entered"
    """What somebody brings from elsewhere, because the tracker cannot know it."""


class Count(StrEnum):
    """What is counted."""

    CASES = "cases"
    ADVICE = "pieces of advice"
    DISPUTES = "disputes"
    REVIEWS = "annual reviews"
    AUDITS = "audits"


class Average(StrEnum):
    """Which figure of a spread of days."""

    MEDIAN = "median"
    MEAN = "mean"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class Measure:
    """
    One measure. What it counts is two expressions over the facts, by its key (`queries.measures.expressions`).

    A change in what is counted is a new `version` with its own `valid_from`: a figure keeps the one it was made by.
    """

    key: str
    name: str
    sentence: str
    theme: Theme
    unit: Unit
    over: Over
    source: str
    """Whose definition it is, or where the figures come from."""
    numerator: str = ""
    """What the upper number counts, in words; empty where there is none."""
    denominator: str = ""
    good: Good = Good.NEITHER
    count: Count = Count.CASES
    average: Average | None = None
    version: str = "1"
    valid_from: date = date(2014, 9, 1)
    duty: str = ""
    """The law that sets the whole of it as a duty, which no target replaces."""

    @property
    def is_known_here(self) -> bool:
        """Whether the tracker counts it, rather than being told."""
        return self.over is not Over.ENTERED
