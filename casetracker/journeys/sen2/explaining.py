"""Explaining what is queried: one, or all that break a rule."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.sen2.forms import ExplainForm
from casetracker.journeys.sen2.views import bp, built_again
from casetracker.permissions import requires
from casetracker.plurals import counted
from casetracker.queries import sen2_returns as queries
from casetracker.queries.sen2_returns import Wanted
from casetracker.roles import Permission
from casetracker.services.cases import NotPossible
from casetracker.services.returns import notes
from casetracker.transactions import commits


@bp.route("/<int:return_id>/issues/<int:issue_id>", methods=["GET", "POST"])
@requires(Permission.MAKE_RETURN)
@commits
def explain(return_id: int, issue_id: int) -> ResponseReturnValue:
    """Say why one query is right as it stands."""
    made = queries.one(return_id)
    later = built_again(made, Wanted())
    if later is not None:
        return later
    issue = queries.issue(return_id, issue_id)
    shown = next(i for i in queries.issues(made, Wanted(rule=issue.rule), per_page=None) if i.id == issue_id)
    form = ExplainForm(text=shown.note)
    if form.validate_on_submit():
        try:
            notes.explain(issue=issue, text=form.text.data, by=current_user, at=clock.now())
        except NotPossible as refused:
            db.session.rollback()
            add_error(form.text, str(refused))
        else:
            flash("The note is saved. It travels with the return.", "success")
            return redirect(url_for("sen2.issues", return_id=return_id, rule=issue.rule))
    return render_template("sen2/explain.html", made=made, form=form, issue=shown, waiting=None)


@bp.route("/<int:return_id>/rules/<rule>", methods=["GET", "POST"])
@requires(Permission.MAKE_RETURN)
@commits
def explain_rule(return_id: int, rule: str) -> ResponseReturnValue:
    """Say the same of every query of one rule that has not been explained."""
    made = queries.one(return_id)
    later = built_again(made, Wanted(rule=rule))
    if later is not None:
        return later
    counts = next((count for count in queries.by_rule(made) if count.rule == rule), None)
    if counts is None or counts.kind != "query":
        abort(404)
    form = ExplainForm()
    if form.validate_on_submit():
        try:
            number = notes.explain_all(
                return_id=return_id, rule=rule, text=form.text.data, by=current_user, at=clock.now()
            )
        except NotPossible as refused:
            db.session.rollback()
            add_error(form.text, str(refused))
        else:
            done = f"{counted(number, 'query', 'queries')} {'is' if number == 1 else 'are'} explained"
            flash(f"{done}. The notes travel with the return.", "success")
            return redirect(url_for("sen2.show", return_id=return_id))
    waiting = counts.count - counts.explained
    return render_template("sen2/explain.html", made=made, form=form, issue=counts, waiting=waiting)
