"""
Fits: made from the histories on record, kept with how they did, put in use if they are no worse, and put back.

A fit of an authority with no past is what is shipped, and says so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from casetracker.extensions import db
from casetracker.forecast import backtest, chased, comparing, fitting, keeping
from casetracker.forecast.comparing import Compared
from casetracker.forecast.fitting import Past, Rehearsal
from casetracker.forecast.lives import Outcome
from casetracker.forecast.model import Model
from casetracker.forecast.priors import ENOUGH_CLOSED_CASES
from casetracker.forecast.snapshots import History
from casetracker.models import FitState, ForecastFit, User
from casetracker.plurals import counted
from casetracker.queries import forecasting, forecasts
from casetracker.services.forecasts.scoring import model_of
from casetracker.statute.counting import ORDINARY_READING, Reading

_ONE_FIT_AT_A_TIME = 20_141_530
"""The number of PostgreSQL's advisory lock for putting a fit in use."""


@dataclass(frozen=True, slots=True)
class Made:
    """A fit that has been made and not yet kept."""

    model: Model
    scores: dict[str, Any]
    data_from: date | None
    compared: Compared | None
    """With the one in use; None where there is none that can be read."""


def fit(
    *, on: date, at: datetime, reading: Reading = ORDINARY_READING, limit: int = forecasting.MOST_CLOSED
) -> ForecastFit:
    """
    Make a fit on what is known on the day `on`, keep it, and put it in use unless it is worse than the one that is.

    Made again on the same day from the same histories it is the one that is there, and nothing is kept.
    """
    in_use = forecasts.in_use()
    histories = forecasting.histories(limit=limit)
    made = _make(histories, in_use, on=on, reading=reading)
    _take_turns()
    return _keep(made, in_use, on=on, at=at)


def use(*, fit_id: int, by: User | None, at: datetime) -> ForecastFit:
    """
    Put a fit in use in place of the one that is; by nobody, where a command does it.

    :raises forecast.keeping.OtherForm: if this version of the tracker cannot read it
    """
    _take_turns()
    chosen = db.session.get_one(ForecastFit, fit_id, populate_existing=True)
    keeping.from_text(chosen.model)
    if chosen.state is not FitState.IN_USE:
        who = by.name if by is not None else "a command"
        _put_in_use(chosen, reason=f"Put in use by {who}.", at=at, by=by)
    return chosen


def _make(histories: list[History], in_use: ForecastFit | None, *, on: date, reading: Reading) -> Made:
    past = fitting.gather(histories, as_at=on, reading=reading, calendar=forecasting.calendar())
    rehearsal = fitting.rehearse(past)
    day = on.toordinal()
    model = fitting.fit(rehearsal, as_at=day)
    chasing = chased.learn(histories, as_at=on)
    scores: dict[str, Any] = {"chasing": chasing.as_json() if chasing else None}
    if model.closed_cases >= ENOUGH_CLOSED_CASES:
        scores["backtest"] = _backtest(rehearsal, histories, on=on)
    compared = _compare(histories, past, in_use, on=on, reading=reading)
    if compared is not None:
        scores["compared"] = compared.as_json()
    known = [o for o in past.outcomes if o.clock_on <= day]
    return Made(model, scores, _first_day(known), compared)


def _first_day(outcomes: list[Outcome]) -> date | None:
    return date.fromordinal(min(o.clock_on for o in outcomes)) if outcomes else None


def _backtest(rehearsal: Rehearsal, histories: list[History], *, on: date) -> dict[str, Any]:
    """Return how forecasts made in this way came out, as `casetracker forecast backtest` says it of the same day."""
    groups = {history.case_id: history.groups for history in histories}
    report = backtest.of_rehearsal(rehearsal, groups, as_at=on).as_json()
    return {name: report[name] for name in ("from", "to", "weeks", "interval_80_coverage", "groups")}


def _compare(
    histories: list[History], past: Past, in_use: ForecastFit | None, *, on: date, reading: Reading
) -> Compared | None:
    other = model_of(in_use.model) if in_use is not None else None
    if other is None:
        return None
    day = on.toordinal()

    def fit_without(case_ids: Collection[int]) -> Model:
        others = [history for history in histories if history.case_id not in case_ids]
        known = fitting.gather(others, as_at=on, reading=reading, calendar=past.calendar)
        return fitting.fit(fitting.rehearse(known), as_at=day)

    return comparing.compare(past, fit_without, other, after=other.as_at, as_at=day)


def _take_turns() -> None:
    """Let one fit at a time be put in use, so that each is judged against the one before it."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_ONE_FIT_AT_A_TIME)))


def _keep(made: Made, compared_with: ForecastFit | None, *, on: date, at: datetime) -> ForecastFit:
    model, text = made.model, keeping.as_text(made.model)
    in_use = forecasts.in_use()
    if in_use is not None and in_use.for_day == on and in_use.model == text:
        return in_use
    new = ForecastFit(
        fitted_at=at,
        for_day=on,
        data_from=made.data_from,
        data_to=on if made.data_from else None,
        closed_cases=model.closed_cases,
        open_cases=model.open_cases,
        on_priors=model.closed_cases < ENOUGH_CLOSED_CASES,
        state=FitState.NOT_BETTER,
        scores=made.scores,
        model=text,
    )
    db.session.add(new)
    if in_use is not None and (compared_with is None or in_use.id != compared_with.id):
        new.reason = "Another fit was put in use while this one was made."
    elif in_use is not None and in_use.for_day > on:
        new.reason = f"The one in use is of a later day, {in_use.for_day:%-d %B %Y}."
    elif made.compared is not None and made.compared.is_worse:
        new.reason = _worse(made.compared)
    else:
        _put_in_use(new, reason=_why(made), at=at, by=None)
    db.session.flush()
    return new


def _put_in_use(chosen: ForecastFit, *, reason: str, at: datetime, by: User | None) -> None:
    query = select(ForecastFit).where(ForecastFit.state == FitState.IN_USE).with_for_update()
    for retired in db.session.scalars(query):
        retired.state = FitState.RETIRED
        retired.reason = f"{retired.reason} Retired on {at:%-d %B %Y}."[:500].strip()
        retired.changed_at, retired.changed_by_id = at, by.id if by is not None else None
    db.session.flush()  # one fit at most may be in use at any moment
    chosen.state, chosen.reason = FitState.IN_USE, reason
    chosen.changed_at, chosen.changed_by_id = at, by.id if by is not None else None
    db.session.flush()


def _why(made: Made) -> str:
    closed = made.model.closed_cases
    if closed < ENOUGH_CLOSED_CASES:
        rests = (
            f"Rests on what is shipped: {counted(closed, 'case')} {'has' if closed == 1 else 'have'} closed, "
            f"and it learns from {ENOUGH_CLOSED_CASES:,} on."
        )
    else:
        rests = f"Learned from {closed:,} closed cases."
    compared = made.compared
    if compared is None:
        return f"{rests} There was no other to compare it with."
    if compared.looks < comparing.FEWEST:
        return f"{rests} Too few outcomes are new ({compared.looks:,}) to compare it with the one before."
    return (
        f"{rests} No worse than the one before on {compared.looks:,} forecasts whose outcomes are new: "
        f"Brier score {compared.brier:.3f}, and {compared.brier_in_use:.3f}."
    )


def _worse(compared: Compared) -> str:
    return (
        f"Worse than the one in use on {compared.looks:,} forecasts whose outcomes are new: "
        f"Brier score {compared.brier:.3f}, and {compared.brier_in_use:.3f} (lower is better)."
    )
