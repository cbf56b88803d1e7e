"""How these tests tell a story: steps in words and days, and how the case then stands."""

from collections.abc import Iterable
from datetime import date, timedelta

from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import replay
from casetracker.statute.stages import Stage
from casetracker.statute.standing import CaseStanding, Milestone
from casetracker.statute.timetable import Duty

RECEIVED = date(2026, 1, 5)
"""The Monday of law.md's test vector."""
FAR = date(2028, 12, 31)

Step = tuple[H, date] | tuple[H, date, dict[str, str]]


def after(days: int, start: date = RECEIVED) -> date:
    """Return the day so many days after the request."""
    return start + timedelta(days=days)


def history(*steps: Step) -> list[Entry]:
    """Return a history in which each step was recorded on the day it happened."""
    return [Entry(n, step[0], step[1], step[1], *step[2:]) for n, step in enumerate(steps, start=1)]


def stands(*steps: Step, on: date = FAR, reading: Reading = ORDINARY_READING) -> CaseStanding:
    """Return how a case with a lawful history stands."""
    standing = replay(history(*steps), on=on, reading=reading)
    assert standing.objections == ()
    return standing


def rules(*steps: Step, on: date = FAR, reading: Reading = ORDINARY_READING) -> list[str]:
    """Return the objections to a history."""
    return [objection.rule for objection in replay(history(*steps), on=on, reading=reading).objections]


def due(standing: CaseStanding, duty: Duty) -> date | None:
    milestone = standing.milestone(duty)
    return milestone.due_on if milestone else None


def the(standing: CaseStanding, duty: Duty) -> Milestone:
    milestone = standing.milestone(duty)
    assert milestone is not None, f"{duty} does not apply"
    return milestone


def duties(standing: CaseStanding, *, episode: int | None = None) -> set[Duty]:
    return {m.duty for m in standing.milestones if episode in (None, m.episode)}


def on(iso: str) -> date:
    return date.fromisoformat(iso)


WAY_TO: dict[Stage, tuple[Step, ...]] = {}
"""One lawful way to each stage; filled below, each on the back of an earlier one."""


def _way(stage: Stage, before: Stage | None, *steps: Step) -> None:
    WAY_TO[stage] = (*(WAY_TO[before] if before else ()), *steps)


_way(Stage.NOT_OPEN, None)
_way(Stage.REQUESTED, None, (H.REQUEST_RECEIVED, RECEIVED))
_way(Stage.ASSESSING, Stage.REQUESTED, (H.ASSESSMENT_AGREED, after(30)))
_way(Stage.PLANNING, Stage.ASSESSING, (H.PLAN_AGREED, after(90)))
_way(Stage.CONSULTING, Stage.PLANNING, (H.DRAFT_PLAN_SENT, after(100)))
_way(Stage.ISSUED, Stage.CONSULTING, (H.FINAL_PLAN_ISSUED, after(130)))
_way(Stage.REFUSED, Stage.REQUESTED, (H.ASSESSMENT_REFUSED, after(30)))
_way(Stage.NO_PLAN, Stage.ASSESSING, (H.PLAN_REFUSED, after(90)))
_way(Stage.WITHDRAWN, Stage.REQUESTED, (H.REQUEST_WITHDRAWN, after(20)))
_way(Stage.MOVED_OUT, Stage.REQUESTED, (H.MOVED_OUT, after(20)))
_way(Stage.DIED, Stage.REQUESTED, (H.DIED, after(20)))
_way(Stage.CLOSED, Stage.REQUESTED, (H.CASE_CLOSED, after(20)))
_way(Stage.ORDERED_TO_ASSESS, Stage.REFUSED, (H.APPEAL_DECIDED, after(120), {"reason": "44(2)(b)"}))
_way(Stage.RECONSIDERING, Stage.REFUSED, (H.APPEAL_DECIDED, after(120), {"reason": "44(2)(d)"}))
_way(Stage.AMENDING, Stage.ISSUED, (H.APPEAL_DECIDED, after(300), {"reason": "44(2)(e)"}))
_way(Stage.TRANSFERRED, None, (H.MOVED_IN, RECEIVED))


def spread(steps: Iterable[Step], by: int) -> list[Step]:
    """Return the same steps so many days later."""
    return [(step[0], step[1] + timedelta(days=by), *step[2:]) for step in steps]
