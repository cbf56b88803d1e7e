"""The browser's end of a link session: the key in its cookie, and what to show when there is none. For edges only."""

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from casetracker import clock
from casetracker.extensions import db
from casetracker.models import AccessLink, AccessSession, LinkPurpose
from casetracker.services import access

_COOKIE = "link_sessions"


def remember(purpose: LinkPurpose, key: str) -> None:
    """Give the browser the key of a session; a session of the same purpose it had before is let go."""
    session[_COOKIE] = {**session.get(_COOKIE, {}), purpose.value: key}
    session.permanent = True


def forget(purpose: LinkPurpose) -> None:
    """Take a session's key from the browser."""
    session[_COOKIE] = {name: key for name, key in session.get(_COOKIE, {}).items() if name != purpose.value}


def found(purpose: LinkPurpose) -> AccessSession | None:
    """Return the browser's session of this purpose while it lasts, or None."""
    key = session.get(_COOKIE, {}).get(purpose.value)
    return access.session_of(str(key), at=clock.now(), purpose=purpose) if key else None


def current(purpose: LinkPurpose) -> AccessSession:
    """Return the browser's session of this purpose; without one the answer is the page that says how to get one."""
    there = found(purpose)
    if there is None:
        abort(redirect(url_for("links.closed")))
    return there


def is_there() -> bool:
    """Return whether the browser has a session of any purpose."""
    return any(found(LinkPurpose(name)) is not None for name in session.get(_COOKIE, {}))


def ask_to_open_again() -> ResponseReturnValue:
    """Send a browser without a session to the page that says so; what was typed into a form is kept on that page."""
    if request.method == "POST" and request.form:
        typed = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name.startswith("q-") and value.strip() and len(value) > 3
        ]
        return render_template("links/closed.html", typed=typed), 401
    return redirect(url_for("links.closed"))


def masked(link: AccessLink) -> str:
    """Return a mailbox as a stranger may see it: its first letter and its domain."""
    name, _, domain = link.mailbox.partition("@")
    return f"{name[:1]}…@{domain}"


def end(there: AccessSession) -> None:
    """End a session, here and in the database."""
    access.end(there, at=clock.now())
    db.session.flush()
    forget(there.link.purpose)
