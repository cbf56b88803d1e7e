"""The tables, against a plain Kaplan-Meier estimate worked by hand and one case at a time."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.forecast import grid, priors, tables
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.grid import CELLS, STEP
from casetracker.forecast.lives import FOR_GOOD, Spell
from casetracker.forecast.priors import WEIGHT

BEGAN = date(2026, 4, 13).toordinal()
AS_AT = date(2026, 7, 6).toordinal()
PSYCHOLOGY = "advice:psychological|psychology service"
KIND = "advice:psychological"


def wait(days: int, *, done: bool = True, began: int = BEGAN, table: str = PSYCHOLOGY) -> Spell:
    """Return a wait of so many days, answered or given up; what went on past `AS_AT` is still going on."""
    ended = began + days
    if ended > AS_AT:
        return Spell(table, began, NO_DAY, False, known=began)
    return Spell(table, began, ended, done, known=ended)


def learnt(*spells: Spell, as_at: int = AS_AT, half_life: float = np.inf) -> tables.Tables:
    return tables.learn(tables.as_columns(spells), as_at=as_at, half_lives=(half_life,))


def hazards(found: tables.Tables, name: str) -> np.ndarray:
    """Return the share of what waits that ends in each cell, as a table has it."""
    return -np.expm1(np.diff(found.survival[found.places[name], : CELLS + 1]))


def test_a_table_is_the_kaplan_meier_estimate_leaning_on_the_one_above_it():
    """
    Five waits: of 10, 10, 22 and 22 days, one of these given up, and one of 40 days that goes on.

    Spring goes a little quicker than the year as a whole, so that on the clock they have waited 11, 11, 23, 23 and 42
    days: cells 4, 8 and 14. At risk and ended: in cell 4, 5 and 2; in cell 8, 2 and 1 (the one given up had been
    through the cells before it); after that only the one that goes on is at risk, up to cell 13.
    """
    found = learnt(
        wait(10), wait(10), wait(22), wait(22, done=False), wait(90, began=AS_AT - 40),
    )  # fmt: skip
    first, last = np.array([BEGAN, BEGAN, AS_AT - 40]), np.array([BEGAN + 10, BEGAN + 22, AS_AT])
    on_the_clock = found.clocks.between(np.full(3, found.places[PSYCHOLOGY]), first, last)
    assert np.rint(on_the_clock).tolist() == [11, 23, 42]
    shipped = priors.hazards(KIND)
    at_risk = np.array([5.0] * 5 + [3.0] * 3 + [2.0] + [1.0] * 5 + [0.0] * (CELLS - 14))
    ended = np.zeros(CELLS)
    ended[4], ended[8] = 2, 1
    # What is of the giver counts for the kind above it too; both lean with the same weight.
    of_kind = (ended + WEIGHT * shipped) / (at_risk + WEIGHT)
    of_giver = (ended + WEIGHT * of_kind) / (at_risk + WEIGHT)
    assert hazards(found, KIND) == pytest.approx(np.clip(of_kind, 1e-4, 0.95), abs=1e-6)
    assert hazards(found, PSYCHOLOGY) == pytest.approx(np.clip(of_giver, 1e-4, 0.95), abs=1e-6)


@settings(max_examples=30)
@given(
    waits=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 300), st.booleans()), min_size=1, max_size=25),
    half_life=st.sampled_from([60.0, 120.0, np.inf]),
)
def test_a_table_is_what_going_through_its_cases_one_by_one_makes_of_it(waits, half_life):
    spells = [wait(days, done=done, began=AS_AT - ago) for ago, days, done in waits]
    found = learnt(*spells, half_life=half_life)
    ended, at_risk, table = np.zeros(CELLS), np.zeros(CELLS), np.array([found.places[PSYCHOLOGY]])
    for spell in spells:
        last = spell.ended or AS_AT
        span = np.array([spell.began, last], dtype=np.int32)
        waited = round(float(found.clocks.between(table, span[:1], span[1:])[0]))
        through = min((waited + 1) // STEP, CELLS - 1) + spell.done
        for cell in range(through):
            day = int(spell.began + cell * STEP * (last - spell.began) / max(waited, 1))
            age = max(AS_AT - day, 0)
            weight = 0.0 if age > half_life * 6 else 2.0 ** (-age / half_life)
            at_risk[cell] += weight
            ended[cell] += weight * (spell.done and cell == through - 1)
    of_kind = (ended + WEIGHT * priors.hazards(KIND)) / (at_risk + WEIGHT)
    of_giver = (ended + WEIGHT * of_kind) / (at_risk + WEIGHT)
    assert hazards(found, PSYCHOLOGY) == pytest.approx(np.clip(of_giver, 1e-4, 0.95), abs=1e-6)


def median(found: tables.Tables, name: str) -> float:
    return float(np.searchsorted(found.whole(found.places[name]), 0.5) * STEP)


def test_a_giver_with_few_cases_leans_on_its_kind_and_one_with_many_does_not():
    many = [wait(20, table="advice:medical|prompt") for _ in range(60)]
    few = [wait(60, table="advice:medical|new")]
    found = learnt(*many, *few)
    assert median(found, "advice:medical|new") <= 27
    more = learnt(*many, *few * 60)
    assert median(more, "advice:medical|new") > 50
    assert abs(median(more, "advice:medical|prompt") - 20) <= 3


def test_with_no_cases_a_table_is_what_is_shipped():
    found = learnt()
    for name in priors.MEDIAN_AND_SPREAD:
        assert hazards(found, name) == pytest.approx(priors.hazards(name), abs=1e-6)
        assert abs(median(found, name) - priors.MEDIAN_AND_SPREAD[name][0]) <= STEP


def test_what_still_waits_counts_for_the_length_of_its_wait():
    answered = [wait(20) for _ in range(20)]
    waiting = [wait(200, began=AS_AT - 80) for _ in range(20)]
    assert median(learnt(*answered, *waiting), PSYCHOLOGY) > median(learnt(*answered), PSYCHOLOGY)


def test_what_went_on_lately_counts_for_most():
    long_ago = [wait(20, began=AS_AT - 500) for _ in range(30)]
    lately = [wait(60, began=AS_AT - 75) for _ in range(30)]
    assert median(learnt(*long_ago, *lately, half_life=120.0), PSYCHOLOGY) > 50
    assert median(learnt(*long_ago, *lately, half_life=np.inf), PSYCHOLOGY) < 50


@settings(max_examples=30)
@given(waited=st.floats(0, 900))
def test_what_is_left_of_a_wait_goes_on_from_it(waited):
    found = learnt(*(wait(days) for days in range(5, 60, 5)))
    table = np.array([found.places[PSYCHOLOGY]], dtype=np.int32)
    left = found.left(table, np.array([waited]))[0]
    assert (np.diff(left) >= -1e-6).all() and left[0] >= 0 and left[-1] <= 1
    # S(waited + t) / S(waited), read off the chances; left[k] is what ends within 3k + 1 days.
    until = found.chances(table.repeat(60), waited + np.arange(60) * STEP + 1)
    now = found.chances(table, np.array([waited]))
    assert left[:60] == pytest.approx(1 - np.exp(now - until), abs=2e-3)


def test_what_is_left_of_a_schools_advice_waits_for_the_end_of_its_holiday():
    """A wait that has three weeks to go in July is over in July for an office, and in September for a school."""
    names = ("advice:educational|school", "advice:medical|clinic")
    found = learnt(*(wait(days, table=name) for name in names for days in range(5, 40, 2)))
    table, day = np.array([found.places[name] for name in names]), np.full(2, date(2026, 7, 20).toordinal())
    of_school, of_clinic = grid.when(found.left_of(table, day - 7, day), 0.5)
    assert of_clinic < 25
    assert of_school > 40


def test_what_is_left_is_told_on_the_clock_that_the_authority_works_by():
    found = learnt(*(wait(days, table="advice:educational|school") for days in range(5, 60, 5)))
    table = np.array([found.places["advice:educational|school"]])
    since, day = (np.array([date(2026, *at).toordinal()]) for at in ((6, 29), (7, 13)))
    left = found.left_of(table, since, day)
    theirs = found.left(table, found.clocks.between(table, since, day))
    for until in (date(2026, 7, 24), date(2026, 8, 20), date(2026, 9, 25)):
        ahead = np.array([until.toordinal()])
        by_season, by_theirs = found.season.between(day, ahead), found.clocks.between(table, day, ahead)
        assert grid.at(left, by_season) == pytest.approx(grid.at(theirs, by_theirs), abs=0.02)


def test_each_kind_of_advice_has_a_clock_of_its_own_that_no_other_moves():
    """Hundreds of answers in one week say that much gets done in it by those who gave them, and by nobody else."""
    medical = [wait(n, began=BEGAN + 32 - n, table="advice:medical|clinic") for n in range(5, 65)] * 6
    quiet, moved = learnt(wait(20), wait(20, table="decide")), learnt(*medical, wait(20), wait(20, table="decide"))
    week = (BEGAN + 32 - date(2026, 1, 1).toordinal()) // 7

    def done(found: tables.Tables, name: str) -> float:
        return float(found.clocks.seasons[found.clocks.of[found.places[name]]].weeks[week])

    assert done(moved, "advice:medical|clinic") > 1.5 * done(moved, "decide")
    for name in ("decide", PSYCHOLOGY):
        assert done(moved, name) == pytest.approx(done(quiet, name))


def test_the_table_above_is_the_kind_of_a_giver_and_the_step_of_a_worker():
    assert tables.above(PSYCHOLOGY) == KIND
    assert tables.above("draft@somebody") == "draft"
    assert tables.above("gather|ASD") == "gather"
    assert tables.above(KIND) == tables.above("decide") == ""


def test_the_share_that_ends_otherwise_leans_on_everybodys():
    left = [Spell("decide", BEGAN, BEGAN + 30, True, onward=n >= 10, source=1, known=BEGAN + 30) for n in range(40)]
    found = tables.shares_that_end(tables.as_columns(left), as_at=BEGAN + 30)
    everybody = (10 + WEIGHT * priors.ENDS_OTHERWISE["decide"]) / (40 + WEIGHT)
    assert found[0, 0] == pytest.approx(everybody)
    assert found[0, 1] == pytest.approx((10 + WEIGHT * everybody) / (40 + WEIGHT))
    assert found[0, 2] == pytest.approx(everybody)
    assert found[1:, 0] == pytest.approx([priors.ENDS_OTHERWISE[step] for step in ("plan", "draft", "finish")])


def test_what_was_known_otherwise_later_is_learned_as_each_day_knew_it():
    answered = Spell(PSYCHOLOGY, BEGAN, BEGAN + 10, True, known=BEGAN + 10, until=BEGAN + 50)
    corrected = Spell(PSYCHOLOGY, BEGAN, BEGAN + 40, True, known=BEGAN + 50, until=FOR_GOOD)
    both = tables.as_columns([answered, corrected])
    before, after = (tables.learn(both, as_at=day) for day in (BEGAN + 49, BEGAN + 50))
    alone = tables.learn(tables.as_columns([answered._replace(until=FOR_GOOD)]), as_at=BEGAN + 49)
    assert before.survival == pytest.approx(alone.survival)
    assert after.survival != pytest.approx(before.survival)
