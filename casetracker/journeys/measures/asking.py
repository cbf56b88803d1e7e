"""What a page of measures is asked: which measure, which periods, as known on which day. Read from its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, current_app, request

from casetracker import clock
from casetracker.csvin import values
from casetracker.csvin.refusals import BadValue
from casetracker.measures.definition import Measure, Over
from casetracker.measures.shipped import BY_KEY
from casetracker.periods import Period, Span, period_of, periods_between
from casetracker.queries.measures.figures import first_and_last
from casetracker.queries.measures.known import Asked

MOST_SHOWN = {Span.MONTH: 24, Span.ROLLING: 24}
MOST_DAYS_SHOWN = 13
"""Of a measure of a day each row is a question of its own."""
SPANS = {
    Span.MONTH: "Month",
    Span.CALENDAR: "Calendar year",
    Span.ACADEMIC: "Academic year",
    Span.FINANCIAL: "Financial year",
    Span.ROLLING: "12 months to the end of each month",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the address of a page asks."""

    measure: Measure
    span: Span
    known_on: date
    today: date
    typed: str = ""
    """The day as it stands in the box: as it was typed, where it is none that can be asked about."""
    problem: str = ""

    @property
    def asked(self) -> Asked:
        return ask(self.measure, known_on=self.known_on, today=self.today)

    @property
    def is_now(self) -> bool:
        return self.known_on >= self.today

    def is_partial(self, period: Period) -> bool:
        """Return whether some of a period was still to come."""
        return period.ends_on > self.known_on or (self.is_now and period.ends_on == self.today)

    def words(self, **more: Any) -> dict[str, Any]:
        """Return the words of an address that asks the same."""
        known = {} if self.is_now else {"known_on": self.known_on.isoformat()}
        return {"key": self.measure.key, "by": self.span.value, **known, **more}


def ask(measure: Measure, *, known_on: date, today: date) -> Asked:
    """Return a measure asked by this authority's own setting."""
    return Asked(measure, known_on, today, bool(current_app.config["TIMELINESS_COUNTS_REOPENED"]))


def measure_of(key: str, *, known_here: bool = True) -> Measure:
    """Return the measure with this key; 404 for none, or for one of the other sort."""
    measure = BY_KEY.get(key)
    if measure is None or measure.is_known_here is not known_here:
        abort(404)
    return measure


def question(key: str) -> Question:
    """Return what the address of this page asks of a measure."""
    measure, today = measure_of(key), clock.today()
    by, text = request.args.get("by", Span.MONTH), request.args.get("known_on", "")
    span = Span(by) if by in set(Span) else Span.MONTH
    try:
        day = values.day(text[:40]) or today
    except BadValue as bad:
        return Question(measure, span, today, today, text[:40], str(bad))
    if day > today:
        return Question(measure, span, today, today, text[:40], "that day is still to come")
    return Question(measure, span, day, today, f"{day.day}/{day.month}/{day.year}" if text else "")


def periods(asked: Question) -> list[Period]:
    """Return the periods to show, the earliest first."""
    ends = first_and_last(asked.asked)
    if ends is None:
        return []
    last = asked.known_on if asked.measure.over is Over.DAY else max(ends[1], min(asked.known_on, asked.today))
    found = list(periods_between(ends[0], last, asked.span))
    return found[-(MOST_DAYS_SHOWN if asked.measure.over is Over.DAY else MOST_SHOWN.get(asked.span, len(found))) :]


def period(asked: Question, words: Mapping[str, str]) -> Period:
    """Return the period that an address names by a day in it, or that the day asked about is in; 404 for no day."""
    try:
        on = date.fromisoformat(words.get("on", asked.known_on.isoformat()))
    except ValueError:
        abort(404)
    if not 1990 <= on.year <= 2100:
        abort(404)
    return period_of(on, asked.span)
