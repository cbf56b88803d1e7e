"""
A system that was kept for the return and little else: the request, the decisions, some of the advice, the final plan.

The authority works as in `independent`. A third of what is recorded of advice is missing, much is keyed weeks after,
some is dated by the day on which it was keyed, some was asked for twice; and nobody put any of it right.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from casetracker.statute.happenings import Happening as H
from tests.simulated.keying import Keying
from tests.simulated.steps import Step

_ALWAYS_KEPT = frozenset(
    {
        H.REQUEST_RECEIVED,
        H.ASSESSMENT_AGREED,
        H.ASSESSMENT_REFUSED,
        H.REQUEST_WITHDRAWN,
        H.MOVED_OUT,
        H.PLAN_AGREED,
        H.PLAN_REFUSED,
        H.FINAL_PLAN_ISSUED,
        H.EXCEPTION_RECORDED,
    }
)
"""What the return or the law's own order needs: a final plan stands on a decision that there will be one."""
_OF_ADVICE = frozenset({H.ADVICE_ASKED, H.ADVICE_RECEIVED, H.ADVICE_NOT_KNOWN_TO_SERVICE})
_MISSING_OF = {
    **dict.fromkeys(_ALWAYS_KEPT, 0.0),
    **dict.fromkeys(_OF_ADVICE, 1 / 3),
    H.WORKER_ASSIGNED: 0.5,
}
"""The share that is missing of each kind of step; of those not named, all."""
_MISDATED = 0.15
_TWICE = 0.02


def kept(rng: Random, steps: list[Step]) -> list[Step]:
    """Return what this system holds of these steps."""
    not_missing = [step for step in steps if rng.random() >= _MISSING_OF.get(step.happening, 1.0)]
    held = [as_held for step in not_missing for as_held in _held(rng, step)]
    last = max(step.occurred_on for step in held if step.happening in _ALWAYS_KEPT)
    # Nobody can be asked once a case has ended, however it is dated; an answer can still come.
    return sorted(
        (step for step in held if step.happening is not H.ADVICE_ASKED or step.occurred_on < last),
        key=lambda step: step.order,
    )


def _held(rng: Random, step: Step) -> Iterator[Step]:
    """Yield a step as it is held, and again where it was asked for twice."""
    about_advice = step.happening in _OF_ADVICE
    yield _later(rng, step) if about_advice and rng.random() < _MISDATED else step
    if step.happening is H.ADVICE_ASKED and rng.random() < _TWICE:
        yield _later(rng, step)


def _later(rng: Random, step: Step) -> Step:
    return replace(step, occurred_on=step.occurred_on + timedelta(days=rng.randint(1, 9)))


KEYING = Keying(late=0.6, days_late=(2, 45), kept=kept)
"""How its records are kept."""
