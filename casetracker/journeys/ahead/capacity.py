"""Two years ahead: requests against hours, when the queue breaks, and what more staff would do."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.forecast import arrivals, capacity, present
from casetracker.forecast.arrivals import Arrivals
from casetracker.forecast.capacity import Found
from casetracker.journeys.ahead import presenters
from casetracker.journeys.ahead.forms import CapacityForm
from casetracker.journeys.ahead.views import bp
from casetracker.permissions import may, requires
from casetracker.queries import ahead
from casetracker.queries.ahead import Gathered
from casetracker.roles import Permission
from casetracker.services import looking_ahead
from casetracker.transactions import commits

TARGET = 50.0
"""Timeliness to keep to, in hundredths, where neither the settings nor anybody has said."""
_TRIED = {
    "extra_psychologists": 1.0, "extra_caseworkers": 1.0, "extra_from": 3,
    "agency_psychologists": 2.0, "agency_writers": 2.0, "agency_months": 6,
}  # fmt: skip
"""What is laid beside the staff there are until something else is asked for or saved."""


@bp.get("/capacity")
@requires(Permission.SEE_FORECASTS)
def two_years() -> ResponseReturnValue:
    """Show the queues of the next two years, with the staff there are and with more."""
    known = _known()
    if known is None:
        return render_template("ahead/capacity.html", known=None)
    asked = "psychologists" in request.args
    form = CapacityForm(request.args if asked else None, data=_usual(known), meta={"csrf": False})
    return _page(form, known, right=form.validate() if asked else True)


@bp.post("/capacity")
@requires(Permission.PLAN_AHEAD)
@commits
def save_staff() -> ResponseReturnValue:
    """Save the people and hours as those that there are."""
    known, form = _known(), CapacityForm()
    if known is None:
        return redirect(url_for("ahead.two_years"))
    if not form.validate_on_submit():
        return _page(form, known, right=False)
    beside = {name: float(form[name].data) for name in _TRIED}
    looking_ahead.save_staff(
        staff=form.staff, target=float(form.target.data), beside=beside, by=current_user, at=clock.now()
    )
    flash("The people and hours are saved, with what is laid beside them.", "success")
    tried = {name: form[name].data for name in _usual(known)}
    return redirect(url_for("ahead.two_years", **tried))


@dataclass(frozen=True, slots=True)
class Known:
    """What is looked ahead from."""

    gathered: Gathered
    found: Found
    fit: Arrivals


def _known() -> Known | None:
    """Return what there is to look ahead from; None where there is nothing to fit."""
    gathered = ahead.newest()
    fit = arrivals.of_months(gathered.requests) if gathered else None
    if gathered is None or fit is None:
        return None
    return Known(gathered, present.found_of(gathered.day, gathered.facts, gathered.days_to_plan), fit)


def _usual(known: Known) -> dict[str, Any]:
    """Return what the form holds at first: what was saved, or what the work done of late implies."""
    saved = ahead.staff()
    staff = saved.figures if saved else {**asdict(present.usual_staff(known.found, known.fit)), "target": _target()}
    return {**_TRIED, **staff}


def _target() -> float:
    return float(current_app.config.get("TIMELINESS_TARGET") or TARGET)


def _page(form: CapacityForm, known: Known, *, right: bool) -> ResponseReturnValue:
    found = known.found
    foreseen = charts = requests = None
    if right:
        target = float(form.target.data)
        foreseen = capacity.ahead(found, known.fit, form.staff, form.changes, target=target, seed=found.day.toordinal())
        charts = presenters.course_charts(foreseen, target=target)
        requests = presenters.requests_chart(known.gathered.requests, foreseen)
    return render_template(
        "ahead/capacity.html",
        known=known,
        form=form,
        found=found,
        fit=known.fit,
        gathered=known.gathered,
        saved=ahead.staff(),
        foreseen=foreseen,
        requests=requests,
        charts=charts,
        shown=presenters.quarters(foreseen) if foreseen else [],
        month_name=presenters.month_name,
        breaks=presenters.breaks,
        Measure=capacity.Measure,
        saves=may(Permission.PLAN_AHEAD) and right,
    )
