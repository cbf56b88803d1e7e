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
    found = comparing.compare(rehearsal.past, lambda ids: model, model, after=EARLIER, as_at=AS_AT.toordinal())
    assert found.looks >= comparing.FEWEST
    assert found.brier == found.brier_in_use
    assert not found.is_worse


def test_one_that_is_sure_of_the_wrong_thing_is_worse_and_the_other_way_round_it_is_not(rehearsal):
    model = fitting.fit(rehearsal, as_at=EARLIER)
    wrong = replace(model, lessons=replace(model.lessons, trust=np.ones_like(model.lessons.trust)))
    as_at = AS_AT.toordinal()
    assert comparing.compare(rehearsal.past, lambda ids: wrong, model, after=EARLIER, as_at=as_at).is_worse
    assert not comparing.compare(rehearsal.past, lambda ids: model, wrong, after=EARLIER, as_at=as_at).is_worse


def test_only_outcomes_that_are_new_are_compared(rehearsal):
    model = fitting.fit(rehearsal, as_at=EARLIER)
    as_at = AS_AT.toordinal()
    none = comparing.compare(rehearsal.past, lambda ids: model, model, after=as_at, as_at=as_at)
    assert none.looks == 0
    assert not none.is_worse
    all_of_them = comparing.compare(rehearsal.past, lambda ids: model, model, after=0, as_at=as_at)
    some = comparing.compare(rehearsal.past, lambda ids: model, model, after=EARLIER, as_at=as_at)
    assert 0 < some.looks < all_of_them.looks
    weeks = (rehearsal.past.cases.day - rehearsal.past.cases.clock_on) // 7
    assert all_of_them.looks <= int(np.isin(weeks, WEEKS).sum())
    assert none.as_json() == {"looks": 0} | dict.fromkeys(("brier", "brier_in_use", "auc", "auc_in_use", "by_chance"))


def test_each_look_is_scored_by_a_fit_that_has_not_seen_its_case(rehearsal):
    model, left_out = fitting.fit(rehearsal, as_at=EARLIER), []

    def fit_without(case_ids):
        left_out.append(case_ids)
        return model

    comparing.compare(rehearsal.past, fit_without, model, after=EARLIER, as_at=AS_AT.toordinal())
    one, other = left_out
    assert one and other and not one & other
    assert abs(len(one) - len(other)) <= 1


def test_one_that_differs_by_chance_alone_is_no_worse():
    assert not comparing.Compared(200, 0.2005, 0.2, 0.7, 0.7, by_chance=0.001).is_worse
    assert comparing.Compared(200, 0.2015, 0.2, 0.7, 0.7, by_chance=0.001).is_worse
    assert not comparing.Compared(comparing.FEWEST - 1, 0.9, 0.2, 0.7, 0.7, by_chance=0.001).is_worse


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
