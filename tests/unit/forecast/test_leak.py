"""What is recorded, put right or happens after a day changes nothing that was forecast on it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.forecast import fitting
from casetracker.forecast.fitting import Past, Rehearsal
from casetracker.forecast.lives import lived, versions
from casetracker.forecast.model import Model, score
from casetracker.forecast.snapshots import History, seen
from casetracker.statute.advice import AdviceKind
from casetracker.statute.entries import Entry, known_by
from casetracker.statute.fold import fold
from casetracker.statute.happenings import Happening as H
from tests.simulated import simulate
from tests.unit.forecast.counties import LOOKED_AT, histories

CUT = date(2025, 11, 14)
"""The day that nothing after it may touch."""
PLANTED = (
    H.ASSESSMENT_AGREED, H.ASSESSMENT_REFUSED, H.ADVICE_ASKED, H.ADVICE_RECEIVED, H.ADVICE_RETURNED,
    H.ADVICE_ACCEPTED, H.ADVICE_NOT_NEEDED, H.PLAN_AGREED, H.PLAN_REFUSED, H.DRAFT_PLAN_SENT, H.FINAL_PLAN_ISSUED,
    H.REQUEST_WITHDRAWN, H.MOVED_OUT, H.EXCEPTION_RECORDED, H.WORKER_ASSIGNED, H.FURTHER_INFORMATION_ASKED,
    H.CONCEDED, H.MOVED_IN, H.ENTRY_WITHDRAWN,
)  # fmt: skip
"""Whatever would tell most of how a case came out."""


@cache
def real() -> list[History]:
    """Return the histories of two small counties, one of them kept badly."""
    return [h for style in ("independent", "sparse") for h in histories(simulate(style, seed=4, cases=150))]


def planted(rng: Random, history: History, after: date) -> Entry:
    """Return an entry recorded after a day, about anything before it or since, or foreseen for a day after it."""
    foreseen = rng.random() < 0.2
    recorded = after - timedelta(rng.randint(0, 60)) if foreseen else after + timedelta(rng.randint(1, 200))
    occurred = after + timedelta(rng.randint(1, 200) if foreseen else rng.randint(-300, 60))
    happening = rng.choice(PLANTED)
    corrects = None
    if not foreseen and (happening is H.ENTRY_WITHDRAWN or rng.random() < 0.5):
        wrong = rng.choice(history.entries)
        corrects, happening = wrong.seq, happening if happening is H.ENTRY_WITHDRAWN else wrong.happening
    elif happening is H.ENTRY_WITHDRAWN:
        happening = H.FINAL_PLAN_ISSUED
    detail = {"advice_kind": rng.choice(list(AdviceKind)).value, "advice_giver": "a service never heard of"}
    detail |= {"worker": "somebody@new.example"} if happening is H.WORKER_ASSIGNED else {}
    detail |= {"paragraph": "13(3)(c)"} if happening is H.EXCEPTION_RECORDED else {}
    seq = max(entry.seq for entry in history.entries) + 1
    return Entry(seq, happening, occurred, recorded, detail, corrects)


def told(history: History, day: date) -> tuple[object, ...]:
    """Return all that is known of a case on a day: the snapshot, how its clocks came out and its steps."""
    outcomes, spells = lived(versions(history.entries), history)
    known = [thing for thing in (*outcomes, *spells) if thing.known <= day.toordinal() < thing.until]
    return seen(history, on=day), sorted((thing._replace(known=0, until=0) for thing in known), key=repr)


@settings(max_examples=120)
@given(data=st.data())
def test_nothing_recorded_or_happening_later_changes_what_was_known_of_a_case(data):
    history = data.draw(st.sampled_from(real()), label="history")
    last = max(entry.recorded_on for entry in history.entries)
    began = history.entries[0].recorded_on
    day = began + timedelta(data.draw(st.integers(0, (last - began).days + 30), label="day"))
    entry = planted(Random(data.draw(st.integers(0, 10**9))), history, day)
    with_it = replace(history, entries=(*history.entries, entry))
    assert told(with_it, day) == told(history, day)


@settings(max_examples=80)
@given(data=st.data())
def test_what_each_day_knew_is_what_the_entries_known_by_then_amount_to(data):
    history = data.draw(st.sampled_from(real()))
    entry = planted(Random(data.draw(st.integers(0, 10**9))), history, history.entries[0].recorded_on)
    history = replace(history, entries=(*history.entries, entry))
    for version in versions(history.entries):
        alone = date.fromordinal(version.known)
        assert version.facts == fold(known_by(history.entries, alone))
    steps = lived(versions(history.entries), history)[1]
    for day in (alone - timedelta(days=n) for n in (0, 1, 30, 100)):
        cut = replace(history, entries=tuple(e for e in history.entries if e.recorded_on <= day))
        then = [s._replace(known=0, until=0) for s in steps if s.known <= day.toordinal() < s.until]
        alone_told = lived(versions(cut.entries), cut)[1] if cut.entries else []
        known = [s for s in alone_told if s.known <= day.toordinal() < s.until]
        assert sorted(then) == sorted(s._replace(known=0, until=0) for s in known)


@pytest.fixture(scope="module")
def county() -> list[History]:
    return histories(simulate("independent", seed=4, cases=250))


def rehearse(told: list[History]) -> Rehearsal:
    return fitting.rehearse(fitting.gather(told, as_at=date(2026, 11, 20), weeks=LOOKED_AT))


@pytest.fixture(scope="module")
def as_it_was(county) -> Rehearsal:
    return rehearse(county)


@pytest.fixture(scope="module")
def with_the_future_planted(county) -> Rehearsal:
    rng = Random("planted")
    return rehearse([replace(h, entries=(*h.entries, planted(rng, h, CUT))) for h in county])


@pytest.fixture(scope="module")
def with_corrections(county) -> Rehearsal:
    """All that was known of the first hundred cases by the day is, after it, said to have been a month before."""
    return rehearse([_put_right(history) if n < 100 else history for n, history in enumerate(county)])


def _put_right(history: History) -> History:
    known = [entry for entry in history.entries if entry.recorded_on <= CUT]
    more = [
        replace(
            entry,
            seq=len(history.entries) + n,
            corrects=entry.seq,
            occurred_on=entry.occurred_on - timedelta(30),
            recorded_on=CUT + timedelta(1),
        )
        for n, entry in enumerate(known, start=1)
    ]
    return replace(history, entries=(*history.entries, *more))


def looks(past: Past, *, until: date) -> np.ndarray:
    return past.cases.day <= until.toordinal()


def scores_until(rehearsal: Rehearsal, model: Model, until: date) -> dict[tuple[int, int], tuple[float, ...]]:
    """Return each probability given to each look up to a day, by its case and day."""
    cases = rehearsal.past.cases.take(looks(rehearsal.past, until=until))
    found = score(model, cases)
    columns = (found.p_decision, found.p_no_plan, found.p_final, found.p_ends_otherwise, found.cdf[:, 40])
    keys = zip(cases.case_id.tolist(), cases.day.tolist(), strict=True)
    return dict(zip(keys, zip(*(column.tolist() for column in columns), strict=True), strict=True))


@pytest.mark.parametrize("future", ["with_the_future_planted", "with_corrections"])
class TestACounty:
    @pytest.fixture
    def other(self, future, request) -> Rehearsal:
        return request.getfixturevalue(future)

    def test_learns_the_same_as_at_the_day(self, as_it_was, other):
        one, two = (fitting.fit(rehearsal, as_at=CUT.toordinal()) for rehearsal in (as_it_was, other))
        shared = sorted(set(one.tables.places) & set(two.tables.places))
        rows, others = ([model.tables.places[name] for name in shared] for model in (one, two))
        used = {name for name, cases in zip(one.tables.names, one.tables.cases, strict=True) if cases}
        assert used <= set(shared)
        for row, another in zip(rows, others, strict=True):
            mine, same = (t.clocks.seasons[t.clocks.of[n]] for t, n in ((one.tables, row), (two.tables, another)))
            assert same.weeks == pytest.approx(mine.weeks, abs=1e-9)
        for column in ("survival", "cases", "queue", "a_day"):
            assert getattr(two.tables, column)[others] == pytest.approx(getattr(one.tables, column)[rows], abs=1e-9)
        for lesson in ("haste", "own", "general", "trust"):
            assert getattr(two.lessons, lesson) == pytest.approx(getattr(one.lessons, lesson), abs=1e-6)
        assert two.ends_otherwise == pytest.approx(one.ends_otherwise, abs=1e-9)
        assert (two.excused, two.usual_load) == pytest.approx((one.excused, one.usual_load))
        assert (two.closed_cases, two.open_cases) == (one.closed_cases, one.open_cases)

    def test_scores_the_same_until_the_day_and_not_after_it(self, as_it_was, other):
        day = CUT.toordinal()
        one, two = (scores_until(r, fitting.fit(r, as_at=day), CUT) for r in (as_it_was, other))
        assert set(one) == set(two) and len(one) > 400
        for key, expected in one.items():
            assert two[key] == pytest.approx(expected, abs=1e-5, nan_ok=True), key
        later = date(2026, 6, 30)
        one, two = (scores_until(r, fitting.fit(r, as_at=later.toordinal()), later) for r in (as_it_was, other))
        both = set(one) & set(two)
        assert any(two[key] != pytest.approx(one[key], abs=1e-3, nan_ok=True) for key in both)
