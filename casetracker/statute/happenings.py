"""What can happen to a request: the words of the case history."""

from enum import StrEnum


class Happening(StrEnum):
    """One kind of entry in a case history. The value is the word in the database, the files and the pages."""

    BROUGHT_FORWARD = "brought_forward"
    """The opening entry of a history whose start is not known, such as a plan made before records began."""
    REQUEST_RECEIVED = "request_received"
    FURTHER_INFORMATION_ASKED = "further_information_asked"
    FURTHER_INFORMATION_RECEIVED = "further_information_received"
    PANEL_CONSIDERED = "panel_considered"
    ASSESSMENT_AGREED = "assessment_agreed"
    ASSESSMENT_REFUSED = "assessment_refused"
    REQUEST_WITHDRAWN = "request_withdrawn"
    ADVICE_ASKED = "advice_asked"
    ADVICE_CHASED = "advice_chased"
    ADVICE_RECEIVED = "advice_received"
    ADVICE_RETURNED = "advice_returned"
    ADVICE_ACCEPTED = "advice_accepted"
    ADVICE_NOT_KNOWN_TO_SERVICE = "advice_not_known_to_service"
    ADVICE_NOT_NEEDED = "advice_not_needed"
    ADVICE_DECLINED = "advice_declined"
    """The family asked for advice from somebody, and the authority did not think the request reasonable."""
    ADVICE_SEEN = "advice_seen"
    """The giver opened the request."""
    ADVICE_DRAFTED = "advice_drafted"
    """The giver began to write."""
    ADVICE_DELAYED = "advice_delayed"
    """The giver said that more time is needed, and why."""
    ADVICE_DELAY_ACCEPTED = "advice_delay_accepted"
    """The reason was accepted: nobody is chased until the day the advice is expected."""
    ADVICE_PASSED_ON = "advice_passed_on"
    """The giver said that somebody else should have been asked."""
    ADVICE_TAKEN_BACK = "advice_taken_back"
    """The giver withdrew what had been sent in error."""
    PLAN_AGREED = "plan_agreed"
    PLAN_REFUSED = "plan_refused"
    DRAFT_PLAN_SENT = "draft_plan_sent"
    REPRESENTATIONS_RECEIVED = "representations_received"
    MEETING_HELD = "meeting_held"
    SETTING_CONSULTED = "setting_consulted"
    SETTING_REPLIED = "setting_replied"
    FINAL_PLAN_ISSUED = "final_plan_issued"
    ANNUAL_REVIEW_FINISHED = "annual_review_finished"
    """The family was told what was decided after a review of the plan."""
    PLAN_AUDITED = "plan_audited"
    """Somebody judged how good the plan is."""
    EXCEPTION_RECORDED = "exception_recorded"
    EXCEPTION_ENDED = "exception_ended"
    MEDIATION_ASKED = "mediation_asked"
    MEDIATION_HELD = "mediation_held"
    APPEAL_REGISTERED = "appeal_registered"
    APPEAL_DECIDED = "appeal_decided"
    CONCEDED = "conceded"
    MOVED_OUT = "moved_out"
    MOVED_IN = "moved_in"
    DIED = "died"
    CASE_CLOSED = "case_closed"
    WORKER_ASSIGNED = "worker_assigned"
    NOTIFICATION_SENT = "notification_sent"
    NOTE_ADDED = "note_added"
    CONTACT_RECORDED = "contact_recorded"
    PERSON_DETAILS_CHANGED = "person_details_changed"
    CASE_DETAILS_CHANGED = "case_details_changed"
    ENTRY_WITHDRAWN = "entry_withdrawn"
    """A correction that takes an entry out: what it named did not happen."""


ADVICE_HAPPENINGS = frozenset(
    {
        Happening.ADVICE_ASKED,
        Happening.ADVICE_CHASED,
        Happening.ADVICE_RECEIVED,
        Happening.ADVICE_RETURNED,
        Happening.ADVICE_ACCEPTED,
        Happening.ADVICE_NOT_KNOWN_TO_SERVICE,
        Happening.ADVICE_NOT_NEEDED,
        Happening.ADVICE_SEEN,
        Happening.ADVICE_DRAFTED,
        Happening.ADVICE_DELAYED,
        Happening.ADVICE_DELAY_ACCEPTED,
        Happening.ADVICE_PASSED_ON,
        Happening.ADVICE_TAKEN_BACK,
    }
)
"""The entries that are about one piece of advice, and so name its kind."""
