"""Every step takes its own time, whatever happens to other cases: services differ only in speed and in spread."""

import numpy as np

from casetracker.statute.advice import AdviceKind
from tests.simulated.chance import Work
from tests.simulated.days import Numbers, Pace, christmas, each_year, open_days, school_holidays
from tests.simulated.folk import TEAMS, WORKERS_A_TEAM, Folk
from tests.simulated.lives import Ways

ADVICE = {
    AdviceKind.PARENTAL: Work(9, 0.5),
    AdviceKind.EDUCATIONAL: Work(14, 0.45),
    AdviceKind.MEDICAL: Work(18, 0.45),
    AdviceKind.PSYCHOLOGICAL: Work(23, 0.45),
    AdviceKind.SOCIAL_CARE: Work(14, 0.45),
    AdviceKind.SPEECH_LANGUAGE: Work(19, 0.45),
    AdviceKind.OCCUPATIONAL_THERAPY: Work(20, 0.45),
    AdviceKind.PHYSIOTHERAPY: Work(18, 0.4),
    AdviceKind.HEARING: Work(18, 0.35),
    AdviceKind.VISION: Work(18, 0.35),
    AdviceKind.PREPARING_FOR_ADULTHOOD: Work(16, 0.4),
    AdviceKind.EARLY_YEARS: Work(16, 0.40),
}
"""Working days to give each kind, and its spread, as the old systems of several councils show them."""
FAMILY = 5 / 7
"""Families have seven days in a week; their work is counted in working days all the same."""


def office_days() -> Numbers:
    """Return the rates of work of an office: less in August, none at Christmas."""
    rates = open_days(christmas())
    return rates * np.where(open_days(each_year((8, 1), (8, 31))) > 0, 1.0, np.where(rates > 0, 0.8, 0.0))


def school_days() -> Numbers:
    """Return the rates of work of a school: none in its holidays."""
    return open_days(school_holidays())


def paces(school: Pace, psychologists: Pace, health: Pace) -> dict[AdviceKind, Pace]:
    """Return who gives which kind of advice, by pace: the school's, the psychologists', the health services'."""
    given_by_school = dict.fromkeys((AdviceKind.EDUCATIONAL, AdviceKind.EARLY_YEARS), school)
    given_by_health = dict.fromkeys(
        (
            AdviceKind.MEDICAL,
            AdviceKind.SPEECH_LANGUAGE,
            AdviceKind.OCCUPATIONAL_THERAPY,
            AdviceKind.PHYSIOTHERAPY,
        ),
        health,
    )
    return {**given_by_school, **given_by_health, AdviceKind.PSYCHOLOGICAL: psychologists}


def ways(rng: np.random.Generator, folk: Folk) -> Ways:
    """Return how this authority works."""
    office, school = Pace(office_days()), Pace(school_days())
    # Psychologists see the child in school: half their work waits for term.
    psychologists = Pace((office_days() + school_days()) / 2)
    family = Pace(np.full_like(office_days(), FAMILY))
    return Ways(
        office=office,
        school=school,
        family=family,
        advice=ADVICE,
        paces={**paces(school, psychologists, office), AdviceKind.PARENTAL: family},
        worker_slowness=np.exp(rng.normal(0.0, 0.25, len(TEAMS) * WORKERS_A_TEAM)),
    )
