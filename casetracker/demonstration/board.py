"""What the demonstration county's board agreed: targets, where it began, what owners say."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from casetracker.services import board

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


def agree(*, today: date, at: datetime, by_id: int) -> None:
    """Record it all, as agreed a quarter ago."""
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
