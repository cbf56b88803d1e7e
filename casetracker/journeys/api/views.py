"""The lists that programs read, a page at a time."""

from collections.abc import Callable, Collection
from importlib.metadata import version

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from casetracker.exports import csv_response
from casetracker.journeys.api.description import FIELDS, MOST, USUAL, description, parameters
from casetracker.measures.shipped import BY_KEY
from casetracker.permissions import requires
from casetracker.published.measures import FIGURES, HEADLINE
from casetracker.queries import reading
from casetracker.queries.reading import Item
from casetracker.roles import Permission

bp = Blueprint("api", __name__, url_prefix="/api")


class Wrong(Exception):
    """A parameter cannot be understood; the message names it."""


@bp.errorhandler(Wrong)
def refuse(wrong: Wrong) -> ResponseReturnValue:
    """Say which parameter cannot be understood."""
    return jsonify(error=str(wrong)), 400


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
    return _of_measures("figures", reading.figures)


@bp.get("/v1/targets")
@requires(Permission.READING)
def targets() -> ResponseReturnValue:
    """Give the targets that were agreed."""
    return _of_measures("targets", reading.targets)


def _of_measures(name: str, ask: Callable[[Collection[str]], list[Item]]) -> ResponseReturnValue:
    """Answer with a list of the one measure that is asked for, or of every one."""
    if "measure" not in request.args:
        return _page(name, lambda: ask(BY_KEY))
    key = _key(request.args["measure"], BY_KEY, "is not one of the measures: see /api/v1/measures")
    return _page(name, lambda: ask([key]), measure=key)


@bp.get("/v1/published")
@requires(Permission.READING)
def published() -> ResponseReturnValue:
    """Give one published figure of every area and year."""
    key = _key(request.args.get("measure", HEADLINE), FIGURES, "is not a published figure: see /api/openapi.json")
    return _page("published", lambda: reading.published(key), measure=key)


def _key(text: str, known: Collection[str], otherwise: str) -> str:
    if text not in known:
        raise Wrong(f"measure {otherwise}")
    return text


def _page(name: str, ask: Callable[[], list[Item]], **words: str) -> ResponseReturnValue:
    _refuse_strays({one["name"] for one in parameters(name)})
    number, size, written = _whole("page", 1, 10**6), _whole("per_page", USUAL, MOST), _written()
    items = ask()
    shown = items[(number - 1) * size : number * size]
    following = None
    if number * size < len(items):
        place: Item = {"page": number + 1, "per_page": size, "format": written, **words}
        following = str(current_app.config["PUBLIC_ADDRESS"]) + url_for(f"api.{name}", **place)
    if written == "csv":
        return _as_csv(name, shown, following)
    return jsonify(items=shown, page=number, per_page=size, total=len(items), next=following)


def _refuse_strays(known: Collection[str]) -> None:
    """A parameter that is passed over in silence would have a program take something else for what it asked for."""
    for name, values in request.args.lists():
        if name not in known:
            raise Wrong(f"{name[:60]} is not a parameter of this list: see /api/openapi.json")
        if len(values) > 1:
            raise Wrong(f"{name} is given {len(values)} times: give it once")


def _whole(name: str, usual: int, most: int) -> int:
    text = request.args.get(name, str(usual))
    if text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= most:
        return int(text)
    raise Wrong(f"{name} must be a whole number from 1 to {most:,}")


def _written() -> str:
    text = request.args.get("format", "json")
    if text not in ("json", "csv"):
        raise Wrong("format must be json or csv")
    return text


def _as_csv(name: str, shown: list[Item], following: str | None) -> Response:
    header = list(FIELDS[name])
    answer = csv_response(f"{name}.csv", header, ([item[field] for field in header] for item in shown))
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer
