"""Settling a version: copied, brought in, sent out for comment, agreed to, put in use, retired."""

import json
from datetime import datetime, time, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.agreed_forms.definition import DefinitionWrong
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.agreed_forms.forms import AgreementForm, AnswerForm, ImportForm, LiveForm, ReviewForm
from casetracker.journeys.agreed_forms.views import bp
from casetracker.london import LONDON
from casetracker.models import FormComment, LinkPurpose
from casetracker.permissions import requires
from casetracker.queries import agreed_forms as queries
from casetracker.roles import Permission
from casetracker.sending import sender
from casetracker.services import access, agreed_forms, outbox
from casetracker.services.agreed_forms import Agreement, NotPossible
from casetracker.transactions import commits

LARGEST = 1024 * 1024


@bp.post("/versions/<int:version_id>/copy")
@requires(Permission.MANAGE_FORMS)
@commits
def copy(version_id: int) -> ResponseReturnValue:
    """Begin the next version as a copy of this one."""
    try:
        draft = agreed_forms.copy_as_draft(queries.version(version_id), by=current_user, at=clock.now())
    except NotPossible as refused:
        flash(str(refused), "important")
        return redirect(url_for("forms.show", version_id=version_id))
    return redirect(url_for("forms.edit", version_id=draft.id))


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def bring_in() -> ResponseReturnValue:
    """Make a draft of a form that a file holds; what is wrong with the file is listed."""
    form = ImportForm()
    if form.validate_on_submit():
        try:
            data = json.loads(form.file.data.read(LARGEST))
            draft = agreed_forms.bring_in(data, by=current_user, at=clock.now())
            return redirect(url_for("forms.show", version_id=draft.id))
        except (ValueError, NotPossible, TypeError, AttributeError) as wrong:
            db.session.rollback()
            known = isinstance(wrong, DefinitionWrong | NotPossible)
            for problem in getattr(wrong, "problems", [str(wrong) if known else "The file is not a form (JSON)"]):
                add_error(form.file, problem)
    return render_template("forms/import.html", form=form)


@bp.route("/versions/<int:version_id>/agreement", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def agree(version_id: int) -> ResponseReturnValue:
    """Record that a body agreed to a version as it is worded."""
    version, form = queries.version(version_id), AgreementForm()
    if form.validate_on_submit():
        agreement = Agreement(
            form.body.data,
            bool(form.is_forum.data),
            form.agreed_on.data,
            form.spoken_for_by.data,
            form.minutes.data,
            form.note.data or "",
        )
        try:
            agreed_forms.agree(version, agreement, today=clock.today(), at=clock.now(), by_id=current_user.id)
            flash("The agreement is recorded.", "success")
            return redirect(url_for("forms.show", version_id=version_id))
        except NotPossible as refused:
            add_error(form.agreed_on if "future" in str(refused) else form.body, str(refused))
    return render_template("forms/part.html", version=version, form=form, title="Record an agreement")


@bp.route("/versions/<int:version_id>/live", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def make_live(version_id: int) -> ResponseReturnValue:
    """Put a version in use, with what changed in words."""
    version, form = queries.version(version_id), LiveForm()
    if form.validate_on_submit():
        try:
            agreed_forms.make_live(version, what_changed=form.what_changed.data, today=clock.today())
            flash("This version is in use from today.", "success")
            return redirect(url_for("forms.show", version_id=version_id))
        except NotPossible as refused:
            add_error(form.what_changed, str(refused))
    return render_template("forms/part.html", version=version, form=form, title="Put it in use")


@bp.post("/versions/<int:version_id>/retire")
@requires(Permission.MANAGE_FORMS)
@commits
def retire(version_id: int) -> ResponseReturnValue:
    """Take a version out of use, or give a draft up."""
    try:
        agreed_forms.retire(queries.version(version_id), today=clock.today())
        flash("The version is retired. Whoever is writing on it can finish.", "success")
    except NotPossible as refused:
        flash(str(refused), "important")
    return redirect(url_for("forms.show", version_id=version_id))


@bp.route("/versions/<int:version_id>/review", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def send_for_review(version_id: int) -> ResponseReturnValue:
    """Send a draft to those who are to comment on it and agree to it."""
    version, form = queries.version(version_id), ReviewForm()
    if form.validate_on_submit():
        if form.until.data < clock.today():
            add_error(form.until, "Enter a day that is still to come")
        else:
            _send(version_id, form)
            flash(f"The draft has been sent to {form.mailbox.data}.", "success")
            return redirect(url_for("forms.show", version_id=version_id))
    return render_template("forms/part.html", version=version, form=form, title="Send for comment and agreement")


def _send(version_id: int, form: ReviewForm) -> None:
    version, now = queries.version(version_id), clock.now()
    end = datetime.combine(form.until.data + timedelta(weeks=4), time(23, 59), LONDON)
    link = access.issue(
        purpose=LinkPurpose.FORM_REVIEW,
        mailbox=form.mailbox.data,
        at=now,
        expires_at=end,
        by_id=current_user.id,
        form_version_id=version_id,
        body=form.body.data,
        is_forum=bool(form.is_forum.data),
    )
    outbox.post(
        key=f"form_review:{link.id}",
        template="form_review",
        to_address=form.mailbox.data,
        to_name=form.body.data,
        fields={
            "form": version.form.title,
            "body": form.body.data,
            "link": access.address_of(link, sender().keys),
            "until": f"{form.until.data:%-d %B %Y}",
            "council": sender().council,
        },
        at=now,
        secret=True,
    )


@bp.route("/comments/<int:comment_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_FORMS)
@commits
def answer(comment_id: int) -> ResponseReturnValue:
    """Answer a comment."""
    comment = db.session.get_one(FormComment, comment_id)
    version, form = queries.version(comment.version_id), AnswerForm(answer=comment.answer)
    if form.validate_on_submit():
        agreed_forms.answer_comment(comment, answer=form.answer.data, by=current_user, at=clock.now())
        return redirect(url_for("forms.show", version_id=version.id))
    return render_template("forms/part.html", version=version, form=form, title="Answer a comment", comment=comment)
