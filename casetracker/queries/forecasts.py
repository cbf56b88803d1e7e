"""What the forecast has said: of a case, of the caseload, and which fits it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from casetracker import wording
from casetracker.extensions import db
from casetracker.forecast.reasons import Reason
from casetracker.forecast.steps import Step
from casetracker.forecast.words import in_words
from casetracker.models import Case, FitState, Forecast, ForecastFit, Person, User
from casetracker.queries.forecasting.standing import STAGES

MOST_FITS = 60


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit, as it is listed."""

    id: int
    fitted_at: datetime
    for_day: date
    data_from: date | None
    data_to: date | None
    closed_cases: int
    open_cases: int
    on_priors: bool
    state: FitState
    reason: str
    scores: dict[str, Any]
    changed_at: datetime | None
    changed_by: str
    """The name of who put it in use or took it out; empty where the tracker did."""

    @property
    def backtest(self) -> dict[str, Any]:
        """Return the backtest it was kept with, as `Report.as_json` of `forecast.backtest` gives it; or nothing."""
        found: dict[str, Any] = self.scores.get("backtest") or {}
        return found


@dataclass(frozen=True, slots=True)
class Said:
    """A reason, in words, and by how much it moves the probability of a breach of the final plan's limit."""

    code: str
    words: str
    moves: float


@dataclass(frozen=True, slots=True)
class OfCase:
    """What was last said of a case."""

    case_id: int
    fit_id: int
    for_day: date
    on_priors: bool
    is_stale: bool
    """Whether it was worked out before yesterday, or the case has moved on since."""
    p_decision: float | None
    p_no_plan: float | None
    p_final: float | None
    p_ends_otherwise: float
    final_due_on: date | None
    """The last day of the final plan's limit, as it is now."""
    earliest_on: date | None
    expected_on: date | None
    latest_on: date | None
    limiting_step: Step | None
    limiting_subject: str
    limiting_holder: str
    latest_safe_on: date | None
    slack_days: int | None
    days_by_step: dict[str, int]
    reasons: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """An open case and how likely it is to miss its limit."""

    case_id: int
    reference: str
    name: str
    worker: str
    p_final: float
    final_due_on: date | None
    expected_on: date | None
    latest_safe_on: date | None
    limiting_step: str
    limiting_subject: str
    limiting_holder: str


def in_use() -> ForecastFit | None:
    """Return the fit in use, or None before the first."""
    query = select(ForecastFit).where(ForecastFit.state == FitState.IN_USE)
    return db.session.scalars(query, execution_options={"populate_existing": True}).first()


def fits(*, limit: int = MOST_FITS) -> list[Fit]:
    """Return the newest fits, the newest first."""
    rows: Sequence[Any] = db.session.execute(_fits().order_by(ForecastFit.id.desc()).limit(limit)).all()
    return [Fit(*row) for row in rows]


