"""The lists that programs read, a page at a time."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from casetracker.exports import csv_response
from casetracker.journeys.api.description import FIELDS, MOST, USUAL, description
from casetracker.permissions import requires
from casetracker.published.measures import FIGURES, HEADLINE
from casetracker.queries import reading
from casetracker.roles import Permission

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.get("/openapi.json")
@requires(Permission.PUBLIC)
def openapi() -> ResponseReturnValue:
    """Describe what programs may read."""
    return jsonify(description(str(current_app.config["PUBLIC_ADDRESS"]), version("casetracker")))


@bp.get("/v1/measures")
@requires(Permission.READING)
def measures() -> ResponseReturnValue:
    """Give the measures and their definitions."""
    return _page("measures", reading.measures)


@bp.get("/v1/figures")
@requires(Permission.READING)
def figures() -> ResponseReturnValue:
    """Give the board's figures, with small numbers hidden."""
    return _page("figures", reading.figures)


@bp.get("/v1/targets")
@requires(Permission.READING)
def targets() -> ResponseReturnValue:
    """Give the targets that were agreed."""
    return _page("targets", reading.targets)


@bp.get("/v1/published")
@requires(Permission.READING)
def published() -> ResponseReturnValue:
    """Give one published figure of every area and year."""
    key = request.args.get("measure", HEADLINE)
    if key not in FIGURES:
        return _wrong("measure", "is not a published figure: see openapi.json")
    return _page("published", lambda: reading.published(key), measure=key)


def _page(name: str, ask: Callable[[], list[dict[str, Any]]], **words: str) -> ResponseReturnValue:
    number, size = _whole("page", 1, 10**6), _whole("per_page", USUAL, MOST)
    written = request.args.get("format", "json")
    if number is None:
        return _wrong("page", "must be a whole number from 1")
    if size is None:
        return _wrong("per_page", f"must be a whole number from 1 to {MOST:,}")
    if written not in ("json", "csv"):
        return _wrong("format", "must be json or csv")
    items = ask()
    shown = items[(number - 1) * size : number * size]
    following = None
    if number * size < len(items):
        place: dict[str, Any] = {"page": number + 1, "per_page": size, "format": written, **words}
        following = str(current_app.config["PUBLIC_ADDRESS"]) + url_for(f"api.{name}", **place)
    if written == "csv":
        return _as_csv(name, shown, following)
    return jsonify(items=shown, page=number, per_page=size, total=len(items), next=following)


def _as_csv(name: str, shown: list[dict[str, Any]], following: str | None) -> Response:
    header = list(FIELDS[name])
    answer = csv_response(f"{name}.csv", header, ([item[field] for field in header] for item in shown))
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def _whole(name: str, usual: int, most: int) -> int | None:
    text = request.args.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        return None
    return int(text) if 1 <= int(text) <= most else None


def _wrong(name: str, words: str) -> Response:
    answer = jsonify(error=f"{name} {words}")
    answer.status_code = 400
    return answer
