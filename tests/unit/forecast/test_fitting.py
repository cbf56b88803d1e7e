"""Queues and loads, counted against going through every wait; and a fit from nothing."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.forecast import backtest, fitting, priors, tables
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.fitting import open_at, open_since
from casetracker.forecast.haste import HASTE
from casetracker.forecast.lives import FOR_GOOD, Spell
from casetracker.forecast.snapshots import History
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening as H

DAY = date(2026, 3, 2).toordinal()
GIVERS = ("advice:medical|one", "advice:medical|two", "advice:social_care|three")
WAITS = st.lists(
    st.tuples(st.sampled_from(GIVERS), st.integers(0, 80), st.integers(0, 20), st.integers(0, 60), st.booleans()),
    max_size=40,
)
ASKED = st.lists(st.tuples(st.sampled_from(GIVERS), st.integers(-5, 170), st.integers(0, 90)), min_size=1, max_size=20)


def spells_of(waits):
    """Return each wait as the days knew it: open from when it was keyed, ended from when that was."""
    found = []
    for table, began, keyed, days, over in waits:
        known, ended = DAY + began + keyed, DAY + began + keyed + days
        until = ended if over else FOR_GOOD
        found.append(Spell(table, DAY + began, NO_DAY, False, known=known, until=until))
        if over:
            found.append(Spell(table, DAY + began, ended, True, known=ended))
    return found


@settings(max_examples=60)
@given(waits=WAITS, asked=ASKED)
def test_a_queue_is_what_was_known_to_be_waiting_at_the_close_of_the_day(waits, asked):
    told = spells_of(waits)
    spells = tables.as_columns([*told, *(Spell(name, 0, 1, True, known=1) for name in GIVERS)])
    place = {name: n for n, name in enumerate(spells.names)}
    wanted = np.array([place[name] for name, _, _ in asked])
    days, since = (np.array([DAY + one[n] for one in asked]) for n in (1, 2))
    open_ = spells.ended == NO_DAY
    waiting = open_at(wanted, days, spells.table[open_], spells.known[open_], spells.until[open_])
    ahead = open_since(wanted, days, since, spells)
    for n, (name, day, began) in enumerate(asked):
        there = [s for s in told if s.table == name and s.ended == NO_DAY and s.known <= DAY + day < s.until]
        assert waiting[n] == len(there)
        assert ahead[n] == sum(s.began < DAY + began for s in there)


def test_the_queue_of_a_giver_that_is_not_known_is_not_known():
    nobody = np.array([-1, 0])
    found = open_at(nobody, np.array([5, 5]), np.array([0]), np.array([3]), np.array([9]))
    assert found.tolist() == [-1, 1]


def test_a_fit_from_nothing_is_what_is_shipped_and_says_so():
    past = fitting.gather([], as_at=date(2026, 6, 1))
    model = fitting.fit(fitting.rehearse(past), as_at=date(2026, 6, 1).toordinal())
    assert (model.closed_cases, model.open_cases) == (0, 0)
    assert model.closed_cases < priors.ENOUGH_CLOSED_CASES
    assert np.array_equal(model.lessons.haste, np.zeros(len(HASTE)))
    assert (np.diff(model.lessons.trust, axis=1) > 0).all()
    assert np.allclose(model.ends_otherwise[:, 0], list(priors.ENDS_OTHERWISE.values()))


def test_a_history_with_nothing_in_it_teaches_nothing():
    past = fitting.gather([History(1, ())], as_at=date(2026, 6, 1))
    assert (len(past.cases), len(past.spells), len(past.outcomes)) == (0, 0, 0)


def test_what_a_worker_has_in_hand_is_the_plans_known_to_be_with_them(independent):
    """Cases past their advice, decided on or drafted: counted anew, look by look."""
    past = independent.rehearsal.past
    names = past.spells.names
    workers = {n: name.partition("@")[2] for n, name in enumerate(names) if "@" in name}
    rows = np.flatnonzero(past.cases.worker >= 0)[::97]
    assert len(rows) > 20
    for row in rows:
        who, day = workers[int(past.cases.worker[row])], past.cases.day[row]
        own = [n for n, worker in workers.items() if worker == who]
        mine = np.isin(past.spells.table, own) & (past.spells.ended == NO_DAY)
        assert past.cases.load[row] == (mine & (past.spells.known <= day) & (day < past.spells.until)).sum()


def test_a_case_that_was_re_opened_is_one_closed_case():
    refused, conceded = date(2026, 2, 9), date(2026, 4, 1)
    days = [(H.REQUEST_RECEIVED, date(2026, 1, 5)), (H.ASSESSMENT_REFUSED, refused), (H.CONCEDED, conceded)]
    entries = tuple(Entry(seq, what, on, on) for seq, (what, on) in enumerate(days, start=1))
    past = fitting.gather([History(1, entries), History(2, entries[:1])], as_at=date(2026, 6, 1))
    model = fitting.fit(fitting.rehearse(past), as_at=date(2026, 6, 1).toordinal())
    assert (model.closed_cases, model.open_cases) == (1, 1)
    assert backtest.run([History(1, entries)], as_at=date(2026, 6, 1)).closed_cases == 1


def test_closed_and_open_cases_are_those_the_county_has(independent):
    model, last = independent.model, independent.county.as_at.toordinal()
    ended = int((independent.county.ended <= last).sum())
    assert abs(model.closed_cases - ended) <= 0.02 * ended
    assert model.closed_cases + model.open_cases == len(independent.histories)