def one_fit(fit_id: int) -> Fit:
    """
    Return a fit.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    return Fit(*db.session.execute(_fits().where(ForecastFit.id == fit_id)).one())


def fit_in_use() -> Fit | None:
    """Return the fit in use as it is listed, or None before the first."""
    row = db.session.execute(_fits().where(ForecastFit.state == FitState.IN_USE)).first()
    return Fit(*row) if row else None


def _fits() -> Select[Any]:
    columns: list[Any] = [
        ForecastFit.id,
        ForecastFit.fitted_at,
        ForecastFit.for_day,
        ForecastFit.data_from,
        ForecastFit.data_to,
        ForecastFit.closed_cases,
        ForecastFit.open_cases,
        ForecastFit.on_priors,
        ForecastFit.state,
        ForecastFit.reason,
        ForecastFit.scores,
        ForecastFit.changed_at,
        func.coalesce(User.name, ""),
    ]
    return select(*columns).outerjoin(User, User.id == ForecastFit.changed_by_id)


def of_case(case_id: int, *, today: date) -> OfCase | None:
    """Return what was last said of a case, or None where nothing was."""
    query = (
        select(Forecast, Case.version, Case.final_due_on, ForecastFit.on_priors)
        .join(Case, Case.id == Forecast.case_id)
        .join(ForecastFit, ForecastFit.id == Forecast.fit_id)
        .where(Forecast.case_id == case_id)
    )
    row = db.session.execute(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        return None
    kept, version, final_due_on, on_priors = row
    return OfCase(
        case_id=case_id,
        fit_id=kept.fit_id,
        for_day=kept.for_day,
        on_priors=on_priors,
        is_stale=kept.case_version != version or (today - kept.for_day).days > 1,
        p_decision=kept.p_decision,
        p_no_plan=kept.p_no_plan,
        p_final=kept.p_final,
        p_ends_otherwise=kept.p_ends_otherwise,
        final_due_on=final_due_on,
        earliest_on=kept.earliest_on,
        expected_on=kept.expected_on,
        latest_on=kept.latest_on,
        limiting_step=Step(kept.limiting_step) if kept.limiting_step else None,
        limiting_subject=kept.limiting_subject,
        limiting_holder=kept.limiting_holder,
        latest_safe_on=kept.latest_safe_on,
        slack_days=kept.slack_days,
        days_by_step=kept.days_by_step,
        reasons=in_sentences(kept.reasons, subject=kept.limiting_subject, holder=kept.limiting_holder),
    )


def in_sentences(kept: Sequence[dict[str, Any]], *, subject: str = "", holder: str = "") -> tuple[Said, ...]:
    """Return the reasons of a forecast, kept as codes and figures, in words."""
    named = wording.of_advice(subject).removesuffix(" advice") if subject else ""
    found = [Reason(one["code"], one["moves"], one["figures"]) for one in kept]
    return tuple(Said(one.code, in_words(one, subject=named, holder=holder), one.moves) for one in found)


def there_are_any() -> bool:
    """Return whether anything has been said of any case yet."""
    return db.session.scalar(select(Forecast.case_id).limit(1)) is not None


def behind(*, after: int, limit: int) -> list[int]:
    """Return open cases with an id over `after` that have moved on since their forecast, or have none: ids in order."""
    query = (
        select(Case.id)
        .outerjoin(Forecast, Forecast.case_id == Case.id)
        .where(
            Case.id > after,
            Case.is_open,
            Case.stage.in_(STAGES),
            Case.clock_started_on.is_not(None),
            Case.final_due_on.is_not(None),
            or_(Forecast.case_id.is_(None), Forecast.case_version != Case.version),
        )
        .order_by(Case.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def at_risk(
    *, today: date, over: float = 0.0, team_id: int | None = None, worker_id: int | None = None, limit: int = 100
) -> list[AtRisk]:
    """Return the open cases inside their limit that are likeliest to miss it, likeliest first."""
    conditions: list[ColumnElement[bool]] = [
        Case.is_open.is_(True),
        Case.final_due_on >= today,
        Forecast.p_final >= over,
    ]
    if team_id is not None:
        conditions.append(Case.team_id == team_id)
    if worker_id is not None:
        conditions.append(Case.named_worker_id == worker_id)
    query = (
        select(
            Case.id,
            Case.reference,
            Person.forename,
            Person.surname,
            func.coalesce(User.name, ""),
            Forecast.p_final,
            Case.final_due_on,
            Forecast.expected_on,
            Forecast.latest_safe_on,
            Forecast.limiting_step,
            Forecast.limiting_subject,
            Forecast.limiting_holder,
        )
        .join(Case, Case.id == Forecast.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(User, User.id == Case.named_worker_id)
        .where(and_(*conditions))
        .order_by(Forecast.p_final.desc(), Case.id)
        .limit(limit)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [AtRisk(row[0], row[1], f"{row[2]} {row[3]}".strip(), *row[4:]) for row in rows]
