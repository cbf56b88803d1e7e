"""
What calls for an alert: the rule of each level, as a condition on a milestone, its case and what is forecast of it.

SQL compares stored days with days it is given. The rules that need only the clock never look at a forecast: where there
is none, or it is old, they say what they would have said.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, false, func, literal, or_
from sqlalchemy.orm import aliased

from casetracker.models import USUAL_THRESHOLD, AlertLevel, AlertThreshold, Case, Forecast, MilestoneRow
from casetracker.services.alerts.run import EARLIEST_PLAN, FRESH_FROM, TODAY
from casetracker.statute.timetable import Duty, Force

GIVES_WAY = 0.05
"""How far under the threshold a probability has to fall before its alert closes, so that it does not come and go."""
_window = aliased(MilestoneRow)
SLACK_TO_CLOSE = 2
"""How many days to spare close an alert that was raised because there were none."""


class Code(StrEnum):
    """Why an alert was raised."""

    LIMIT_MISSED = "limit_missed"
    NO_TIME_FOR_REPRESENTATIONS = "no_time_for_representations"
    """No draft has been sent, and one sent now would not leave the family its 15 days (reg 13(1)(a))."""
    DAYS_OF_THE_FAMILY = "days_of_the_family"
    """The draft has been sent, and the family's 15 days end too late for the final plan to follow them in time."""
    NO_SLACK = "no_slack"
    PROBABLE = "probable"
    STAGE_LATE = "stage_late"
    SAFE_DAY_PASSED = "safe_day_passed"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, on the day that a statement is told. `row` is the milestone, joined to its case and forecast."""

    row: Any

    def call_for(self, level: AlertLevel) -> tuple[ColumnElement[bool], ...]:
        """Return when a milestone calls for an alert of this level: one condition for each way to look it up."""
        waits = and_(self.row.is_open, self.row.excused_by == "")
        ways: dict[AlertLevel, tuple[ColumnElement[bool], ...]] = {
            AlertLevel.BREACHED: (and_(self.binds(), self.row.due_on < TODAY),),
            AlertLevel.WILL_BREACH: (
                and_(self._is_the_plan_ahead(), or_(self.no_time(), self.family_has_days(), self._no_slack(below=0))),
            ),
            AlertLevel.LIKELY: (
                and_(self.row.duty.in_(FORECAST), self._is_ahead(), self._probability() > _threshold()),
            ),
            AlertLevel.BEHIND: (
                self.stage_late(),
                and_(self._is_the_plan_ahead(), self._safe_day_passed()),
            ),
        }
        return tuple(and_(waits, way) for way in ways[level])

    def keeps(self, alert: Any) -> ColumnElement[bool]:
        """Return when an alert still has its reason; where there is no forecast to say that it has gone, it has."""
        no_news = Forecast.case_id.is_(None)
        closes_at = _threshold() - GIVES_WAY
        by_slack = or_(
            and_(alert.code == Code.NO_SLACK, or_(no_news, self._no_slack(below=SLACK_TO_CLOSE))),
            self._no_slack(below=0),
        )
        return case(
            (alert.level == AlertLevel.BREACHED, self.row.due_on < TODAY),
            (
                alert.level == AlertLevel.WILL_BREACH,
                and_(self._is_the_plan_ahead(), or_(self.no_time(), self.family_has_days(), by_slack)),
            ),
            (
                alert.level == AlertLevel.LIKELY,
                and_(self._is_ahead(), or_(no_news, func.coalesce(self._probability(), 0.0) >= closes_at)),
            ),
            (
                alert.code == Code.SAFE_DAY_PASSED,
                and_(self._is_the_plan_ahead(), or_(no_news, func.coalesce(self._safe_day_passed(), false()))),
            ),
            else_=self.stage_late(),
        )

    def kept_as_raised(self, alert: Any) -> ColumnElement[bool]:
        """Return when a likely alert would still stand if the threshold were what it was raised by."""
        raised_by: ColumnElement[float] = alert.figures["threshold"].as_float()
        return self._probability() >= raised_by - GIVES_WAY

    def code(self, level: AlertLevel) -> ColumnElement[str]:
        """Return why the milestone calls for an alert of this level: the reason that the clock gives comes first."""
        codes: dict[AlertLevel, ColumnElement[str]] = {
            AlertLevel.BREACHED: literal(Code.LIMIT_MISSED.value),
            AlertLevel.WILL_BREACH: case(
                (self.no_time(), Code.NO_TIME_FOR_REPRESENTATIONS.value),
                (self.family_has_days(), Code.DAYS_OF_THE_FAMILY.value),
                else_=Code.NO_SLACK.value,
            ),
            AlertLevel.LIKELY: literal(Code.PROBABLE.value),
            AlertLevel.BEHIND: case((self.stage_late(), Code.STAGE_LATE.value), else_=Code.SAFE_DAY_PASSED.value),
        }
        return codes[level]

    def binds(self) -> ColumnElement[bool]:
        """Return whether the limit is set by law and binds the authority: missing it is a breach."""
        return and_(self.row.force == Force.STATUTORY, self.row.duty != Duty.RECEIVE_ADVICE)

    def stage_late(self) -> ColumnElement[bool]:
        """Return whether something that the plan waits for is past its day."""
        feeds = or_(self.row.duty == Duty.RECEIVE_ADVICE, self.row.force.in_([Force.GUIDANCE, Force.INTERNAL]))
        return and_(feeds, self.row.due_on < TODAY)

    def no_time(self) -> ColumnElement[bool]:
        """Return whether no draft has been sent and one served today would come too late (reg 13(1)(a))."""
        return and_(Case.draft_sent_on.is_(None), self.row.due_on < EARLIEST_PLAN)

    def family_has_days(self) -> ColumnElement[bool]:
        """Return whether the family's 15 days go on until the last day or beyond it (reg 13(1)(a))."""
        return exists().where(
            _window.case_id == self.row.case_id,
            _window.duty == Duty.REPRESENTATIONS_WINDOW,
            _window.is_open,
            _window.due_on >= self.row.due_on,
        )

    def _probability(self) -> ColumnElement[float]:
        return probability_of(self.row.duty)

    def at_stake(self) -> ColumnElement[str]:
        """Return the key of the limit at stake: the milestone's own, or that of the final plan it feeds."""
        of_the_plan = cast(self.row.episode, String) + literal(f":{Duty.ISSUE_FINAL_PLAN}::1")
        return case((self.binds(), self.row.key), else_=of_the_plan)

    def _is_ahead(self) -> ColumnElement[bool]:
        return and_(self.row.due_on >= TODAY, self.row.episode == Case.episode)

    def _is_the_plan_ahead(self) -> ColumnElement[bool]:
        return and_(self.binds(), self.row.duty == Duty.ISSUE_FINAL_PLAN, self._is_ahead())

    def _no_slack(self, *, below: int) -> ColumnElement[bool]:
        return func.coalesce(Forecast.slack_days < below, false())

    def _safe_day_passed(self) -> ColumnElement[bool]:
        return Forecast.latest_safe_on < TODAY


FORECAST = (Duty.DECIDE_WHETHER_TO_ASSESS, Duty.NOTIFY_NO_PLAN, Duty.ISSUE_FINAL_PLAN)
"""The limits that there is a probability for."""


def its_forecast(of: Any = Case) -> ColumnElement[bool]:
    """Return the condition on which a case's forecast is joined: of the last days, and of the case as it now is."""
    return and_(
        Forecast.case_id == of.id,
        Forecast.for_day.between(FRESH_FROM, TODAY),
        Forecast.case_version == of.version,
    )


def probability_of(duty: Any) -> ColumnElement[float]:
    """Return the forecast's probability that a duty's limit is missed; of one with none of its own, the plan's."""
    return case(
        (duty == Duty.DECIDE_WHETHER_TO_ASSESS, Forecast.p_decision),
        (duty == Duty.NOTIFY_NO_PLAN, Forecast.p_no_plan),
        else_=Forecast.p_final,
    )


def _threshold() -> ColumnElement[float]:
    return func.coalesce(AlertThreshold.threshold, USUAL_THRESHOLD)
