"""The public pages. Off unless the setting says so; no session is read, so that any cache may keep them."""

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from casetracker.highlights import contents as kept
from casetracker.highlights.plain import TEN, said
from casetracker.permissions import requires
from casetracker.queries import highlights
from casetracker.roles import Permission

bp = Blueprint("performance", __name__, url_prefix="/performance")
KEPT_FOR = 3600
"""Seconds that a cache may keep a page."""


@bp.get("")
@requires(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """Show the figures in plain English."""
    return _page("performance/index.html")


@bp.get("/easy-read")
@requires(Permission.PUBLIC)
def easy_read() -> ResponseReturnValue:
    """Show the same figures in easy read."""
    return _page("performance/easy_read.html")


def _page(template: str) -> Response:
    if not current_app.config["PUBLIC_FIGURES"]:
        abort(404)
    version = highlights.newest_issued()
    contents = kept.from_json(version.contents) if version else None
    rows = [row for row in contents.rows if row.public] if contents else []
    page = render_template(template, contents=contents, figures=[said(row) for row in rows], TEN=TEN)
    answer = make_response(page)
    answer.cache_control.public = True
    answer.cache_control.max_age = KEPT_FOR
    if version:
        answer.set_etag(version.sha256, weak=True)  # the page round the figures may change without them
        answer.last_modified = version.issued_at
    answer.make_conditional(request)
    return answer
