"""A fit as text, to be kept and taken up again: JSON, its long rows of numbers as base64 of 32-bit floats."""

import base64
import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.forecast.calendar import ByPanel
from casetracker.forecast.grid import CELLS
from casetracker.forecast.haste import HASTE
from casetracker.forecast.model import Lessons, Model
from casetracker.forecast.season import season
from casetracker.forecast.tables import Tables, carried_on, clocks_of

FORM = 2
"""Counted up when the shape of a fit changes, so that an older one is refused and not misread."""


class OtherForm(ValueError):
    """The text is a fit of another version of the tracker, or damaged: this one cannot read it."""


def as_text(model: Model) -> str:
    """Return a fit as text."""
    tables, lessons = model.tables, model.lessons
    return json.dumps(
        {
            "form": FORM,
            "haste_of": HASTE,
            "as_at": model.as_at,
            "closed_cases": model.closed_cases,
            "open_cases": model.open_cases,
            "excused": model.excused,
            "usual_load": model.usual_load,
            "by_panel": asdict(model.by_panel),
            "names": tables.names,
            "seasons": _packed(np.stack([one.weeks for one in tables.clocks.seasons])),
            "steps": _packed(np.diff(tables.survival[:, : CELLS + 1], axis=1)),
            "cases": _packed(tables.cases),
            "queue": _packed(tables.queue),
            "a_day": _packed(tables.a_day),
            "ends_otherwise": _packed(model.ends_otherwise),
            "haste": _packed(lessons.haste),
            "own": _packed(lessons.own),
            "general": _packed(lessons.general),
            "trust": _packed(lessons.trust),
        }
    )


def from_text(text: str) -> Model:
    """
    Return the fit that `as_text` wrote.

    :raises OtherForm: if another version of the tracker wrote it, or it is damaged
    """
    try:
        kept = json.loads(text)
        if kept["form"] == FORM and tuple(kept["haste_of"]) == HASTE:
            return _model(kept)
    except (ValueError, LookupError, TypeError) as damage:
        raise OtherForm("this fit cannot be read: fit again") from damage
    raise OtherForm("this fit was made by another version of the tracker: fit again")


def _model(kept: dict[str, Any]) -> Model:
    names = tuple(kept["names"])
    tables = Tables(
        names=names,
        clocks=clocks_of(names, tuple(season(weeks) for weeks in _unpacked(kept["seasons"]))),
        survival=carried_on(_unpacked(kept["steps"])),
        cases=_unpacked(kept["cases"]),
        queue=_unpacked(kept["queue"]),
        a_day=_unpacked(kept["a_day"]),
    )
    lessons = Lessons(*(_unpacked(kept[name]) for name in ("haste", "own", "general", "trust")))
    return Model(
        as_at=kept["as_at"],
        tables=tables,
        ends_otherwise=_unpacked(kept["ends_otherwise"]),
        excused=kept["excused"],
        usual_load=kept["usual_load"],
        by_panel=ByPanel(**kept["by_panel"]),
        lessons=lessons,
        closed_cases=kept["closed_cases"],
        open_cases=kept["open_cases"],
    )


def _packed(numbers: NDArray[Any]) -> dict[str, Any]:
    return {
        "shape": numbers.shape,
        "base64": base64.b64encode(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).decode("ascii"),
    }


def _unpacked(packed: dict[str, Any]) -> NDArray[np.float64]:
    numbers = np.frombuffer(base64.b64decode(packed["base64"]), dtype="<f4")
    return numbers.reshape(packed["shape"]).astype(np.float64)
