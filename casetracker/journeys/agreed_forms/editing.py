"""The editor: sections and questions added, changed, moved and taken out of a draft."""

from collections.abc import Callable
from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casetracker.agreed_forms.definition import DefinitionWrong, Form, Question, Section, Uploads
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.agreed_forms.forms import (
    DraftForm,
    QuestionForm,
    SectionForm,
    WholeForm,
    as_fields,
    new_key,
)
from casetracker.journeys.agreed_forms.views import bp
from casetracker.models import FormState, FormVersion
from casetracker.permissions import requires
from casetracker.queries import agreed_forms as queries
from casetracker.roles import Permission
from casetracker.services import agreed_forms
from casetracker.services.agreed_forms import ChangedByAnother, NotPossible
from casetracker.transactions import commits

CONFLICT = "Somebody else has changed this draft since you opened it. Look at it again before you save"


def _draft(version_id: int) -> tuple[FormVersion, Form]:
    version = queries.version(version_id)
    if version.state not in (FormState.DRAFT, FormState.AGREED):
        abort(404)
    return version, Form.from_data(version.definition)


def _saved(version: FormVersion, form: DraftForm, beside: str, make: Callable[[], Form]) -> bool:
    """Change a draft; False where it was refused, with why beside a field."""
    try:
        agreed_forms.change(version, make(), seen_revision=form.seen_revision)
    except ChangedByAnother:
        db.session.rollback()
        add_error(form[beside], CONFLICT)
    except (NotPossible, DefinitionWrong, ValueError) as wrong:
        db.session.rollback()
        for problem in getattr(wrong, "problems", [str(wrong)]):
            add_error(form[beside], problem)
    else:
        flash("Saved.", "success")
        return True
    return False


@bp.route("/versions/<int:version_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def edit(version_id: int) -> ResponseReturnValue:
    """Show the whole of a draft for editing, and change what belongs to the form as a whole."""
    version, form = _draft(version_id)
    whole = WholeForm(
        title=form.title,
        introduction=form.introduction,
        uploads_allowed=form.uploads.allowed,
        uploads_most=str(form.uploads.most),
        uploads_megabytes=str(form.uploads.megabytes),
        revision=str(version.revision),
    )
    if whole.validate_on_submit():

        def changed() -> Form:
            uploads = Uploads(
                bool(whole.uploads_allowed.data),
                int(whole.uploads_most.data or 10),
                int(whole.uploads_megabytes.data or 25),
                form.uploads.types,
            )
            return replace(form, title=whole.title.data, introduction=whole.introduction.data or "", uploads=uploads)

        if _saved(version, whole, "title", changed):
            return redirect(url_for("forms.edit", version_id=version_id))
    version = queries.version(version_id)
    answered = queries.answered(version.form_id)
    return render_template("forms/edit.html", version=version, form=form, whole=whole, answered=answered)


@bp.route("/versions/<int:version_id>/sections/<key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def section(version_id: int, key: str) -> ResponseReturnValue:
    """Change a section; `new` adds one."""
    version, form = _draft(version_id)
    known = next((section for section in form.sections if section.key == key), None)
    if known is None and key != "new":
        abort(404)
    bound = SectionForm(
        title=known.title if known else "", guidance=known.guidance if known else "", revision=str(version.revision)
    )
    if bound.validate_on_submit():

        def changed() -> Form:
            if known is None:
                taken = {section.key for section in form.sections}
                added = Section(new_key(bound.title.data, taken), bound.title.data, bound.guidance.data or "")
                return replace(form, sections=(*form.sections, added))
            new = replace(known, title=bound.title.data, guidance=bound.guidance.data or "")
            return replace(form, sections=tuple(new if s.key == key else s for s in form.sections))

        if _saved(version, bound, "title", changed):
            return redirect(url_for("forms.edit", version_id=version_id))
    title = "Section" if known else "New section"
    return render_template("forms/part.html", version=queries.version(version_id), form=bound, title=title)


@bp.route("/versions/<int:version_id>/sections/<section_key>/questions/<key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def question(version_id: int, section_key: str, key: str) -> ResponseReturnValue:
    """Change a question; `new` adds one at the end of the section."""
    version, form = _draft(version_id)
    where = next((section for section in form.sections if section.key == section_key), None)
    known = form.question(key)
    if where is None or (known is None and key != "new"):
        abort(404)
    bound = QuestionForm(revision=str(version.revision), **(as_fields(known, form) if known else {}))
    bound.offer(form, key if known else None)
    if bound.validate_on_submit():

        def changed() -> Form:
            return _with_question(form, where, known, bound.question(form, known))

        if _saved(version, bound, "label", changed):
            return redirect(url_for("forms.edit", version_id=version_id))
    version = queries.version(version_id)
    locked = known is not None and known.key in queries.answered(version.form_id)
    title = "Question" if known else f"New question in “{where.title}”"
    return render_template("forms/part.html", version=version, form=bound, title=title, locked=locked)


def _with_question(form: Form, where: Section, known: Question | None, new: Question) -> Form:
    if known is None:
        changed = replace(where, questions=(*where.questions, new))
        return replace(form, sections=tuple(changed if s.key == where.key else s for s in form.sections))
    return replace(
        form,
        sections=tuple(
            replace(s, questions=tuple(new if q.key == known.key else q for q in s.questions)) for s in form.sections
        ),
    )


@bp.post("/versions/<int:version_id>/<what>/<part>/<key>")
@requires(Permission.MANAGE_FORMS)
@commits
def rearrange(version_id: int, what: str, part: str, key: str) -> ResponseReturnValue:
    """Move a section or a question up or down, or take it out."""
    if what not in ("up", "down", "remove") or part not in ("section", "question"):
        abort(404)
    version, form = _draft(version_id)
    revision = request.form.get("revision", "")
    by = {"up": -1, "down": 1}.get(what, 0)
    if what == "remove":
        new = _without(form, part, key)
    elif part == "section":
        new = agreed_forms.with_section_moved(form, key, by)
    else:
        new = agreed_forms.with_question_moved(form, key, by)
    try:
        agreed_forms.change(version, new, seen_revision=int(revision) if revision.isdecimal() else 0)
    except ChangedByAnother:
        flash(CONFLICT, "important")
    except (NotPossible, DefinitionWrong) as wrong:
        flash(str(wrong), "important")
    return redirect(url_for("forms.edit", version_id=version_id, _anchor=f"{part}-{key}"))


def _without(form: Form, part: str, key: str) -> Form:
    if part == "section":
        return replace(form, sections=tuple(section for section in form.sections if section.key != key))
    kept = (
        replace(section, questions=tuple(question for question in section.questions if question.key != key))
        for section in form.sections
    )
    return replace(form, sections=tuple(kept))
