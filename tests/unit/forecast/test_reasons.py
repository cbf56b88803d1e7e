"""Reasons: each moves the probability by what it says; the latest safe day and the slack, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from casetracker.forecast import grid
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.haste import HASTE
from casetracker.forecast.model import days_left, p_final, put_right, score
from casetracker.forecast.reasons import LEAST, MOST_REASONS, STEPS, Explained, explain
from casetracker.forecast.steps import Place, Step
from tests.unit.forecast import made
from tests.unit.forecast.counties import open_cases


@pytest.fixture(scope="module")
def explained(independent):
    cases, model = open_cases(independent), independent.model
    parts = made.parts(model, cases)
    return model, cases, parts, explain(model, cases, parts)


def probability(model, cases, parts, *, final=None, haste=None, left=None):
    """Return the probability of a breach by the public functions, with a part of what it rests on otherwise."""
    haste = parts.haste if haste is None else haste
    left = days_left(model, cases, cases.final_due) if left is None else left
    in_time = grid.at(put_right(model.lessons, cases, parts.final if final is None else final, haste), left)
    return p_final(model, cases, parts, in_time)


def same(said, moved):
    """Say that both are one: but that a point within a cell is read off before it is put right, and not after."""
    apart = np.abs(said - np.nan_to_num(moved))
    assert apart.max() < 0.06
    assert apart.mean() < 0.005


OF_HASTE = {
    "worker": ("worker_load",),
    "queue": ("service_queue", "place_in_queue"),
    "slow_so_far": ("advice_slow_so_far",),
    "outstanding": ("advice_outstanding",),
    "returned": ("advice_returned",),
    "family": ("waits_for_family",),
    "other": ("reopened", "excused", "early_years", "over_sixteen", "asked_by_parent"),
}


@pytest.mark.parametrize("code", sorted(OF_HASTE))
def test_a_thing_about_the_case_moves_it_by_what_it_would_be_without_it(explained, code):
    model, cases, parts, found = explained
    without = parts.haste.copy()
    without[:, [HASTE.index(name) for name in OF_HASTE[code]]] = 0
    moved = probability(model, cases, parts) - probability(model, cases, parts, haste=without)
    same(found.moves[code], moved)


def test_the_time_of_year_moves_it_by_what_it_would_be_on_the_calendar(explained):
    model, cases, parts, found = explained
    open_ = days_left(model, cases, cases.final_due) >= 0
    calendar = np.maximum(cases.final_due - cases.day, 0).astype(float)
    moved = probability(model, cases, parts) - probability(model, cases, parts, left=calendar)
    same(found.moves["season"][open_], moved[open_])
    assert (found.moves["season"][~open_] == 0).all()


def test_the_advice_moves_it_by_what_it_would_be_had_the_slowest_piece_come_today(explained):
    model, cases, parts, found = explained
    piece = found.limiting_piece
    others = np.bincount(cases.pieces.row, cases.pieces.answered == NO_DAY, minlength=len(cases)) > 1
    rows = (piece >= 0) & others & ~cases.excused
    assert rows.sum() > 20
    answered = cases.pieces.answered.copy()
    answered[piece[rows]] = cases.day[rows]
    come = replace(cases, pieces=replace(cases.pieces, answered=answered))
    final = made.parts(model, come).final
    moved = probability(model, cases, parts) - probability(model, cases, parts, final=final)
    same(found.moves["advice"][rows], moved[rows])
    assert (found.moves["advice"] >= -1e-5).all()
    assert (found.moves["advice"][piece < 0] == 0).all()


def test_the_limiting_piece_is_the_outstanding_one_with_longest_to_come(explained):
    model, cases, _, found = explained
    pieces = cases.pieces
    for row in np.flatnonzero(found.limiting_piece >= 0)[:40]:
        own = np.flatnonzero((pieces.row == row) & (pieces.answered == NO_DAY))
        day = np.repeat(cases.day[row], len(own))
        left = grid.when(model.tables.left_of(pieces.table[own], pieces.since[own], day), 0.5)
        chosen = np.flatnonzero(own == found.limiting_piece[row])
        assert left[chosen] == pytest.approx(left.max())


def test_what_is_said_is_what_moves_it_most(explained):
    *_, found = explained
    said = list(found.reasons())
    assert any(len(reasons) == MOST_REASONS for reasons in said)
    for row, reasons in enumerate(said):
        sizes = [abs(reason.moves) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert len(reasons) <= MOST_REASONS
        assert all(size >= LEAST - 5e-4 for size in sizes)
        left_out = [abs(float(m[row])) for code, m in found.moves.items() if code not in {r.code for r in reasons}]
        assert len(reasons) < MOST_REASONS or max(left_out) <= sizes[-1] + 1e-3


RESTS_ON = {
    "advice": ("usual", "outstanding"),
    "queue": ("queue",),
    "worker": ("load", "usual_load"),
    "returned": ("returned",),
    "late_so_far": ("usually_used",),
}


@pytest.mark.parametrize("style", ["independent", "queues"])
def test_no_reason_is_given_on_no_evidence(style, request):
    county = request.getfixturevalue(style)
    cases, model = open_cases(county), county.model
    found = explain(model, cases, made.parts(model, cases))
    given = [(row, reason) for row, reasons in enumerate(found.reasons()) for reason in reasons]
    assert len({reason.code for _, reason in given}) >= 5
    for row, reason in given:
        assert all(reason.figures[name] > 0 for name in RESTS_ON.get(reason.code, ())), reason
        assert reason.code != "family" or cases.waits_for_family[row]


def explain_made(*rows, pieces=(), **of_model) -> Explained:
    model, cases = made.model(**of_model), made.cases(*rows, pieces=pieces)
    return explain(model, cases, made.parts(model, cases))


class TestByHand:
    """
    Every step ends in one cell: to plan takes 14.5 days as a rule, to draft 8.5, to finish 20.5, the year even.

    One in five is quicker by less than a day: each cell is crossed from end to end in three.
    """

    @pytest.mark.parametrize(
        ("place", "after"),
        [
            (Place.FINISHING, 0),
            (Place.DRAFTING, 20.5),
            (Place.GATHERED, 8.5 + 20.5),
            (Place.GATHERING, 14.5 + 8.5 + 20.5),
            (Place.DECIDING, 41.5 + 14.5 + 8.5 + 20.5),
        ],
    )
    def test_the_latest_safe_day_is_counted_back_from_the_limit(self, place, after):
        found = explain_made({"place": place, "final_due": made.TODAY + 100})
        assert found.latest_safe[0] == pytest.approx(made.TODAY + 100 - after, abs=1)

    def test_where_no_limit_binds_there_is_no_latest_safe_day(self):
        assert explain_made({"final_due": NO_DAY}).latest_safe[0] == NO_DAY

    def test_slack_is_the_days_left_less_what_is_left_done_quickly(self):
        # One in five drafts within 7.6 days and finishes within 19.6: 27.2 of the 40 left.
        found = explain_made({"place": Place.DRAFTING, "final_due": made.TODAY + 40})
        assert found.slack_days[0] == pytest.approx(40 - 27.2, abs=1)
        gone = explain_made({"place": Place.DRAFTING, "final_due": made.TODAY - 10})
        assert gone.slack_days[0] == pytest.approx(-10 - 27.2, abs=1)

    def test_no_finish_is_quicker_than_the_familys_days_on_the_draft(self, monkeypatch):
        """Reg 13(1)(a): with a finish of 6 days, 15 still have to be left for it."""
        monkeypatch.setitem(made.CELL, "finish", 2)
        found = explain_made({"place": Place.DRAFTING, "final_due": made.TODAY + 40})
        assert found.latest_safe[0] == made.TODAY + 40 - 15

    def test_each_step_that_is_left_has_its_days_and_one_that_is_behind_has_none(self):
        found = explain_made({"place": Place.GATHERED})
        days = dict(zip(STEPS, found.days_by_step[0].tolist(), strict=True))
        assert days[Step.DECIDE] == days[Step.ASK] == days[Step.ADVICE] == -1
        assert days[Step.PLAN] == pytest.approx(14.5, abs=1)
        assert days[Step.DRAFT] == pytest.approx(8.5, abs=1)
        assert days[Step.FINISH] == pytest.approx(20.5, abs=1)

    @pytest.mark.parametrize(
        ("place", "pieces", "step"),
        [
            (Place.DECIDING, (), Step.DECIDE),
            (Place.GATHERING, (), Step.ASK),
            (Place.GATHERING, ((0, "advice", 5, -1),), Step.ADVICE),
            (Place.GATHERED, ((0, "advice", 30, 2),), Step.PLAN),
            (Place.DRAFTING, (), Step.DRAFT),
            (Place.FINISHING, (), Step.FINISH),
        ],
    )
    def test_the_limiting_step_is_the_one_that_is_on(self, place, pieces, step):
        found = explain_made({"place": place}, pieces=pieces)
        assert STEPS[found.limiting_step[0]] is step

    def test_a_loaded_worker_is_a_reason_with_the_plans_in_hand_as_evidence(self):
        """Twice a usual load at a weight of -1 goes half as quick: what was sure to come in time is so no more."""
        row = {"place": Place.DRAFTING, "final_due": made.TODAY + 31, "load": 12.0}
        found = explain_made(row, haste={"worker_load": -1.0})
        reason = next(reason for reason in next(found.reasons()) if reason.code == "worker")
        assert reason.figures == {"load": 12.0, "usual_load": 6.0}
        model, cases = made.model(haste={"worker_load": -1.0}), made.cases(row)
        usual = made.cases(row | {"load": 6.0})
        assert reason.moves == pytest.approx(score(model, cases).p_final[0] - score(model, usual).p_final[0], abs=0.02)

    def test_the_advice_that_is_overdue_is_a_reason_with_its_days(self):
        """Asked for 50 days ago, due after 42, and not to be expected for 20 days more: too late for what follows."""
        row = {"place": Place.GATHERING, "final_due": made.TODAY + 45, "since": made.TODAY - 50}
        slow = ((0, "advice:psychological", 30, -1), (0, "advice", 60, 3))
        found = explain_made(row, pieces=slow)
        reason = next(found.reasons())[0]
        assert reason.code == "advice"
        assert reason.figures["waited"] == 30 and reason.figures["overdue"] == 0
        assert reason.figures["usual"] == pytest.approx(47.5, abs=0.5)
        overdue = explain_made(row, pieces=((0, "advice:psychological", 45, -1),))
        assert overdue.figures["overdue"][0] == 3
