"""The words of a digest: references and initials at most, and nothing personal in what its subject may hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from casetracker.models import AlertLevel, DigestChange, RetiredLevel
from casetracker.plurals import counted
from casetracker.queries.digests import AlertLine, DeadlineLine, Reader, Standing
from casetracker.roles import Role
from casetracker.services.asking import Sender, initials
from casetracker.wording import of_duty

HEADINGS = {
    DigestChange.ESCALATED: "Escalated to you",
    DigestChange.WORSE: "Worse than before",
    DigestChange.NEW: "New",
    DigestChange.RETURNED: "Back: the day given for it has passed, or it was taken back",
    DigestChange.NOW_THEIRS: "Now with you: handed over, or found late",
}
"""The parts of what has changed, in the order they come."""
LEVELS = {
    AlertLevel.BREACHED: "Breached",
    AlertLevel.WILL_BREACH: "Will breach unless somebody acts",
    AlertLevel.LIKELY: "Likely to breach",
    AlertLevel.BEHIND: "Behind",
}
CLOSED = "Closed by themselves"
REASONS = {
    "done": "done in time",
    "done_late": "done, late",
    "case_ended": "the case ended",
    "no_longer_applies": "it no longer applies",
    "excused": "an exception is on record",
    "date_corrected": "its date was corrected",
    "became_breach": "it became a breach",
    "became_worse": "something worse stands in its place",
    "draft_sent": "the draft was sent",
    "family_answered": "the family answered",
    "forecast_eased": "the forecast has eased",
    "threshold_raised": "the threshold for its team was raised",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What one reader's digest tells."""

    reader: Reader
    today: date
    names: Mapping[int, str]
    """The names of the people whose work it is, by id."""
    changed: Sequence[AlertLine]
    closed: Sequence[AlertLine]
    standing: Sequence[Standing]
    deadlines: Sequence[DeadlineLine]

    @property
    def is_news(self) -> bool:
        """Whether anything has changed."""
        return bool(self.changed or self.closed)

    @property
    def changes(self) -> int:
        """How many alerts have changed, with those that have no line."""
        totals = {(line.change, bool(line.closed_because)): line.total for line in (*self.changed, *self.closed)}
        return sum(totals.values())

    def covering(self, for_id: int) -> str:
        """Return whose work it is in words, where it is not the reader's own."""
        return "" if for_id == self.reader.id else f" (you cover {self.names[for_id]})"


def fields_of(contents: Contents, *, sender: Sender) -> dict[str, str]:
    """Return what the mail's text may merge in."""
    return {
        "name": contents.reader.name,
        "day": f"{contents.today:%A %-d %B %Y}",
        "count": str(contents.changes),
        "total": str(sum(one.to_act_on + one.in_hand for one in contents.standing)),
        "changes": "\n\n".join(_changes(contents, sender)) or "Nothing has changed since your last digest.",
        "standing": "\n".join(_standing(contents)),
        "deadlines": "\n".join(_deadlines(contents, sender)),
        "link": link(sender, _their_queue(contents.reader)),
        "settings": link(sender, "digest"),
        "council": sender.council,
    }


def _their_queue(reader: Reader) -> str:
    """Return the part of the review queue that is the reader's: a manager's team, or all; else their own cases."""
    if reader.role is not Role.MANAGER:
        return "alerts?worker=mine"
    return f"alerts?team={reader.team_id}" if reader.team_id is not None else "alerts"


def link(sender: Sender, path: str) -> str:
    """Return the whole address of a page."""
    return f"{sender.keys.address.rstrip('/')}/{path}"


def _changes(contents: Contents, sender: Sender) -> Iterator[str]:
    by_change = {change: list(lines) for change, lines in groupby(sorted(contents.changed, key=_change), key=_change)}
    for change, heading in HEADINGS.items():
        if change in by_change:
            yield _part(heading, by_change[change], contents, sender)
    if contents.closed:
        yield _part(CLOSED, contents.closed, contents, sender)


def _change(line: AlertLine) -> str:
    return line.change.value


def _part(heading: str, lines: Sequence[AlertLine], contents: Contents, sender: Sender) -> str:
    total = lines[0].total
    told = [f"{heading} ({total:,})", *(_alert(line, contents, sender) for line in lines)]
    return "\n".join([*told, *_more(total - len(lines))])


def _more(number: int) -> list[str]:
    return [f"- and {number:,} more"] if number > 0 else []


def _alert(line: AlertLine, contents: Contents, sender: Sender) -> str:
    about = f"- {_who(line)} {of_duty(line.duty, line.subject)}"
    if line.closed_because:
        told = f"{about}: {REASONS.get(line.closed_because, line.closed_because.replace('_', ' '))}."
    else:
        told = f"{about}, {_when(line.due_on, contents.today)}: {_level(line.level).lower()}."
    holder = f" With {line.worker}." if line.worker_id not in (None, contents.reader.id) else ""
    holder = " With nobody." if line.worker_id is None else holder
    return f"{told}{holder}{contents.covering(line.for_id)}\n  {link(sender, f'cases/{line.case_id}')}"


def _level(level: AlertLevel | RetiredLevel) -> str:
    """Return a level in words; one that is raised no more has its own word."""
    return LEVELS[level] if isinstance(level, AlertLevel) else level.value.replace("_", " ").capitalize()


def _who(line: AlertLine | DeadlineLine) -> str:
    return f"{line.reference} ({initials(line.forename, line.surname)})"


def _when(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days == 0:
        return "due today"
    return f"due in {counted(days, 'day')}" if days > 0 else f"due {counted(-days, 'day')} ago"


def _standing(contents: Contents) -> Iterator[str]:
    if not contents.standing:
        yield "No alert stands on your cases."
        return
    for for_id, levels in groupby(contents.standing, key=lambda one: one.for_id):
        yield f"What stands{contents.covering(for_id)}"
        for one in levels:
            in_hand = f", and {one.in_hand:,} that somebody is acting on" if one.in_hand else ""
            yield f"- {_level(one.level)}: {one.to_act_on:,} to act on{in_hand}"


def _deadlines(contents: Contents, sender: Sender) -> Iterator[str]:
    if not contents.deadlines:
        yield "Nothing falls due in the next 7 days."
        return
    total = contents.deadlines[0].total
    yield f"Due in the next 7 days ({total:,})"
    for line in contents.deadlines:
        what = f"what you promised about “{of_duty(line.duty, line.subject)}”" if line.promised else ""
        excuse = f", excused by reg {line.excused_by}" if line.excused_by else ""
        yield (
            f"- {line.due_on:%a %-d %B}: {_who(line)} {what or of_duty(line.duty, line.subject)}{excuse}"
            f"{contents.covering(line.for_id)}\n  {link(sender, f'cases/{line.case_id}')}"
        )
    yield from _more(total - len(contents.deadlines))
