"""Figures brought from elsewhere: typed, or in a file; every one with its source and the day it is as at."""

from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, sent_files
from casetracker.csvin.figures import COLUMNS, read_figures
from casetracker.csvin.refusals import FileRefused
from casetracker.exports import csv_response
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.measures import asking, presenters
from casetracker.journeys.measures.forms import EnterForm, TakeBackForm, UploadForm
from casetracker.journeys.measures.views import bp
from casetracker.measures.bringing import Brought, Wrong, read
from casetracker.measures.definition import Measure
from casetracker.measures.entered import ENTERED
from casetracker.permissions import requires
from casetracker.queries.measures import entered as queries
from casetracker.roles import Permission
from casetracker.services.measures import entering
from casetracker.transactions import commits


@bp.get("/entered/<key>")
@requires(Permission.SEE_MEASURES)
def entered(key: str) -> ResponseReturnValue:
    """Show the figures of a measure that is entered, with all that was ever entered."""
    measure = asking.measure_of(key, known_here=False)
    return render_template(
        "measures/entered.html",
        measure=measure,
        figures=queries.standing(measure).get(key, []),
        everything=queries.everything(measure),
        value_words=presenters.value_words,
    )


@bp.route("/entered/<key>/add", methods=["GET", "POST"])
@requires(Permission.ENTER_FIGURES)
@commits
def enter(key: str) -> ResponseReturnValue:
    """Enter a figure."""
    measure = asking.measure_of(key, known_here=False)
    form = EnterForm.of(measure)
    if form.validate_on_submit():
        brought = _brought(measure, form)
        if brought is not None:
            entering.enter(brought, by=current_user, at=clock.now())
            flash("Figure saved", "success")
            return redirect(url_for("measures.entered", key=key))
    return render_template("measures/enter.html", form=form, measure=measure, title=f"Enter: {measure.name}")


def _brought(measure: Measure, form: EnterForm) -> Brought | None:
    names = ("value", "numerator", "denominator", "source", "note")
    words = {name: (form[name].data or "") if name in form else "" for name in names}
    try:
        return read(measure=measure, as_at=form.as_at.data, today=clock.today(), **words)
    except Wrong as wrong:
        add_error(form[wrong.field], str(wrong))
        return None


@bp.route("/entered/<key>/<day>/take-back", methods=["GET", "POST"])
@requires(Permission.ENTER_FIGURES)
@commits
def take_back(key: str, day: str) -> ResponseReturnValue:
    """Take back a figure that was entered wrongly."""
    measure, form = asking.measure_of(key, known_here=False), TakeBackForm()
    try:
        as_at = date.fromisoformat(day)
    except ValueError:
        abort(404)
    if form.validate_on_submit():
        if not entering.take_back(measure=measure, as_at=as_at, why=form.why.data, by=current_user, at=clock.now()):
            abort(404)
        flash("Figure taken back", "success")
        return redirect(url_for("measures.entered", key=key))
    title = f"Take back the figure as at {as_at:%-d %B %Y}"
    return render_template("measures/enter.html", form=form, measure=measure, title=title)


@bp.get("/entered/template.csv")
@requires(Permission.ENTER_FIGURES)
def template_csv() -> ResponseReturnValue:
    """Hand over a file to fill in: a row for each measure that is entered."""
    return csv_response("figures.csv", COLUMNS, [(m.key, "", "", "", "", m.source, "") for m in ENTERED])


@bp.route("/entered/upload", methods=["GET", "POST"])
@requires(Permission.ENTER_FIGURES)
@commits
def upload() -> ResponseReturnValue:
    """Bring in a file of figures, and show what became of it and each row that was refused."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            return _brought_in(form)
        except FileRefused as refused:
            db.session.rollback()
            add_error(form.file, sent_files.in_words(refused, [form.file.data]))
    return render_template("measures/upload.html", form=form)


def _brought_in(form: UploadForm) -> str:
    with sent_files.set_down(form.file.data) as path:
        figures, refusals, notes = read_figures(path, today=clock.today())
    kept = entering.enter_all(figures, by=current_user, at=clock.now())
    return render_template("measures/brought_in.html", kept=kept, refusals=refusals, notes=notes)
