"""The backlog dial: try a number, see the trade, save it as the month's plan, and see what was done."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.forecast import dial
from casetracker.forecast.dial import Allowed, Group, Order, Pace, Turned
from casetracker.journeys.ahead import presenters
from casetracker.journeys.ahead.forms import DialForm
from casetracker.journeys.ahead.views import bp, counts_reopened
from casetracker.periods import Span
from casetracker.permissions import may, requires
from casetracker.queries import ahead, outlooks
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
    order = Order(form.order.data)
    is_new = looking_ahead.save_plan(
        turned=known.turn(int(form.number.data), order),
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


@dataclass(frozen=True, slots=True)
class Known:
    """What the dial turns on: the night's forecast, and the overdue cases as they stand now."""

    gathered: Gathered
    month: KeptCone
    year: KeptCone
    groups: list[Group]
    late_since: int
    """Late plans of the month that were recorded since its forecast was made."""
    time_for_a_draft: bool
    """Whether a draft sent today leaves the family its 15 days before the month ends."""

    @property
    def allowed(self) -> Allowed:
        """How many can lawfully be issued by the end of the month, and what keeps the rest."""
        return dial.allowed(self.groups, time_for_a_draft=self.time_for_a_draft)

    @property
    def pace(self) -> Pace:
        """What the month's figure will be made of."""
        return presenters.pace(self.month, late_since=self.late_since)

    def turn(self, number: int, order: Order) -> Turned:
        """Return what comes of a setting."""
        return dial.turn(
            self.groups,
            number=number,
            order=order,
            month=self.pace,
            year=presenters.pace(self.year, late_since=self.late_since),
            time_for_a_draft=self.time_for_a_draft,
        )


def _known() -> Known | None:
    """Return what the dial turns on; None where the month has not been foreseen yet."""
    today = clock.today()
    gathered, cones = ahead.newest(), ahead.current(today=today)
    if gathered is None or Span.MONTH not in cones or Span.CALENDAR not in cones:
        return None
    month = cones[Span.MONTH]
    backlog = outlooks.backlog(on=today, ends_on=month.ends_on, counts_reopened=counts_reopened())
    return Known(
        gathered,
        month,
        cones[Span.CALENDAR],
        [
            Group((month.ends_on - received_on).days, steps, cases, answers)
            for received_on, steps, cases, answers in backlog
        ],
        ahead.late_since(month.recorded_at, month.period, counts_reopened=counts_reopened()),
        leaves_time_for_representations(due_on=month.ends_on, on=today),
    )


def _page(form: DialForm, *, asked: bool) -> ResponseReturnValue:
    known = _known()
    plans = ahead.plans(today=clock.today(), counts_reopened=counts_reopened())
    if known is None:
        return render_template("ahead/backlog.html", known=None, form=form, plans=plans, came_of=presenters.came_of)
    most = known.allowed.can_be
    usual = min(round(known.pace.backlog), most)
    right = form.validate() if asked else False
    if not asked:
        form.number.data, form.order.data = usual, Order.OLDEST.value
    chosen, order = (int(form.number.data), Order(form.order.data)) if right or not asked else (0, Order.OLDEST)
    turned = [known.turn(number, order) for number in dial.side_by_side(most, chosen=chosen, pace=usual)]
    figures, waits = presenters.dial_charts(turned, month=known.month.period.name, year=known.year.period.name)
    return render_template(
        "ahead/backlog.html",
        known=known,
        form=form,
        total=sum(group.cases for group in known.groups),
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
