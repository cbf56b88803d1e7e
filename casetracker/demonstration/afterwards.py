"""What becomes of a plan in the demonstration county once it is issued: its annual reviews, and for some an audit."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from casetracker.demonstration.lives import Step
from casetracker.statute.happenings import Happening as H
from casetracker.statute.reviews import next_review_due_on

_MISSED, _LATE, _AUDITED = 0.03, 0.16, 0.14
"""The shares of reviews that are never held and that are finished late, and of plans that are audited."""
_TOLD_LATE = 0.4
_GRADES = (("outstanding", 3), ("good", 25), ("requires_improvement", 50), ("inadequate", 22))
_AUDITORS = (("in_house", 6), ("multi_agency", 3), ("external", 1))


def afterwards(steps: Sequence[Step], *, today: date, rng: Random) -> list[Step]:
    """Return what happens to the plan that these steps end with; some of it may lie after today."""
    plan_on = next((on for happening, on, _ in steps if happening is H.FINAL_PLAN_ISSUED), None)
    if plan_on is None:
        return []
    return [*_reviews(plan_on, today, rng), *_audit(plan_on, rng)]


def _reviews(begins_on: date, today: date, rng: Random) -> Iterator[Step]:
    while begins_on <= today:
        due_on = next_review_due_on(begins_on)
        if due_on is None or rng.random() < _MISSED:
            return
        late = rng.random() < _LATE
        finished_on = due_on + timedelta(days=rng.randint(2, 120) if late else -rng.randint(0, 56))
        to_tell = timedelta(days=rng.randint(29, 84) if rng.random() < _TOLD_LATE else rng.randint(9, 28))
        outcome = "amend" if rng.random() < 0.35 else "maintain"
        yield H.ANNUAL_REVIEW_FINISHED, finished_on, {"met_on": str(finished_on - to_tell), "outcome": outcome}
        begins_on = finished_on


def _audit(plan_on: date, rng: Random) -> Iterator[Step]:
    if rng.random() < _AUDITED:
        detail = {"grade": _pick(rng, _GRADES), "audited_by": _pick(rng, _AUDITORS)}
        yield H.PLAN_AUDITED, plan_on + timedelta(days=rng.randint(14, 150)), detail


def _pick(rng: Random, weighted: Sequence[tuple[str, int]]) -> str:
    values, weights = zip(*weighted, strict=True)
    return str(rng.choices(values, weights)[0])
