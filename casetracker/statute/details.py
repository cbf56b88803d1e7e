"""The words under which an entry of a case history tells more than what happened and when."""

from casetracker.statute.advice import SATISFIED_WITH_EARLIER_ADVICE

DAYS = frozenset(
    {
        "agreed_due_on",
        "certificate_on",
        "directed_due_on",
        "expected_on",
        "family_told_on",
        "from_on",
        "last_review_on",
        "met_on",
        "plan_made_on",
        "received_by_giver_on",
        "served_on",
        "until",
    }
)
"""The details that are days, and must be days for the entry to be taken."""
DETAILS = (
    frozenset({"advice_giver", "advice_kind", "advice_ref", "approved_by", "audited_by", "authority", "basis"})
    | frozenset({"day_not_known", "disputed", "evidence", "grade", "late_reason", "note", "outcome", "paragraph"})
    | frozenset({"parent_requested", "reason", "setting", "stage", "worker"})
    | DAYS
    | frozenset(SATISFIED_WITH_EARLIER_ADVICE)
)
"""Every detail of an entry that the law's view of a case looks at."""
