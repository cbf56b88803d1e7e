"""The panel's days and the closures of schools: what was known of them on a day, and what the forecast makes of it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetracker.forecast import fitting, grid
from casetracker.forecast.calendar import (
    AFTER_IT,
    AHEAD,
    BY_NO_PANEL,
    NOTHING_ENTERED,
    SITTINGS,
    Calendar,
    Sitting,
)
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.lives import FOR_GOOD
from casetracker.forecast.model import score
from casetracker.forecast.reasons import explain
from casetracker.forecast.scores import brier
from casetracker.forecast.steps import Place
from casetracker.forecast.words import in_words
from tests.simulated import simulate
from tests.simulated.styles.monthly import panels
from tests.unit.forecast import made
from tests.unit.forecast.counties import histories

SCHOOL, OTHER = "advice:educational|oak primary", "advice:early_years|little acorns"
HEALTH = "advice:medical|community health"


def day(year: int, month: int, number: int) -> int:
    return date(year, month, number).toordinal()


def days(*ordinals: int) -> np.ndarray:
    return np.array(ordinals, dtype=np.int32)


def about(calendar: Calendar, *on: int) -> list[list[int]]:
    return [[held for held in row if held != NO_DAY] for row in calendar.sittings_about(days(*on)).tolist()]


class TestTheSittingsAbout:
    def test_are_those_ahead_and_those_whose_decisions_may_yet_be_told_in_order(self):
        calendar = Calendar([Sitting(130, 1, FOR_GOOD), Sitting(100, 1, FOR_GOOD), Sitting(160, 1, FOR_GOOD)])
        last = 100 + AFTER_IT - 1
        assert about(calendar, 99, last, last + 1, 170) == [[100, 130, 160], [100, 130, 160], [130, 160], []]

    def test_are_known_from_the_day_they_were_entered_until_they_were_called_off(self):
        calendar = Calendar([Sitting(100, 40, 80), Sitting(120, 60, FOR_GOOD)])
        assert about(calendar, 39, 40, 60, 79, 80) == [[], [100], [100, 120], [100, 120], [120]]

    def test_are_so_many_and_no_more(self):
        calendar = Calendar([Sitting(100 + n, 1, FOR_GOOD) for n in range(SITTINGS + 5)])
        assert about(calendar, 99) == [list(range(100, 100 + SITTINGS))]

    def test_are_none_where_none_are_entered(self):
        assert about(NOTHING_ENTERED, 5) == [[]]


class TestHowFarDecisionsAreThePanels:
    MONTHLY = Calendar([Sitting(held_on, held_on - 60, FOR_GOOD) for held_on in range(1_000, 1_400, 28)])

    def test_wholly_where_all_come_with_it_or_within_days_and_when_they_are_told(self):
        decided = np.repeat([held.held_on + 2 for held in self.MONTHLY.sittings], 30)
        found = self.MONTHLY.decides(decided, as_at=1_380)
        assert found.share > 0.9
        assert found.told_after == 2

    def test_not_at_all_where_they_come_on_any_day(self):
        assert self.MONTHLY.decides(np.arange(1_000, 1_380), as_at=1_380).share < 0.02

    def test_hardly_where_few_are_known(self):
        assert self.MONTHLY.decides(days(1_028, 1_056), as_at=1_380).share < 0.15

    def test_not_at_all_where_no_panel_is_entered_or_none_has_sat_yet(self):
        assert NOTHING_ENTERED.decides(np.arange(1_000, 1_380), as_at=1_380) == BY_NO_PANEL
        assert self.MONTHLY.decides(np.arange(900, 999), as_at=999) == BY_NO_PANEL

    def test_those_called_off_or_entered_afterwards_were_no_panels(self):
        calendar = Calendar([Sitting(1_100, 1_050, 1_090), Sitting(1_200, 1_250, FOR_GOOD)])
        assert calendar.decides(np.repeat([1_100, 1_200], 40), as_at=1_380) == BY_NO_PANEL


class TestDaysShutBeyondTheUsual:
    ON = day(2026, 4, 20)
    """The eight weeks ahead have one usual closure, of seven days in May."""

    def shut(
        self, *spans: tuple[int, int], tables: tuple[str, ...] = (SCHOOL,), **own: list[tuple[int, int]]
    ) -> list[float]:
        there = [(self.ON + first, self.ON + last) for first, last in spans]
        calendar = Calendar(closures={"": there} | {name.replace("_", " "): days for name, days in own.items()})
        return calendar.shut(tables, days(*[self.ON] * len(tables))).tolist()

    def test_are_those_of_the_eight_weeks_ahead(self):
        assert self.shut((-3, 2), (10, 19), (54, 70)) == [2 + 10 + (AHEAD - 53) - 7]

    def test_are_none_where_what_is_entered_is_usual_or_less(self):
        assert self.shut((35, 41)) == self.shut((35, 36)) == [0]

    def test_are_none_where_nothing_is_entered(self):
        assert self.shut() == [0]

    def test_are_the_authoritys_for_a_school_with_none_of_its_own_and_none_for_who_is_no_school(self):
        own = [(self.ON + 1, self.ON + 20)]
        found = self.shut((1, 15), tables=(SCHOOL, OTHER, HEALTH, "again"), oak_primary=own)
        assert found == [20 - 7, 15 - 7, 0, 0]

    def test_are_never_more_than_there_are(self):
        assert self.shut((0, 900), (0, 900)) == [AHEAD - 7]


def panels_on(*ahead: int) -> tuple[int, ...]:
    return (*(made.TODAY + n for n in ahead), *(NO_DAY for _ in range(SITTINGS - len(ahead))))


@pytest.mark.parametrize(("place", "cells"), [(Place.DECIDING, 12), (Place.GATHERED, 5)])
def test_what_a_panel_decides_waits_for_the_next_that_it_is_ready_for(place, cells):
    """All is ready in two weeks: for the panel in 16 days, and not for one tomorrow."""
    since, model = made.TODAY - 3 * cells + 12, made.model(by_panel=1)
    rows = [
        {"place": place, "since": since, "decision_due": made.TODAY + due, "panels": panels_on(*panels)}
        for due in (15, 26)
        for panels in ((16, 44), (), (1, 29, 57))
    ]
    now = made.parts(model, made.cases(*rows)).now
    p = score(model, made.cases(*rows)).p_decision
    with_a_panel, without, soon = grid.at(now, np.array([15.0, 15, 15, 26, 26, 26])).reshape(2, 3).T
    assert with_a_panel == pytest.approx([0, 1], abs=0.06)
    assert without == pytest.approx([1, 1], abs=0.06)
    assert soon == pytest.approx([0, 0], abs=0.06)  # it was not ready yet for the one tomorrow
    assert p == pytest.approx([1, 0, 1, 0, 0, 1], abs=0.06)


def test_what_a_panel_just_decided_may_yet_be_told_the_less_likely_the_longer_ago_it_sat():
    model = made.model(by_panel=1)
    case = {"place": Place.GATHERED, "since": made.TODAY - 3 * made.CELL["plan"]}
    panels = [panels_on(-ago, 40, 68) for ago in range(AFTER_IT)]
    now = made.parts(model, made.cases(*(case | {"panels": about_then} for about_then in panels))).now
    told = grid.at(now, np.full(AFTER_IT, 20.0))
    assert told[0] > 0.8
    assert (np.diff(told) < 0).all()
    assert (grid.at(now, np.full(AFTER_IT, 45.0)) > 0.94).all()


@pytest.mark.parametrize("place", [Place.GATHERING, Place.DRAFTING, Place.FINISHING])
def test_what_no_panel_decides_does_not_wait_for_one(place):
    model = made.model(by_panel=1)
    waits, free = (
        made.parts(model, made.cases({"place": place, "panels": panels})) for panels in (panels_on(50, 99), panels_on())
    )
    assert (waits.final == free.final).all()


def test_it_waits_as_far_as_decisions_are_the_panels():
    case = {"place": Place.GATHERED, "since": made.TODAY - 12, "panels": panels_on(20, 48)}
    some, none, all_ = (made.parts(made.model(by_panel=share), made.cases(case)).now for share in (0.5, 0.0, 1.0))
    assert some == pytest.approx((none + all_) / 2, abs=1e-6)


@given(
    place=st.sampled_from([Place.DECIDING, Place.GATHERED]),
    waited=st.integers(0, 200),
    gaps=st.lists(st.integers(1, 60), max_size=SITTINGS),
)
def test_it_stays_a_distribution(place, waited, gaps):
    panels = panels_on(*np.cumsum(gaps).tolist())
    case = made.cases({"place": place, "since": made.TODAY - waited, "panels": panels})
    now = made.parts(made.model(by_panel=1), case).now[0]
    assert (np.diff(now) >= -1e-5).all() and now[0] >= 0 and now[-1] <= 1


def test_each_is_a_reason_in_words():
    model = made.model(haste={"closure_ahead": -1.0}, by_panel=1)
    late = {"since": made.TODAY - 13, "panels": panels_on(25, 53), "final_due": made.TODAY + 44}
    cases = made.cases(
        late | {"place": Place.GATHERED},
        late | {"place": Place.GATHERING, "final_due": made.TODAY + 64},
        pieces=((1, "advice", 10, -1),),
    )
    cases = replace(cases, pieces=replace(cases.pieces, shut=np.array([30], dtype=np.float32)))
    of_panel, of_school = (
        {reason.code: in_words(reason) for reason in reasons}
        for reasons in explain(model, cases, made.parts(model, cases)).reasons()
    )
    assert of_panel["panel"] == "The next panel that can decide sits in 25 days."
    assert of_school["closure"] == (
        "A school or early years provider whose advice is waited for is shut in the next 56 days for 30 days more than "
        "is usual at this time of year."
    )
    assert "panel" not in of_school and "closure" not in of_panel


def test_in_a_county_whose_panels_sit_once_a_month_their_days_tell_much_of_its_decisions():
    """The limit of six weeks, and plans whose advice is all in: forecast with the days known, and without."""
    county = simulate("monthly", seed=7, cases=1500)
    told = histories(county)
    entered = Calendar([Sitting(int(held_on), int(held_on) - 90, FOR_GOOD) for held_on in panels()])
    as_at = county.as_at.toordinal()

    def apart(calendar: Calendar) -> tuple[float, float]:
        past = fitting.gather(told, as_at=county.as_at, calendar=calendar)
        model = fitting.fit(fitting.rehearse(past), as_at=as_at - 365)
        cases, outcome, found = past.cases, past.known_at(as_at), score(model, past.cases)
        lately = (cases.day > as_at - 365) & outcome.on_record & ~outcome.excused
        decided_on = county.marks["decided"][cases.case_id]
        decides = lately & (cases.place == Place.DECIDING) & (cases.decision_due < as_at)
        decides &= ~np.isnan(found.p_decision) & (county.ended[cases.case_id] >= decided_on)
        plans = lately & (cases.place == Place.GATHERED) & (cases.final_due < as_at) & (cases.final_due >= cases.day)
        plans &= ~cases.excused
        late = (outcome.ended_on == NO_DAY) | (outcome.ended_on > cases.final_due)
        assert decides.sum() > 400 and plans.sum() > 200
        return (
            brier(found.p_decision[decides], (decided_on > cases.decision_due)[decides]),
            brier(found.p_final[plans], late[plans]),
        )

    decision, plan = apart(entered)
    decision_without, plan_without = apart(NOTHING_ENTERED)
    assert decision < 0.85 * decision_without
    assert plan < 0.9 * plan_without
