"""What the review queue says of alerts, and what its address asks for."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from casetracker import wording
from casetracker.identifiers import as_key
from casetracker.models import AlertAction, AlertEntryKind, AlertLevel, AlertOutcome, Remedy
from casetracker.plurals import counted
from casetracker.queries.alert_ledger import THRESHOLD_RAISED, Line, Similar
from casetracker.queries.alerts import AlertRow, Group, Order, State, Wanted
from casetracker.queries.warnings_given import Judged
from casetracker.statute.advice import AdviceKind

FILTERS = {
    "state": "which",
    "level": "level",
    "worker": "named worker",
    "team": "team",
    "remedy": "what is to be done",
    "subject": "kind of advice",
    "order": "what comes first",
}
"""What an address can filter the queue by, in words."""
EARLY = timedelta(weeks=8)
MINE = "mine"
GOING_ON = "from"
"""What names, in an address, the alert to go on with: it filters nothing."""
_CODES: dict[str, Collection[str]] = {
    "state": set(State),
    "level": set(AlertLevel),
    "remedy": set(Remedy),
    "subject": set(AdviceKind),
    "order": set(Order),
}
REMEDIES = {
    Remedy.ASSIGN: "Give it to a worker",
    Remedy.DECIDE_AT_PANEL: "Decide whether to assess",
    Remedy.ASK_FOR_ADVICE: "Ask for advice",
    Remedy.CHASE_ADVICE: "Chase advice",
    Remedy.DECIDE_PLAN: "Decide about a plan",
    Remedy.DRAFT: "Send the draft",
    Remedy.CONSULT: "Hear the family and the settings",
    Remedy.ISSUE: "Issue the final plan",
    Remedy.OTHER: "Look at the case",
}
WHO = {
    Remedy.ASSIGN: "a manager",
    Remedy.DECIDE_AT_PANEL: "the panel",
    Remedy.ASK_FOR_ADVICE: "the named worker",
    Remedy.CHASE_ADVICE: "the advice giver; the named worker chases",
    Remedy.DECIDE_PLAN: "the panel",
    Remedy.DRAFT: "the named worker",
    Remedy.CONSULT: "the family, the settings asked",
    Remedy.ISSUE: "the named worker",
    Remedy.OTHER: "the named worker",
}
ACTIONS = {
    AlertAction.CHASE_ADVICE: "Chase advice",
    AlertAction.DECIDE_AT_PANEL: "Decide at a panel",
    AlertAction.DRAFT: "Write or send the draft",
    AlertAction.CONSULT: "Consult",
    AlertAction.ISSUE: "Issue the plan",
    AlertAction.ASSIGN: "Hand it to somebody",
    AlertAction.OTHER: "Something else",
}
_FITTING = {
    Remedy.CHASE_ADVICE: AlertAction.CHASE_ADVICE,
    Remedy.DECIDE_AT_PANEL: AlertAction.DECIDE_AT_PANEL,
    Remedy.DECIDE_PLAN: AlertAction.DECIDE_AT_PANEL,
    Remedy.DRAFT: AlertAction.DRAFT,
    Remedy.CONSULT: AlertAction.CONSULT,
    Remedy.ISSUE: AlertAction.ISSUE,
    Remedy.ASSIGN: AlertAction.ASSIGN,
}
STATES = {
    State.TO_ACT_ON: "To act on",
    State.IN_HAND: "In hand",
    State.SNOOZED: "Set aside for a while",
    State.ANY: "That stand, acted on or not",
}
ORDERS = {Order.DAYS: "Days left", Order.PROBABILITY: "Probability", Order.HARM: "Harm of waiting"}
LEVELS = {
    AlertLevel.BREACHED: "Breached",
    AlertLevel.WILL_BREACH: "Will breach unless",
    AlertLevel.LIKELY: "Likely to breach",
    AlertLevel.BEHIND: "Behind",
}
_KINDS = {
    AlertEntryKind.RAISED: "Raised",
    AlertEntryKind.SEEN: "Seen",
    AlertEntryKind.ACKNOWLEDGED: "Action promised",
    AlertEntryKind.SNOOZED: "Set aside",
    AlertEntryKind.ESCALATED: "Escalated",
    AlertEntryKind.COMMENTED: "Comment",
    AlertEntryKind.REOPENED: "Taken back",
    AlertEntryKind.RETURNED: "Came back: the day passed",
    AlertEntryKind.CLOSED: "Closed",
    AlertEntryKind.OUTCOME: "What became of the limit",
}
_CLOSED = {
    "done": "what was due was done in time",
    "done_late": "what was due was done, late",
    "case_ended": "the case ended",
    "no_longer_applies": "it no longer applies",
    "excused": "an exception was recorded",
    "date_corrected": "the date was corrected",
    "became_breach": "the limit was missed",
    "became_worse": "a worse alert took its place",
    "draft_sent": "the draft was sent",
    "family_answered": "the family answered",
    "forecast_eased": "the forecast is better now",
    THRESHOLD_RAISED: "the threshold for its team was raised: under the old one it would still stand",
    "level_retired": "alerts of this level are no longer raised",
}
JUDGED = {
    Judged.FLAGGED: "Limits first warned of",
    Judged.SETTLED: "Settled by now",
    Judged.BREACHED: "Missed",
    Judged.SAVED: "Saved after action",
    Judged.BREACHES: "Breaches",
    Judged.BREACHES_FLAGGED: "Breaches warned of before",
}
OUTCOMES = {
    AlertOutcome.BREACHED: "missed",
    AlertOutcome.MET: "met in time",
    AlertOutcome.EXCUSED: "excused",
    AlertOutcome.NOT_NEEDED: "no longer needed",
}


def days_over(row: AlertRow, today: date) -> str:
    """Return how far past its day it is, or how long is left, in words."""
    days = (today - row.due_on).days
    if days == 0:
        return "today"
    return f"{counted(days, 'day')} over" if days > 0 else f"in {counted(-days, 'day')}"


def age(row: AlertRow, today: date) -> str:
    """Return the age of the child in years, in words; empty where it is not known."""
    born = row.born_on
    if born is None:
        return ""
    return counted(today.year - born.year - ((today.month, today.day) < (born.month, born.day)), "year")


def probability(row: AlertRow) -> str:
    """Return the probability of the breach at stake in words; empty where there is none."""
    if row.probability is None or row.level is AlertLevel.BREACHED:
        return ""
    return f"{min(99, max(1, round(100 * row.probability)))}%"


def to_do(remedy: Remedy, subject: str = "") -> str:
    """Return what is to be done, in words."""
    if remedy is Remedy.CHASE_ADVICE and subject:
        advice = wording.of_advice(subject)
        return f"Chase {advice[:1].lower()}{advice[1:]}"
    return REMEDIES[remedy]


OF_THE_PANEL = (Remedy.DECIDE_AT_PANEL, Remedy.DECIDE_PLAN)
"""What only a panel can do."""


def decide_by(row: AlertRow, today: date) -> date:
    """Return the day by which a panel has to decide: the last safe one, or the last where that is past or not known."""
    safe = row.latest_safe_on
    return safe if safe is not None and today <= safe < row.due_on else row.due_on


def who(group: Group) -> str:
    """Return who can do what a group of alerts waits for."""
    return WHO[group.remedy]


def fitting_action(row: AlertRow) -> AlertAction:
    """Return the kind of action that what is to be done calls for."""
    return _FITTING.get(row.remedy, AlertAction.OTHER)


def closed_because(row: AlertRow) -> str:
    """Return why an alert closed, in words."""
    return reason_in_words(row.closed_because or "")


def reason_in_words(code: str) -> str:
    """Return the code of why an alert closed as words."""
    return _CLOSED.get(code, code.replace("_", " "))


def told(line: Line) -> str:
    """Return a line of an alert's story, in words."""
    words = _KINDS[line.kind]
    if line.kind is AlertEntryKind.CLOSED:
        return f"{words}: {reason_in_words(line.code)}"
    if line.kind is AlertEntryKind.OUTCOME:
        return f"{words}: {OUTCOMES[AlertOutcome(line.code)]}"
    if line.kind is AlertEntryKind.ACKNOWLEDGED and line.code:
        words = f"{words}: {ACTIONS[AlertAction(line.code)].lower()}"
    return f"{words}, {line.to}" if line.to else words


