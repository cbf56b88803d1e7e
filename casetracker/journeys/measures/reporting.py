"""Figures that are reported: frozen, and shown again with what has changed since."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.forms import add_error
from casetracker.journeys.measures import asking, presenters
from casetracker.journeys.measures.forms import FreezeForm
from casetracker.journeys.measures.views import bp
from casetracker.measures.definition import Measure
from casetracker.models import FrozenFigure
from casetracker.periods import Span, period_of
from casetracker.permissions import requires
from casetracker.queries.measures import reported
from casetracker.roles import Permission
from casetracker.services.measures import freezing
from casetracker.transactions import commits


@bp.route("/<key>/freeze", methods=["GET", "POST"])
@requires(Permission.FREEZE_FIGURES)
@commits
def freeze(key: str) -> ResponseReturnValue:
    """Freeze a figure that is reported."""
    measure, today = asking.measure_of(key), clock.today()
    yesterday = today - timedelta(days=1)
    last_month = today.replace(day=1) - timedelta(days=1)
    form = FreezeForm(span=Span.MONTH.value, on=last_month, known_on=yesterday)
    if form.validate_on_submit():
        frozen = _frozen(measure, form)
        if frozen is not None:
            flash("Frozen: whatever is keyed from now on, this figure stays as it was reported", "success")
            return redirect(url_for("measures.report", frozen_id=frozen.id))
    return render_template("measures/freeze.html", form=form, measure=measure)


def _frozen(measure: Measure, form: FreezeForm) -> FrozenFigure | None:
    today = clock.today()
    asked = asking.ask(measure, known_on=form.known_on.data, today=today)
    try:
        frozen = freezing.freeze(
            measure=measure,
            period=period_of(form.on.data, Span(form.span.data)),
            known_on=form.known_on.data,
            by=current_user,
            today=today,
            at=clock.now(),
            note=form.note.data or "",
            counts_reopened=asked.counts_reopened,
        )
    except freezing.CannotBeFrozen as refused:
        add_error(form.known_on, str(refused))
        return None
    if form.note.data and form.note.data != frozen.note:
        where = f", for “{frozen.note}”" if frozen.note else ""
        add_error(form.note, f"It is frozen already{where}: one frozen figure serves wherever it is reported")
        return None
    return frozen


@bp.get("/reported/<int:frozen_id>")
@requires(Permission.SEE_MEASURES)
def report(frozen_id: int) -> ResponseReturnValue:
    """Show a figure as it was reported, as it is now, and the cases that make the difference."""
    today = clock.today()
    found = reported.one(frozen_id, today=today) or abort(404)
    then, now = reported.asked_then(found.frozen, today=today), reported.asked_now(found.frozen, today=today)
    return render_template(
        "measures/report.html",
        found=found,
        measure=found.measure,
        changed=reported.changed(then, now, found.period) if found.is_restated else [],
        most=reported.MOST_SHOWN,
        period_name=presenters.period_name,
    )
