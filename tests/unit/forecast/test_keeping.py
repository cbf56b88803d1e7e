"""A fit as text: what is taken up again scores as it did, and another version's is refused."""

import json

import numpy as np
import pytest

from casetracker.forecast.haste import HASTE
from casetracker.forecast.keeping import FORM, OtherForm, as_text, from_text
from casetracker.forecast.model import score
from tests.unit.forecast.counties import open_cases


def test_a_fit_taken_up_again_scores_the_same(independent):
    again = from_text(as_text(independent.model))
    cases = open_cases(independent)
    one, two = score(independent.model, cases), score(again, cases)
    for name in ("p_decision", "p_no_plan", "p_final", "p_ends_otherwise", "cdf"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), abs=1e-4, nan_ok=True), name


def test_it_is_the_same_fit(independent):
    model, again = independent.model, from_text(as_text(independent.model))
    for name in ("as_at", "closed_cases", "open_cases", "excused", "usual_load"):
        assert getattr(again, name) == getattr(model, name)
    assert again.tables.names == model.tables.names
    assert (again.tables.clocks.of == model.tables.clocks.of).all()
    for kept, one in zip(again.tables.clocks.seasons, model.tables.clocks.seasons, strict=True):
        assert kept.weeks == pytest.approx(one.weeks, rel=1e-5)
    assert as_text(from_text(as_text(again))) == as_text(again)


@pytest.mark.parametrize(
    "other", [{"form": FORM + 1}, {"form": None}, {"haste_of": [*HASTE[1:], HASTE[0]]}, {"haste_of": []}]
)
def test_a_fit_of_another_version_is_refused(independent, other):
    kept = json.loads(as_text(independent.model)) | other
    with pytest.raises(OtherForm, match="fit again"):
        from_text(json.dumps(kept))


def test_its_size_is_bounded_by_its_tables_and_not_by_its_cases(independent):
    text = as_text(independent.model)
    assert len(text) < 1_500 * len(independent.model.tables.names) + 30_000
    assert np.isfinite(len(text))
