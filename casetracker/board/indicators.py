"""What stands on the board, in its order; the published figure each stands beside; what a report begins with. Pure."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from casetracker.measures.definition import Measure, Theme
from casetracker.measures.shipped import MEASURES

BASELINE_ON = date(2023, 7, 31)
"""The end of the month the board's baselines are of: the inspection's data, July 2023."""
MONTHS = 24
"""How many months the board's small lines show."""
REPORTED_FOR = 12
"""How many of the last months there can be a highlight report of."""
ROLLING = REPORTED_FOR + 3
"""At how many of the last months' ends figures of twelve months are kept: travel is from a quarter before."""
THEMES = (Theme.RIGHT_PLAN, Theme.RIGHT_SUPPORT, Theme.RIGHT_PROVISION, Theme.THE_WORK)
COMPARATORS: Mapping[str, str] = MappingProxyType(
    {
        "plans_within_20_weeks": "pc_plans_issued_20_weeks_ex",
        "plans_within_20_weeks_including_exceptions": "pc_plans_issued_within_20_weeks",
        "plans_20_to_52_weeks": "pc_plans_issued_gt20weeks_ltyear",
        "plans_over_52_weeks": "pc_plans_issued_gt_1_year",
        "assessments_agreed": "request_assess_pc",
        "decisions_within_6_weeks": "request_outcome_six_weeks_pc",
        "no_plan_within_16_weeks": "outcome_decision_within_time_pc",
        "review_decisions_within_4_weeks": "pc_decsion_4weeks",
        "requests": "requests_received_in_year",
        "plans": "plans_issued_den",
        "children_with_plans": "total_ehc_plans",
    }
)
"""The published figure that each measure is most like, by key. The definitions may differ: a page says so."""
REPORTED = ("plans_within_20_weeks", "assessments_agreed", "decisions_within_6_weeks", "requests", "plans")
"""What a highlight report begins with, until others are chosen."""


def by_theme() -> dict[Theme, list[Measure]]:
    """Return the measures of each theme, in the order of the board."""
    return {theme: [measure for measure in MEASURES if measure.theme is theme] for theme in THEMES}
