"""Why an alert was raised, in a sentence fit for the page. Pure: told the figures, it looks nothing up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from casetracker import wording
from casetracker.forecast.steps import Step
from casetracker.plurals import counted
from casetracker.services.alerts.calling import Code
from casetracker.statute.timetable import Duty


@dataclass(frozen=True, slots=True)
class Figures:
    """What was known when an alert was raised. Those of the forecast are None or empty where there was none to use."""

    days_left: int
    """Until the last day; negative once it has passed."""
    probability: float | None = None
    expected_on: date | None = None
    """As likely before as after, for the final plan."""
    latest_safe_on: date | None = None
    slack_days: int | None = None
    limiting_step: str = ""
    limiting_subject: str = ""
    limiting_holder: str = ""
    threshold: float | None = None
    """What the team's manager had set, for an alert raised by it."""

    def as_json(self) -> dict[str, Any]:
        """Return them as the alert and its ledger keep them: days as ISO dates, nothing that was not known."""
        known = {name: value for name in _NAMES if (value := getattr(self, name)) not in (None, "")}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in known.items()}


_NAMES = tuple(field.name for field in fields(Figures))
_STEPS: Mapping[str, str] = {
    Step.DECIDE: "the decision whether to assess",
    Step.ASK: "asking for advice",
    Step.ADVICE: "advice",
    Step.PLAN: "the decision about a plan",
    Step.DRAFT: "the draft plan",
    Step.FINISH: "the last steps after the draft",
}
_LATE = {
    Duty.RECEIVE_ADVICE: "It was not received within its six weeks (reg 8(1)).",
    Duty.SETTING_REPLY: "The setting has not replied within its 15 days. You may decide without it.",
}


def sentence(code: str, duty: str, figures: Figures) -> str:
    """Return why an alert was raised, in words."""
    if code in _SAY:
        return _SAY[code](figures)
    return _LATE.get(Duty(duty), "Our own target has passed, and the final plan waits for it.")


def days(number: int) -> str:
    """Return "1 day is", "9 days are": a number of days as the subject of a sentence."""
    return f"{counted(number, 'day')} {'is' if number == 1 else 'are'}"


def percent(probability: float | None) -> str:
    """Return a probability in whole percent, never as certain as 0% or 100%."""
    return f"{min(99, max(1, round((probability or 0) * 100)))}%"


def step_in_words(step: str, subject: str = "") -> str:
    """Return a step of the forecast in words; of advice, which advice."""
    if step == Step.ADVICE and subject:
        return _lower(wording.of_advice(subject))
    return _STEPS.get(step, "")


def _no_slack(figures: Figures) -> str:
    late = counted(-(figures.slack_days or 0), "day")
    return f"No slack is left: at a quick pace the steps to come still end {late} late.{_waits(figures)}"


def _waits(figures: Figures) -> str:
    """Return what it waits for, with whom and its last safe day, past or not; nothing where that is not known."""
    step = step_in_words(figures.limiting_step, figures.limiting_subject)
    if not step:
        return ""
    holder = f" ({figures.limiting_holder})" if figures.limiting_holder else ""
    safe = f"; last safe day {_day(figures.latest_safe_on)}" if figures.latest_safe_on else ""
    return f" It waits for {step}{holder}{safe}."


def _safe_day_passed(figures: Figures) -> str:
    step = step_in_words(figures.limiting_step, figures.limiting_subject) or "the next step"
    holder = f" ({figures.limiting_holder})" if figures.limiting_holder else ""
    when = f"was {_day(figures.latest_safe_on)}" if figures.latest_safe_on else "has passed"
    return f"The last safe day for {step}{holder} {when}: at their usual pace the steps after it end too late."


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


_SAY: Mapping[str, Callable[[Figures], str]] = {
    Code.LIMIT_MISSED: lambda figures: "A limit set by law was missed and no exception is on record.",
    Code.NO_TIME_FOR_REPRESENTATIONS: lambda figures: (
        f"No draft has been sent and {days(figures.days_left)} left: the family must have 15 days to answer it "
        "(reg 13(1)(a)). It will be late unless the draft goes at once and they answer sooner."
    ),
    Code.DAYS_OF_THE_FAMILY: lambda figures: (
        "The family’s 15 days end too late for the final plan to follow them in time (reg 13(1)(a)). "
        "It will be late unless they answer sooner."
    ),
    Code.NO_SLACK: _no_slack,
    Code.PROBABLE: lambda figures: (
        f"The probability that it is late is {percent(figures.probability)}.{_waits(figures)}"
    ),
    Code.SAFE_DAY_PASSED: _safe_day_passed,
}
