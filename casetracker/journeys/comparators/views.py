"""Published figures: over time, beside others, brought in from files, and against the tracker's own count."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from casetracker import clock, sent_files
from casetracker.csvin.refusals import FileRefused
from casetracker.exports import csv_response
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.comparators.forms import FootnoteForm, NeighboursForm, UploadForm
from casetracker.journeys.comparators.presenters import (
    QUARTERS,
    apart_words,
    chart_of,
    figure_words,
    shown,
    what_became_of,
)
from casetracker.permissions import requires
from casetracker.published.measures import FIGURES, HEADLINE, TABLES, Good, Published
from casetracker.queries import comparators, own_return
from casetracker.roles import Permission
from casetracker.services import comparators as keeping
from casetracker.services.comparators import BroughtIn
from casetracker.transactions import commits

bp = Blueprint("comparators", __name__, url_prefix="/comparators")
MOST_FILES = 8
_YEARS = range(2014, 2101)


@bp.get("")
@requires(Permission.SEE_BOARD)
def index() -> ResponseReturnValue:
    """Show one published figure: over time, and every neighbour in its latest year."""
    measure, code = _measure(), _own_code()
    years = comparators.by_year(measure.key, code)
    near = comparators.neighbours_of(code)
    latest = next((one for one in years if one.ours is not None and one.ours.value is not None), None)
    placed = next((one for one in years if one.place is not None), None)
    return render_template(
        "comparators/index.html",
        placed=placed,
        measure=measure,
        tables=TABLES,
        years=years,
        latest=latest,
        neighbours=near,
        names=comparators.authorities(),
        chart=chart_of(years, measure),
        restated=comparators.restatements(measure.key, [code, *near.codes]),
        files=comparators.brought_in(),
        figure_words=figure_words,
        shown=shown,
        quarters=QUARTERS,
        Good=Good,
        own_code=code,
    )


def _own_code() -> str:
    return str(current_app.config["LOCAL_AUTHORITY_CODE"])


def _measure() -> Published:
    key = request.args.get("measure", HEADLINE)
    return FIGURES.get(key) or abort(404)


@bp.get("/figures.csv")
@requires(Permission.SEE_BOARD)
def export() -> ResponseReturnValue:
    """Hand over one published figure of every area and year, as CSV."""
    measure = _measure()
    header = (
        "Year", "Level", "Code", "Area", "Value", "Numerator", "Denominator", "Mark", "Release", "Not ranked because",
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for f in comparators.latest(measure.key):
            yield (
                f.year, f.level.value, f.code, f.area, f.value, f.numerator, f.denominator, f.mark, f.release,
                f.footnote,
            )  # fmt: skip

    return csv_response(f"{measure.key}.csv", header, rows())


@bp.get("/own")
@requires(Permission.SEE_BOARD)
def own() -> ResponseReturnValue:
    """Show the DfE's row for this authority and a year beside the same cells counted from the cases here."""
    year, code = _year(), _own_code()
    ours = own_return.cells(year)
    published = comparators.row_of(code, year)
    years = comparators.years_of(code)
    return render_template(
        "comparators/own.html",
        year=year,
        years=sorted(years, reverse=True),
        rows=[(FIGURES[key], published.get(key), ours.get(key)) for key in FIGURES if key in ours],
        shown=shown,
        apart_words=apart_words,
        brought_in=year in years,
    )


def _year() -> int:
    text = request.args.get("year", "")
    if not text:
        return max(comparators.years_of(_own_code()), default=clock.today().year - 1)
    if not (re.fullmatch(r"[0-9]{4}", text) and int(text) in _YEARS):
        abort(404)
    return int(text)


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.IMPORT)
@commits
def upload() -> ResponseReturnValue:
    """Bring in the files of a release, all or none, and show what became of each."""
    form = UploadForm()
    if form.validate_on_submit():
        files = [file for file in form.files.data if file and file.filename]
        release = _release(form)
        if len(files) > MOST_FILES:
            add_error(form.files, f"Choose no more than {MOST_FILES} files")
        if not form.errors:
            try:
                done = [(one, what_became_of(one)) for one in _bring_in(files, release)]
                return render_template("comparators/brought_in.html", done=done)
            except FileRefused as refused:
                db.session.rollback()
                add_error(form.files, sent_files.in_words(refused, files))
    return render_template("comparators/form.html", form=form, title="Bring in published figures", takes_files=True)


def _release(form: UploadForm) -> int | None:
    text = form.release.data or ""
    if text and not (text.isdecimal() and text.isascii() and int(text) in _YEARS):
        add_error(form.release, "Enter a year, such as 2026")
        return None
    return int(text) if text else None


def _bring_in(files: list[FileStorage], release: int | None) -> list[BroughtIn]:
    done = []
    for file in files:
        with sent_files.set_down(file) as path:
            done.append(keeping.bring_in(path, at=clock.now(), by_id=current_user.id, release=release))
    return done


@bp.route("/neighbours", methods=["GET", "POST"])
@requires(Permission.EDIT_BOARD)
@commits
def neighbours() -> ResponseReturnValue:
    """Choose whom to stand beside."""
    now = comparators.neighbours_of(_own_code())
    form = NeighboursForm(codes=" ".join(now.codes) if now.own_choice else "", reason=now.reason)
    if form.validate_on_submit():
        codes = re.split(r"[\s,;]+", form.codes.data.strip()) if form.codes.data else []
        try:
            keeping.choose_neighbours(codes=codes, reason=form.reason.data, at=clock.now(), by_id=current_user.id)
        except keeping.NotPossible as refused:
            add_error(form.codes, str(refused))
        else:
            flash("Neighbours saved", "success")
            return redirect(url_for("comparators.index"))
    return render_template(
        "comparators/form.html", form=form, title="Choose neighbours", names=comparators.authorities()
    )


@bp.route("/not-ranked", methods=["GET", "POST"])
@requires(Permission.EDIT_BOARD)
@commits
def footnote() -> ResponseReturnValue:
    """Record that an authority is not to be ranked in a year."""
    form = FootnoteForm()
    if form.validate_on_submit():
        if not (form.year.data.isascii() and form.year.data.isdecimal() and int(form.year.data) in _YEARS):
            add_error(form.year, "Enter a year, such as 2025")
        else:
            try:
                keeping.add_footnote(
                    area_code=form.area_code.data,
                    year=int(form.year.data),
                    table=form.table.data or "",
                    note=form.note.data,
                    at=clock.now(),
                    by_id=current_user.id,
                )
            except keeping.NotPossible as refused:
                add_error(form.area_code, str(refused))
            else:
                flash("Saved: that authority is not ranked", "success")
                return redirect(url_for("comparators.index"))
    return render_template("comparators/form.html", form=form, title="Leave an authority out of the ranking")
