"""The measures that people bring from elsewhere: the rest of the rows of the board's three tables."""

from casetracker.measures.definition import Good, Measure, Over, Theme, Unit

_SEN2 = "SEN2 return and the School Census"
_SFR = "Department for Education, performance and attendance releases"
_NHS = "The integrated care board and its providers"

BY_HAND = {key: f"{key}_by_hand" for key in ("plans_good_or_outstanding", "annual_reviews_in_time")}
"""
The measures that are counted here and were once told alone, each with what is still told of it: where it is kept
elsewhere, or of a time before it was kept here. The one is never put in the place of the other.
"""
_P, _N, _D = Unit.PERCENT, Unit.NUMBER, Unit.DAYS
_UP, _DOWN, _NEITHER = Good.UP, Good.DOWN, Good.NEITHER
_ROWS: tuple[tuple[Theme, str, str, str, Unit, Good, str], ...] = (
    (Theme.RIGHT_PLAN, BY_HAND["plans_good_or_outstanding"], "Plans graded good or outstanding, as reported by hand",
     "Of the plans audited elsewhere, the share graded good or outstanding.", _P, _UP, "Plan audit"),
    (Theme.RIGHT_PLAN, BY_HAND["annual_reviews_in_time"], "Annual reviews in time, as reported by hand",
     "Of the annual reviews due, the share finished within the statutory time, as counted elsewhere.",
     _P, _UP, "SEN2 return"),
    (Theme.RIGHT_SUPPORT, "children_with_plans", "Children and young people with a plan",
     "Children and young people with an education, health and care plan.", _N, _NEITHER, _SEN2),
    (Theme.RIGHT_SUPPORT, "plans_in_mainstream", "Children with plans in mainstream",
     "Of the children with a plan, the share who attend a mainstream setting.", _P, _UP, _SEN2),
    (Theme.RIGHT_SUPPORT, "early_years_sen", "Early years, SEN learners",
     "The share with a good level of development at the end of the early years foundation stage.", _P, _UP, _SFR),
    (Theme.RIGHT_SUPPORT, "early_years_plans", "Early years, children with plans",
     "The share with a good level of development at the end of the early years foundation stage.", _P, _UP, _SFR),
    (Theme.RIGHT_SUPPORT, "key_stage_2_sen", "Key stage 2, SEN learners",
     "The share working at the expected level.", _P, _UP, _SFR),
    (Theme.RIGHT_SUPPORT, "key_stage_2_plans", "Key stage 2, children with plans",
     "The share working at the expected level.", _P, _UP, _SFR),
    (Theme.RIGHT_SUPPORT, "key_stage_4_sen", "Key stage 4, SEN learners", "Attainment 8.", _N, _UP, _SFR),
    (Theme.RIGHT_SUPPORT, "key_stage_4_plans", "Key stage 4, children with plans", "Attainment 8.", _N, _UP, _SFR),
    (Theme.RIGHT_SUPPORT, "absence_primary", "Absence of children with plans, primary",
     "Sessions missed, of those possible.", _P, _DOWN, _SFR),
    (Theme.RIGHT_SUPPORT, "absence_secondary", "Absence of children with plans, secondary",
     "Sessions missed, of those possible.", _P, _DOWN, _SFR),
    (Theme.RIGHT_SUPPORT, "exclusions_plans", "Permanent exclusions of children with plans",
     "Permanent exclusions, as a share of pupils.", _P, _DOWN, _SFR),
    (Theme.RIGHT_SUPPORT, "suspensions_plans", "Suspensions of children with plans",
     "Suspensions, as a share of pupils.", _P, _DOWN, _SFR),
    (Theme.RIGHT_SUPPORT, "exclusions_sen", "Permanent exclusions of SEN learners",
     "Permanent exclusions, as a share of all of them.", _P, _DOWN, _SFR),
    (Theme.RIGHT_SUPPORT, "suspensions_sen", "Suspensions of SEN learners",
     "Suspensions, as a share of pupils.", _P, _DOWN, _SFR),
    (Theme.RIGHT_SUPPORT, "independent_placements", "Independent and non-maintained special placements",
     "Children with a plan placed in an independent or non-maintained special school.", _N, _DOWN, _SEN2),
    (Theme.RIGHT_SUPPORT, "reduced_timetables_sen", "Reintegration timetables, SEN learners",
     "SEN learners, as a share of the children on a reintegration timetable.", _P, _DOWN, "The authority’s own count"),
    (Theme.RIGHT_SUPPORT, "reduced_timetables_plans", "Reintegration timetables, children with plans",
     "Children with a plan, as a share of the children on a reintegration timetable.", _P, _DOWN,
     "The authority’s own count"),
    (Theme.RIGHT_PROVISION, "further_education", "Young people with plans in further education",
     "Of the young people with a plan, the share in further education.", _P, _UP, _SEN2),
    (Theme.RIGHT_PROVISION, "neet", "Young people with plans not in education, employment or training",
     "Of the young people with a plan, the share not in education, employment or training.", _P, _DOWN, _SEN2),
    (Theme.RIGHT_PROVISION, "supported_internships", "Supported internships",
     "Young people with a plan in a supported internship.", _N, _UP, _SEN2),
    (Theme.RIGHT_PROVISION, "wait_neurodevelopmental", "Wait for a neurodevelopmental assessment, median",
     "Median days from referral to the first contact.", _D, _DOWN, _NHS),
    (Theme.RIGHT_PROVISION, "wait_occupational_therapy", "Wait for occupational therapy, median",
     "Median days from referral to the first contact.", _D, _DOWN, _NHS),
    (Theme.RIGHT_PROVISION, "wait_physiotherapy", "Wait for physiotherapy, median",
     "Median days from referral to the first contact.", _D, _DOWN, _NHS),
    (Theme.RIGHT_PROVISION, "wait_speech_and_language", "Wait for speech and language therapy, median",
     "Median days from referral to the first contact.", _D, _DOWN, _NHS),
)  # fmt: skip
_OF_CHILDREN = dict.fromkeys(
    ("children_with_plans", "independent_placements", "supported_internships"), "children and young people"
)
"""What the numbers count that are of children, fewer than 6 of whom do not leave the building; the rest are scores."""
ENTERED = tuple(
    Measure(key, name, sentence, theme, unit, Over.ENTERED, source, good=good, numerator=_OF_CHILDREN.get(key, ""))
    for theme, key, name, sentence, unit, good, source in _ROWS
)
"""Each is told by somebody with its source and the day it is as at."""
