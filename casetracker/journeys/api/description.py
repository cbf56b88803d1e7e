"""The OpenAPI description of what programs may read. Pure."""

from collections.abc import Mapping
from typing import Any

from casetracker.measures.shipped import BY_KEY
from casetracker.published.measures import FIGURES, HEADLINE

MOST, USUAL = 1_000, 200
"""How many items a page has at most, and where nothing is said."""
Field = tuple[str, str]
FIELDS: Mapping[str, Mapping[str, Field]] = {
    "measures": {
        "measure": ("string", "Its key, by which the other lists name it"),
        "name": ("string", "What the board calls it"),
        "theme": ("string", "The theme of the board it stands under"),
        "sentence": ("string", "What it counts, in a plain sentence"),
        "unit": ("string", "percent, number or days"),
        "better": ("string", "up, down or neither: which way is better"),
        "of": ("string", "period, day, or entered (brought from elsewhere)"),
        "version": ("string", "Of the definition"),
        "source": ("string", "Whose definition it is"),
        "duty": ("string", "The law that asks it of every case; no target takes its place"),
        "by_law": (
            "number?",
            "What that law asks, in per cent: 100, or 0 where fewer is better; none for no duty",
        ),
    },
    "figures": {
        "measure": ("string", "Its key"),
        "span": ("string", "rolling (twelve months), or day (how things stood at the close of it)"),
        "starts_on": ("date?", "The first day of the period; none for a day"),
        "ends_on": ("date", "The last day of the period, or the day"),
        "value": ("number?", "The figure, in the measure’s unit; none where there is none or it is hidden"),
        "numerator": ("integer?", "The upper number of a share, or the number counted"),
        "denominator": ("integer?", "The lower number of a share, or the number an average is of"),
        "hidden": ("boolean", "Whether it is kept back, being of fewer than 6 children, or giving such a number away"),
        "whole": ("boolean", "Whether all that it counts is on record; not so of a time before the first return"),
        "version": ("string", "Of the definition"),
        "source": ("string", "Where the figure comes from"),
    },
    "targets": {
        "measure": ("string", "Its key"),
        "target": ("number?", "What is aimed at, in the measure’s unit; none takes the target away"),
        "due_on": ("date?", "By when"),
        "by_law": ("number?", "What the law asks all the same, in per cent; none where it asks nothing of the measure"),
        "agreed_by": ("string", "Who agreed it"),
        "agreed_on": ("date", "When"),
        "recorded_at": ("instant", "When it was recorded here"),
        "in_force": ("boolean", "Whether it counts now: of a measure, the one that was recorded last"),
    },
    "published": {
        "measure": ("string", "The published figure, by its column in the DfE’s file"),
        "year": ("integer", "The calendar year"),
        "level": ("string", "national, regional or authority"),
        "code": ("string", "An authority’s three figures, or the code of a region or of England"),
        "area": ("string", "Its name"),
        "value": ("number?", "The figure; none where a mark stands"),
        "numerator": ("number?", "The upper number of a share"),
        "denominator": ("number?", "The lower number of a share"),
        "mark": ("string", "What stands in place of a number: x, z, c and the like"),
        "release": ("integer", "The year of the release that it comes from"),
        "not_ranked_because": ("string", "Why it is not put in order with the others"),
    },
}
"""Each list, with the type and the meaning of each of its fields; `?` for one that may be null."""
_FORMATS = {"date": "date", "instant": "date-time"}
"""The types that are written as text, and OpenAPI's word for how."""
SUMMARIES = {
    "measures": "The measures and their definitions",
    "figures": "Each measure for the twelve months to the end of each of the last twelve, and what was entered",
    "targets": "The targets that were agreed, those that were replaced too, in the order they were recorded",
    "published": "One published figure of every area and year",
}
_NOTE = (
    "Read only. Small numbers are hidden. No month is given by itself, only twelve together, so that no number of a "
    "month can be worked out from any number of answers."
)


def description(address: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document for a tracker at an address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "casetracker figures", "version": version, "description": _NOTE},
        "servers": [{"url": f"{address}/api/v1"}],
        "security": [{"token": []}],
        "paths": {f"/{name}": {"get": _operation(name)} for name in FIELDS},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: _schema(fields) for name, fields in FIELDS.items()},
        },
    }


def _operation(name: str) -> dict[str, Any]:
    item = {"$ref": f"#/components/schemas/{name}"}
    page = {
        "type": "object",
        "required": ["items", "page", "per_page", "total", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "page": {"type": "integer"},
            "per_page": {"type": "integer"},
            "total": {"type": "integer", "description": "How many items there are on all pages"},
            "next": {"type": ["string", "null"], "description": "The address of the next page"},
        },
    }
    return {
        "operationId": name,
        "summary": SUMMARIES[name],
        "parameters": parameters(name),
        "responses": {
            "200": {
                "description": "A page of them. As CSV, the address of the next page is in the header Link.",
                "content": {"application/json": {"schema": page}, "text/csv": {"schema": {"type": "string"}}},
            },
            "400": {"description": "A parameter cannot be understood, or is none of these"},
            "401": {"description": "No token that is in force was sent"},
        },
    }


def parameters(name: str) -> list[dict[str, Any]]:
    """Return all that a list can be asked with."""
    return [
        _parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page"),
        _parameter("per_page", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Items on a page"),
        _parameter("format", {"type": "string", "enum": ["json", "csv"], "default": "json"}, "How it is written"),
        *_OF_ONE_LIST.get(name, ()),
    ]


def _parameter(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


_OF_ONE_MEASURE = _parameter("measure", {"type": "string", "enum": list(BY_KEY)}, "Which measure; left out, every one")
_OF_ONE_LIST = {
    "figures": [_OF_ONE_MEASURE],
    "targets": [_OF_ONE_MEASURE],
    "published": [
        _parameter("measure", {"type": "string", "enum": list(FIGURES), "default": HEADLINE}, "Which published figure")
    ],
}
"""What some lists can be asked with besides what all can."""


def _schema(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(fields),
        "properties": {name: {**_type(kind), "description": words} for name, (kind, words) in fields.items()},
    }


def _type(kind: str) -> dict[str, Any]:
    bare = kind.removesuffix("?")
    name = "string" if bare in _FORMATS else bare
    found: dict[str, Any] = {"type": [name, "null"] if kind.endswith("?") else name}
    return {**found, "format": _FORMATS[bare]} if bare in _FORMATS else found
