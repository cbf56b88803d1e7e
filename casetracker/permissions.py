"""Who may do what: a label on every view, and one lock that reads it. A view with no label is shut to all."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import link_sessions, reading_tokens
from casetracker.roles import Permission

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """Label a view with what it needs; `guard` turns away whoever has not got it."""

    def label(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return label


def needed_by(endpoint: str) -> Permission | None:
    """Return the label on a view, or None for one that has none and so is shut."""
    return getattr(current_app.view_functions.get(endpoint), "permission", None)


def guard() -> ResponseReturnValue | None:
    """Turn away any request whose view needs more than the person has."""
    if request.endpoint is None:
        return None  # nothing matched: the 404 is on its way
    needed = needed_by(request.endpoint)
    if needed is Permission.PUBLIC:
        return None
    if needed is Permission.LINK:
        return None if link_sessions.is_there() else link_sessions.ask_to_open_again()
    if needed is Permission.READING:
        return None if reading_tokens.is_there() else reading_tokens.refuse()
    if not current_user.is_authenticated:
        abort(401)
    if needed is None or needed not in current_user.permissions:
        abort(403)
    return None


def may(permission: Permission) -> bool:
    """Return whether the person using this page may do that."""
    return bool(current_user.is_authenticated and permission in current_user.permissions)
