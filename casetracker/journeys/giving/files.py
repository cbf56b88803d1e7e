"""Files beside the form, or in its place."""

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from casetracker import clock, downloads
from casetracker.adapters.scanning import scanner_of
from casetracker.agreed_forms.definition import Uploads
from casetracker.forms import add_error, choice_field
from casetracker.journeys.giving.views import bp, form_of, here
from casetracker.permissions import requires
from casetracker.queries import giving as queries
from casetracker.roles import Permission
from casetracker.services import advice_files, giving
from casetracker.services.advice_files import FileRefused
from casetracker.services.giving import NotPossible
from casetracker.transactions import commits, unit_of_work


class FilesForm(FlaskForm):
    """The files to add, and what they answer."""

    question = choice_field("What they are for", (), blank="Beside the form, or in its place")
    files = MultipleFileField("Files", widget=GovFileInput(), validators=[FileRequired("Choose a file")])


@bp.route("/files", methods=["GET", "POST"])
@requires(Permission.LINK)
def files() -> ResponseReturnValue:
    """Add files: each is checked and kept by itself, so that one that is refused loses none of the others."""
    with unit_of_work():
        there, advice = here()
        asked, advice_id, name = form_of(advice), advice.id, there.name
    limits = asked.uploads if asked is not None else Uploads()
    form = FilesForm()
    wanted = [(q.key, q.label) for q in asked.questions() if q.type == "file"] if asked is not None else []
    form.question.choices = [*form.question.choices, *wanted]
    if form.validate_on_submit():
        try:
            giving.refuse_unless_open(queries.one(advice_id))
        except NotPossible as refused:
            flash(str(refused), "important")
            return redirect(url_for("giving.overview"))
        _take_in(advice_id, name, form, limits)
        if not form.errors:
            return redirect(url_for("giving.files"))
    return render_template(
        "giving/files.html",
        advice=queries.one(advice_id),
        form=form,
        limits=limits,
        files=advice_files.of_draft(advice_id),
        may_release=downloads.may_release,
    )


def _take_in(advice_id: int, name: str, form: FilesForm, limits: Uploads) -> None:
    scanner = scanner_of(current_app.config["CLAMD_ADDRESS"])
    for file in form.files.data:
        try:
            with unit_of_work():
                advice_files.store(
                    advice_id=advice_id,
                    name=file.filename or "",
                    stream=file.stream,
                    limits=limits,
                    at=clock.now(),
                    by=name,
                    files=downloads.store(),
                    scanner=scanner,
                    question=form.question.data or "",
                )
        except FileRefused as refused:
            add_error(form.files, str(refused))


@bp.post("/files/<int:file_id>/remove")
@requires(Permission.LINK)
@commits
def remove_file(file_id: int) -> ResponseReturnValue:
    """Take a file out of the draft."""
    there, advice = here()
    file = next((file for file in advice_files.of_draft(advice.id) if file.id == file_id), None)
    if file is None:
        abort(404)
    advice_files.remove(file, at=clock.now(), because=f"taken out by {there.name}", files=downloads.store())
    flash(f"“{file.name}” has been taken out.", "success")
    return redirect(url_for("giving.files"))


@bp.get("/files/<int:file_id>")
@requires(Permission.LINK)
@commits
def file(file_id: int) -> ResponseReturnValue:
    """Hand back a file of the draft."""
    _, advice = here()
    found = next((file for file in advice_files.of_draft(advice.id) if file.id == file_id), None)
    if found is None:
        abort(404)
    return downloads.send_attachment(found)
