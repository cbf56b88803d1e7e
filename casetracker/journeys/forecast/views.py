"""How right the forecast is, and the fits there have been."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, law
from casetracker.forecast.keeping import OtherForm
from casetracker.forecast.priors import ENOUGH_CLOSED_CASES
from casetracker.journeys.forecast import presenters
from casetracker.permissions import may, requires
from casetracker.queries import cases
from casetracker.queries import forecasts as queries
from casetracker.roles import Permission
from casetracker.services import forecasts
from casetracker.transactions import commits

bp = Blueprint("forecast", __name__, url_prefix="/forecast")


@bp.get("")
@requires(Permission.SEE_FORECASTS)
def index() -> ResponseReturnValue:
    """Show the fit in use, how right it would have been, and the fits there have been."""
    return _shown(queries.fit_in_use())


@bp.get("/fits/<int:fit_id>")
@requires(Permission.SEE_FORECASTS)
def show(fit_id: int) -> ResponseReturnValue:
    """Show one fit in the same way."""
    return _shown(queries.one_fit(fit_id))


def _shown(fit: queries.Fit | None) -> ResponseReturnValue:
    return render_template(
        "forecast/index.html",
        fit=fit,
        weeks=presenters.weeks(fit.backtest) if fit else [],
        groups=presenters.groups(fit.backtest) if fit else {},
        fits=queries.fits(),
        present=presenters,
        enough=ENOUGH_CLOSED_CASES,
        manages=may(Permission.MANAGE_FORECASTS),
    )


@bp.post("/fits/<int:fit_id>/use")
@requires(Permission.MANAGE_FORECASTS)
@commits
def use(fit_id: int) -> ResponseReturnValue:
    """Put a fit in use in place of the one that is."""
    try:
        forecasts.use(fit_id=fit_id, by=current_user, at=clock.now())
    except OtherForm:
        flash("That fit was made by another version of the tracker, which this one cannot read.", "important")
    else:
        flash("The fit is in use. Each open case is scored by it within minutes.", "success")
    return redirect(url_for("forecast.index"))


@bp.get("/cases/<int:case_id>/what-if")
@requires(Permission.SEE_FORECASTS)
def what_if(case_id: int) -> ResponseReturnValue:
    """Show what could be done for one case today, and what would then be expected."""
    case, today = cases.one(case_id), clock.today()
    said = queries.of_case(case_id, today=today)
    worker = case.named_worker.name if case.named_worker else ""
    return render_template(
        "forecast/what_if.html",
        case=case,
        said=said,
        steps=presenters.remaining(said, worker=worker) if said and case.is_open else [],
        asked=forecasts.what_if(case_id=case_id, today=today, reading=law.reading()),
    )
