"""
From an exception to a page in plain words, once, with a reference that the log knows too.

Under `/api/` it is programs that ask: they are answered in JSON.
"""

import logging
import secrets

from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import NoResultFound, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, ServiceUnavailable

from casetracker.journeys.account import holding

logger = logging.getLogger(__name__)
PAGES = frozenset({400, 403, 404, 405, 413, 429, 500, 503})
PROGRAMS = "/api/"
TO_PROGRAMS = {
    404: "There is nothing at this address: see /api/openapi.json",
    405: "This address is for reading: send GET",
    500: "This is a fault of the tracker’s",
    503: "The tracker is away for a moment",
}
_PASSED_ON = frozenset({"Allow", "Retry-After"})
"""What the headers of an error say that its answer says too."""


def init_app(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(401, sign_in_first)
    app.register_error_handler(CSRFError, form_out_of_date)
    app.register_error_handler(NoResultFound, lambda error: show(NotFound()))
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(Exception, went_wrong)


def show(error: HTTPException) -> Response:
    """Answer with the page for this error."""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    code = error.code or 500
    reference = secrets.token_hex(4).upper()
    logger.log(
        logging.ERROR if code >= 500 else logging.INFO,
        "%s %s answered %d [%s]",
        request.method,
        request.path,
        code,
        reference,
    )
    response = to_program(code, reference) if request.path.startswith(PROGRAMS) else page_of(code, reference)
    for header, value in error.get_headers():
        if header in _PASSED_ON:
            response.headers[header] = value
    return response


def to_program(code: int, reference: str) -> Response:
    """Return what a program is told of an error."""
    words = TO_PROGRAMS.get(code) or (TO_PROGRAMS[500] if code >= 500 else "This cannot be answered")
    return make_response(jsonify(error=words, reference=reference), code)


def page_of(code: int, reference: str) -> Response:
    """Return the page for an error; the one for a database that is away, where only the page asked it."""
    name = code if code in PAGES else (500 if code >= 500 else 400)
    render = fault_page if code >= 500 else render_template
    try:
        page = render(f"errors/{name}.html", reference=reference, code=code)
    except OperationalError as away:  # met only now, in asking who is signed in
        if code >= 500:
            raise
        return database_away(away)
    return make_response(page, code)


def fault_page(template: str, **context: object) -> str:
    """Render without asking who is signed in or whether the sweep has run: the database may be what is at fault."""
    return current_app.jinja_env.get_template(template).render(context)


def went_wrong(error: Exception) -> Response:
    """Answer for a fault of ours: log it whole, show none of it."""
    if current_app.testing:
        raise error
    logger.exception("Unhandled fault at %s", request.path, exc_info=error)
    return show(InternalServerError())


def database_away(error: OperationalError) -> Response:
    """Answer when the database cannot be reached."""
    logger.exception("The database did not answer", exc_info=error)
    return show(ServiceUnavailable(retry_after=60))


def sign_in_first(_error: HTTPException) -> Response:
    """Send somebody who is not signed in to do so, keeping where they were going and what they had typed."""
    if request.method == "GET":
        return make_response(redirect(url_for("account.sign_in", next=request.full_path.rstrip("?"))))
    return holding.ask_to_sign_in()


def form_out_of_date(error: CSRFError) -> Response:
    """A form whose token is missing or too old is shown again to be sent once more, with what was typed in it."""
    if current_user.is_authenticated and holding.may_be_held():
        return holding.offer_again(status=400)
    return show(error)
