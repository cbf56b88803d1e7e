"""What a Parent Carer Forum, or anybody else whose agreement is wanted, sees and says of a draft."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from casetracker import clock, link_sessions
from casetracker.agreed_forms.definition import Form
from casetracker.agreed_forms.differences import differences
from casetracker.answering import answer_form
from casetracker.forms import add_error, day_field, long_field, text_field
from casetracker.models import AccessSession, FormState, FormVersion, LinkPurpose
from casetracker.permissions import requires
from casetracker.queries import agreed_forms as queries
from casetracker.roles import Permission
from casetracker.services import agreed_forms
from casetracker.services.agreed_forms import Agreement, NotPossible
from casetracker.transactions import commits

bp = Blueprint("form_reviews", __name__, url_prefix="/reviewing")


class CommentForm(FlaskForm):
    """A comment on a draft, or on one of its questions."""

    said = long_field("Your comment", needed="Enter your comment", longest=4_000)


class AgreementForm(FlaskForm):
    """The body's agreement."""

    spoken_for_by = text_field("Who speaks for you", needed="Enter who speaks for you")
    agreed_on = day_field("When it was agreed", needed="Enter the day it was agreed")
    minutes = text_field("Reference of the minutes", needed="Enter the reference of the minutes")
    note = long_field("Note", longest=2_000)


def _here() -> tuple[AccessSession, FormVersion, Form]:
    there = link_sessions.current(LinkPurpose.FORM_REVIEW)
    version = queries.version(there.link.form_version_id or 0)
    return there, version, Form.from_data(version.definition)


@bp.get("")
@requires(Permission.LINK)
def show() -> ResponseReturnValue:
    """Show the draft, what would change, and what has been said."""
    there, version, form = _here()
    live = queries.live_version(version.form_id)
    earlier = Form.from_data(live.definition) if live is not None and live.id != version.id else None
    return render_template(
        "form_reviews/show.html",
        version=version,
        form=form,
        live=live,
        link=there.link,
        name=there.name,
        differences=differences(earlier, form) if earlier is not None else [],
        comments=queries.comments(version.id),
        agreements=queries.agreements(version.id),
        preview=answer_form(form, answers={}),
        is_open=version.state in (FormState.DRAFT, FormState.AGREED),
    )


@bp.route("/comment", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def comment() -> ResponseReturnValue:
    """Comment on the draft, or on the question named in the address."""
    there, version, form = _here()
    about = form.question(request.args.get("question", ""))
    bound = CommentForm()
    if bound.validate_on_submit():
        try:
            agreed_forms.comment(
                version,
                question=about.key if about else "",
                said=bound.said.data,
                said_by=there.name,
                body=there.link.body,
                at=clock.now(),
            )
            flash("Your comment is recorded.", "success")
            return redirect(url_for("form_reviews.show"))
        except NotPossible as refused:
            add_error(bound.said, str(refused))
    title = f"Comment on “{about.label}”" if about else "Comment on the form as a whole"
    return render_template("form_reviews/form.html", form=bound, title=title, version=version)


@bp.route("/agree", methods=["GET", "POST"])
@requires(Permission.LINK)
@commits
def agree() -> ResponseReturnValue:
    """Record the body's agreement to the draft as it is worded now."""
    there, version, _ = _here()
    bound = AgreementForm()
    if bound.validate_on_submit():
        agreement = Agreement(
            there.link.body,
            there.link.is_forum,
            bound.agreed_on.data,
            bound.spoken_for_by.data,
            bound.minutes.data,
            bound.note.data or "",
        )
        try:
            agreed_forms.agree(version, agreement, today=clock.today(), at=clock.now(), by_id=None)
            flash("Your agreement is recorded. Thank you.", "success")
            return redirect(url_for("form_reviews.show"))
        except NotPossible as refused:
            add_error(bound.agreed_on, str(refused))
    title = f"{there.link.body} agrees to this form"
    return render_template("form_reviews/form.html", form=bound, title=title, version=version)
