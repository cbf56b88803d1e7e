"""What the tracker expects of each open case, and the fits that its expectation comes from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.models.cases import Case


class FitState(StrEnum):
    """What became of a fit."""

    IN_USE = "in_use"
    RETIRED = "retired"
    """Was in use until a later fit took its place, or a person put an earlier one back."""
    NOT_BETTER = "not_better"
    """Scored worse than the one in use on the same later cases, and so never put in use."""


class ForecastFit(Model):
    """One fit of the forecast: the cases it learned from, how well it did on later ones, and what it learned."""

    __tablename__ = "forecast_fits"
    __table_args__ = (
        Index(
            "uq_forecast_fits_in_use",
            "state",
            unique=True,
            postgresql_where=text("state = 'in_use'"),
            sqlite_where=text("state = 'in_use'"),
        ),
        CheckConstraint("data_from <= data_to", name="window_runs_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fitted_at: Mapped[datetime]
    for_day: Mapped[date]
    """The day whose knowledge it was fitted on."""
    data_from: Mapped[date | None]
    """The first day on which a case it learned from was received; None where it learned from none."""
    data_to: Mapped[date | None]
    closed_cases: Mapped[int]
    """Cases of which a clock had ended; one that had been re-opened by then is among them, once."""
    open_cases: Mapped[int]
    """The other cases, known only up to that day (censored)."""
    on_priors: Mapped[bool]
    """Whether there were too few closed cases to learn from, so that it rests on what is shipped."""
    state: Mapped[FitState] = mapped_column(word(FitState))
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was put in use, or was not, or was taken out, in words."""
    scores: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """How it did, and how the one in use did, on the same later cases."""
    model: Mapped[str] = mapped_column(Text)
    """The fit itself, as `forecast.model` writes it (JSON)."""
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Forecast(Model):
    """
    What is expected of one open case, as last worked out. A case that ends keeps its last forecast, for the scores.

    Probabilities are of a breach: that the limit passes with the duty not done. None where the duty is done, does not
    apply, or is excused.
    """

    __tablename__ = "forecasts"
    __table_args__ = (
        Index("ix_forecasts_p_final", "p_final"),
        CheckConstraint("p_final BETWEEN 0 AND 1", name="p_final_is_a_probability"),
        CheckConstraint("p_decision BETWEEN 0 AND 1", name="p_decision_is_a_probability"),
        CheckConstraint("p_no_plan BETWEEN 0 AND 1", name="p_no_plan_is_a_probability"),
        CheckConstraint("earliest_on <= expected_on AND expected_on <= latest_on", name="interval_holds_its_middle"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    fit_id: Mapped[int] = mapped_column(ForeignKey("forecast_fits.id"), index=True)
    for_day: Mapped[date]
    """The day it was worked out for: one older than yesterday is stale."""
    case_version: Mapped[int]
    """`Case.version` then: a case that has moved on since has a forecast of the past."""
    p_decision: Mapped[float | None]
    """Of the decision whether to assess, within 6 weeks (reg 5(1))."""
    p_no_plan: Mapped[float | None]
    """Of the decision about a plan, within 16 weeks (reg 10(1))."""
    p_final: Mapped[float | None]
    """Of the final plan, within 20 weeks or the limit of a re-opened clock (reg 13(2), 44, 45)."""
    p_ends_otherwise: Mapped[float]
    """That the case ends with no plan: refused, withdrawn, moved."""
    earliest_on: Mapped[date | None]
    """One chance in ten that the final plan, if there is one, comes before this day."""
    expected_on: Mapped[date | None]
    """As likely before as after."""
    latest_on: Mapped[date | None]
    """One chance in ten that it comes after this day; None where beyond what is worked out."""
    limiting_step: Mapped[str] = mapped_column(String(40), default="")
    """The step that the rest waits for, a `forecast.steps.Step`: decide, ask, advice, plan, draft, finish."""
    limiting_subject: Mapped[str] = mapped_column(String(200), default="")
    """For advice, its kind; else empty."""
    limiting_holder: Mapped[str] = mapped_column(String(200), default="")
    """Who can do it, in words: a service, the named worker, the panel."""
    latest_safe_on: Mapped[date | None]
    """The last day to do the limiting step if the steps after it, at their usual speed, are to end in time."""
    slack_days: Mapped[int | None]
    """Days to spare when every remaining step goes as fast as one in five does; below 0 only a quicker one will do."""
    days_by_step: Mapped[dict[str, Any]] = mapped_column(JSON_OBJECT)
    """Remaining time by step: the median of each, in days, by `forecast.steps.Step`."""
    reasons: Mapped[list[Any]] = mapped_column(JSON_OBJECT)
    """What moves `p_final` most: objects with `code`, `moves` and `figures`, which `forecast.words` puts into words."""

    case: Mapped[Case] = relationship(lazy="raise")
    fit: Mapped[ForecastFit] = relationship(lazy="raise")
