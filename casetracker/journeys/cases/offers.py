"""What can be logged, as the page groups it; and what has a page of its own."""

from collections.abc import Callable, Mapping

from casetracker.statute.happenings import ADVICE_HAPPENINGS
from casetracker.statute.happenings import Happening as H
from casetracker.statute.history import can_happen_next
from casetracker.statute.standing import CaseStanding
from casetracker.statute.timetable import Duty

NOT_LOGGED_HERE = frozenset(
    {
        H.BROUGHT_FORWARD,
        H.REQUEST_RECEIVED,
        H.ENTRY_WITHDRAWN,
        H.PERSON_DETAILS_CHANGED,
        H.CASE_DETAILS_CHANGED,
        H.WORKER_ASSIGNED,
        H.ADVICE_SEEN,
        H.ADVICE_DRAFTED,
        H.ADVICE_DELAYED,
        H.ADVICE_DELAY_ACCEPTED,
        H.ADVICE_PASSED_ON,
        H.ADVICE_TAKEN_BACK,
        H.ADVICE_DECLINED,
    }
)
"""What has a page of its own, or is never keyed in."""
NOT_CORRECTED = frozenset({H.ENTRY_WITHDRAWN, H.PERSON_DETAILS_CHANGED, H.CASE_DETAILS_CHANGED, H.WORKER_ASSIGNED})
"""What is put right by doing it again: these change a row besides the history, which a correction would not."""
_DECISIONS = (H.PANEL_CONSIDERED, H.ASSESSMENT_AGREED, H.ASSESSMENT_REFUSED, H.PLAN_AGREED, H.PLAN_REFUSED)
_PLAN = (H.DRAFT_PLAN_SENT, H.REPRESENTATIONS_RECEIVED, H.SETTING_CONSULTED, H.SETTING_REPLIED, H.FINAL_PLAN_ISSUED)
_AFTERWARDS = (H.ANNUAL_REVIEW_FINISHED, H.PLAN_AUDITED)
_FAMILY = (
    H.NOTE_ADDED,
    H.CONTACT_RECORDED,
    H.NOTIFICATION_SENT,
    H.MEETING_HELD,
    H.FURTHER_INFORMATION_ASKED,
    H.FURTHER_INFORMATION_RECEIVED,
)
_DISPUTE = (H.MEDIATION_ASKED, H.MEDIATION_HELD, H.APPEAL_REGISTERED, H.APPEAL_DECIDED, H.CONCEDED)
GROUPS: tuple[tuple[str, tuple[H, ...]], ...] = (
    ("Decisions", _DECISIONS),
    ("Advice", tuple(h for h in H if h in ADVICE_HAPPENINGS - NOT_LOGGED_HERE)),
    ("The plan", _PLAN),
    ("The plan once it is issued", _AFTERWARDS),
    ("The family", _FAMILY),
    ("Exceptions to time limits", (H.EXCEPTION_RECORDED, H.EXCEPTION_ENDED)),
    ("Disagreement", _DISPUTE),
    ("Moves and endings", (H.REQUEST_WITHDRAWN, H.MOVED_IN, H.MOVED_OUT, H.DIED, H.CASE_CLOSED)),
)
"""What can be logged, in the order in which it is looked for."""


def _is_outstanding(standing: CaseStanding) -> bool:
    return any(advice.is_outstanding for advice in standing.advice)


_NEEDS: Mapping[H, Callable[[CaseStanding], bool]] = {
    H.ADVICE_CHASED: _is_outstanding,
    H.ADVICE_NOT_KNOWN_TO_SERVICE: _is_outstanding,
    H.ADVICE_RETURNED: lambda standing: any(advice.received_on for advice in standing.advice),
    H.ADVICE_ACCEPTED: lambda s: any(advice.received_on and not advice.accepted_on for advice in s.advice),
    H.EXCEPTION_ENDED: lambda standing: bool(standing.exceptions),
    H.SETTING_REPLIED: lambda s: any(m.duty is Duty.SETTING_REPLY and m.done_on is None for m in s.milestones),
}
"""What has to be there for an answer to it, or an end of it, to be worth offering."""


def offered(standing: CaseStanding) -> list[tuple[str, list[H]]]:
    """Return what can be logged of a case that stands like this, by group."""
    allowed = can_happen_next(standing) - NOT_LOGGED_HERE
    groups = [
        (title, [h for h in happenings if h in allowed and (h not in _NEEDS or _NEEDS[h](standing))])
        for title, happenings in GROUPS
    ]
    return [(title, happenings) for title, happenings in groups if happenings]
