"""Signing in and out, and who is signed in."""

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import TooManyRequests

from casetracker import clock
from casetracker.extensions import db, login
from casetracker.identifiers import as_key
from casetracker.journeys.account import holding
from casetracker.journeys.account.forms import SignInForm
from casetracker.models import User
from casetracker.permissions import requires
from casetracker.roles import Permission
from casetracker.services import accounts
from casetracker.transactions import commits
from casetracker.way_back import on_this_site

bp = Blueprint("account", __name__)


def init_app(app: Flask) -> None:
    """Bind the sign-in machinery."""
    login.init_app(app)
    login.session_protection = "strong"


@login.user_loader
def load_user(key: str) -> User | None:
    """Return the user a session names, unless they have been stopped or have changed their password since."""
    number, _, session_key = key.partition(".")
    user_id = as_key(number)
    user = db.session.get(User, user_id) if user_id is not None else None
    return user if user is not None and user.active and user.session_key == session_key else None


@bp.route("/sign-in", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
@commits
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where the person was going."""
    form = SignInForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(url_for("home"))
        form.next.data = request.args.get("next", "")
    elif form.validate_on_submit():
        return _try_to_sign_in(form)
    return render_template("account/sign_in.html", form=form, ended=False)


def _try_to_sign_in(form: SignInForm) -> ResponseReturnValue:
    try:
        user = accounts.check_password(
            email=form.email.data or "",
            password=form.password.data or "",
            address=request.remote_addr or "",
            at=clock.now(),
        )
    except accounts.TooManyAttempts as many:
        return _slowed(form, many)
    if user is None:
        form.email.errors = [*form.email.errors, "The email address or password is not right"]
        return render_template("account/sign_in.html", form=form, ended=False)
    session.clear()  # a new session for a new person: nothing of an earlier one is carried over
    g.pop("csrf_token", None)  # nor the token already made in this request for the session that is gone
    session.permanent = True
    login_user(user)
    held = holding.held_in(form.held.data)
    if held is not None:
        return holding.resume(held)
    return redirect(on_this_site(form.next.data) or url_for("home"))


def _slowed(form: SignInForm, many: accounts.TooManyAttempts) -> Response:
    form.email.errors = [*form.email.errors, str(many)]
    response = make_response(render_template("account/sign_in.html", form=form, ended=False), TooManyRequests.code)
    response.headers["Retry-After"] = str(many.seconds)
    return response


@bp.route("/sign-out", methods=["POST"])
@requires(Permission.SIGNED_IN)
@commits
def sign_out() -> ResponseReturnValue:
    """Sign out, here and wherever else: a copy of the cookie is worth nothing from now on."""
    accounts.end_sessions(current_user)
    logout_user()
    session.clear()
    return redirect(url_for("account.sign_in"))