def is_early(row: AlertRow) -> bool:
    """Return whether an alert that a probability raised is of the first weeks, of which forecasts have told little."""
    start = row.clock_started_on
    return row.level is AlertLevel.LIKELY and start is not None and row.raised_on < start + EARLY


def what_became(similar: Similar) -> str:
    """Return what became of alerts like one, in words, leaving out what became of none."""
    parts = (
        (similar.breached, "the limit was missed"),
        (similar.saved, "it was met after somebody had acted"),
        (similar.met_untouched, "it was met with nobody having acted"),
        (similar.excused, "it was excused"),
        (similar.not_needed, "it was no longer needed"),
        (similar.not_known, "what becomes of it is not known yet"),
    )
    return ", ".join(f"in {number:,} {words}" for number, words in parts if number)


def choices(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Return codes and their words as a list to choose from."""
    return [(code.value, text) for code, text in words.items()]


def chosen(field: Any) -> str:
    """Return what was chosen from a list, in the words of the list."""
    return next((str(choice.label) for choice in field.choices if choice.value == (field.data or "")), "")


def people(named: Iterable[Any]) -> list[tuple[str, str]]:
    """Return people or teams as a list to choose from."""
    return [(str(one.id), one.name) for one in named]


def asked(words: Mapping[str, str]) -> dict[str, Any]:
    """Return what of a page's query string filters the queue, leaving out what cannot be understood."""
    return {name: words[name] for name in FILTERS if words.get(name) and _is_understood(name, words[name])}


def unknown(words: Mapping[str, str]) -> list[str]:
    """Return the filters of a page's query string that cannot be understood, in words: level “worst”."""
    wrong = (name for name in FILTERS if words.get(name) and not _is_understood(name, words[name]))
    return [f"{FILTERS[name]} “{words[name][:60]}”" for name in wrong]


def _is_understood(name: str, value: str) -> bool:
    if name in _CODES:
        return value in _CODES[name]
    return as_key(value) is not None or (name, value) == ("worker", MINE)


def place(words: Mapping[str, str]) -> dict[str, Any]:
    """Return what of a page's query string leads back to the queue as it was: its filter, and which page of it."""
    page = words.get("page")
    return asked(words) | ({"page": page} if page else {})


def wanted(words: Mapping[str, str], *, mine: Collection[int]) -> Wanted:
    """
    Return what the filters `asked` for find.

    `mine` is whose alerts the person gets today: their own, and those of whom they stand in for.
    """
    level, remedy, state, order = (words.get(name, "") for name in ("level", "remedy", "state", "order"))
    worker = as_key(words.get("worker", ""))
    workers = frozenset(mine) if words.get("worker") == MINE else frozenset([worker] if worker is not None else [])
    return Wanted(
        level=AlertLevel(level) if level else None,
        worker_ids=workers,
        team_id=as_key(words.get("team", "")),
        remedy=Remedy(remedy) if remedy else None,
        subject=words.get("subject", "") if remedy == Remedy.CHASE_ADVICE else "",
        state=State(state) if state else State.TO_ACT_ON,
        order=Order(order) if order else Order.DAYS,
    )
