"""What the demonstration county's board agreed: targets, where it began, what owners say."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from casetracker.measures.bringing import Brought
from casetracker.measures.shipped import BY_KEY
from casetracker.models import User
from casetracker.services import board
from casetracker.services.measures import entering

_TARGETS = (
    ("plans_within_20_weeks", "60", 300),
    ("decisions_within_6_weeks", "95", 120),
    ("advice_within_6_weeks", "80", 200),
    ("plans_overdue", "20", 300),
)
_BASELINES = (
    ("plans_within_20_weeks", "4", "2022", "DfE, release of 2025"),
    ("assessments_agreed", "81.9", "2022", "SEN2 return"),
    ("plans_good_or_outstanding", "34.4", "61 plans, July 2023", "Plan audit"),
    ("active_appeals", "101", "end of June 2023", "Tribunal list"),
    ("annual_reviews_in_time", "", "July 2023", "Not collected then"),
)
_NOTES = (
    (
        "plans_within_20_weeks",
        "Head of SEND casework",
        "More of the backlog was issued, which lowers the share.",
    ),
    ("advice_within_6_weeks", "Principal educational psychologist", "Two posts are filled from January."),
)

_ENTERED = (
    ("plans_good_or_outstanding_by_hand", "34.4", "24.8", "Plan audit"),
    ("children_with_plans", "5427", "6420", "SEN2 return"),
    ("plans_in_mainstream", "45.3", "50.3", "SEN2 return"),
    ("early_years_sen", "23", "26", "Early years profile"),
    ("early_years_plans", "3", "3", "Early years profile"),
    ("key_stage_2_sen", "20", "24", "Key stage 2 release"),
    ("key_stage_2_plans", "9", "8", "Key stage 2 release"),
    ("suspensions_plans", "8.61", "7.47", "Suspensions release"),
    ("independent_placements", "322", "338", "SEN2 return"),
    ("reduced_timetables_plans", "30.1", "34.5", "The authority’s own count"),
    ("further_education", "13.4", "12.4", "SEN2 return"),
    ("neet", "4.1", "8.6", "SEN2 return"),
    ("supported_internships", "42", "38", "SEN2 return"),
    ("wait_occupational_therapy", "231", "196", "The provider’s interim figures"),
    ("wait_physiotherapy", "91", "63", "The provider’s interim figures"),
    ("wait_speech_and_language", "252", "385", "The provider’s interim figures"),
)
"""What was brought from elsewhere: of July 2023, and a year later."""
_DAYS = (date(2023, 7, 31), date(2024, 7, 31))


def agree(*, today: date, at: datetime, by: User) -> None:
    """Record it all, as agreed a quarter ago."""
    by_id = by.id
    agreed_on = today - timedelta(days=90)
    for measure, target, days in _TARGETS:
        board.set_target(
            measure=measure,
            value=Decimal(target),
            due_on=today + timedelta(days=days),
            agreed_by="SEND Improvement and Assurance Board",
            agreed_on=agreed_on,
            today=today,
            at=at,
            by_id=by_id,
        )
    for measure, began, of_what, source in _BASELINES:
        value = Decimal(began) if began else None
        board.set_baseline(measure=measure, value=value, of_what=of_what, source=source, at=at, by_id=by_id)
    for measure, owner, text in _NOTES:
        board.write_note(measure=measure, owner=owner, text=text, at=at, by_id=by_id)
    for measure, *figures, source in _ENTERED:
        for as_at, figure in zip(_DAYS, figures, strict=True):
            entering.enter(Brought(BY_KEY[measure], as_at, Decimal(figure), None, None, source), by=by, at=at)
