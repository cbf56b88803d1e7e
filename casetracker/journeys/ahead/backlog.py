"""The backlog dial: try a number, see the trade, save it as the month's plan, and see what was done."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.forecast import dial
from casetracker.forecast.dial import Order, Turned
from casetracker.journeys.ahead import presenters
from casetracker.journeys.ahead.forms import DialForm
from casetracker.journeys.ahead.views import bp, counts_reopened
from casetracker.periods import Span
from casetracker.permissions import may, requires
from casetracker.queries import ahead
from casetracker.queries.ahead import Gathered, KeptCone
from casetracker.roles import Permission
from casetracker.services import looking_ahead
from casetracker.statute.representations import earliest_final_plan, leaves_time_for_representations
from casetracker.transactions import commits


@bp.get("/backlog")
@requires(Permission.SEE_FORECASTS)
def backlog() -> ResponseReturnValue:
    """Show what issuing so many overdue plans this month would do."""
    return _page(DialForm(request.args, meta={"csrf": False}), asked="number" in request.args)


@bp.post("/backlog")
@requires(Permission.PLAN_AHEAD)
@commits
def save_plan() -> ResponseReturnValue:
    """Save a setting as the plan for the rest of the month."""
    form = DialForm()
    known = _known()
    if known is None or not form.validate_on_submit():
        return _page(form, asked=True)
    gathered, month, year = known
    order = Order(form.order.data)
    is_new = looking_ahead.save_plan(
        turned=_turn(gathered, month, year, int(form.number.data), order),
        order=order,
        submission=form.submission_key,
        by=current_user,
        today=clock.today(),
        at=clock.now(),
    )
    flash(
        "The plan is saved. What is done will be shown beside it." if is_new else "You have saved that plan today.",
        "success" if is_new else "important",
    )
    return redirect(url_for("ahead.backlog", number=form.number.data, order=order.value))


def _known() -> tuple[Gathered, KeptCone, KeptCone] | None:
    """Return what the dial turns on; None where the month has not been foreseen yet."""
    gathered, cones = ahead.newest(), ahead.current(today=clock.today())
    if gathered is None or Span.MONTH not in cones or Span.CALENDAR not in cones:
        return None
    return gathered, cones[Span.MONTH], cones[Span.CALENDAR]


def _turn(gathered: Gathered, month: KeptCone, year: KeptCone, number: int, order: Order) -> Turned:
    return dial.turn(
        presenters.groups(gathered, ends_on=month.ends_on),
        number=number,
        order=order,
        month=presenters.pace(month),
        year=presenters.pace(year),
        time_for_a_draft=_time_for_a_draft(month),
    )


def _time_for_a_draft(month: KeptCone) -> bool:
    """Return whether a draft sent today leaves the family its 15 days before the month ends."""
    return leaves_time_for_representations(due_on=month.ends_on, on=clock.today())


def _page(form: DialForm, *, asked: bool) -> ResponseReturnValue:
    known = _known()
    plans = ahead.plans(today=clock.today(), counts_reopened=counts_reopened())
    if known is None:
        return render_template("ahead/backlog.html", known=False, form=form, plans=plans, came_of=presenters.came_of)
    gathered, month, year = known
    total = sum(number for _, _, number in gathered.backlog)
    most = dial.most_issued(
        presenters.groups(gathered, ends_on=month.ends_on), time_for_a_draft=_time_for_a_draft(month)
    )
    usual = min(round(month.from_backlog), most)
    right = form.validate() if asked else False
    if not asked:
        form.number.data, form.order.data = usual, Order.OLDEST.value
    chosen, order = (int(form.number.data), Order(form.order.data)) if right or not asked else (0, Order.OLDEST)
    settings = dial.side_by_side(most, chosen=chosen, pace=usual)
    turned = [_turn(gathered, month, year, number, order) for number in settings]
    figures, waits = presenters.dial_charts(turned, month=month.period.name, year=year.period.name)
    return render_template(
        "ahead/backlog.html",
        known=True,
        form=form,
        gathered=gathered,
        month=month,
        year=year,
        total=total,
        most=most,
        soonest=earliest_final_plan(served_on=clock.today()),
        counts_reopened=counts_reopened(),
        asked_for=chosen,
        chosen=min(chosen, most) if right or not asked else None,
        order=order,
        turned=turned,
        usual=usual,
        figures=figures,
        waits=waits,
        plans=plans,
        came_of=presenters.came_of,
        saves=may(Permission.PLAN_AHEAD) and (right or not asked),
    )
