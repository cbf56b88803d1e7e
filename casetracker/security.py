"""Headers on every answer, and the lock on every view."""

import secrets

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.routing import IntegerConverter, Map

from casetracker.identifiers import LARGEST_KEY
from casetracker.permissions import guard

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
UPLOADS = {
    "imports.upload": "MAX_UPLOAD_LENGTH",
    "directory.upload": "MAX_UPLOAD_LENGTH",
    "sen2.upload": "MAX_UPLOAD_LENGTH",
    "comparators.upload": "MAX_UPLOAD_LENGTH",
    "giving.files": "MAX_ADVICE_UPLOAD_LENGTH",
    "giving.section": "MAX_ADVICE_FORM_LENGTH",
    "giving.leaving": "MAX_ADVICE_FORM_LENGTH",
    "advice.paper": "MAX_ADVICE_UPLOAD_LENGTH",
}
"""The views that take files or whole reports, and the setting that says how much each takes."""
FOR_EVERYBODY = frozenset({"static", "performance.index", "performance.easy_read"})
"""The answers that are the same whoever asks."""
MAY_BE_KEPT = FOR_EVERYBODY | {"digests.calendar"}
"""The answers that say themselves how they may be kept: these, and a calendar by the program that reads it."""


class Sessions(SecureCookieSessionInterface):
    """Cookies as Flask sends them, but none with what a cache may keep: it would hand one person's to another."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the session with the answer, unless the answer is for everybody."""
        if request.endpoint not in FOR_EVERYBODY or response.status_code >= 400:
            super().save_session(app, session, response)


class KeyConverter(IntegerConverter):
    """A number in an address: one that no row can have leads nowhere, instead of to a fault of the database."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = LARGEST_KEY) -> None:  # noqa: A002
        super().__init__(map, fixed_digits, min, max)


def init_app(app: Flask) -> None:
    """Put the lock before every view and the headers after it; bound the numbers in addresses, and what cookies go."""
    app.url_map.converters["int"] = KeyConverter
    app.session_interface = Sessions()
    app.before_request(allow_uploads)
    app.before_request(guard)
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def allow_uploads() -> None:
    """Let an upload be larger than a form, before anything reads it."""
    if request.endpoint in UPLOADS:
        request.max_content_length = current_app.config.get(UPLOADS[request.endpoint])


def csp_nonce() -> str:
    """Return this answer's nonce, for the few scripts a page has."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def add_headers(response: Response) -> Response:
    """Add the security headers; hardly any answer may be kept by a browser or a proxy."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(nonce=csp_nonce()))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint not in MAY_BE_KEPT or response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    return response
