"""The way back to the list that a case was opened from: a path in the address, kept while one goes about the case."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_request_context, request

_OF_A_CASE = ("cases.", "advice.", "sen2.placements")
"""The pages on which what a list shows is put right, where they are about one case."""


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
    if not has_request_context() or not _is_of_a_case(endpoint, values):
        return
    if _is_of_a_case(request.endpoint or "", request.view_args or {}):
        values.setdefault("back", way_back() or None)


def _is_of_a_case(endpoint: str, values: Mapping[str, Any]) -> bool:
    return endpoint.startswith(_OF_A_CASE) and "case_id" in values
