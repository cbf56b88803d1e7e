"""What a person is told of a case's forecast: reasons as sentences, with their evidence."""

from collections.abc import Callable, Mapping

from casetracker.forecast.calendar import AHEAD
from casetracker.forecast.reasons import Reason
from casetracker.plurals import counted

Figures = Mapping[str, float]


def in_words(reason: Reason, *, subject: str = "", holder: str = "") -> str:
    """
    Return a reason as a sentence; `subject` is the kind of advice the case waits for, and `holder` who gives it.

    The figures are the evidence of the day the forecast was made.
    """
    if reason.code == "advice":
        return _advice(reason.figures, subject or "The", holder or "this service")
    if reason.code == "queue":
        return _queue(reason.figures, holder or "This service")
    return _WORDS[reason.code](reason.figures, reason.moves > 0)


def days(number: float) -> str:
    """Return a number of days in words."""
    return counted(round(number), "day")


def _advice(figures: Figures, subject: str, holder: str) -> str:
    waits = f"{subject} advice was asked for {days(figures['waited'])} ago"
    if figures["overdue"]:
        waits = f"{subject} advice is {days(figures['overdue'])} overdue"
    return f"{waits}; {holder} now takes {days(figures['usual'])} as a rule."


def _queue(figures: Figures, holder: str) -> str:
    whose = holder if figures["of_limiting"] else "A service whose advice is waited for"
    waiting, before = counted(round(figures["queue"]), "request"), round(figures["before"])
    return (
        f"{whose} has {waiting} waiting, and usually about {figures['usual_queue']:,.0f}; "
        f"{before:,} of them {'was' if before == 1 else 'were'} asked for before this one."
    )


def _late_so_far(figures: Figures, worse: bool) -> str:
    usually = days(figures["usually_used"])
    return f"It took {days(figures['used'])} to come to the step that is on, which usually takes {usually}."


def _season(figures: Figures, worse: bool) -> str:
    much, effect = ("Less", "lost") if worse else ("More", "gained")
    number = round(abs(figures["lost"]))
    lost = f"{days(number)} {'is' if number == 1 else 'are'} {effect}"
    return f"{much} gets done in the weeks ahead than on average: about {lost}."


def _worker(figures: Figures, worse: bool) -> str:
    return (
        f"The named worker has {counted(round(figures['load']), 'plan')} in hand; "
        f"the worker of a usual case has {figures['usual_load']:,.0f}."
    )


def _slow_so_far(figures: Figures, worse: bool) -> str:
    came = round(figures["came"])
    return (
        f"{came} of the pieces of advice {'has' if came == 1 else 'have'} come; in the days they were waited for, "
        f"{figures['expected_to_come']:.1f} would have as a rule."
    )


def _closure(figures: Figures, worse: bool) -> str:
    return (
        f"A school or early years provider whose advice is waited for is shut in the next {AHEAD} days for "
        f"{days(figures['shut'])} more than is usual at this time of year."
    )


def _panel(figures: Figures, worse: bool) -> str:
    return f"The next panel that can decide sits in {days(figures['panel_in'])}."


def _outstanding(figures: Figures, worse: bool) -> str:
    number = round(figures["outstanding"])
    pieces = counted(number, "piece of advice", "pieces of advice")
    return f"{pieces} {'is' if number == 1 else 'are'} still to come."


def _returned(figures: Figures, worse: bool) -> str:
    number = figures["returned"]
    return "A piece of advice was sent back." if number == 1 else f"Advice was sent back {number:.0f} times."


def _family(figures: Figures, worse: bool) -> str:
    return "Information asked of the family has not come."


def _other(figures: Figures, worse: bool) -> str:
    return f"Cases like this, by age and by who asked, take {'longer' if worse else 'less time'} than most."


_WORDS: Mapping[str, Callable[[Figures, bool], str]] = {
    "late_so_far": _late_so_far,
    "season": _season,
    "worker": _worker,
    "slow_so_far": _slow_so_far,
    "closure": _closure,
    "panel": _panel,
    "outstanding": _outstanding,
    "returned": _returned,
    "family": _family,
    "other": _other,
}
