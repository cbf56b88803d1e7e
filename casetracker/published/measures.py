"""
What the DfE's release files hold: their tables, the figures in each, and how the parts of a row add up. Pure.

A figure is named by the column it stands in, in lower case, since the case of the names changes between releases.
Source of the meanings: the data guidance of "Education, health and care plans", releases of 2025 and 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Unit(StrEnum):
    """What a published figure counts."""

    COUNT = "count"
    PERCENT = "percent"
    WEEKS = "weeks"


class Good(StrEnum):
    """Which way is better, for families."""

    MORE = "more"
    FEWER = "fewer"
    NEITHER = "neither"
    """A volume or a share that says nothing of how well an authority does: put in order, never called better."""


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure of an area and a year."""

    key: str
    """The column it stands in."""
    name: str
    unit: Unit = Unit.COUNT
    good: Good = Good.NEITHER
    numerator: str = ""
    """For a percentage: the column of its top."""
    denominator: tuple[str, ...] = ()
    """The columns whose sum is its bottom; empty where the bottom is not published."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A column that others add up to, or, where not `exact`, that they never go beyond."""

    whole: str
    parts: tuple[str, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class ReleaseTable:
    """One of the files of a release."""

    key: str
    name: str
    signature: str
    """A column that only this file has."""
    figures: tuple[Published, ...]
    sums: tuple[Sum, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is read."""
        parts = {column for figure in self.figures for column in (figure.numerator, *figure.denominator) if column}
        return frozenset(parts | {figure.key for figure in self.figures})


def _share(key: str, name: str, of: str, whole: tuple[str, ...], good: Good = Good.NEITHER) -> Published:
    return Published(key, name, Unit.PERCENT, good, of, whole)


_RECEIVED = ("requests_received_in_year",)
_ASSESSED = ("assess_in_year",)
_NO_PLAN_DECIDED = ("outcome_decision_within_time", "outcome_decision_over_time")
_REVIEW_DECIDED = ("number_decsion_4weeks", "number_decision_gt_4weeks")

TIMELINESS = ReleaseTable(
    "timeliness",
    "Plans issued within 20 weeks",
    "plans_issued_den_ex",
    (
        _share(
            "pc_plans_issued_20_weeks_ex",
            "Plans issued within 20 weeks, excluding exceptions",
            "plans_issued_20_weeks_ex",
            ("plans_issued_den_ex",),
            Good.MORE,
        ),
        _share(
            "pc_plans_issued_within_20_weeks",
            "Plans issued within 20 weeks, including exceptions",
            "plans_issued_within_20_weeks",
            ("plans_issued_den",),
            Good.MORE,
        ),
        _share(
            "pc_plans_issued_gt20weeks_ltyear_ex",
            "Plans issued after 20 weeks and within a year, excluding exceptions",
            "plans_issued_gt20weeks_ltyear_ex",
            ("plans_issued_den_ex",),
            Good.FEWER,
        ),
        _share(
            "pc_plans_issued_gt20weeks_ltyear",
            "Plans issued after 20 weeks and within a year, including exceptions",
            "plans_issued_gt20weeks_ltyear",
            ("plans_issued_den",),
            Good.FEWER,
        ),
        _share(
            "pc_plans_issued_gt_1_year_ex",
            "Plans issued after more than a year, excluding exceptions",
            "plans_issued_gt_1_year_ex",
            ("plans_issued_den_ex",),
            Good.FEWER,
        ),
        _share(
            "pc_plans_issued_gt_1_year",
            "Plans issued after more than a year, including exceptions",
            "plans_issued_gt_1_year",
            ("plans_issued_den",),
            Good.FEWER,
        ),
        Published("avg_weeks_issue_plan", "Mean weeks to a plan, including exceptions", Unit.WEEKS, Good.FEWER),
        Published("avg_weeks_issue_plan_exc", "Mean weeks to a plan, excluding exceptions", Unit.WEEKS, Good.FEWER),
        Published("plans_issued_den", "Plans issued"),
        Published("plans_issued_den_ex", "Plans issued, excluding exceptions"),
        Published("plans_issued_within_20_weeks", "Plans issued within 20 weeks"),
        Published("plans_issued_20_weeks_ex", "Plans issued within 20 weeks, excluding exceptions (number)"),
        Published("plans_issued_gt20weeks_ltyear", "Plans issued after 20 weeks and within a year"),
        Published(
            "plans_issued_gt20weeks_ltyear_ex",
            "Plans issued after 20 weeks and within a year, excluding exceptions (number)",
        ),
        Published("plans_issued_gt_1_year", "Plans issued after more than a year"),
        Published("plans_issued_gt_1_year_ex", "Plans issued after more than a year, excluding exceptions (number)"),
    ),
    (
        # Plans with no day of receipt are in the whole and in none of the parts.
        Sum(
            "plans_issued_den",
            ("plans_issued_within_20_weeks", "plans_issued_gt20weeks_ltyear", "plans_issued_gt_1_year"),
            exact=False,
        ),
        Sum(
            "plans_issued_den_ex",
            ("plans_issued_20_weeks_ex", "plans_issued_gt20weeks_ltyear_ex", "plans_issued_gt_1_year_ex"),
            exact=False,
        ),
    ),
)

REQUESTS = ReleaseTable(
    "requests",
    "Requests for an assessment",
    "requests_received_in_year",
    (
        Published("requests_received_in_year", "Requests received"),
        Published("requests_decided_to_assess", "Requests that led to a decision to assess"),
        Published("requests_decided_not_to_assess", "Requests that led to a decision not to assess"),
        Published("requests_decision_not_made", "Requests not decided yet"),
        Published("requests_withdrawn", "Requests withdrawn"),
        Published("requests_rya", "Requests for people in relevant youth accommodation"),
        _share("request_assess_pc", "Requests agreed", "requests_decided_to_assess", _RECEIVED),
        _share("request_not_assess_pc", "Requests refused", "requests_decided_not_to_assess", _RECEIVED),
        _share("request_outstanding_pc", "Requests not decided yet (share)", "requests_decision_not_made", _RECEIVED),
        _share("request_withdrawn_pc", "Requests withdrawn (share)", "requests_withdrawn", _RECEIVED),
        # The bottom counts decisions whose time is not known as well, and is not published.
        _share(
            "request_outcome_six_weeks_pc",
            "Decisions whether to assess within 6 weeks",
            "request_outcome_six_weeks",
            (),
            Good.MORE,
        ),
        _share(
            "request_outcome_over_6_weeks_pc",
            "Decisions whether to assess after 6 weeks",
            "request_outcome_over_6_weeks",
            (),
            Good.FEWER,
        ),
        Published("request_outcome_six_weeks", "Decisions whether to assess within 6 weeks (number)"),
        Published("request_outcome_over_6_weeks", "Decisions whether to assess after 6 weeks (number)"),
        Published("mediation_related_request", "Mediations about a request"),
        Published("tribunal_related_request", "Appeals about a request"),
        Published("tribunal_after_mediation_request", "Appeals about a request that followed mediation"),
    ),
    (
        Sum(
            "requests_received_in_year",
            (
                "requests_decided_to_assess",
                "requests_decided_not_to_assess",
                "requests_decision_not_made",
                "requests_withdrawn",
            ),
        ),
    ),
)

ASSESSMENTS = ReleaseTable(
    "assessments",
    "Assessments",
    "assess_in_year",
    (
        Published("assess_in_year", "Assessments completed or withdrawn"),
        Published("assess_issued", "Assessments that led to a plan"),
        Published("assess_not_issued", "Assessments that led to no plan"),
        Published("assess_not_made", "Assessments not decided yet"),
        Published("assess_withdrawn", "Assessments withdrawn"),
        _share("assess_issued_pc", "Assessments that led to a plan (share)", "assess_issued", _ASSESSED),
        _share("assess_not_issued_pc", "Assessments that led to no plan (share)", "assess_not_issued", _ASSESSED),
        _share("assess_not_made_pc", "Assessments not decided yet (share)", "assess_not_made", _ASSESSED),
        _share("assess_withdrawn_pc", "Assessments withdrawn (share)", "assess_withdrawn", _ASSESSED),
        _share(
            "outcome_decision_within_time_pc",
            "Decisions not to issue a plan within 16 weeks",
            "outcome_decision_within_time",
            _NO_PLAN_DECIDED,
            Good.MORE,
        ),
        _share(
            "outcome_decision_over_time_pc",
            "Decisions not to issue a plan after 16 weeks",
            "outcome_decision_over_time",
            _NO_PLAN_DECIDED,
            Good.FEWER,
        ),
        Published("outcome_decision_within_time", "Decisions not to issue a plan within 16 weeks (number)"),
        Published("outcome_decision_over_time", "Decisions not to issue a plan after 16 weeks (number)"),
        Published("number_assess_mediation", "Mediations about an assessment"),
        Published("number_assess_tribunal", "Appeals about an assessment"),
        # The third s is the DfE's.
        Published("number_asssess_mediation_tribunal", "Appeals about an assessment that followed mediation"),
        Published("number_other_mediation", "Other mediations"),
        Published("number_other_tribunal", "Other appeals"),
        Published("number_other_mediation_tribunal", "Other appeals that followed mediation"),
    ),
    (Sum("assess_in_year", ("assess_issued", "assess_not_issued", "assess_not_made", "assess_withdrawn")),),
)

ANNUAL_REVIEWS = ReleaseTable(
    "annual_reviews",
    "Annual reviews",
    "review_expected",
    (
        Published("total_ehc_plans", "Plans in force"),
        Published("review_expected", "Annual reviews expected"),
        Published("review_not_expected", "Plans with no annual review expected yet"),
        Published("total_review_meeting", "Annual review meetings held"),
        Published("no_review_meeting", "Annual reviews expected and not held"),
        Published("outcome_amend", "Annual reviews that amend the plan"),
        Published("outcome_cease", "Annual reviews that end the plan"),
        Published("outcome_maintan", "Annual reviews that keep the plan as it is"),
        Published("no_outcome", "Annual reviews with no outcome yet"),
        _share(
            "pc_decsion_4weeks",
            "Decisions within 4 weeks of an annual review",
            "number_decsion_4weeks",
            _REVIEW_DECIDED,
            Good.MORE,
        ),
        _share(
            "pc_decision_gt_4weeks",
            "Decisions more than 4 weeks after an annual review",
            "number_decision_gt_4weeks",
            _REVIEW_DECIDED,
            Good.FEWER,
        ),
        Published("number_decsion_4weeks", "Decisions within 4 weeks of an annual review (number)"),
        Published("number_decision_gt_4weeks", "Decisions more than 4 weeks after an annual review (number)"),
    ),
    (
        Sum("total_ehc_plans", ("review_expected", "review_not_expected")),
        Sum("review_expected", ("total_review_meeting", "no_review_meeting")),
    ),
)

TABLES: Mapping[str, ReleaseTable] = MappingProxyType(
    {table.key: table for table in (TIMELINESS, REQUESTS, ASSESSMENTS, ANNUAL_REVIEWS)}
)
FIGURES: Mapping[str, Published] = MappingProxyType(
    {figure.key: figure for table in TABLES.values() for figure in table.figures}
)
RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "number_decision_4weeks": "number_decsion_4weeks",
        "pc_decision_4weeks": "pc_decsion_4weeks",
        "outcome_maintain": "outcome_maintan",
        "number_assess_mediation_tribunal": "number_asssess_mediation_tribunal",
    }
)
"""Names a release may come to spell right, to what they have been until now."""
HEADLINE = "pc_plans_issued_20_weeks_ex"


def table_of(figure: str) -> ReleaseTable:
    """Return the table a figure stands in."""
    return next(table for table in TABLES.values() if any(one.key == figure for one in table.figures))
