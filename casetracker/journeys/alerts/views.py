"""The alerts, and acknowledging one with an action."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from casetracker import clock
from casetracker.identifiers import as_key
from casetracker.journeys.alerts import presenters
from casetracker.journeys.alerts.forms import AcknowledgeForm
from casetracker.models import WORST_FIRST, AlertAction
from casetracker.permissions import may, requires
from casetracker.queries import alerts as queries
from casetracker.queries.caseload import teams
from casetracker.queries.cases import workers
from casetracker.roles import Permission
from casetracker.services import alerts
from casetracker.transactions import commits

bp = Blueprint("alerts", __name__, url_prefix="/alerts")
_FILTERS = ("level", "worker", "team", "acknowledged")


@bp.get("")
@requires(Permission.SEE_ALERTS)
def index() -> ResponseReturnValue:
    """Show the alerts that stand, worst first; those that somebody is acting on are apart."""
    asked: dict[str, Any] = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    number = max(1, as_key(request.args.get("page", "")) or 1)
    page = queries.standing(presenters.wanted(asked), today=clock.today(), number=number)
    return render_template(
        "alerts/index.html",
        page=page,
        number=number,
        pages=-(-page.total // queries.PER_PAGE),
        link=lambda number: url_for("alerts.index", **{**asked, "page": number}),
        asked=asked,
        present=presenters,
        levels=WORST_FIRST,
        workers=workers(),
        teams=teams(),
        acts=may(Permission.ACT_ON_ALERTS),
    )


@bp.route("/<int:alert_id>/acknowledge", methods=["GET", "POST"])
@requires(Permission.ACT_ON_ALERTS)
@commits
def acknowledge(alert_id: int) -> ResponseReturnValue:
    """Say what will be done about an alert, by whom and by when."""
    row = queries.one(alert_id)
    if row.closed_on is not None:
        return _has_closed()
    form = _form_for(row)
    if form.validate_on_submit():
        return _acknowledge(alert_id, form)
    return render_template("alerts/acknowledge.html", row=row, form=form, present=presenters)


def _form_for(row: queries.AlertRow) -> AcknowledgeForm:
    today = clock.today()
    form = AcknowledgeForm(
        action=row.action,
        action_by=str(row.action_by_id or ""),
        action_due_on=max(today, row.action_due_on or today + timedelta(days=7)),
    )
    form.today = today
    form.action_by.choices = [form.action_by.choices[0], *(SelectChoice(str(u.id), u.name) for u in workers())]
    return form


def _acknowledge(alert_id: int, form: AcknowledgeForm) -> ResponseReturnValue:
    acted = alerts.acknowledge(
        alert_ids=[alert_id],
        action_code=AlertAction.OTHER,
        words=form.action.data or "",
        owner_id=int(form.action_by.data),
        due_on=form.action_due_on.data,
        by=current_user,
        today=clock.today(),
        at=clock.now(),
    )
    if not acted.done:
        return _has_closed()
    flash("The alert is acknowledged.", "success")
    return redirect(url_for("alerts.index"))


def _has_closed() -> ResponseReturnValue:
    flash("The alert has closed: the case has moved on.", "important")
    return redirect(url_for("alerts.index"))
