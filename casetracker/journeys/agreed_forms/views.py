"""Reading forms: all of them, one version as its giver sees it, with what was agreed and what changed."""

import json

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.agreed_forms.definition import Form, digest
from casetracker.agreed_forms.differences import differences
from casetracker.answering import answer_form
from casetracker.models import FormState
from casetracker.permissions import requires
from casetracker.queries import agreed_forms as queries
from casetracker.roles import Permission
from casetracker.services import agreed_forms

bp = Blueprint("forms", __name__, url_prefix="/forms")


@bp.get("")
@requires(Permission.SEE_FORMS)
def index() -> ResponseReturnValue:
    """List every form with the version in use and the one being written."""
    of: dict[int, list[object]] = {}
    for version in queries.versions():
        of.setdefault(version.form_id, []).append(version)
    return render_template("forms/index.html", forms=queries.forms(), versions=of, FormState=FormState)


@bp.get("/versions/<int:version_id>")
@requires(Permission.SEE_FORMS)
def show(version_id: int) -> ResponseReturnValue:
    """Show one version: who agreed to it, what changed, what was said of it, and how its giver sees it."""
    version = queries.version(version_id)
    former = queries.before(version)
    form = Form.from_data(version.definition)
    earlier = Form.from_data(former.definition) if former is not None else None
    return render_template(
        "forms/show.html",
        version=version,
        form=form,
        former=former,
        differences=differences(earlier, form) if earlier is not None else [],
        agreements=queries.agreements(version_id),
        digest=digest(version.definition),
        comments=queries.comments(version_id),
        wanting=agreed_forms.what_is_wanting(version),
        others=queries.versions(version.form_id),
        preview=answer_form(form, answers={}),
        is_open=version.state in (FormState.DRAFT, FormState.AGREED),
        today=clock.today(),
    )


@bp.get("/versions/<int:version_id>/export")
@requires(Permission.SEE_FORMS)
def export(version_id: int) -> ResponseReturnValue:
    """Hand over a version as a file."""
    version = queries.version(version_id)
    text = json.dumps(version.definition, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
    name = f"{version.form.key}-version-{version.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/json", headers=headers)
