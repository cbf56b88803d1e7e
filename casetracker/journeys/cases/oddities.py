"""What is lawful and yet odd enough to ask about before it is recorded. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from casetracker.statute.closures import Shut, disagreement
from casetracker.statute.exceptions import CHOOSABLE, Condition
from casetracker.statute.happenings import Happening as H
from casetracker.statute.standing import CaseStanding
from casetracker.statute.timetable import Duty

LONG_AGO = timedelta(days=60)
_DECISIONS = frozenset({H.ASSESSMENT_AGREED, H.ASSESSMENT_REFUSED, H.PLAN_AGREED, H.PLAN_REFUSED})
_OFTEN_KEYED_LATE = frozenset({H.CONTACT_RECORDED, H.NOTE_ADDED, H.EXCEPTION_RECORDED})
_ENDS = frozenset({H.DIED, H.CASE_CLOSED, H.MOVED_OUT, H.REQUEST_WITHDRAWN})

Known = Collection[tuple[H, date, Mapping[str, str]]]
"""What is on record already: what happened, when, and its detail."""


def oddities(
    happening: H,
    *,
    occurred_on: date,
    standing: CaseStanding,
    today: date,
    detail: Mapping[str, str] | None = None,
    known: Known = (),
    closures: Sequence[Shut] = (),
) -> Iterator[str]:
    """Yield a sentence for each thing about the entry that is odd."""
    if today - occurred_on > LONG_AGO and happening not in _OFTEN_KEYED_LATE:
        yield f"That is {(today - occurred_on).days} days ago."
    if (happening, occurred_on, dict(detail or {})) in [(h, on, dict(d)) for h, on, d in known]:
        yield "The very same is on record for that day already."
    if happening in _DECISIONS and occurred_on == standing.received_on:
        yield "That is the day the request was received."
    if happening in _ENDS and standing.is_open:
        yield "It ends the case: nothing more falls due after it."
    if happening is H.EXCEPTION_RECORDED:
        yield from _of_closures(occurred_on, detail or {}, closures)
    yield from _of_plans(happening, occurred_on, standing)


def _of_closures(occurred_on: date, detail: Mapping[str, str], closures: Sequence[Shut]) -> Iterator[str]:
    """Yield how a closure that is claimed differs from what the directory has."""
    named = next((ground for ground in CHOOSABLE if ground.paragraph == detail.get("paragraph")), None)
    if named is None or named.condition not in (Condition.SCHOOL_CLOSED, Condition.EARLY_YEARS_CLOSED):
        return
    until = date.fromisoformat(detail["until"]) if detail.get("until") else None
    odd = disagreement(occurred_on, until, closures)
    if odd:
        yield odd


def _of_plans(happening: H, occurred_on: date, standing: CaseStanding) -> Iterator[str]:
    if happening is H.FINAL_PLAN_ISSUED:
        yield from _of_the_final_plan(occurred_on, standing)
    if happening in (H.PLAN_AGREED, H.PLAN_REFUSED, H.DRAFT_PLAN_SENT):
        waiting = sum(advice.is_outstanding for advice in standing.advice)
        if waiting:
            pieces = "piece of advice asked for has" if waiting == 1 else "pieces of advice asked for have"
            yield f"{waiting} {pieces} not come."
    if happening is H.DRAFT_PLAN_SENT and standing.draft_sent_on is not None:
        yield f"A draft was sent on {standing.draft_sent_on:%-d %B %Y}: another starts the family’s 15 days anew."


def _of_the_final_plan(occurred_on: date, standing: CaseStanding) -> Iterator[str]:
    if standing.draft_sent_on is None:
        yield "No draft plan has been recorded, and the family must be sent one first (CFA 2014 s.38)."
        return
    window = standing.milestone(Duty.REPRESENTATIONS_WINDOW)
    if window is None or occurred_on > window.due_on:
        return
    if window.done_on is None or window.done_on >= window.due_on:
        yield (
            f"The family has until {window.due_on:%-d %B %Y} to make representations, and none have been recorded "
            "(SEND Regs 2014, reg 13(1))."
        )
