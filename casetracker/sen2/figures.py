"""What a return adds up to, as the DfE counts it: to be held against last year's and the tracker's own figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casetracker.sen2.book import Version
from casetracker.sen2.codes import ANOTHER_AUTHORITY, AWAITED, HISTORICAL, NO, WITHDRAWN, YES
from casetracker.sen2.modules import Module
from casetracker.sen2.records import Node, is_day

WITHIN_20_WEEKS, OVER_52_WEEKS, WITHIN_6_WEEKS, WITHIN_16_WEEKS = 140, 365, 42, 112
DISPUTES = ("requestmediation", "requesttribunal", "assessmentmediation", "assessmenttribunal")

LABELS: Mapping[str, str] = {
    "people": "People",
    "requests_received": "Requests received in the year",
    "to_assess": "of these: to assess",
    "not_to_assess": "of these: not to assess",
    "undecided": "of these: not yet decided",
    "requests_withdrawn": "of these: withdrawn",
    "decisions": "Decisions whether to assess made in the year",
    "decisions_to_assess": "of these: to assess",
    "decisions_within_6_weeks": "of these: within 6 weeks",
    "assessments_issued": "Assessments: plan to be issued",
    "assessments_not_issued": "Assessments: no plan",
    "no_plan_within_16_weeks": "of these: within 16 weeks",
    "assessments_undecided": "Assessments: not yet decided",
    "assessments_withdrawn": "Assessments: withdrawn",
    "plans_issued": "Plans that count for timeliness",
    "plans_issued_ex": "of these: with no exception",
    "within_20_weeks": "Issued within 20 weeks",
    "within_20_weeks_ex": "of these: with no exception",
    "over_20_to_52_weeks": "Issued after 20 to 52 weeks",
    "over_52_weeks": "Issued after more than 52 weeks",
    "not_known": "Issued, and the day of the request is not known",
    "plans_after_dispute": "Plans issued after mediation or an appeal, which do not count",
    "plans_ceased": "Plans that ceased",
    "active_plans": "Active plans on the census day",
    "placements": "Placements of active plans",
    "personal_budgets": "Plans with a personal budget",
}
TIMELINESS = (
    "plans_issued",
    "plans_issued_ex",
    "within_20_weeks",
    "within_20_weeks_ex",
    "over_20_to_52_weeks",
    "over_52_weeks",
    "not_known",
)
"""The figures that the timeliness page has under the same names."""
_REQUESTS = {YES: "to_assess", NO: "not_to_assess", AWAITED: "undecided", WITHDRAWN: "requests_withdrawn"}
_ASSESSMENTS = {
    YES: "assessments_issued",
    ANOTHER_AUTHORITY: "assessments_issued",
    NO: "assessments_not_issued",
    AWAITED: "assessments_undecided",
    WITHDRAWN: "assessments_withdrawn",
}


@dataclass(slots=True)
class Figures:
    """Adds up tidied people. `rows` counts the records of each module."""

    version: Version
    counts_reopened: bool = False
    """Whether plans that followed mediation or an appeal count for timeliness."""
    counts: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, person: Node) -> None:
        """Add a person."""
        self.counts["people"] += 1
        for node in person.rows():
            self.rows[node.module.value] += 1
        for request in person.under(Module.REQUESTS):
            self._request(request)

    def as_dict(self) -> dict[str, int]:
        """Return every figure by its name."""
        return {name: self.counts[name] for name in LABELS}

    def _request(self, request: Node) -> None:
        received, outcome = request["receiveddate"], request["requestoutcome"]
        if outcome != HISTORICAL:
            if self._in_year(received):
                self._count("requests_received", _REQUESTS.get(outcome))
            if outcome in (YES, NO) and self._in_year(request["requestoutcomedate"]):
                days = _days(received, request["requestoutcomedate"])
                within = days is not None and days <= WITHIN_6_WEEKS
                self._count("decisions", "decisions_within_6_weeks" if within else None)
                self._count("decisions_to_assess" if outcome == YES else None)
        for assessment in request.under(Module.ASSESSMENT):
            self._conclusion(request, assessment)
            for plan in assessment.under(Module.NAMED_PLAN):
                self._plan(request, assessment, plan)
        for active in request.under(Module.ACTIVE_PLANS):
            self._count("active_plans")
            self.counts["placements"] += len(active.under(Module.PLACEMENT))

    def _conclusion(self, request: Node, assessment: Node) -> None:
        outcome = assessment["assessmentoutcome"]
        days = _days(request["receiveddate"], assessment["assessmentoutcomedate"])
        in_time = outcome == NO and days is not None and days <= WITHIN_16_WEEKS
        self._count(_ASSESSMENTS.get(outcome), "no_plan_within_16_weeks" if in_time else None)

    def _plan(self, request: Node, assessment: Node, plan: Node) -> None:
        self._count("plans_ceased" if plan["ceasedate"] else None, "personal_budgets" if plan["pb"] == "1" else None)
        if assessment["assessmentoutcome"] == HISTORICAL or not self._in_year(plan["startdate"]):
            return
        if any(request[flag] == "1" or assessment[flag] == "1" for flag in DISPUTES):
            self._count("plans_after_dispute")
            if not self.counts_reopened:
                return
        exception = assessment["week20"] == "1"
        self._count("plans_issued", None if exception else "plans_issued_ex")
        days = _days(request["receiveddate"], plan["startdate"])
        if days is None:
            self._count("not_known")
        elif days <= WITHIN_20_WEEKS:
            self._count("within_20_weeks", None if exception else "within_20_weeks_ex")
        else:
            self._count("over_20_to_52_weeks" if days < OVER_52_WEEKS else "over_52_weeks")

    def _count(self, *names: str | None) -> None:
        for name in names:
            if name:
                self.counts[name] += 1

    def _in_year(self, day: str) -> bool:
        return self.version.first_day.isoformat() <= day <= self.version.last_day.isoformat()


def _days(first: str, last: str) -> int | None:
    if not (is_day(first) and is_day(last)):
        return None
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
