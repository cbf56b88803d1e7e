"""Two fits held against the same outcomes, which neither has seen."""

from dataclasses import replace

import numpy as np
import pytest

from casetracker.forecast import comparing, fitting
from casetracker.forecast.backtest import WEEKS
from casetracker.forecast.snapshots import History
from tests.simulated import AS_AT, simulate

EARLIER = AS_AT.toordinal() - 200


@pytest.fixture(scope="module")
def rehearsal() -> fitting.Rehearsal:
    county = simulate("queues", seed=5, cases=300)
    histories = [History(one.place + 1, tuple(one.entries)) for one in county.cases if one.steps]
    return fitting.rehearse(fitting.gather(histories, as_at=AS_AT))


def test_a_fit_is_no_worse_than_itself(rehearsal):
    model = fitting.fit(rehearsal, as_at=EARLIER)
    found = comparing.compare(rehearsal.past, model, model, after=EARLIER, as_at=AS_AT.toordinal())
    assert found.looks >= comparing.FEWEST
    assert found.brier == found.brier_in_use
    assert not found.is_worse


def test_one_that_is_sure_of_the_wrong_thing_is_worse_and_the_other_way_round_it_is_not(rehearsal):
    model = fitting.fit(rehearsal, as_at=EARLIER)
    wrong = replace(model, lessons=replace(model.lessons, trust=np.ones_like(model.lessons.trust)))
    as_at = AS_AT.toordinal()
    assert comparing.compare(rehearsal.past, wrong, model, after=EARLIER, as_at=as_at).is_worse
    assert not comparing.compare(rehearsal.past, model, wrong, after=EARLIER, as_at=as_at).is_worse


def test_only_outcomes_that_are_new_are_compared(rehearsal):
    model = fitting.fit(rehearsal, as_at=EARLIER)
    as_at = AS_AT.toordinal()
    none = comparing.compare(rehearsal.past, model, model, after=as_at, as_at=as_at)
    assert none.looks == 0
    assert not none.is_worse
    all_of_them = comparing.compare(rehearsal.past, model, model, after=0, as_at=as_at)
    some = comparing.compare(rehearsal.past, model, model, after=EARLIER, as_at=as_at)
    assert 0 < some.looks < all_of_them.looks
    weeks = (rehearsal.past.cases.day - rehearsal.past.cases.clock_on) // 7
    assert all_of_them.looks <= int(np.isin(weeks, WEEKS).sum())
    assert none.as_json() == {"looks": 0, "brier": None, "brier_in_use": None, "auc": None, "auc_in_use": None}


def test_labels_of_one_fit_become_those_of_another_by_their_names(rehearsal):
    model = fitting.fit(rehearsal, as_at=EARLIER)
    names = rehearsal.past.spells.names
    assert model.tables.names == names
    fewer = replace(model, tables=replace(model.tables, names=(*names[:-1], "somebody else’s")))
    cases = rehearsal.past.cases
    found = comparing.relabelled(cases, names, fewer)
    gone = len(names) - 1
    assert (found.worker[cases.worker == gone] == -1).all()
    np.testing.assert_array_equal(found.worker[cases.worker != gone], cases.worker[cases.worker != gone])
    np.testing.assert_array_equal(found.gather, cases.gather)
