"""The way back to the list that a case was opened from: a path in the address, kept while one goes about the case."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_request_context, request

_OF_A_CASE = ("cases.", "sen2.placements")
"""The pages on which what a list shows is put right."""


def init_app(app: Flask) -> None:
    """Keep the way back in the addresses that the pages of a case give to one another."""
    app.url_defaults(_keep)


def on_this_site(target: str | None) -> str | None:
    """Return a path on this site, or None: never somewhere else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.netloc and not parts.scheme else None


def here() -> str:
    """Return the address of this page, for the pages that lead back to it."""
    return request.full_path.rstrip("?")


def way_back() -> str:
    """Return the address of the list that this page was opened from; empty where it was opened from none."""
    return on_this_site(request.args.get("back")) or ""


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint.startswith(_OF_A_CASE) and has_request_context() and (request.endpoint or "").startswith(_OF_A_CASE):
        values.setdefault("back", way_back() or None)
