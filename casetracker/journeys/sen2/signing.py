"""Signing a return off."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from casetracker import clock, returning
from casetracker.extensions import db
from casetracker.forms import add_error
from casetracker.journeys.sen2.forms import SignForm
from casetracker.journeys.sen2.views import bp
from casetracker.models import Sen2Return
from casetracker.permissions import requires
from casetracker.queries import sen2_returns as queries
from casetracker.roles import Permission
from casetracker.services.cases import NotPossible
from casetracker.services.returns import signing
from casetracker.transactions import commits


@bp.route("/<int:return_id>/sign", methods=["GET", "POST"])
@requires(Permission.MAKE_RETURN)
@commits
def sign(return_id: int) -> ResponseReturnValue:
    """Sign a return off: who, when, which version, with the checksum of each file."""
    made = queries.one(return_id)
    form = SignForm()
    problem = _problem(made)
    if form.validate_on_submit() and not problem:
        if not form.sure.data:
            add_error(form.sure, "Tick the box to sign this return off")
        else:
            problem = _signed(made)
            if not problem:
                flash(f"The return of {made.year} is signed off.", "success")
                return redirect(url_for("sen2.show", return_id=return_id))
            made = queries.one(return_id)
    return render_template("sen2/sign.html", made=made, form=form, problem=problem)


def _problem(made: Sen2Return) -> str:
    try:
        signing.refuse_unfit(made)
    except NotPossible as refused:
        return str(refused)
    return ""


def _signed(made: Sen2Return) -> str:
    """Sign, and return why it was not possible; empty where it was."""
    folder = returning.folder_of(made)
    if not folder.is_dir():
        return "The files of this return are not there any more: build it again"
    try:
        signed = signing.sign(return_id=made.id, files=returning.files_in(folder), by=current_user, at=clock.now())
        returning.add_notes(signed)
        signing.keep_files(signed, returning.files_in(folder))
    except NotPossible as refused:
        db.session.rollback()
        return str(refused)
    except IntegrityError:
        db.session.rollback()
        return "Somebody else has just signed off a return of this year: look at theirs first"
    return ""
