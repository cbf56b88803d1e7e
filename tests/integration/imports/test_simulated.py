"""The simulated counties' files are taken whole."""

import pytest
from sqlalchemy import select

from casetracker import clock, importing
from casetracker.models import Case, ImportKind
from casetracker.services import histories
from casetracker.services.imports import running
from casetracker.transactions import unit_of_work
from tests.simulated import files, simulate
from tests.simulated.styles import STYLES


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
def test_every_row_is_taken_and_makes_the_history_that_is_held_in_memory(style, session, tmp_path):
    county = simulate(style, seed=11, cases=120)
    cases, _ = files.write(county, tmp_path / "county")
    with unit_of_work():
        batch = running.begin(kind=ImportKind.HISTORY, source="simulated", at=clock.now())
        batch = running.claim(at=clock.now(), batch_id=batch.id)
    batch = importing.run(batch, cases.parent)
    assert {name: n["refused"] for name, n in batch.counts["files"].items()} == {"cases.csv": 0, "events.csv": 0}
    stored = {case.reference: histories.entries_of(case.id) for case in session.scalars(select(Case))}
    assert stored == {case.reference: case.entries for case in county.cases if case.steps}
