"""A small model whose every step takes a stated time, and cases for it, so that answers can be worked by hand."""

from datetime import date

import numpy as np

from casetracker.forecast import columns, priors
from casetracker.forecast.calendar import SITTINGS, ByPanel
from casetracker.forecast.columns import NO_DAY, Cases
from casetracker.forecast.grid import CELLS
from casetracker.forecast.haste import HASTE
from casetracker.forecast.model import BANDS, SHARES, Lessons, Model
from casetracker.forecast.parts import Parts, parts_of
from casetracker.forecast.season import WEEKS_OF_YEAR, Clocks, season
from casetracker.forecast.steps import Place
from casetracker.forecast.tables import Tables, carried_on

TODAY = date(2026, 3, 2).toordinal()
NAMES = tuple(sorted(priors.MEDIAN_AND_SPREAD))
CELL = {"decide": 12, "gather": 14, "plan": 5, "draft": 3, "finish": 7, "advice": 10, "advice:psychological": 16}
"""By step, the cell in which nearly all of it ends: its median is 3 days for each, less a half."""


def model(
    *,
    haste: dict[str, float] | None = None,
    ends_otherwise: float = 0.0,
    excused: float = 0.0,
    by_panel: float = 0.0,
) -> Model:
    """Return the model: an even year, nothing put right, and the weights of `HASTE` that are given."""
    hazards = np.full((len(NAMES), CELLS), 1e-6)
    for row, name in enumerate(NAMES):
        hazards[row, CELL.get(name, 10) :] = 0.999
    weights = np.zeros(len(HASTE))
    for name, weight in (haste or {}).items():
        weights[HASTE.index(name)] = weight
    bands = len(BANDS) + 1
    lessons = Lessons(
        haste=weights,
        own=np.ones(bands),
        general=np.tile(np.linspace(0, 1, CELLS), (bands, 1)),
        trust=np.tile(np.linspace(0, 1, SHARES + 1), (bands, 1)),
    )
    tables = Tables(
        names=NAMES,
        clocks=Clocks((season(np.ones(WEEKS_OF_YEAR)),), np.zeros(len(NAMES), dtype=np.int64)),
        survival=carried_on(np.log1p(-hazards)),
        cases=np.full(len(NAMES), 50.0),
        queue=np.full(len(NAMES), 8.0),
        a_day=np.full(len(NAMES), 0.4),
    )
    return Model(TODAY, tables, np.full((4, 6), ends_otherwise), excused, 6.0, ByPanel(by_panel, 0.0), lessons, 500, 60)


def cases(*rows: dict[str, object], pieces: tuple[tuple[int, str, int, int], ...] = ()) -> Cases:
    """
    Return cases on `TODAY`, usual ones but for what is given, with pieces: row, table, days since, days answered.

    A piece that is waited for has -1 for the days since its answer.
    """
    usual = {
        "case_id": 1,
        "day": TODAY,
        "place": Place.DECIDING,
        "gather": NAMES.index("gather"),
        "since": TODAY,
        "clock_on": TODAY - 84,
        "decision_due": NO_DAY,
        "plan_due": NO_DAY,
        "final_due": TODAY + 56,
        "excused": False,
        "worker": -1,
        "load": -1.0,
        "source": 2,
        "age": 8,
        "returned": 0,
        "reopened": False,
        "waits_for_family": False,
        "agreed_on": NO_DAY,
        "panels": (NO_DAY,) * SITTINGS,
    }
    waits = [
        (row, NAMES.index(table), TODAY - since, TODAY - answered if answered >= 0 else NO_DAY, -1.0, -1.0, 0.0)
        for row, table, since, answered in pieces
    ]
    return columns.as_columns([tuple((usual | row).values()) for row in rows], waits)


def parts(model: Model, cases: Cases) -> Parts:
    """Return what the scores of cases are made of."""
    return parts_of(model.tables, cases, usual_load=model.usual_load, by_panel=model.by_panel)
