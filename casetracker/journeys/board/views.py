"""The board's page, one indicator's page, and what managers and data officers set for it."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from casetracker import clock, jobs
from casetracker.board.indicators import COMPARATORS
from casetracker.board.rating import RULE, TRAVEL_RULE
from casetracker.exports import csv_response
from casetracker.forms import add_error
from casetracker.journeys.board import presenters
from casetracker.journeys.board.forms import BaselineForm, NoteForm, TargetForm, number
from casetracker.measures.definition import Measure
from casetracker.measures.shipped import BY_KEY
from casetracker.measures.suppression import NOTE
from casetracker.permissions import requires
from casetracker.plurals import counted
from casetracker.published.measures import FIGURES
from casetracker.queries import board as queries
from casetracker.queries import comparators
from casetracker.queries.measures.whole import on_record_from
from casetracker.roles import Permission
from casetracker.services import board as keeping
from casetracker.services.board import NotPossible
from casetracker.transactions import commits

bp = Blueprint("board", __name__, url_prefix="/board")
HEADER = (
    "Theme", "Indicator", "Baseline", "Baseline of", "Current", "Current of", "Top", "Bottom", "Target", "Due",
    "By law", "Direction of travel", "Rating", "England", "England’s year", "Owner", "Note", "Last updated",
)  # fmt: skip


@bp.get("")
@requires(Permission.SEE_BOARD)
def index() -> ResponseReturnValue:
    """Show every indicator, by theme."""
    return render_template(
        "board/index.html",
        board=queries.board(),
        worked_out=queries.last_worked_out(),
        begins=on_record_from(),
        rule=RULE,
        travel_rule=TRAVEL_RULE,
        present=presenters,
        form=FlaskForm(),
    )


@bp.get("/board.csv")
@requires(Permission.SEE_BOARD)
def export() -> ResponseReturnValue:
    """Hand over the board as CSV, with small numbers left out."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for theme, indicators in queries.board().items():
            for one in indicators:
                yield (theme.value, *presenters.cells(one))
        yield (NOTE,)

    return csv_response(f"board-{clock.today().isoformat()}.csv", HEADER, rows())


@bp.get("/<key>")
@requires(Permission.SEE_BOARD)
def indicator(key: str) -> ResponseReturnValue:
    """Show one indicator: its chart and table, its targets and notes, and the nation's figures beside it."""
    measure = _measure(key)
    one = queries.one(key)
    published = COMPARATORS.get(key, "")
    code = str(current_app.config["LOCAL_AUTHORITY_CODE"])
    beside = comparators.by_year(published, code)[:3] if published else []
    return render_template(
        "board/indicator.html",
        one=one,
        measure=measure,
        chart=presenters.chart_of(measure, one.months, target=one.target.value if one.target else None),
        targets=queries.targets_of(key),
        notes=queries.notes_of(key),
        published=FIGURES.get(published),
        beside=beside,
        begins=on_record_from(),
        rule=RULE,
        present=presenters,
    )


def _measure(key: str) -> Measure:
    return BY_KEY.get(key) or abort(404)


@bp.route("/<key>/target", methods=["GET", "POST"])
@requires(Permission.EDIT_BOARD)
@commits
def target(key: str) -> ResponseReturnValue:
    """Record a target that was agreed."""
    measure = _measure(key)
    form = TargetForm(**presenters.target_values(queries.one(key).target))
    if form.validate_on_submit():
        try:
            keeping.set_target(
                measure=key,
                value=number(form.value.data),
                due_on=form.due_on.data,
                agreed_by=form.agreed_by.data,
                agreed_on=form.agreed_on.data,
                today=clock.today(),
                at=clock.now(),
                by_id=current_user.id,
            )
        except NotPossible as refused:
            add_error(form[refused.about], str(refused))
        else:
            return _saved(key, "Target saved")
    return _form(measure, form, "Target")


@bp.route("/<key>/baseline", methods=["GET", "POST"])
@requires(Permission.EDIT_BOARD)
@commits
def baseline(key: str) -> ResponseReturnValue:
    """Record where an indicator began."""
    measure, form = _measure(key), BaselineForm()
    if form.validate_on_submit():
        try:
            keeping.set_baseline(
                measure=key,
                value=number(form.value.data),
                of_what=form.of_what.data,
                source=form.source.data,
                at=clock.now(),
                by_id=current_user.id,
            )
        except NotPossible as refused:
            add_error(form.value, str(refused))
        else:
            return _saved(key, "Baseline saved")
    return _form(measure, form, "Baseline")


@bp.route("/<key>/note", methods=["GET", "POST"])
@requires(Permission.EDIT_BOARD)
@commits
def note(key: str) -> ResponseReturnValue:
    """Record what the owner says."""
    measure = _measure(key)
    last = queries.one(key).note
    form = NoteForm(owner=last.owner if last else None)
    if form.validate_on_submit():
        keeping.write_note(
            measure=key, owner=form.owner.data, text=form.text.data, at=clock.now(), by_id=current_user.id
        )
        return _saved(key, "Note saved")
    return _form(measure, form, "Owner’s note")


def _saved(key: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("board.indicator", key=key))


def _form(measure: Measure, form: FlaskForm, title: str) -> ResponseReturnValue:
    return render_template("board/form.html", form=form, title=f"{title}: {measure.name}", measure=measure)


@bp.post("/refresh")
@requires(Permission.EDIT_BOARD)
def refresh() -> ResponseReturnValue:
    """Work the board's figures out again now, as the nightly job does."""
    done = jobs.board()
    flash(f"Worked out again: {counted(done['figures'], 'figure')}", "success")
    return redirect(url_for("board.index"))
