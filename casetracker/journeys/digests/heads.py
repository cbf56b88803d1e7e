"""Who heads the service, and so gets its weekly summary."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice

from casetracker.extensions import db
from casetracker.forms import choice_field
from casetracker.journeys.digests.views import bp
from casetracker.models import User
from casetracker.permissions import requires
from casetracker.queries import digests as queries
from casetracker.roles import Permission
from casetracker.services import accounts
from casetracker.transactions import commits


class HeadForm(FlaskForm):
    """Who heads the service too."""

    user = choice_field("Add somebody", (), needed="Choose somebody")


@bp.route("/heads-of-service", methods=["GET", "POST"])
@requires(Permission.NAME_HEADS)
@commits
def heads() -> ResponseReturnValue:
    """List who heads the service, and add somebody."""
    people = queries.who_may_head()
    form = HeadForm()
    others = [SelectChoice(str(one.id), one.name) for one in people if not one.head_of_service]
    form.user.choices = [form.user.choices[0], *others]
    if form.validate_on_submit():
        user = db.session.get_one(User, int(form.user.data))
        accounts.name_head(user=user, heads=True)
        flash(f"{user.name} heads the service, and gets its weekly summary.", "success")
        return redirect(url_for("digests.heads"))
    return render_template("digests/heads.html", form=form, heads=[one for one in people if one.head_of_service])


@bp.post("/heads-of-service/<int:user_id>/remove")
@requires(Permission.NAME_HEADS)
@commits
def remove_head(user_id: int) -> ResponseReturnValue:
    """Take somebody from those who head the service."""
    user = db.session.get_one(User, user_id)
    accounts.name_head(user=user, heads=False)
    flash(f"{user.name} no longer heads the service.", "success")
    return redirect(url_for("digests.heads"))
