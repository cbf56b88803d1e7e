"""Who holds a case, who it is about, and what is known of it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Field
from wtforms.fields.choices import SelectChoice

from casetracker import clock, law
from casetracker.case_fields import CaseForm
from casetracker.extensions import db
from casetracker.forms import RecordingForm, add_error, keep_stored
from casetracker.identifiers import as_key
from casetracker.journeys.cases.forms import AssignForm
from casetracker.journeys.cases.refusals import CONFLICT
from casetracker.journeys.cases.views import bp
from casetracker.models import Case, User
from casetracker.permissions import requires
from casetracker.person_fields import PersonForm
from casetracker.queries import cases as queries
from casetracker.roles import Permission
from casetracker.services import cases, histories, people
from casetracker.statute.entries import known_by
from casetracker.transactions import commits


@bp.route("/assign", methods=["GET", "POST"])
@requires(Permission.WORK_CASES)
@commits
def assign(case_id: int) -> ResponseReturnValue:
    """Hand a case to another named worker."""
    case = queries.one(case_id)
    form = AssignForm(worker=str(case.named_worker_id or ""), version=str(case.version))
    form.worker.choices = [*form.worker.choices[:1], *_worker_choices()]
    if form.validate_on_submit():
        worker = db.session.get_one(User, int(form.worker.data))
        cases.assign(
            case_ids=[case_id],
            worker=worker,
            by=current_user,
            today=clock.today(),
            at=clock.now(),
            reading=law.reading(),
        )
        flash(f"{worker.name} is now the named worker.", "success")
        return redirect(url_for("cases.show", case_id=case_id))
    return render_template("cases/assign.html", case=case, form=form)


def _worker_choices() -> list[Any]:
    return [SelectChoice(str(user.id), user.name) for user in queries.workers()]


@bp.route("/person", methods=["GET", "POST"])
@requires(Permission.CHANGE_DETAILS)
@commits
def change_person(case_id: int) -> ResponseReturnValue:
    """Change what is known of the child or young person; what was known before stays in the history."""
    case = queries.one(case_id)
    form = PersonForm(obj=case.person, version=str(case.version))
    keep_stored(form.ethnicity, case.person.ethnicity)
    if form.validate_on_submit() and form.check(today=clock.today(), received_on=case.received_on):
        saved = _saved(
            case_id,
            form,
            form.born_on,
            lambda: people.change_details(
                details=form.details(), why_right=form.vouched_for(), **_by_whom(case_id, form)
            ),
        )
        if saved is not None:
            return saved
    return _page("cases/person.html", case_id, form)


def _page(template: str, case_id: int, form: RecordingForm) -> str:
    """Show a form; after a conflict, with what others have recorded since it was opened."""
    case = queries.one(case_id)
    since = []
    sent = as_key(request.form.get("version", ""))
    if sent is not None and sent < case.version:
        since = [line for line in queries.timeline(queries.events(case_id)) if line.seq > sent]
    return render_template(template, case=case, form=form, since=since)


def _saved(case_id: int, form: RecordingForm, beside: Field, save: Callable[[], object]) -> ResponseReturnValue | None:
    """Save, and go back to the case; or put why not beside a field and return None."""
    try:
        save()
    except (histories.NotAllowed, histories.SavedByAnother, cases.NotPossible) as refused:
        db.session.rollback()
        conflict = isinstance(refused, histories.SavedByAnother)
        if conflict:
            form.version.data = str(queries.one(case_id).version)
        add_error(beside, CONFLICT if conflict else str(refused))
        return None
    except histories.AlreadyRecorded:
        db.session.rollback()
    flash("The details are saved. What they were before stays in the history.", "success")
    return redirect(url_for("cases.show", case_id=case_id))


@bp.route("/details", methods=["GET", "POST"])
@requires(Permission.CHANGE_DETAILS)
@commits
def change_details(case_id: int) -> ResponseReturnValue:
    """Change who asked, the needs and the setting; what was known before stays in the history."""
    case = queries.one(case_id)
    said = cases.said_of_needs(known_by(histories.entries_of(case_id), clock.today()))
    form = CaseForm(
        version=str(case.version),
        source=case.request_source,
        primary_need=case.primary_need,
        setting_name=case.setting.name if case.setting else "",
        setting_urn=(case.setting.urn or "") if case.setting else "",
        **{name: said.get(name) == "yes" for name in cases.TICKED},
    )
    keep_stored(form.primary_need, case.primary_need)
    if form.validate_on_submit():
        for field, problem in form.doubtful_urn():
            add_error(field, problem)
        saved = None if form.errors else _saved(case_id, form, form.source, lambda: _change_details(case_id, form))
        if saved is not None:
            return saved
    return _page("cases/details.html", case_id, form)


def _change_details(case_id: int, form: CaseForm) -> Case:
    return cases.change_details(
        details=form.case_details(),
        setting_name=form.setting_name.data,
        setting_urn=form.setting_urn.data,
        **_by_whom(case_id, form),
    )


def _by_whom(case_id: int, form: RecordingForm) -> dict[str, Any]:
    """Return what every change of details is made with."""
    return {
        "case_id": case_id,
        "by": current_user,
        "today": clock.today(),
        "at": clock.now(),
        "seen_version": form.seen_version,
        "submission": form.submission_key,
        "reading": law.reading(),
    }
