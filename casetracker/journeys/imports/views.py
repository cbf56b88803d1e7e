"""Uploading files, watching them being read, and what became of every row."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from casetracker import clock
from casetracker.csvin.history import CASE_COLUMNS, EVENT_COLUMNS
from casetracker.exports import csv_response
from casetracker.journeys.imports.forms import UploadForm
from casetracker.models import ImportKind
from casetracker.permissions import requires
from casetracker.queries import imports
from casetracker.roles import Permission
from casetracker.services.imports import running
from casetracker.transactions import commits

bp = Blueprint("imports", __name__, url_prefix="/imports")
MOST_FILES = 12
COLUMNS = {"cases.csv": CASE_COLUMNS, "events.csv": EVENT_COLUMNS}
KINDS = {ImportKind.SEN2_CSV: "SEN2 return", ImportKind.HISTORY: "Whole past"}


@bp.get("")
@requires(Permission.IMPORT)
def index() -> ResponseReturnValue:
    """Show the imports there have been."""
    return render_template("imports/index.html", batches=imports.latest(), kinds=KINDS)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.IMPORT)
@commits
def upload() -> ResponseReturnValue:
    """Take files, and leave them for the worker."""
    form = UploadForm()
    if form.validate_on_submit():
        files = [file for file in form.files.data if file and file.filename]
        problem = _problem_with(files, ImportKind(form.kind.data))
        if problem is None:
            batch = running.begin(
                kind=ImportKind(form.kind.data),
                source=", ".join(secure_filename(file.filename or "") for file in files),
                at=clock.now(),
                by_id=current_user.id,
                dry_run=form.dry_run.data,
                stored_at=_keep(files),
            )
            return redirect(url_for("imports.show", batch_id=batch.id))
        form.files.errors = [*form.files.errors, problem]
    return render_template("imports/upload.html", form=form, columns=COLUMNS)


def _problem_with(files: list[FileStorage], kind: ImportKind) -> str | None:
    names = [secure_filename(file.filename or "").lower() for file in files]
    if len(files) > MOST_FILES:
        return f"Choose no more than {MOST_FILES} files"
    if len(set(names)) < len(names):
        return "Two of the files have the same name"
    if kind is ImportKind.SEN2_CSV and any(name.endswith(".xml") for name in names):
        return None if len(names) == 1 else "Choose the XML file of the return by itself"
    if not all(name.endswith(".csv") for name in names):
        return "Every file must be a CSV file, with a name that ends in .csv"
    if kind is ImportKind.HISTORY and set(names) != {"cases.csv", "events.csv"}:
        return "Choose two files, called cases.csv and events.csv"
    return None


def _keep(files: Iterable[FileStorage]) -> str:
    """Store the files in a folder of their own, outside anything served, and return its name."""
    name = secrets.token_hex(16)
    folder = Path(current_app.config["DATA_FOLDER"]) / "uploads" / name
    folder.mkdir(parents=True, mode=0o700)
    for file in files:
        file.save(folder / secure_filename(file.filename or "").lower())
    return name


@bp.get("/<int:batch_id>")
@requires(Permission.IMPORT)
def show(batch_id: int) -> ResponseReturnValue:
    """Show how far an import has got, and what became of its rows."""
    batch = imports.one(batch_id)
    return render_template("imports/show.html", batch=batch, kinds=KINDS, some=imports.some_refusals(batch_id))


@bp.get("/<int:batch_id>/progress")
@requires(Permission.IMPORT)
def progress(batch_id: int) -> ResponseReturnValue:
    """Say how far an import has got, for the page that is watching it."""
    batch = imports.one(batch_id)
    return {"done": batch.done, "total": batch.total, "outcome": batch.outcome.value}


@bp.get("/<int:batch_id>/refused.csv")
@requires(Permission.IMPORT)
def refused(batch_id: int) -> Response:
    """Hand over every row that was refused or questioned, as CSV."""
    imports.one(batch_id)
    header = ("severity", "file", "line", "column", "rule", "value")
    rows = ((r.severity, r.file, r.line, r.column, r.rule, r.value) for r in imports.every_refusal(batch_id))
    return csv_response(f"import-{batch_id}-refused.csv", header, rows)
