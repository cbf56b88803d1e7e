"""The list of panels, entering and calling off their days, and the agenda of one."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from casetracker import clock
from casetracker.exports import csv_response
from casetracker.forms import add_error, day_field, radio_field
from casetracker.permissions import requires
from casetracker.queries import panels as queries
from casetracker.queries.panels import Agenda
from casetracker.roles import Permission
from casetracker.services import panels
from casetracker.statute.timetable import Duty
from casetracker.transactions import commits

bp = Blueprint("panels", __name__, url_prefix="/panels")
WHAT = {
    Duty.DECIDE_WHETHER_TO_ASSESS: "Whether to assess",
    Duty.RECONSIDER: "Whether to assess after all",
    Duty.NOTIFY_NO_PLAN: "Whether to make a plan",
}


class PanelForm(FlaskForm):
    """A day of the panel, or a series of them."""

    first = day_field("First day", needed="Enter the first day")
    weeks_apart = radio_field(
        "How often",
        [("1", "Every week"), ("2", "Every two weeks"), ("0", "Once")],
        needed="Choose how often",
    )
    until = day_field("Last day of the series", hint="Leave empty for a panel that is held once")


@bp.get("")
@requires(Permission.SEE_ALERTS)
def index() -> ResponseReturnValue:
    """List the panels to come, with how many cases each cannot leave to the next."""
    return _list(PanelForm())


def _list(form: PanelForm) -> ResponseReturnValue:
    return render_template("panels/index.html", form=form, panels=queries.upcoming(clock.today()))


@bp.post("/enter")
@requires(Permission.ACT_ON_ALERTS)
@commits
def enter() -> ResponseReturnValue:
    """Enter the days of a series, or one day."""
    form = PanelForm()
    if form.validate_on_submit():
        try:
            new = panels.enter(
                first=form.first.data,
                weeks_apart=int(form.weeks_apart.data),
                until=form.until.data,
                by=current_user,
                today=clock.today(),
                at=clock.now(),
            )
        except panels.NotPossible as refused:
            add_error(form.until if isinstance(refused, panels.EndNotPossible) else form.first, str(refused))
        else:
            if new:
                flash(f"{new} {'panel is' if new == 1 else 'panels are'} entered.", "success")
                return redirect(url_for("panels.index"))
            which = "that day" if form.weeks_apart.data == "0" else "each of these days"
            add_error(form.first, f"A panel is entered for {which} already")
    return _list(form)


@bp.route("/<int:panel_id>/call-off", methods=["GET", "POST"])
@requires(Permission.ACT_ON_ALERTS)
@commits
def call_off(panel_id: int) -> ResponseReturnValue:
    """Call a panel off, once that is confirmed."""
    form = FlaskForm()
    if form.validate_on_submit():
        panel = panels.call_off(panel_id=panel_id, by=current_user, at=clock.now())
        flash(f"The panel of {panel.held_on:%-d %B %Y} is called off.", "success")
        return redirect(url_for("panels.index"))
    return render_template("panels/call_off.html", form=form, agenda=_agenda(panel_id))


@bp.get("/<int:panel_id>")
@requires(Permission.SEE_ALERTS)
def agenda(panel_id: int) -> ResponseReturnValue:
    """Show what a panel has to decide: first what cannot wait for the one after it."""
    return render_template("panels/agenda.html", agenda=_agenda(panel_id), what=WHAT, most=queries.MOST_SHOWN)


@bp.get("/<int:panel_id>.csv")
@requires(Permission.SEE_ALERTS)
def agenda_csv(panel_id: int) -> ResponseReturnValue:
    """Hand over the agenda as a file."""
    found = _agenda(panel_id)

    def rows() -> Iterator[tuple[Any, ...]]:
        for waits, items in (("no", found.cannot_wait), ("yes", found.can_wait)):
            for one in items:
                yield one.reference, one.name, WHAT[one.duty], one.received_on, one.due_on, one.worker, waits

    header = ("Reference", "Name", "To decide", "Received", "Limit", "Named worker", "Can wait")
    return csv_response(f"panel-{found.held_on.isoformat()}.csv", header, rows())


def _agenda(panel_id: int) -> Agenda:
    return queries.agenda(panel_id, today=clock.today()) or abort(404)
