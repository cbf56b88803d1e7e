"""The tokens of programs that read figures: which there are, making one, stopping one."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from casetracker import clock
from casetracker.extensions import db
from casetracker.forms import Needed, NumberField, add_error, text_field
from casetracker.models import ReadingToken
from casetracker.permissions import requires
from casetracker.roles import Permission
from casetracker.services import tokens
from casetracker.transactions import commits

bp = Blueprint("programs", __name__, url_prefix="/programs")


class TokenForm(FlaskForm):
    """What a token is for, and how long it lasts."""

    name = text_field(
        "Which program it is for", hint="For example: Power BI", needed="Enter a name", longest=tokens.LONGEST_NAME
    )
    days = NumberField(
        "How many days it lasts",
        least=1,
        most=tokens.MOST_DAYS,
        whole=True,
        default=tokens.DAYS,
        validators=[Needed("Enter how many days it lasts")],
    )


@bp.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_PROGRAMS)
@commits
def index() -> ResponseReturnValue:
    """List the tokens, and make one: its page is the only one it is ever shown on."""
    form, today, made = TokenForm(), clock.today(), ""
    if form.validate_on_submit():
        try:
            made = tokens.make(
                name=form.name.data,
                last_day_on=today + timedelta(days=int(form.days.data)),
                at=clock.now(),
                by_id=current_user.id,
            )
        except tokens.NotPossible as refused:
            add_error(form.name, str(refused))
    return render_template("programs/index.html", form=form, made=made, tokens=tokens.listed())


@bp.post("/<int:token_id>/stop")
@requires(Permission.MANAGE_PROGRAMS)
@commits
def stop(token_id: int) -> ResponseReturnValue:
    """Stop a token for good."""
    name = db.session.get_one(ReadingToken, token_id).name
    if tokens.stop(name=name, at=clock.now()):
        flash(f"{name} can read nothing any more.", "success")
    return redirect(url_for("programs.index"))
