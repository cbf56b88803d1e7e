"""
Keeping what somebody typed when their session ended under them.

The fields go out signed in the sign-in form and come back with it; nothing is stored. After signing in the person is
shown what they had typed and sends it on with one button, so that nothing is recorded that they did not mean.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from casetracker.journeys.account.forms import SignInForm

HELD_SECONDS = 8 * 60 * 60
MOST_HELD = 200_000
_NOT_KEPT = frozenset({"csrf_token", "password", "submit"})


def may_be_held() -> bool:
    """Return whether this request is a form from our own page that can be sent again."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    ours = origin is None or urlsplit(origin).netloc == request.host
    return ours and request.method == "POST" and not request.files and (request.content_length or 0) <= MOST_HELD


def typed() -> list[tuple[str, str]]:
    """Return the fields of the form that was posted, but for passwords and tokens."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]


def ask_to_sign_in() -> Response:
    """Answer a form posted without a session: sign in, and carry on with what was typed."""
    form = SignInForm(formdata=None)
    form.next.data = request.full_path.rstrip("?")
    form.held.data = _signer().dumps({"to": form.next.data, "fields": typed()}) if may_be_held() else ""
    page = render_template("account/sign_in.html", form=form, ended=True)
    return make_response(page, 401)


def offer_again(*, status: int) -> Response:
    """Answer a form whose token was out of date: the same form, ready to be sent again."""
    return resume({"to": request.full_path.rstrip("?"), "fields": typed()}, status=status)


def held_in(text: str | None) -> dict[str, Any] | None:
    """Return what a sign-in form was holding, or None where it holds nothing or has been altered."""
    if not text:
        return None
    try:
        held: dict[str, Any] = _signer().loads(text, max_age=HELD_SECONDS)
    except BadData:
        return None
    return held


def resume(held: dict[str, Any], *, status: int = 200) -> Response:
    """Show what was typed, with a button that sends it on."""
    shown: dict[str, list[str]] = {}
    for name, value in held["fields"]:
        if value and not _is_machinery(name):
            shown.setdefault(name, []).append(value)
    page = render_template("account/carry_on.html", to=held["to"], fields=held["fields"], shown=shown)
    return make_response(page, status)


def _is_machinery(name: str) -> bool:
    return name in {"version", "submission", "next", "held"}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="held-form")
