"""How things stand, for the two years ahead, with what is assumed where the tracker cannot tell. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from casetracker.forecast.arrivals import Arrivals, days_of
from casetracker.forecast.capacity import Found, Staff
from casetracker.forecast.cone import usual_days

AGREED_SHARE = 0.75
"""Of requests decided, the share assessed, where none is on record: about England's."""
WEEKS_TO_DECIDE = 6.0
"""The time limit for the decision (SEND Regs 2014, reg 5(1)), where none is on record."""
PLAN_SHARE = 0.95
"""Of cases assessed, the share that come to a draft, where none is on record: about England's."""
FEWEST_PLANS = 30
"""With fewer plans issued in a year, what a plan takes is England's (`cone.usual_days`)."""
HOURS_PER_ADVICE, HOURS_PER_PLAN = 16.0, 20.0
"""Hours for one psychologist's advice, and for one plan from draft to final: our assumptions, to be put right."""
PSYCHOLOGIST_HOURS, CASEWORKER_HOURS = 20.0, 24.0
"""Hours a week that each has for that work beside all other: our assumptions, to be put right."""
_TWO_IN_THREE = (16, 50, 84)
Facts = Mapping[str, float | int | None]


def found_of(day: date, facts: Facts, days_to_plan: Sequence[tuple[int, int]]) -> Found:
    """Return how things stand from what was gathered; a share that cannot be told is the assumed one."""
    issued = sum(number for _, number in days_to_plan)
    low, median, high = _centiles(days_to_plan if issued >= FEWEST_PLANS else usual_days())
    return Found(
        day=day,
        agreed_share=_known(facts["agreed_share"], AGREED_SHARE),
        weeks_to_decide=min(max(_known(facts["weeks_to_decide"], WEEKS_TO_DECIDE), 1.0), 26.0),
        plan_share=_known(facts["plan_share"], PLAN_SHARE),
        advice_waiting=int(facts["advice_waiting"] or 0),
        drafts_waiting=int(facts["drafts_waiting"] or 0),
        advice_a_week=float(facts["advice_a_week"] or 0),
        drafts_a_week=float(facts["drafts_a_week"] or 0),
        median_days=median,
        spread_days=(high - low) / 2,
    )


def usual_staff(found: Found, arrivals: Arrivals) -> Staff:
    """
    Return the staff that what was done of late implies, at the assumed hours, to a tenth of a person.

    Where nothing was recorded as done, as many as the requests need.
    """
    month = [arrivals.last]
    requests = float(arrivals.expected(month)[0] / days_of(month)[0] * 7)
    advice = found.advice_a_week or requests * found.agreed_share
    drafts = found.drafts_a_week or requests * found.agreed_share * found.plan_share
    return Staff(
        psychologists=_tenths(advice * HOURS_PER_ADVICE / PSYCHOLOGIST_HOURS),
        psychologist_hours=PSYCHOLOGIST_HOURS,
        hours_per_advice=HOURS_PER_ADVICE,
        caseworkers=_tenths(drafts * HOURS_PER_PLAN / CASEWORKER_HOURS),
        caseworker_hours=CASEWORKER_HOURS,
        hours_per_plan=HOURS_PER_PLAN,
    )


def _known(value: float | None, assumed: float) -> float:
    return assumed if value is None else float(value)


def _tenths(people: float) -> float:
    return max(round(people, 1), 0.1)


def _centiles(days: Sequence[tuple[int, int]]) -> tuple[float, float, float]:
    """Return the 16th, 50th and 84th centile of numbers of days, each with how many times it came."""
    ordered = sorted(days)
    passed = np.cumsum([number for _, number in ordered])
    places = np.searchsorted(passed, np.array(_TWO_IN_THREE) / 100 * passed[-1])
    low, median, high = (float(ordered[int(place)][0]) for place in places)
    return low, median, high
