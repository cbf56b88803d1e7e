"""
Scoring: what the fit in use says of the open cases of a range of ids, written in place of what was said before.

Run twice it writes the same; at once with another, each row is written in the order of the ids; killed, nothing of the
batch was written and the next tick writes it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casetracker.extensions import db
from casetracker.forecast import keeping, reasons, telling
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.grid import CELLS, Floats
from casetracker.forecast.keeping import OtherForm
from casetracker.forecast.model import Model, Scores
from casetracker.forecast.model import score as score_by
from casetracker.forecast.parts import parts_of, waits_of
from casetracker.forecast.reasons import STEPS, Explained
from casetracker.forecast.steps import Step
from casetracker.models import Forecast
from casetracker.queries import forecasting, forecasts
from casetracker.queries.forecasting import OpenCases
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.upserts import insert_into

AT_ONCE = 2_000
"""Cases scored together: what bounds the memory, about 20 MB."""
_PANEL = "the panel"
_STEPS = tuple(step.value for step in STEPS)
PLACES = 4
"""Decimals that a probability is kept to."""


class NoFit(Exception):
    """No fit is in use, or none that can be read, so that nothing can be scored."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was scored."""

    scored: int
    case_id: NDArray[np.int64]
    cdf: Floats
    """(scored, CELLS): the probability that the plan has been issued by each cell of ordinary days (see `grid`)."""


def score(
    *,
    on: date,
    first_id: int,
    last_id: int,
    case_ids: Collection[int] | None = None,
    past: bool = False,
    reading: Reading = ORDINARY_READING,
) -> Batch:
    """
    Score the open cases of a range of ids (of `case_ids` alone, where given) with the fit in use, for the day `on`.

    A forecast of a later day stands. `past` says that the day is over: what was recorded later is left out.

    :raises NoFit: if none is in use
    """
    fit = forecasts.in_use()
    model = model_of(fit.model) if fit is not None else None
    if fit is None or model is None:
        raise NoFit("no fit of the forecast is in use that can be read: make one")
    opened = forecasting.open_cases(
        model, on=on, first_id=first_id, last_id=last_id, case_ids=case_ids, past=past, reading=reading
    )
    ids, distributions = [], []
    for part in _parts(opened, AT_ONCE):
        waits = waits_of(model.tables, part.cases)
        parts = parts_of(model.tables, part.cases, usual_load=model.usual_load, by_panel=model.by_panel, waits=waits)
        scores = score_by(model, part.cases, parts=parts)
        explained = reasons.explain(model, part.cases, parts, waits)
        write(list(rows(fit.id, on, model, part, scores, explained)))
        ids.append(scores.case_id)
        distributions.append(telling.by_ordinary_days(model.tables.season, on.toordinal(), scores.cdf))
    if not ids:
        return Batch(0, np.zeros(0, dtype=np.int64), np.zeros((0, CELLS), dtype=np.float32))
    return Batch(len(opened.about), np.concatenate(ids), np.concatenate(distributions))


@lru_cache(maxsize=2)
def model_of(text: str) -> Model | None:
    """Return a fit as it was kept, the last asked for being at hand; None for one of another version, or damaged."""
    try:
        return keeping.from_text(text)
    except OtherForm:
        return None


def can_score() -> bool:
    """Return whether a fit is in use that this version of the tracker can read."""
    fit = forecasts.in_use()
    return fit is not None and model_of(fit.model) is not None


def _parts(opened: OpenCases, size: int) -> Iterator[OpenCases]:
    """Yield open cases some at a time, in order."""
    number = np.arange(len(opened.cases))
    row = opened.cases.pieces.row
    for start in range(0, len(number), size):
        first, last = np.searchsorted(row, [start, start + size])
        yield OpenCases(
            opened.cases.take((number >= start) & (number < start + size)),
            opened.about[start : start + size],
            opened.pieces[int(first) : int(last)],
        )


def rows(
    fit_id: int, on: date, model: Model, opened: OpenCases, scores: Scores, explained: Explained
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `forecasts` that scores come to."""
    cases = opened.cases
    when = telling.interval(model.tables.season, cases.day, scores.if_a_plan)
    columns = zip(
        cases.case_id.tolist(),
        opened.about,
        _probabilities(scores.p_decision),
        _probabilities(scores.p_no_plan),
        _probabilities(scores.p_final),
        _probabilities(scores.p_ends_otherwise),
        _days(when.earliest),
        _days(when.expected),
        _days(when.latest),
        explained.limiting_step.tolist(),
        explained.limiting_piece.tolist(),
        _days(explained.latest_safe),
        explained.slack_days.tolist(),
        (cases.final_due != NO_DAY).tolist(),
        explained.days_by_step.tolist(),
        explained.reasons(),
        strict=True,
    )
    for column in columns:
        case_id, about, p_decision, p_no_plan, p_final, otherwise, earliest, expected, *rest = column
        latest, step, piece, safe, slack, is_due, by_step, reasons = rest
        subject, holder = _limiting(STEPS[step], about.holder, opened.pieces[piece] if piece >= 0 else None)
        yield {
            "case_id": case_id,
            "fit_id": fit_id,
            "for_day": on,
            "case_version": about.version,
            "p_decision": p_decision,
            "p_no_plan": p_no_plan,
            "p_final": p_final,
            "p_ends_otherwise": otherwise,
            "earliest_on": earliest,
            "expected_on": expected,
            "latest_on": latest,
            "limiting_step": _STEPS[step],
            "limiting_subject": subject,
            "limiting_holder": holder,
            "latest_safe_on": safe if is_due else None,
            "slack_days": slack if is_due else None,
            "days_by_step": {name: days for name, days in zip(_STEPS, by_step, strict=True) if days >= 0},
            "reasons": [{"code": one.code, "moves": one.moves, "figures": dict(one.figures)} for one in reasons],
        }


def _limiting(step: Step, worker: str, piece: Any) -> tuple[str, str]:
    """Return what the step is about, and who can do it, in words."""
    if step is Step.ADVICE:
        if piece is None or piece.kind is None:
            return "", ""
        return piece.kind.value, piece.giver
    if step in (Step.DECIDE, Step.PLAN):
        return "", _PANEL
    return "", worker


def _probabilities(column: NDArray[Any]) -> list[float | None]:
    return [None if isnan(value) else round(value, PLACES) for value in column.tolist()]


def _days(column: NDArray[Any]) -> list[date | None]:
    """Return ordinals as days; None where there is no day, or it is beyond what is told."""
    return [date.fromordinal(int(value)) if 0 < value < _LAST else None for value in column.tolist()]


_LAST = float(date.max.toordinal())


def write(found: Sequence[dict[str, Any]]) -> None:
    """Write forecasts in place of those of the same or an earlier day."""
    if found:
        db.session.connection().execute(_upsert(db.engine.dialect.name), found)


@lru_cache(maxsize=2)
def _upsert(_dialect: str) -> Any:
    table: Any = Forecast.__table__
    into = insert_into(table)
    newer = {column.name: into.excluded[column.name] for column in table.columns if column.name != "case_id"}
    return into.on_conflict_do_update(
        index_elements=["case_id"], set_=newer, where=table.c.for_day <= into.excluded.for_day
    )
