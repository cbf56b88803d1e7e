"""The token that a program sends with a request for figures, and what it is told without one. For edges only."""

from flask import Response, jsonify, request

from casetracker import clock
from casetracker.services import tokens
from casetracker.transactions import unit_of_work

_SCHEME = "Bearer "


def is_there() -> bool:
    """Return whether the request has a token that opens anything."""
    sent = request.headers.get("Authorization", "")
    if not sent.startswith(_SCHEME):
        return False
    with unit_of_work():
        return tokens.check(sent.removeprefix(_SCHEME).strip(), today=clock.today())


def refuse() -> Response:
    """Answer that a token is needed."""
    answer = jsonify(error="Send a token that is in force: Authorization: Bearer ctr_…")
    answer.status_code = 401
    answer.headers["WWW-Authenticate"] = 'Bearer realm="casetracker"'
    return answer
