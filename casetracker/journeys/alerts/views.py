"""The review queue, and one alert with its story."""

from collections.abc import Collection

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.identifiers import as_key
from casetracker.journeys.alerts import presenters
from casetracker.permissions import may, requires
from casetracker.queries import alert_ledger, cover, forecasts, panels
from casetracker.queries import alerts as queries
from casetracker.queries.caseload import teams
from casetracker.queries.cases import workers
from casetracker.roles import Permission, Role
from casetracker.services import alerts
from casetracker.transactions import commits

bp = Blueprint("alerts", __name__, url_prefix="/alerts")


@bp.get("")
@requires(Permission.SEE_ALERTS)
def index() -> ResponseReturnValue:
    """Show what is to be done, and the alerts that stand, worst first; with nothing asked, a caseworker's own."""
    if not request.args and current_user.role is Role.CASEWORKER:
        return redirect(url_for("alerts.index", worker=presenters.MINE))
    today = clock.today()
    asked = presenters.asked(request.args)
    mine = cover.acting_for(current_user.id, today)
    wanted = presenters.wanted(asked, mine=mine)
    page = queries.standing(wanted, today=today, number=max(1, as_key(request.args.get("page", "")) or 1))
    return render_template(
        "alerts/index.html",
        page=page,
        going_on=_going_on(page),
        link=lambda number: url_for("alerts.index", **{**asked, "page": number}),
        groups=queries.groups(wanted, today=today),
        next_panel=panels.next_panel(today),
        wanted=wanted,
        asked=asked,
        unknown=presenters.unknown(request.args),
        here={**asked, "page": page.number} if page.number > 1 else asked,
        without=lambda *names: {name: value for name, value in asked.items() if name not in names},
        covers=len(mine) > 1,
        present=presenters,
        most_counted=queries.MOST_COUNTED,
        workers=workers(),
        teams=teams(),
        acts=may(Permission.ACT_ON_ALERTS),
        theirs=_may_act_on([row.id for row in page.rows], mine),
        may_all=may(Permission.ACT_ON_ALERTS) or (bool(wanted.worker_ids) and wanted.worker_ids <= mine),
        is_foreseen=forecasts.there_are_any(),
    )


def _may_act_on(alert_ids: Collection[int], mine: Collection[int]) -> frozenset[int]:
    """Return which alerts the person may say something of: any, or those of the people they answer for today."""
    return frozenset(alert_ids) if may(Permission.ACT_ON_ALERTS) else queries.those_of(alert_ids, mine)


def _going_on(page: queries.Page) -> int | None:
    """Return the alert of the page to go on with, where something was just done about those before it."""
    asked_for = as_key(request.args.get(presenters.GOING_ON, ""))
    return asked_for if any(row.id == asked_for for row in page.rows) else None


@bp.get("/<int:alert_id>")
@requires(Permission.SEE_ALERTS)
@commits
def show(alert_id: int) -> ResponseReturnValue:
    """Show one alert: why it stands, what would still save it, its story; and note who has seen it."""
    row, today = queries.one(alert_id), clock.today()
    alerts.see(alert_ids=[alert_id], by=current_user, today=today, at=clock.now())
    return render_template(
        "alerts/show.html",
        row=row,
        place=presenters.place(request.args),
        story=alert_ledger.story(case_id=row.case_id, milestone_key=row.milestone_key),
        similar=alert_ledger.similar(alert_id, on=today),
        next_panel=panels.next_panel(today),
        last_panel=panels.last_before(presenters.decide_by(row, today), today=today),
        present=presenters,
        acts=may(Permission.ACT_ON_ALERTS),
        is_theirs=bool(_may_act_on([alert_id], cover.acting_for(current_user.id, today))),
    )
