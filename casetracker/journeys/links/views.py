"""Opening a link: the code, who is there, and on to what the link is for."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from casetracker import clock, link_sessions
from casetracker.forms import add_error, text_field
from casetracker.keys import keys
from casetracker.models import AccessLink, LinkPurpose
from casetracker.permissions import requires
from casetracker.roles import Permission
from casetracker.services import access
from casetracker.transactions import commits, unit_of_work

bp = Blueprint("links", __name__)
_HOME = {
    LinkPurpose.ADVICE: "giving.overview",
    LinkPurpose.ALL_ADVICE: "giving.everything",
    LinkPurpose.FORM_REVIEW: "form_reviews.show",
}
_PATHS = {"give": LinkPurpose.ADVICE, "advice-of": LinkPurpose.ALL_ADVICE, "review": LinkPurpose.FORM_REVIEW}


class CodeForm(FlaskForm):
    """The six digits, and who is there."""

    code = text_field(
        "Six-digit code", needed="Enter the six-digit code from the email", longest=20, hint="It works for 10 minutes"
    )
    name = text_field("Your name", needed="Enter your name", hint="So that your colleagues see who wrote what")
    role = text_field("Your role", needed="Enter your role")


@bp.get("/<any('give', 'advice-of', 'review'):path>/<token>")
@requires(Permission.PUBLIC)
def open_link(path: str, token: str) -> ResponseReturnValue:
    """Say where the code will go; a browser that is in already goes on."""
    link = _link(path, token)
    if isinstance(link, str):
        return render_template("links/refused.html", why=link), 410
    there = link_sessions.found(link.purpose)
    if there is not None and there.link_id == link.id:
        return redirect(url_for(_HOME[link.purpose]))
    return render_template(
        "links/open.html", path=path, token=token, masked=link_sessions.masked(link), form=FlaskForm()
    )


def _link(path: str, token: str) -> AccessLink | str:
    """Return the link, or why it opens nothing."""
    try:
        return access.opened(token, keys=keys(), at=clock.now(), purpose=_PATHS[path])
    except access.LinkRefused as refused:
        return str(refused)


@bp.post("/<any('give', 'advice-of', 'review'):path>/<token>")
@requires(Permission.PUBLIC)
@commits
def send_code(path: str, token: str) -> ResponseReturnValue:
    """Send a code to the link's mailbox. It takes a press of a button, since mail filters open links by themselves."""
    link = _link(path, token)
    if isinstance(link, str):
        return render_template("links/refused.html", why=link), 410
    try:
        access.send_code(link, keys=keys(), at=clock.now(), council=str(current_app.config["COUNCIL_NAME"]))
    except access.CodeRefused as refused:
        return render_template("links/refused.html", why=str(refused)), 429
    return redirect(url_for("links.enter_code", path=path, token=token))


@bp.route("/<any('give', 'advice-of', 'review'):path>/<token>/code", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def enter_code(path: str, token: str) -> ResponseReturnValue:
    """Take the code, and let its bearer in."""
    link = _link(path, token)
    if isinstance(link, str):
        return render_template("links/refused.html", why=link), 410
    form = CodeForm()
    if form.validate_on_submit():
        purpose, name = link.purpose, f"{form.name.data}, {form.role.data}"
        with unit_of_work():  # a wrong try is kept too
            key = access.let_in(
                link, form.code.data, keys=keys(), at=clock.now(), address=request.remote_addr or "", name=name
            )
        if key is not None:
            link_sessions.remember(purpose, key)
            return redirect(url_for(_HOME[purpose]))
        add_error(form.code, "That is not the code we sent last, or it has been used or is too old")
    return render_template("links/code.html", path=path, token=token, masked=link_sessions.masked(link), form=form)


@bp.get("/links/closed")
@requires(Permission.PUBLIC)
def closed() -> ResponseReturnValue:
    """Say that there is no session, and how to get one."""
    return render_template("links/closed.html", typed=[])


@bp.post("/links/leave")
@requires(Permission.LINK)
@commits
def leave() -> ResponseReturnValue:
    """End every session this browser was given."""
    for purpose in LinkPurpose:
        there = link_sessions.found(purpose)
        if there is not None:
            link_sessions.end(there)
    return redirect(url_for("links.closed"))
